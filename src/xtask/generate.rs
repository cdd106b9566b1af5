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

/// What `docs/cairnctl-json.md` must say.
pub fn document() -> String {
    let mut text = String::from(
        "# The JSON of cairnctl\n\n\
         Every command takes `--json` and prints one object; a command that waits for a change prints one object a\n\
         line, its progress under `job` (of apps: `task`) and its result last. `format_version` is 1; it rises when a\n\
         key changes its meaning or goes. New keys may come at any time. What is not known is absent. Times are seconds\n\
         since 1970, sizes are bytes. A problem comes as `{\"format_version\": 1, \"problem\": {\"code\": …}}`, with the\n\
         facts that belong to its code; codes are stable.\n\n\
         | command | key | type |\n|---|---|---|\n\
         | `status` | `status` | object of `engine`, `os_name`, `abilities`, `running`, `next`, `previous` (Deployment), \
         `restart_pending`, `update` (Update), `held_back`, `notices`, `restart` (RestartSchedule), `last_check`, `notes`, `automatic`, `space` |\n\
         | `check` | `update` | Update or null |\n\
         | `versions` | `versions` | list of Deployment |\n\
         | `diff` | `changes` | Changes |\n\
         | `drift` | `files` | list of FileChange |\n\
         | `plan …` | `plan` | Plan |\n\
         | `update`, `go-back`, `start-next`, `keep`, `unkeep`, `name`, `remove`, `drop`, `works`, `unskip`, `add-package`, `remove-package`, `exclude-package`, `reset-package`, `rebase`, `cleanup`, `download`, `apply-now`, `unlock`, `add-argument`, `remove-argument`, `enable-extra`, `disable-extra`, `automatic`, `reset-packages`, `snapshot` | `done` | \
         Plan, or `{\"nothing\": problem}` when there was nothing to do; before it a line with `plan` (Plan) and one for each step of the progress with `job` (Job) |\n\
         | `cancel`, `pause`, `resume` | `done` | an empty object |\n\
         | `restart …` | `restart` | RestartSchedule or null |\n\
         | `history` | `history` | list of Record |\n\
         | `engines` | `engines` | list of Evidence, the likeliest first |\n\
         | `packages` | `packages` | list of Package |\n\
         | `find-packages` | `found` | list of FoundPackage |\n\
         | `targets` | `targets` | list of Target |\n\
         | `arguments` | `arguments` | list of BootArgument |\n\
         | `extras` | `extras` | list of Extra |\n\
         | `jobs` | `jobs` | list of Job |\n\
         | `apps search` | `apps` | list of Card |\n\
         | `apps info` | `app` | object of `details` (Details), `installed` (InstalledApp), `download_bytes`, \
         `installed_bytes`, `data_bytes`, `permissions` (list of Permission, each with a `grade`), `problem` (why its \
         source could not be asked for sizes and permissions) |\n\
         | `apps list` | `installed` | list of InstalledApp |\n\
         | `apps check` | `check` | AppCheck |\n\
         | `apps versions` | `versions` | list of PastVersion, the newest first |\n\
         | `apps unused` | `unused` | list of Unused |\n\
         | `apps install`, `update`, `remove`, `hold`, `release`, `go-back`, `unused --remove`, `repair` | `done` | Task, \
         or `{\"nothing\": problem}` when there was nothing to do; before it one line with `plan` (AppPlan), whose \
         `warnings` name what was left out; `repair` has these for each installation |\n\
         | the same with `--dry-run` | `plan` | AppPlan; `done` as above when there is nothing to do |\n\
         | `apps remotes` | `remotes` | list of Remote |\n\
         | `apps remotes add`, `remove`, `enable`, `disable` | `done` | Remote |\n\
         | `apps open` | `done` | object of `reference` and `scope` |\n\n\
         Exit status: 0 done or nothing to do, 1 it did not work, 2 wrong arguments, 3 refused because of the state of\n\
         the system, 4 not allowed, 5 the service cannot be reached, 6 something else is changing the system, 130\n\
         stopped. An app that is installed already is nothing to do; one that is not known or not installed is a wrong\n\
         argument; one that is forbidden here is not allowed; if some of several apps could not be updated, the status is\n\
         1 and the last `task` names them under `outcomes`.\n\n\
         The same keys travel over D-Bus as `a{sv}`. Below are the types as JSON Schema, by name; `#/$defs/NAME` is the\n\
         type under that heading. `cargo xtask schema` writes this page from the code and `xtask check` compares it.\n",
    );
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
