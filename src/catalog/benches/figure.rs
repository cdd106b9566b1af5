//! A figure beside that of its peer.

use std::time::Duration;

/// One figure, and the most that it may be: of its peer's, or itself.
#[derive(Debug)]
pub struct Figure {
    name: &'static str,
    ours: f64,
    peer: Option<(&'static str, f64)>,
    unit: &'static str,
    pub goal: f64,
}

impl Figure {
    pub fn new(
        name: &'static str,
        ours: f64,
        peer: Option<(&'static str, f64)>,
        unit: &'static str,
        goal: f64,
    ) -> Self {
        Self { name, ours, peer, unit, goal }
    }

    /// The ratio to the peer, or the figure itself where the goal is one.
    pub fn measured(&self) -> f64 {
        self.peer.map_or(self.ours, |(_, peer)| self.ours / peer)
    }

    pub fn line(&self) -> String {
        let verdict = if self.measured() <= self.goal { "ok" } else { "MISSED" };
        let (name, ours, unit, goal) = (self.name, self.ours, self.unit, self.goal);
        match self.peer {
            Some((peer, value)) => {
                let ratio = self.measured();
                format!(
                    "{name:<30} {ours:>8.2} {unit} · {peer} {value:.2} {unit} · ratio {ratio:.3} (goal {goal:.2}) {verdict}"
                )
            }
            None => format!("{name:<30} {ours:>8.2} {unit} (goal {goal:.1}) {verdict}"),
        }
    }
}

/// The middle one, in milliseconds.
pub fn median(times: Vec<Duration>) -> f64 {
    percentile(times, 50.0)
}

/// So many per cent are not slower, in milliseconds.
pub fn percentile(mut times: Vec<Duration>, percent: f64) -> f64 {
    times.sort();
    let at = ((times.len() as f64 * percent / 100.0) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |t| t.as_secs_f64() * 1000.0)
}
