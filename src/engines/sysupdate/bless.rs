//! Boot assessment: an entry that is tried has a counter, and `systemd-bless-boot` takes it away or spends it
//! (systemd-bless-boot.service(8)). Its words for states are made for programs.

use super::Sysupdate;
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::{Problem, text};
use std::future::pending;
use std::path::Path;

const NAME: &str = "systemd-bless-boot";

/// What is known of the entry that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    Bad,
    /// It is still being tried.
    Indeterminate,
    /// Nobody counts.
    Clean,
    /// It was counted, and no entry of that name is there any more.
    Dirty,
}

/// The answer of `status`.
///
/// # Errors
/// [`Problem::BadAnswer`] for anything but one of its words.
pub fn verdict(words: &str) -> Result<Verdict, Problem> {
    match words.strip_suffix('\n').unwrap_or(words) {
        "good" => Ok(Verdict::Good),
        "bad" => Ok(Verdict::Bad),
        "indeterminate" => Ok(Verdict::Indeterminate),
        "clean" => Ok(Verdict::Clean),
        "dirty" => Ok(Verdict::Dirty),
        other => Err(Problem::BadAnswer { tool: NAME.into(), detail: text::clean(other, 200) }),
    }
}

/// Says whether the version that runs works, where its starts are counted.
pub(super) async fn confirm(engine: &Sysupdate, good: bool, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    if engine.host.tool(NAME).is_err() {
        return Ok(());
    }
    let (word, wanted) = if good { ("good", Verdict::Good) } else { ("bad", Verdict::Bad) };
    match status(engine).await? {
        Verdict::Clean => return Ok(()),
        Verdict::Dirty => return Err(failed("the entry that was started is not there any more")),
        now if now == wanted => return Ok(()),
        _ => {}
    }
    ask(engine, word).await?;
    let now = status(engine).await?;
    if now == wanted { Ok(()) } else { Err(failed(&format!("the entry is {now:?}, not {word}"))) }
}

async fn status(engine: &Sysupdate) -> Result<Verdict, Problem> {
    verdict(&String::from_utf8_lossy(&ask(engine, "status").await?))
}

/// Which entry was started is told by this machine's firmware. For a system below another root the program is kept to
/// entries of that one, so that none of this machine is renamed.
async fn ask(engine: &Sysupdate, word: &str) -> Result<Vec<u8>, Problem> {
    let root = &engine.host.root;
    let path = (root != Path::new("/")).then(|| format!("--path={}", engine.host.path("/efi").display()));
    let words: Vec<&str> = path.as_deref().into_iter().chain([word]).collect();
    engine.host.tool(NAME)?.run(&words, Limits::within(engine.patience), pending::<()>()).await
}

fn failed(words: &str) -> Problem {
    Problem::EngineFailed { detail: format!("{NAME}: {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_words_are_taken() {
        assert_eq!(verdict("indeterminate\n"), Ok(Verdict::Indeterminate));
        assert_eq!(verdict("clean"), Ok(Verdict::Clean));
        for words in ["", "Good\n", "good\ngood\n", "not-supported", "\u{1b}[32mgood"] {
            assert_eq!(verdict(words).unwrap_err().code(), "bad-answer", "{words:?}");
        }
    }
}
