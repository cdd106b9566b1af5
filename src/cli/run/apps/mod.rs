//! Apps, in the session of whoever types: no service and no root is needed.

mod apply;
mod change;
mod due;
mod find;
mod info;
mod interrupt;
mod offer;
mod past;
mod remotes;
mod session;
mod show;

pub(super) use find::several;

use crate::arguments::apps::AppsCommand;
use crate::output::Output;
use cairn_model::Problem;
use session::Session;

pub async fn run(command: AppsCommand, output: Output) -> Result<(), Problem> {
    let session = Session::start(output);
    match command {
        AppsCommand::Search { query, lines } => show::search(&session, &query.join(" "), lines).await,
        AppsCommand::Info { app, place } => info::run(&session, &app, place.scope()).await,
        AppsCommand::List => show::list(&session).await,
        AppsCommand::Check => due::check(&session).await,
        AppsCommand::Install(install) => change::install(&session, &install).await,
        AppsCommand::Update(update) => change::update(&session, &update).await,
        AppsCommand::Remove { app, delete_data, place, plan } => {
            change::remove(&session, &app, delete_data, place.scope(), plan).await
        }
        AppsCommand::Hold(named) => change::hold(&session, &named, true).await,
        AppsCommand::Release(named) => change::hold(&session, &named, false).await,
        AppsCommand::Versions { app, place } => past::versions(&session, &app, place.scope()).await,
        AppsCommand::GoBack { app, version, place, plan } => {
            past::go_back(&session, &app, version.as_deref(), place.scope(), plan).await
        }
        AppsCommand::Unused { remove: false, .. } => due::unused(&session).await,
        AppsCommand::Unused { remove: true, plan } => change::remove_unused(&session, plan).await,
        AppsCommand::Remotes { command } => remotes::run(&session, command).await,
        AppsCommand::Repair { place, plan } => change::repair(&session, place.scope(), plan).await,
        AppsCommand::Open { app, place } => show::open(&session, &app, place.scope()).await,
    }
}
