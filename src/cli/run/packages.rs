//! Packages of the system, and what the system can follow.

use crate::output::Output;
use cairn_client::Client;
use cairn_model::{PackageName, Problem};
use cairn_words::package;
use gettextrs::gettext;

/// Names as they were typed.
///
/// # Errors
/// [`Problem::InvalidArgument`] for what can be no package's name.
pub fn names(words: &[String]) -> Result<Vec<PackageName>, Problem> {
    words.iter().map(PackageName::new).collect()
}

pub async fn list(client: &Client, output: Output) -> Result<(), Problem> {
    let packages = client.packages().await?;
    output.answer("packages", &packages, || match packages[..] {
        [] => vec![gettext("No packages were added to the system.")],
        _ => packages.iter().map(package::line).collect(),
    })
}

pub async fn find(client: &Client, output: Output, words: &str) -> Result<(), Problem> {
    let found = client.find_packages(words).await?;
    output.answer("found", &found, || match found[..] {
        [] => vec![gettext("Nothing was found.")],
        _ => found.iter().map(package::found).collect(),
    })
}

pub async fn targets(client: &Client, output: Output) -> Result<(), Problem> {
    let targets = client.targets().await?;
    output.answer("targets", &targets, || {
        let mark = |current| if current { "*" } else { " " };
        targets.iter().map(|t| format!("{} {}  {}", mark(t.current), t.id, t.name)).collect()
    })
}
