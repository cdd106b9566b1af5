//! Scrolls through every app of a catalogue, a third of a window at each frame, and says how long frames kept the
//! window's thread busy. The catalogue's index is made of the XML that is named on the command line.

use cairn_catalog::Library;
use cairn_gui::stock::Stock;
use cairn_gui::widgets::grid::LongGrid;
use cairn_model::app::{CatalogSource, Scope, Source};
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk::glib;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Frames before the first that counts: fonts and shaders are loaded once.
const WARM: usize = 20;

fn main() -> glib::ExitCode {
    let Some(xml) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: scroll appstream.xml");
        return glib::ExitCode::FAILURE;
    };
    if let Err(error) = cairn_gui::register_resources() {
        eprintln!("resources are damaged: {error}");
        return glib::ExitCode::FAILURE;
    }
    let app = adw::Application::builder()
        .application_id("io.github.cairndesktop.Scroll")
        .resource_base_path(cairn_gui::RESOURCES)
        .build();
    app.connect_activate(move |app| show(app, &xml));
    app.run_with_args::<&str>(&[])
}

fn show(app: &adw::Application, xml: &std::path::Path) {
    let folder = std::env::temp_dir().join(format!("cairn-scroll-{}", std::process::id()));
    let icons = xml.parent().map(|p| p.join("icons")).unwrap_or_default();
    let source = Source { scope: Scope::User, remote: "bench".into() };
    let sources = [CatalogSource { source, xml: xml.to_owned(), icons, commit: "bench".into() }];
    if let Err(problem) = Library::refresh(&folder, &sources, "") {
        eprintln!("no catalogue: {problem:?}");
        return app.quit();
    }
    let library = Arc::new(Library::open(&folder, &sources, ""));
    let _ = std::fs::remove_dir_all(&folder);
    let stock = Arc::new(Stock { library, ..Stock::default() });
    let mut grid = LongGrid::new(Rc::new(|_| {}));
    let start = Instant::now();
    grid.show(&stock, stock.library.all());
    println!(
        "{} apps put into the list in {:.1} ms",
        stock.library.len(),
        start.elapsed().as_secs_f64() * 1000.0
    );
    let window =
        adw::ApplicationWindow::builder().application(app).default_width(980).default_height(720).build();
    window.set_content(Some(&grid.widget));
    measure(app, &window, &grid);
    window.present();
}

/// From the beginning of a frame's work to its end, on the thread that also takes what the person does.
fn measure(app: &adw::Application, window: &adw::ApplicationWindow, grid: &LongGrid) {
    let (position, app) = (grid.widget.vadjustment(), app.clone());
    let times: Rc<RefCell<Vec<Duration>>> = Rc::default();
    let connected = Cell::new(false);
    window.add_tick_callback(move |_, clock| {
        if !connected.replace(true) {
            let began = Rc::new(Cell::new(Instant::now()));
            let beginning = Rc::clone(&began);
            clock.connect_before_paint(move |_| beginning.set(Instant::now()));
            let taken = Rc::clone(&times);
            clock.connect_after_paint(move |_| taken.borrow_mut().push(began.get().elapsed()));
        }
        let end = position.upper() - position.page_size();
        if end > 0.0 && position.value() >= end - 1.0 {
            report(&times.borrow());
            app.quit();
            return glib::ControlFlow::Break;
        }
        position.set_value(position.value() + position.page_size() / 3.0);
        glib::ControlFlow::Continue
    });
}

fn report(times: &[Duration]) {
    let mut counted: Vec<f64> = times.iter().skip(WARM).map(|t| t.as_secs_f64() * 1000.0).collect();
    counted.sort_by(f64::total_cmp);
    let at = |part: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let index = (counted.len() as f64 * part) as usize;
        counted.get(index.min(counted.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    println!("frames {} p50 {:.2} p99 {:.2} worst {:.2}", counted.len(), at(0.5), at(0.99), at(1.0));
    let each = times.iter().skip(WARM).map(|t| format!("{:.2}", t.as_secs_f64() * 1000.0));
    println!("{}", each.collect::<Vec<_>>().join(" "));
}
