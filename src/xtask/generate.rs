//! The manual page, completions and JSON documentation of cairnctl.

use crate::Outcome;
use cairn_cli::arguments::Arguments;
use clap::CommandFactory;
use clap_complete::Shell;
use schemars::SchemaGenerator;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Writes manual page and completions into a folder.
pub fn cli(folder: &Path) -> Outcome {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    let mut command = Arguments::command();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let path = clap_complete::generate_to(shell, &mut command, "cairnctl", folder).map_err(failed)?;
        // The shells look for their completions under these very names.
        if shell == Shell::Bash {
            fs::rename(&path, folder.join("cairnctl.bash")).map_err(failed)?;
        }
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(failed)?;
    fs::write(folder.join("cairnctl.1"), page).map_err(failed)
}

/// The documentation of `--json`.
pub fn schema(root: &Path) -> Outcome {
    let path = root.join("docs/cairnctl-json.md");
    fs::write(&path, document()).map_err(|e| format!("{}: {e}", path.display()))
}

/// Which command prints what; the types follow it.
const PREFACE: &str = include_str!("cairnctl-json.md");

/// What `docs/cairnctl-json.md` must say.
pub fn document() -> String {
    let mut text = String::from(PREFACE);
    let mut types = SchemaGenerator::default();
    types.subschema_for::<cairn_model::Deployment>();
    types.subschema_for::<cairn_model::Update>();
    types.subschema_for::<cairn_model::engine::Evidence>();
    types.subschema_for::<cairn_model::change::Changes>();
    types.subschema_for::<cairn_model::Plan>();
    types.subschema_for::<cairn_model::Package>();
    types.subschema_for::<cairn_model::package::FoundPackage>();
    types.subschema_for::<cairn_model::Target>();
    types.subschema_for::<cairn_model::BootArgument>();
    types.subschema_for::<cairn_model::Extra>();
    types.subschema_for::<cairn_model::job::Job>();
    types.subschema_for::<cairn_model::history::Record>();
    types.subschema_for::<cairn_model::restart::RestartSchedule>();
    types.subschema_for::<cairn_model::app::Card>();
    types.subschema_for::<cairn_model::app::Details>();
    types.subschema_for::<cairn_model::app::InstalledApp>();
    types.subschema_for::<cairn_model::app::Permission>();
    types.subschema_for::<cairn_model::app::shelf::AppCheck>();
    types.subschema_for::<cairn_model::app::PastVersion>();
    types.subschema_for::<cairn_model::app::shelf::Unused>();
    types.subschema_for::<cairn_model::app::AppPlan>();
    types.subschema_for::<cairn_model::app::Task>();
    types.subschema_for::<cairn_model::app::Remote>();
    types.subschema_for::<cairn_model::SystemStatus>();
    types.subschema_for::<cairn_model::Problem>();
    for (name, schema) in types.take_definitions(true) {
        let json = serde_json::to_string_pretty(&schema).unwrap_or_default();
        let _ = write!(text, "\n## {name}\n\n```json\n{json}\n```\n");
    }
    text
}
