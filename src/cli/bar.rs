//! Progress: a bar on a terminal, plain lines otherwise, objects in JSON.

use crate::output::Output;
use cairn_model::app::Task;
use cairn_model::job::{Job, JobState};
use cairn_words::{app as app_words, job as job_words};
use std::io::{IsTerminal, Write};

const WIDTH: usize = 24;

/// Shows how far something is.
#[derive(Debug)]
pub struct Bar {
    output: Output,
    terminal: bool,
    /// What a plain log has said already; it says a stage once and each tenth.
    said: Option<(String, u8)>,
}

/// What the bar shows of a job or a task.
struct View {
    heading: String,
    /// What stands behind the bar.
    details: String,
    fraction: Option<f64>,
    state: JobState,
}

impl Bar {
    pub fn new(output: Output) -> Self {
        Self { output, terminal: std::io::stderr().is_terminal(), said: None }
    }

    /// A job of the service.
    pub fn show(&mut self, job: &Job) {
        if self.output.json {
            return self.output.progress("job", job);
        }
        self.draw(&View {
            heading: job_words::heading(job),
            details: job_words::progress(job),
            fraction: job.progress.fraction,
            state: job.state,
        });
    }

    /// A change of apps.
    pub fn show_task(&mut self, task: &Task) {
        if self.output.json {
            return self.output.progress("task", task);
        }
        self.draw(&View {
            heading: app_words::task(task),
            details: app_words::task_progress(task),
            fraction: task.progress.fraction,
            state: task.state,
        });
    }

    fn draw(&mut self, view: &View) {
        let line = line(view);
        let mut err = std::io::stderr().lock();
        if self.terminal {
            // Back to the start of the line and clear it; what cannot be shown is no reason to stop.
            let _ = write!(err, "\r\x1b[K{line}");
            if view.state.is_final() {
                let _ = write!(err, "\r\x1b[K");
            }
            let _ = err.flush();
        } else if !view.state.is_final() {
            let key = (view.heading.clone(), tenth(view.fraction));
            if self.said.as_ref() != Some(&key) {
                let _ = writeln!(err, "{line}");
                self.said = Some(key);
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn tenth(fraction: Option<f64>) -> u8 {
    (fraction.unwrap_or(0.0) * 10.0) as u8
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn line(view: &View) -> String {
    match view.fraction {
        Some(fraction) if view.state == JobState::Running => {
            let full = (fraction * WIDTH as f64).round() as usize;
            let bar = format!("{}{}", "#".repeat(full.min(WIDTH)), ".".repeat(WIDTH - full.min(WIDTH)));
            format!("{} [{bar}] {:3.0} % {}", view.heading, fraction * 100.0, view.details)
        }
        _ => view.heading.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_long_as_the_work_is_done() {
        let mut view = View {
            heading: "Installing Krita".into(),
            details: "5.0 MB of 10 MB".into(),
            fraction: Some(0.5),
            state: JobState::Running,
        };
        assert_eq!(line(&view), "Installing Krita [############............]  50 % 5.0 MB of 10 MB");
        view.state = JobState::Cancelling;
        assert_eq!(line(&view), "Installing Krita", "what is being stopped goes nowhere");
    }
}
