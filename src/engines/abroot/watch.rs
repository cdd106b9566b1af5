//! Told when somebody changes something: ABRoot's files of this boot and its records.

use cairn_host::{Host, watch};
use cairn_model::{Problem, text};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::path::PathBuf;

const RUNTIME: &str = "/run/abroot";
const RECORDS: &str = "/etc/abroot";

/// ABRoot makes its folder below /run when it first changes something; until then only that is waited for.
pub(super) fn start(host: &Host) -> Result<BoxStream<'static, ()>, Problem> {
    let records = open(host.path(RECORDS))?;
    let runtime = if host.exists(RUNTIME) {
        open(host.path(RUNTIME))?
    } else {
        let (above, host) = (open(host.path("/run"))?, host.clone());
        let made = host.clone();
        let first = above.filter(move |()| std::future::ready(made.exists(RUNTIME))).take(1);
        let rest = stream::once(async move { open(host.path(RUNTIME)).ok() });
        first.chain(rest.flat_map(|opened| stream::iter(opened).flatten())).boxed()
    };
    Ok(stream::select(records, runtime).boxed())
}

fn open(path: PathBuf) -> Result<BoxStream<'static, ()>, Problem> {
    let opened = watch::directories(&[&path]);
    opened.map(StreamExt::boxed).map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })
}
