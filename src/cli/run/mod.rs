//! Doing what was typed.

mod apps;
mod change;
mod engines;
mod packages;
mod restart;
mod show;
mod start;

use crate::arguments::{Arguments, Command, SystemCommand};
use crate::output::Output;
use cairn_client::Client;
use cairn_model::{Deployment, Problem, SystemStatus};

/// # Errors
/// Whatever kept it from being done; [`crate::exit`] says it.
pub async fn run(arguments: Arguments) -> Result<(), Problem> {
    let output = Output { json: arguments.json };
    match arguments.command {
        // Apps are the session's own matter; the service is not asked and need not be there.
        Command::Apps { command } => apps::run(command, output).await,
        Command::System(command) => system(command, output).await,
    }
}

async fn system(command: SystemCommand, output: Output) -> Result<(), Problem> {
    let client = Client::connect().await?;
    match command {
        SystemCommand::Status => show::status(&client, output).await,
        SystemCommand::Check => change::check(&client, output).await,
        SystemCommand::Versions => show::versions(&client, output).await,
        SystemCommand::Diff { from, to } => show::diff(&client, output, &from, &to).await,
        SystemCommand::Drift { version } => show::drift(&client, output, &version).await,
        SystemCommand::Wish(wish) => change::apply(&client, output, &wish).await,
        SystemCommand::Plan { wish } => change::plan(&client, output, &wish).await,
        SystemCommand::Restart { when } => restart::run(&client, output, when).await,
        SystemCommand::History { lines } => show::history(&client, output, lines).await,
        SystemCommand::Engines { explain } => engines::show(&client, output, explain).await,
        SystemCommand::Packages => packages::list(&client, output).await,
        SystemCommand::FindPackages { words } => packages::find(&client, output, &words.join(" ")).await,
        SystemCommand::Targets => packages::targets(&client, output).await,
        SystemCommand::Arguments => start::arguments(&client, output).await,
        SystemCommand::Extras => start::extras(&client, output).await,
        SystemCommand::Pause => change::hold(&client, output, true).await,
        SystemCommand::Resume => change::hold(&client, output, false).await,
        SystemCommand::Jobs => show::jobs(&client, output).await,
        SystemCommand::Cancel => change::cancel(&client, output).await,
    }
}

/// The version that a word means.
///
/// # Errors
/// [`Problem::NotFound`], and [`Problem::InvalidArgument`] with the candidates if the word may mean several.
fn find<'a>(status: &'a SystemStatus, word: &str) -> Result<&'a Deployment, Problem> {
    status.by_word(word).ok_or_else(|| match &status.all_by_word(word)[..] {
        [] => Problem::NotFound { what: word.to_owned() },
        several => apps::several(word, several.iter().map(|d| d.id.to_string())),
    })
}
