//! Progress: a bar on a terminal, plain lines otherwise, objects in JSON.

use crate::output::{FORMAT, Output};
use cairn_model::job::{Job, JobState};
use cairn_words::job as words;
use serde_json::json;
use std::io::{IsTerminal, Write};

const WIDTH: usize = 24;

/// Shows how far a job is.
#[derive(Debug)]
pub struct Bar {
    output: Output,
    terminal: bool,
    /// What a plain log has said already; it says a stage once and each tenth.
    said: Option<(String, u8)>,
}

impl Bar {
    pub fn new(output: Output) -> Self {
        Self { output, terminal: std::io::stderr().is_terminal(), said: None }
    }

    pub fn show(&mut self, job: &Job) {
        if self.output.json {
            println!("{}", json!({ "format_version": FORMAT, "job": job }));
            return;
        }
        let line = line(job);
        let mut err = std::io::stderr().lock();
        if self.terminal {
            // Back to the start of the line and clear it; what cannot be shown is no reason to stop.
            let _ = write!(err, "\r\x1b[K{line}");
            if job.state.is_final() {
                let _ = write!(err, "\r\x1b[K");
            }
            let _ = err.flush();
        } else if !job.state.is_final() {
            let key = (words::heading(job), tenth(job));
            if self.said.as_ref() != Some(&key) {
                let _ = writeln!(err, "{line}");
                self.said = Some(key);
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn tenth(job: &Job) -> u8 {
    (job.progress.fraction.unwrap_or(0.0) * 10.0) as u8
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn line(job: &Job) -> String {
    let heading = words::heading(job);
    match job.progress.fraction {
        Some(fraction) if job.state == JobState::Running => {
            let full = (fraction * WIDTH as f64).round() as usize;
            let bar = format!("{}{}", "#".repeat(full.min(WIDTH)), ".".repeat(WIDTH - full.min(WIDTH)));
            format!("{heading} [{bar}] {:3.0} % {}", fraction * 100.0, words::progress(&job.progress))
        }
        _ => heading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::job::{Progress, Stage};

    #[test]
    fn the_bar_is_as_long_as_the_work_is_done() {
        let progress = Progress {
            stage: Stage::Downloading,
            fraction: Some(0.5),
            bytes_done: 5_000_000,
            ..Progress::default()
        };
        let job = Job {
            id: 1,
            kind: "update".into(),
            target: "2".into(),
            state: JobState::Running,
            progress,
            cancellable: true,
            uid: 0,
            started: 0,
            problem: None,
        };
        assert_eq!(line(&job), "Downloading the update [############............]  50 % 5.0 MB");
    }
}
