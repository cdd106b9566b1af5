//! What the kernel is told, by ABRoot's record (ABRoot: core/kargs.go), which every build of a root puts into its boot entry.
//!
//! `abroot kargs edit` wants an editor and says with the same exit status that nothing was changed and that the person is not
//! root. What it does is to write that record and to build the other root, so that is what happens here.

use super::answer::Status;
use super::{Abroot, status};
use cairn_model::argument::{self, is_essential};
use cairn_model::{ArgumentDelta, BootArgument, Problem, text};

/// ABRoot: core/kargs.go, `KargsPath`.
pub(super) const RECORD: &str = "/etc/abroot/kargs";
const RUNNING: &str = "/proc/cmdline";
/// GRUB puts it before all others; it names the kernel's file.
const IMAGE: &str = "BOOT_IMAGE";
/// What begins so in the record GRUB replaces by a word of its own, or by nothing, when the root starts.
const VARIABLE: char = '$';

/// What the running root was started with, and what a root that is built from the record is.
pub(super) async fn list(engine: &Abroot) -> Result<Vec<BootArgument>, Problem> {
    let told = status::settled(engine).await?;
    if !told.has_arguments() {
        return Err(Problem::NotSupported { what: "arguments".into() });
    }
    let line = engine.host.read(RUNNING).map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    Ok(told_apart(&line.unwrap_or_default(), told.arguments()))
}

/// What the kernel was started with, beside what the record says.
pub fn told_apart(running: &str, recorded: &str) -> Vec<BootArgument> {
    compare(&words(running), &words(recorded))
}

fn compare(running: &[String], recorded: &[String]) -> Vec<BootArgument> {
    let variables: Vec<&str> = recorded.iter().filter_map(|word| word.strip_prefix(VARIABLE)).collect();
    // What stands before the record is ABRoot's own and comes to every root, and so does what a variable became.
    let comes = |word: &&String| {
        name(word) == IMAGE || is_essential(word) || variables.contains(&name(word).replace('.', "_").as_str())
    };
    let own = running.iter().filter(comes).filter(|word| !recorded.contains(word));
    let said = recorded.iter().filter(|word| !word.starts_with(VARIABLE));
    let next: Vec<String> = own.chain(said).cloned().collect();
    let mut all = argument::compare(running, &next);
    for one in &mut all {
        one.changeable &= recorded.contains(&one.text);
    }
    all
}

fn name(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

fn words(line: &str) -> Vec<String> {
    line.split_ascii_whitespace().map(ToOwned::to_owned).collect()
}

/// Refuses what the record has already, or has not.
pub(super) fn fits(delta: &ArgumentDelta, told: &Status) -> Result<(), Problem> {
    delta.validate()?;
    let recorded = words(told.arguments());
    let has = |argument: &str| recorded.iter().any(|word| word == argument);
    if let Some(argument) = delta.add.iter().find(|argument| has(argument.as_str())) {
        return Err(Problem::ArgumentPresent { argument: argument.to_string() });
    }
    let missing = delta.remove.iter().find(|argument| !has(argument.as_str()));
    missing.map_or(Ok(()), |argument| Err(Problem::NotFound { what: argument.to_string() }))
}

/// The record after the change, as ABRoot writes it: words with a space between, the others where they were.
pub(super) fn changed(delta: &ArgumentDelta, told: &Status) -> String {
    let gone = |word: &String| delta.remove.iter().any(|argument| argument.as_str() == word);
    let mut words: Vec<String> = words(told.arguments()).into_iter().filter(|word| !gone(word)).collect();
    words.extend(delta.add.iter().map(ToString::to_string));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use argument::ArgumentState::{Going, Next, Running};

    fn short(running: &str, recorded: &str) -> Vec<(String, argument::ArgumentState, bool)> {
        let all = compare(&words(running), &words(recorded));
        all.into_iter().map(|one| (one.text, one.state, one.changeable)).collect()
    }

    #[test]
    fn what_abroot_itself_puts_there_is_neither_going_nor_changeable() {
        let found = short("BOOT_IMAGE=/.system/boot/vmlinuz root=UUID=1 quiet old", "quiet new lsm=integrity");
        let expected = [
            ("BOOT_IMAGE=/.system/boot/vmlinuz", Running, false),
            ("root=UUID=1", Running, false),
            ("quiet", Running, true),
            ("new", Next, true),
            ("lsm=integrity", Next, false),
            ("old", Going, false),
        ];
        assert_eq!(found, expected.map(|(text, state, changeable)| (text.to_owned(), state, changeable)));
    }

    /// Debian's family has `vt_handoff`, which becomes `vt.handoff=7`.
    #[test]
    fn a_variable_of_the_boot_menu_is_what_it_became() {
        let found = short("root=UUID=1 quiet old vt.handoff=7", "quiet $vt_handoff splash");
        let expected = [
            ("root=UUID=1", Running, false),
            ("vt.handoff=7", Running, false),
            ("quiet", Running, true),
            ("splash", Next, true),
            ("old", Going, false),
        ];
        assert_eq!(found, expected.map(|(text, state, changeable)| (text.to_owned(), state, changeable)));
        assert_eq!(short("", "$vt_handoff"), []);
    }
}
