//! `org.projectatomic.rpmostree1.OSExperimental`: what is prepared, laid over what runs.

use super::BUS_NAME;
use super::change::{Options, Outcome, is, word};
use super::os::{sender, sorted};
use super::running::{Daemon, Refused, unknown};
use super::state::{State, base, text, texts};
use super::transaction::Shows;
use zbus::message::Header;

pub struct OsExperimental(pub Daemon);

#[zbus::interface(name = "org.projectatomic.rpmostree1.OSExperimental")]
impl OsExperimental {
    #[zbus(out_args("transaction_address"))]
    async fn live_fs(&self, #[zbus(header)] header: Header<'_>, options: Options) -> Result<String, Refused> {
        self.0.stage.enter(BUS_NAME).await?;
        unknown(&self.0.stage, "LiveFs", &options, &["target", "replace"]);
        let call = ("LiveFs", sorted(&options));
        self.0.begin(call, sender(&header), (false, Shows::AtOnce), move |_, state| lay_over(state, &options))
    }
}

fn lay_over(state: &mut State, options: &Options) -> Outcome {
    let target = word(options, "target").ok_or("No target commit specified")?;
    let new = state.deployments.iter().find(|d| text(d, "checksum") == target);
    let new = new.ok_or(format!("No such metadata object {target}.commit"))?.clone();
    let at = state.booted().ok_or("Not booted")?;
    let running = state.deployments.get_mut(at).ok_or("Not booted")?;
    if text(running, "unlocked") == "hotfix" {
        return Err("apply-live is incompatible with unlock state: Hotfix".into());
    }
    if !is(options, "replace") {
        let has = texts(&new, "packages");
        let removed = texts(running, "packages").iter().filter(|name| !has.contains(name)).count();
        if removed > 0 {
            return Err(format!("packages would be removed: {removed}, allow replacement to override"));
        }
        if base(&new) != base(running) {
            return Err("packages would be changed: 10, allow replacement to override".into());
        }
    }
    running.insert("unlocked".into(), "transient".into());
    running.insert("live-inprogress".into(), "".into());
    running.insert("live-replaced".into(), target.into());
    Ok(())
}
