//! Says in the log when what was just put together is on the screen. Benchmarks listen to it; nobody else does.

use relm4::gtk;
use relm4::gtk::prelude::*;

/// Writes `words` after the widget's next frame.
pub fn tell(widget: &impl IsA<gtk::Widget>, words: &'static str) {
    widget.add_tick_callback(move |widget, clock| {
        let told = std::cell::Cell::new(false);
        clock.connect_after_paint(move |_| {
            if !told.replace(true) {
                tracing::debug!("{words}");
            }
        });
        widget.queue_draw();
        gtk::glib::ControlFlow::Break
    });
}
