//! Doing what was typed.

mod change;
mod restart;
mod show;

use crate::arguments::{Arguments, Command};
use crate::output::Output;
use cairn_client::Client;
use cairn_model::{Deployment, Problem, SystemStatus};

/// # Errors
/// Whatever kept it from being done; [`crate::exit`] says it.
pub async fn run(arguments: Arguments) -> Result<(), Problem> {
    let output = Output { json: arguments.json };
    let client = Client::connect().await?;
    match arguments.command {
        Command::Status => show::status(&client, output).await,
        Command::Check => change::check(&client, output).await,
        Command::Versions => show::versions(&client, output).await,
        Command::Diff { from, to } => show::diff(&client, output, &from, &to).await,
        Command::Drift { version } => show::drift(&client, output, &version).await,
        Command::Wish(wish) => change::apply(&client, output, &wish).await,
        Command::Plan { wish } => change::plan(&client, output, &wish).await,
        Command::Restart { when } => restart::run(&client, output, when).await,
        Command::History { lines } => show::history(&client, output, lines).await,
        Command::Jobs => show::jobs(&client, output).await,
        Command::Cancel => change::cancel(&client, output).await,
    }
}

/// The version that a word means.
fn find<'a>(status: &'a SystemStatus, word: &str) -> Result<&'a Deployment, Problem> {
    status.by_word(word).ok_or_else(|| Problem::NotFound { what: word.to_owned() })
}
