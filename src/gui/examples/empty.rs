//! An empty window of the same toolkit, the peer of the benchmark of the start. It says when its first frame is painted.

use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

struct Empty;

impl SimpleComponent for Empty {
    type Init = ();
    type Input = ();
    type Output = ();
    type Root = adw::ApplicationWindow;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::ApplicationWindow::builder().default_width(980).default_height(720).build()
    }

    fn init((): (), root: Self::Root, _: ComponentSender<Self>) -> ComponentParts<Self> {
        let view = adw::ToolbarView::new();
        view.add_top_bar(&adw::HeaderBar::new());
        root.set_content(Some(&view));
        cairn_gui::frame::tell(&root, "content is shown");
        ComponentParts { model: Self, widgets: () }
    }
}

fn main() -> gtk::glib::ExitCode {
    cairn_gui::start_log();
    let app = adw::Application::builder().application_id("io.github.cairndesktop.Empty").build();
    RelmApp::from_app(app).with_args(Vec::new()).run::<Empty>(());
    gtk::glib::ExitCode::SUCCESS
}
