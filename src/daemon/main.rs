//! cairnd, the system service.
//!
//! A narrow privileged service: what a caller wishes becomes an immutable plan, polkit is asked for exactly that plan,
//! and exactly that plan is run once, journalled before it starts.
//!
//! - [`bus`]: one thin interface a file
//! - [`authority`], [`caller`]: who asks, and may they
//! - [`plans`], [`planner`], [`runner`], [`jobs`]: from a wish to a change
//! - [`state`]: what is known of the system; [`overlay`] adds what the service remembers
//! - [`packages`]: what was added to the system
//! - [`boot`], [`health`]: what happened since the last start
//! - [`restart`]: when the machine restarts
//! - [`idle`]: when the service itself may go

mod authority;
mod awake;
mod boot;
mod bus;
mod caller;
mod health;
mod idle;
mod jobs;
mod logging;
mod look;
mod overlay;
mod packages;
mod planner;
mod plans;
mod restart;
mod runner;
mod state;

use cairn_api::names;
use cairn_host::Host;
use cairn_jobs::Store;
use cairn_model::Problem;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Where the journal and the decisions lie; the unit's `StateDirectory=`.
const STATE: &str = "/var/lib/cairn";
/// Without work, schedule or client the service goes after this long.
const IDLE: Duration = Duration::from_secs(60);
/// What is under way when the service leaves may take this long.
const FAREWELL: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    logging::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(8).build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(serve());
            // Whatever still reads is of no use to anybody now.
            runtime.shutdown_timeout(FAREWELL);
            done
        }
        Err(e) => Err(Problem::EngineFailed { detail: e.to_string() }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(cairn_problem = problem.code(), "cannot serve: {problem:?}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Problem> {
    let host = Host::real();
    let failed = |e: &dyn std::fmt::Display| Problem::EngineFailed { detail: e.to_string() };
    host.make_private_directory(STATE).map_err(|e| failed(&e))?;
    let store = Store::open(&host.path(&format!("{STATE}/state.sqlite")))?;
    let connection = zbus::Connection::system().await.map_err(|e| failed(&e))?;
    let engine = cairn_engines::detect(&host);
    let state = Arc::new(state::State::new(host, engine, store, connection.clone()));
    boot::note(&state).await;
    bus::serve(&state).await.map_err(|e| failed(&e))?;
    // Requesting the name comes last: whoever sees it finds everything in place.
    connection.request_name(names::BUS).await.map_err(|e| failed(&e))?;
    tracing::info!("serving");
    tokio::spawn(state::keep_true(Arc::clone(&state)));
    tokio::spawn(health::check(Arc::clone(&state)));
    tokio::spawn(restart::keep(Arc::clone(&state)));
    tokio::select! {
        () = idle::wait(&state, IDLE) => tracing::info!("idle, leaving"),
        () = told_to_stop() => tracing::info!("told to stop"),
    }
    state.jobs.stop_all().await;
    let _ = connection.release_name(names::BUS).await;
    // Answers to calls that came before the name was gone are on their way.
    tokio::time::sleep(FAREWELL).await;
    Ok(())
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut term), Ok(mut int)) => {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        }
        _ => std::future::pending().await,
    }
}
