//! What the kernel is told at the start, and the parts beside the system's image.

use crate::output::Output;
use cairn_client::Client;
use cairn_model::argument::ArgumentState;
use cairn_model::{BootArgument, Extra, KernelArgument, Policy, Problem};
use cairn_words::fill;
use gettextrs::gettext;

/// Arguments as they were typed.
///
/// # Errors
/// [`Problem::InvalidArgument`] for what can be none, [`Problem::EssentialArgument`] for what the start depends on.
pub fn words(words: &[String]) -> Result<Vec<KernelArgument>, Problem> {
    words.iter().map(KernelArgument::new).collect()
}

/// # Errors
/// [`Problem::InvalidArgument`] for any other word.
pub fn policy(word: &str) -> Result<Policy, Problem> {
    match word {
        "off" => Ok(Policy::Off),
        "check" => Ok(Policy::Check),
        "stage" => Ok(Policy::Stage),
        "apply" => Ok(Policy::Apply),
        _ => Err(Problem::InvalidArgument { what: "policy".into() }),
    }
}

pub async fn arguments(client: &Client, output: Output) -> Result<(), Problem> {
    let arguments = client.arguments().await?;
    output.answer("arguments", &arguments, || arguments.iter().map(argument).collect())
}

fn argument(argument: &BootArgument) -> String {
    let text = [("text", argument.text.as_str())];
    match argument.state {
        ArgumentState::Running => argument.text.clone(),
        ArgumentState::Next => fill(&gettext("{text}  (from the next start on)"), &text),
        ArgumentState::Going => fill(&gettext("{text}  (until the restart)"), &text),
    }
}

pub async fn extras(client: &Client, output: Output) -> Result<(), Problem> {
    let extras = client.extras().await?;
    output.answer("extras", &extras, || match extras[..] {
        [] => vec![gettext("The makers of your system offer no further parts.")],
        _ => extras.iter().map(extra).collect(),
    })
}

fn extra(extra: &Extra) -> String {
    let state = if extra.enabled { gettext("on") } else { gettext("off") };
    let summary = extra.summary.as_deref().unwrap_or_default();
    format!("{}  {state}  {}  {summary}", extra.id, extra.name).trim_end().to_owned()
}
