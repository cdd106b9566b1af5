//! What went wrong, in one sentence, and what to do next.

use crate::moment::plural;
use crate::{amount, fill};
use cairn_model::{PackageName, Problem};
use gettextrs::{gettext, ngettext};

/// What went wrong.
pub fn heading(problem: &Problem) -> String {
    match problem {
        Problem::Cancelled => gettext("Stopped"),
        Problem::AuthDismissed => gettext("Nothing was changed"),
        Problem::NotAuthorized | Problem::AuthNeeded => gettext("You are not allowed to do this"),
        Problem::AuthUnavailable => gettext("Nobody could be asked for permission"),
        Problem::ServiceMissing { .. } => gettext("Cairn’s system service cannot be reached"),
        Problem::NotAtomic => gettext("This system does not keep versions"),
        Problem::EngineMissing { family } => {
            fill(&gettext("Cairn cannot update {family} yet"), &[("family", family)])
        }
        Problem::NotSupported { .. } => gettext("This system cannot do that"),
        Problem::InvalidArgument { .. } => gettext("That was not understood"),
        Problem::NotFound { what } => fill(&gettext("“{what}” was not found"), &[("what", what)]),
        Problem::TooMany => gettext("Too many questions at once"),
        Problem::TokenInvalid | Problem::PlanOutdated => gettext("The system changed in the meantime"),
        Problem::Busy { .. } => gettext("Another change is under way"),
        Problem::BusyElsewhere => gettext("Another program is changing the system"),
        Problem::NoUpdate => gettext("Your system is up to date"),
        Problem::NothingPrevious => gettext("There is no version to go back to"),
        Problem::NothingStaged => gettext("No update is waiting"),
        Problem::Skipped { version } => named(&gettext("You went back from version {version}"), version),
        Problem::IsRunning { version } => named(&gettext("You are using version {version}"), version),
        Problem::IsNext { version } => named(&gettext("Version {version} starts next"), version),
        Problem::IsKept { version } => named(&gettext("Version {version} is kept"), version),
        Problem::IsLastKnownGood { version } => {
            named(&gettext("Version {version} is the last one known to work"), version)
        }
        Problem::IsStaged { version } => named(&gettext("Version {version} is prepared already"), version),
        Problem::Older { .. } => gettext("The offered version is older than yours"),
        Problem::CannotStart { version, .. } => {
            named(&gettext("Version {version} cannot be started"), version)
        }
        Problem::RestartFirst => gettext("Restart first"),
        Problem::PackageConflict { packages, .. } => conflict(packages),
        Problem::PackageUnfit { packages, .. } => unfit(packages),
        Problem::PackageUnknown { name } => fill(&gettext("There is no package {name}"), &[("name", name)]),
        Problem::PackagePresent { name } => {
            fill(&gettext("{name} is part of the system already"), &[("name", name)])
        }
        Problem::ArgumentPresent { argument } => {
            fill(&gettext("“{argument}” is set already"), &[("argument", argument)])
        }
        Problem::TargetUnknown { target } => {
            fill(&gettext("The system cannot change over to “{target}”"), &[("target", target)])
        }
        Problem::ConfigInvalid { .. } => gettext("The system’s configuration does not hold with this"),
        Problem::EssentialArgument { argument } => {
            fill(&gettext("The system cannot start without care for “{argument}”"), &[("argument", argument)])
        }
        Problem::NotLive { .. } => gettext("This takes a restart"),
        Problem::AgreementNeeded { .. } => gettext("The system wants you to agree to something first"),
        Problem::NoSpace { mount, .. } if mount == "/boot" => {
            gettext("Not enough space to start another version")
        }
        Problem::NoSpace { .. } => gettext("Not enough space"),
        Problem::NoOrigin { .. } => gettext("It is not known where updates come from"),
        Problem::Network { .. } => gettext("The update server cannot be reached"),
        Problem::Corrupt { .. } => gettext("The download was damaged"),
        Problem::Unsigned { .. } => gettext("The update is not signed by its maker"),
        Problem::BadSignature { .. } => gettext("The update’s signature is wrong"),
        Problem::RestartBlocked { who, .. } => {
            fill(&gettext("{who} asks not to restart now"), &[("who", who)])
        }
        Problem::TimePast => gettext("That time has passed"),
        Problem::Interrupted { .. } => gettext("It was cut off"),
        Problem::AppNotFound { id } => fill(&gettext("No source here has {id}"), &[("id", id)]),
        Problem::AppNotInstalled { id } => fill(&gettext("{id} is not installed"), &[("id", id)]),
        Problem::AppInstalled { id } => fill(&gettext("{id} is installed already"), &[("id", id)]),
        Problem::RuntimeMissing { .. } => gettext("Something that the app needs is missing"),
        Problem::VersionGone { .. } => gettext("That version is no longer offered"),
        Problem::AppForbidden { .. } => gettext("This app is not allowed here"),
        Problem::Partial { .. } => gettext("Some of it did not work"),
        Problem::RemoteExists { name } => {
            fill(&gettext("There is a source called {name} already"), &[("name", name)])
        }
        Problem::RemoteInUse { name, .. } => fill(&gettext("Apps still come from {name}"), &[("name", name)]),
        Problem::ToolMissing { .. } => gettext("A part of the system is missing"),
        Problem::ToolFailed { .. } => gettext("A part of the system failed"),
        Problem::BadAnswer { .. } => gettext("A part of the system gave an unclear answer"),
        Problem::ToolHung { .. } => gettext("A part of the system did not answer"),
        Problem::EngineFailed { .. } => gettext("It did not work"),
    }
}

/// What that means and what to do next.
pub fn advice(problem: &Problem) -> String {
    match problem {
        Problem::Cancelled | Problem::AuthDismissed => gettext("Your system is as it was."),
        Problem::NotAuthorized => gettext("Ask an administrator of this computer."),
        Problem::AuthNeeded => {
            gettext("Run it where you can be asked for your password, or as administrator.")
        }
        Problem::AuthUnavailable => gettext(
            "The service that asks for passwords (polkit) does not answer. Restart the computer, then try again.",
        ),
        Problem::ServiceMissing { .. } => {
            gettext("Install the package “cairn” of your distribution, or ask its makers to ship it.")
        }
        Problem::NotAtomic => gettext("It was not started from an image, so there is nothing to go back to."),
        Problem::EngineMissing { .. } => gettext(
            "It leaves this system as it is. Keep updating it the way you do now; your apps are looked after here.",
        ),
        Problem::NotSupported { .. } => {
            gettext("It is not offered here because the system below does not have it.")
        }
        Problem::InvalidArgument { what } => fill(&gettext("This part is wrong: {what}"), &[("what", what)]),
        Problem::NotFound { .. } => gettext("Check the spelling, or look at the list of what is there."),
        Problem::TooMany => gettext("Wait a moment and try again."),
        Problem::TokenInvalid | Problem::PlanOutdated => {
            gettext("Look at the versions again and repeat what you wanted.")
        }
        Problem::Busy { .. } => gettext("Wait until it is done, or stop it first."),
        Problem::BusyElsewhere => gettext("Wait until it is done and try again."),
        Problem::NoUpdate => gettext("There is nothing to do."),
        Problem::NothingPrevious => gettext("After the next update this version is kept to go back to."),
        Problem::NothingStaged => gettext("There is nothing to undo."),
        Problem::Skipped { .. } => {
            gettext("It is not offered again until you allow it: it stands among what is held back.")
        }
        Problem::IsRunning { .. } => gettext("Start another version before you remove this one."),
        Problem::IsNext { .. } => gettext("Choose another version for the next start first."),
        Problem::IsKept { .. } => gettext("Stop keeping it first."),
        Problem::IsLastKnownGood { .. } => {
            gettext("It stays until you say that the version you are using works.")
        }
        Problem::IsStaged { .. } => gettext("Restart to use it."),
        Problem::Older { version, running } => fill(
            &gettext("{version} was made before {running}. Take it only if you know why."),
            &[("version", version), ("running", running)],
        ),
        Problem::CannotStart { defect, .. } => crate::version::defect(*defect),
        Problem::RestartFirst => {
            gettext("A change is ready and waits for the restart. Nothing else can be changed before.")
        }
        Problem::PackageConflict { .. } => {
            gettext("Update without it for now. It stays on the list of system packages, to be added again.")
        }
        Problem::PackageUnfit { .. } => gettext("Nothing was changed. After an update it may fit."),
        Problem::PackageUnknown { .. } => gettext("Check the spelling, or search for it."),
        Problem::PackagePresent { .. } | Problem::ArgumentPresent { .. } => {
            gettext("There is nothing to do.")
        }
        Problem::TargetUnknown { .. } => {
            gettext("Check the spelling, or choose one of those that are listed.")
        }
        Problem::ConfigInvalid { .. } => {
            gettext("Nothing was kept; your configuration is as it was. The details say where it fails.")
        }
        Problem::EssentialArgument { .. } => gettext("Cairn leaves it alone. Nothing was changed."),
        Problem::NotLive { .. } => gettext(
            "It would change parts that are in use. It is ready and is in effect after the next restart.",
        ),
        Problem::AgreementNeeded { what } => what.clone(),
        Problem::NoSpace { mount, missing, .. } => no_space(mount, *missing),
        Problem::NoOrigin { .. } => {
            gettext("The system has no update source. Ask the makers of your distribution.")
        }
        Problem::Network { .. } => gettext("Check your connection and try again. Nothing was changed."),
        Problem::Corrupt { .. } => gettext("Nothing of it was used. Try again later."),
        Problem::Unsigned { .. } | Problem::BadSignature { .. } => {
            gettext("It was not used. Tell the makers of your distribution; your system is as it was.")
        }
        Problem::RestartBlocked { why, .. } => why.clone(),
        Problem::TimePast => gettext("Choose a later time."),
        Problem::Interrupted { .. } => gettext("Your system is as it was. Start it again when you like."),
        Problem::AppNotFound { .. } => {
            gettext("Look at the sources in the preferences, or check the spelling.")
        }
        Problem::AppNotInstalled { .. } => gettext("The list of installed apps says which there are."),
        Problem::AppInstalled { .. } => gettext("There is nothing to do."),
        Problem::RuntimeMissing { runtime } => fill(
            &gettext("No source here has {runtime}. Adding Flathub often helps."),
            &[("runtime", runtime)],
        ),
        Problem::VersionGone { .. } => {
            gettext("Its source has thrown it away. The app stays as it is; choose another version.")
        }
        Problem::AppForbidden { .. } => {
            gettext("Whoever looks after this computer has decided so. Ask them.")
        }
        Problem::Partial { .. } => {
            gettext("What could be done is done. What could not is listed with the reason; try it again.")
        }
        Problem::RemoteExists { .. } => gettext("Choose another name."),
        Problem::RemoteInUse { .. } => gettext("Remove those apps first, or switch the source off instead."),
        Problem::ToolMissing { tool } => fill(
            &gettext("The program {tool} was not found. Ask the makers of your distribution to ship it."),
            &[("tool", tool)],
        ),
        Problem::ToolFailed { tool, .. } => fill(
            &gettext("The program {tool} could not do it. Try it again; the details help whoever you ask."),
            &[("tool", tool)],
        ),
        Problem::BadAnswer { tool, .. } => fill(
            &gettext("Cairn and {tool} may not fit together. The details help whoever you ask."),
            &[("tool", tool)],
        ),
        Problem::ToolHung { tool, seconds } => hung(tool, *seconds),
        Problem::EngineFailed { .. } => {
            gettext("Your system is as it was. The details help whoever you ask.")
        }
    }
}

/// Heading and advice in one line.
pub fn line(problem: &Problem) -> String {
    fill(&gettext("{heading}. {advice}"), &[("heading", &heading(problem)), ("advice", &advice(problem))])
}

fn conflict(packages: &[PackageName]) -> String {
    let names: Vec<&str> = packages.iter().map(PackageName::as_str).collect();
    match names[..] {
        [] => gettext("An added package does not fit the new version"),
        _ => {
            let words = ngettext(
                "{names} does not fit the new version",
                "{names} do not fit the new version",
                plural(names.len() as u64),
            );
            fill(&words, &[("names", &names.join(", "))])
        }
    }
}

fn unfit(packages: &[PackageName]) -> String {
    let names: Vec<&str> = packages.iter().map(PackageName::as_str).collect();
    let words = ngettext(
        "{names} does not fit the version that you are using",
        "{names} do not fit the version that you are using",
        plural(names.len() as u64),
    );
    fill(&words, &[("names", &names.join(", "))])
}

fn named(template: &str, version: &str) -> String {
    fill(template, &[("version", version)])
}

fn hung(tool: &str, seconds: u64) -> String {
    let words = ngettext(
        "The program {tool} was stopped after {n} second. Try again; if it stays so, restart the computer.",
        "The program {tool} was stopped after {n} seconds. Try again; if it stays so, restart the computer.",
        plural(seconds),
    );
    fill(&words, &[("tool", tool), ("n", &seconds.to_string())])
}

fn no_space(mount: &str, missing: u64) -> String {
    let missing = amount::size(missing);
    match mount {
        "/boot" => fill(
            &gettext("{missing} more are needed on {mount}. Remove a version that you no longer need."),
            &[("missing", &missing), ("mount", mount)],
        ),
        _ => fill(
            &gettext("{missing} more are needed. Remove a version or files that you no longer need."),
            &[("missing", &missing)],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_space_says_how_much_and_where() {
        let problem =
            Problem::NoSpace { mount: "/boot".into(), needed: 5_000_000, free: 1, missing: 4_999_999 };
        assert!(line(&problem).contains("5.0 MB more are needed on /boot"), "{}", line(&problem));
    }

    #[test]
    fn a_program_that_does_not_serve_is_named() {
        let tool = || "bootc".to_owned();
        let problems = [
            Problem::ToolMissing { tool: tool() },
            Problem::ToolFailed { tool: tool(), status: 1, detail: String::new() },
            Problem::BadAnswer { tool: tool(), detail: String::new() },
            Problem::ToolHung { tool: tool(), seconds: 60 },
        ];
        for problem in problems {
            assert!(advice(&problem).contains("bootc"), "{problem}");
        }
        assert!(advice(&Problem::ToolHung { tool: tool(), seconds: 1 }).contains("after 1 second."));
    }
}
