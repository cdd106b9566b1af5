//! Bytes in; a truthful and only rising fraction, rate and time left out.
//!
//! A job is a row of parts with weights. Each part reports its own 0 to 1; the whole only ever rises, also when
//! a part learns that it is larger than it thought.

use cairn_model::job::{Progress, Stage};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The rate is the mean over this time, so that it neither jumps nor lies for long.
const WINDOW: Duration = Duration::from_secs(4);
/// A time left is said only once the rate has been watched for this long.
const SETTLE: Duration = Duration::from_millis(1500);

/// Where running work reports to, and where its progress is read.
#[derive(Clone, Debug)]
pub struct ProgressSink {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    published: watch::Sender<Progress>,
}

#[derive(Debug, Default)]
struct State {
    base: f64,
    weight: f64,
    highest: f64,
    samples: VecDeque<(Instant, u64)>,
    now: Progress,
}

impl Default for ProgressSink {
    fn default() -> Self {
        let state = State { weight: 1.0, ..State::default() };
        Self {
            inner: Arc::new(Inner {
                state: Mutex::new(state),
                published: watch::Sender::new(Progress::default()),
            }),
        }
    }
}

impl ProgressSink {
    /// Begins a part that is `weight` (0 to 1) of the whole job. The part before it counts as complete.
    pub fn begin(&self, stage: Stage, weight: f64) {
        self.change(|s| {
            s.base = if s.now.stage == Stage::Waiting { 0.0 } else { (s.base + s.weight).min(1.0) };
            s.weight = weight.clamp(0.0, 1.0 - s.base);
            s.samples.clear();
            s.now.stage = stage;
            s.now.rate = 0;
            s.now.seconds_left = None;
        });
    }

    /// Reports bytes of the running part. `total` is `None` while it is not known.
    pub fn bytes(&self, done: u64, total: Option<u64>) {
        self.bytes_at(Instant::now(), done, total);
    }

    fn bytes_at(&self, at: Instant, done: u64, total: Option<u64>) {
        self.change(|s| {
            let total = total.map(|t| t.max(done));
            s.now.bytes_done = done;
            s.now.bytes_total = total;
            s.samples.push_back((at, done));
            while s.samples.front().is_some_and(|(t, _)| at.duration_since(*t) > WINDOW) {
                s.samples.pop_front();
            }
            let (rate, settled) = rate(&s.samples);
            s.now.rate = rate;
            s.now.seconds_left = total.filter(|_| settled && rate > 0).map(|t| (t - done).div_ceil(rate));
            if let Some(total) = total.filter(|t| *t > 0) {
                #[allow(clippy::cast_precision_loss)]
                raise(s, done as f64 / total as f64);
            }
        });
    }

    /// Reports how much of the running part is done, 0 to 1.
    pub fn part(&self, fraction: f64) {
        self.change(|s| raise(s, fraction));
    }

    /// Reports a time left that whoever does the work has told; `None` where it does not know, or where nothing moves.
    pub fn time_left(&self, seconds: Option<u64>) {
        self.change(|s| s.now.seconds_left = seconds);
    }

    /// The whole job is done.
    pub fn complete(&self) {
        self.change(|s| {
            s.highest = 1.0;
            s.now.fraction = Some(1.0);
            s.now.rate = 0;
            s.now.seconds_left = None;
        });
    }

    pub fn now(&self) -> Progress {
        self.inner.published.borrow().clone()
    }

    /// Wakes whenever the progress changes.
    pub fn subscribe(&self) -> watch::Receiver<Progress> {
        self.inner.published.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        let now = state.now.clone();
        drop(state);
        self.inner.published.send_replace(now);
    }
}

fn raise(s: &mut State, fraction: f64) {
    s.highest = s.highest.max((s.base + s.weight * fraction.clamp(0.0, 1.0)).min(1.0));
    s.now.fraction = Some(s.highest);
}

fn rate(samples: &VecDeque<(Instant, u64)>) -> (u64, bool) {
    let (Some((t0, b0)), Some((t1, b1))) = (samples.front(), samples.back()) else { return (0, false) };
    let span = t1.duration_since(*t0);
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    match (b1.saturating_sub(*b0) * 1000).checked_div(millis) {
        Some(rate) => (rate, span >= SETTLE),
        None => (0, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fraction_only_rises_over_parts_and_growing_totals() {
        let sink = ProgressSink::default();
        sink.begin(Stage::Downloading, 0.8);
        sink.bytes(50, Some(100));
        assert_eq!(sink.now().fraction, Some(0.4));
        sink.bytes(60, Some(300));
        assert_eq!(sink.now().fraction, Some(0.4));
        sink.begin(Stage::Deploying, 0.2);
        sink.part(0.5);
        let fraction = sink.now().fraction.unwrap();
        assert!((fraction - 0.9).abs() < 1e-9, "{fraction}");
        sink.complete();
        assert_eq!(sink.now().fraction, Some(1.0));
    }

    #[test]
    fn rate_and_time_left_come_from_the_last_seconds() {
        let sink = ProgressSink::default();
        sink.begin(Stage::Downloading, 1.0);
        let start = Instant::now();
        sink.bytes_at(start, 0, Some(10_000));
        sink.bytes_at(start + Duration::from_secs(1), 1_000, Some(10_000));
        assert_eq!(sink.now().seconds_left, None, "too early to say");
        sink.bytes_at(start + Duration::from_secs(2), 2_000, Some(10_000));
        let now = sink.now();
        assert_eq!((now.rate, now.seconds_left), (1_000, Some(8)));
    }

    #[test]
    fn a_time_left_that_was_told_goes_with_its_part() {
        let sink = ProgressSink::default();
        sink.begin(Stage::Downloading, 0.5);
        sink.part(0.5);
        sink.time_left(Some(90));
        assert_eq!(sink.now().seconds_left, Some(90));
        sink.time_left(None);
        assert_eq!(sink.now().seconds_left, None);
        sink.time_left(Some(5));
        sink.begin(Stage::Writing, 0.5);
        assert_eq!(sink.now().seconds_left, None);
    }

    #[test]
    fn more_bytes_than_announced_is_no_lie() {
        let sink = ProgressSink::default();
        sink.bytes(120, Some(100));
        assert_eq!(sink.now().bytes_total, Some(120));
        assert_eq!(sink.now().fraction, Some(1.0));
    }
}
