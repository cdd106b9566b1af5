//! The journal where systemd keeps one, standard error elsewhere.
//!
//! Fields: `CAIRN_ACTION`, `CAIRN_SENDER`, `CAIRN_UID`, `CAIRN_RESULT`, `CAIRN_JOB`, `CAIRN_TARGET`, `CAIRN_PROBLEM`.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

pub fn start() {
    let registry = tracing_subscriber::registry().with(LevelFilter::INFO);
    if std::env::var_os("JOURNAL_STREAM").is_some()
        && let Ok(journal) = tracing_journald::layer()
    {
        registry.with(journal.with_field_prefix(None)).init();
    } else {
        let plain =
            tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).without_time();
        registry.with(plain).init();
    }
}
