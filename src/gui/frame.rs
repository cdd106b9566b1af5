//! The first frame: what need not be in it, and when it is on the screen. The log says so; benchmarks listen to it.

use relm4::gtk;
use relm4::gtk::prelude::*;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Longer than a frame, shorter than anybody needs to look further: for what need not be in the first frame.
pub const AFTER_THE_FRAME: Duration = Duration::from_millis(50);

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

/// Where work waits that would only take the processor from the first frame.
#[derive(Clone, Debug, Default)]
pub struct Curtain(Arc<(Mutex<bool>, Condvar)>);

impl Curtain {
    /// Nobody waits for longer, whatever became of the frame.
    const PATIENCE: Duration = Duration::from_secs(1);

    pub fn lift(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Lifts it when the widget's next frame is drawn.
    pub fn lift_after(&self, widget: &impl IsA<gtk::Widget>) {
        let curtain = self.clone();
        widget.add_tick_callback(move |_, clock| {
            let curtain = curtain.clone();
            clock.connect_after_paint(move |_| curtain.lift());
            gtk::glib::ControlFlow::Break
        });
    }

    /// Blocks until it is lifted.
    pub fn wait(&self) {
        let lifted = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Both ends of the waiting are the same to whoever waits.
        let _ = self.0.1.wait_timeout_while(lifted, Self::PATIENCE, |lifted| !*lifted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifted_curtain_holds_nobody_back() {
        let curtain = Curtain::default();
        let waiting = curtain.clone();
        let waits = std::thread::spawn(move || waiting.wait());
        curtain.lift();
        waits.join().unwrap();
        curtain.wait();
    }
}
