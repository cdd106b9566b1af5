//! The manual page, completions and JSON documentation of cairnctl.

use crate::Outcome;
use cairn_cli::arguments::Arguments;
use clap::CommandFactory;
use clap_complete::Shell;
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
         line, its progress under `job` and its result last. `format_version` is 1; it rises when a key changes its\n\
         meaning or goes. New keys may come at any time. What is not known is absent. Times are seconds since 1970,\n\
         sizes are bytes. A problem comes as `{\"format_version\": 1, \"problem\": {\"code\": …}}`, with the facts that\n\
         belong to its code; codes are stable.\n\n\
         | command | key | type |\n|---|---|---|\n\
         | `status` | `status` | object of `engine`, `os_name`, `abilities`, `running`, `next`, `previous` (Deployment), \
         `restart_pending`, `update` (Update), `held_back`, `notices`, `restart` (RestartSchedule), `last_check`, `space` |\n\
         | `check` | `update` | Update or null |\n\
         | `versions` | `versions` | list of Deployment |\n\
         | `diff` | `changes` | Changes |\n\
         | `drift` | `files` | list of FileChange |\n\
         | `plan …` | `plan` | Plan |\n\
         | `update`, `go-back`, `start-next`, `keep`, `unkeep`, `name`, `remove`, `drop`, `works`, `unskip` | `done` | \
         Plan, or `{\"nothing\": problem}` when there was nothing to do |\n\
         | `restart …` | `restart` | RestartSchedule or null |\n\
         | `history` | `history` | list of Record |\n\
         | `jobs` | `jobs` | list of Job |\n\n\
         Exit status: 0 done or nothing to do, 1 it did not work, 2 wrong arguments, 3 refused because of the state of\n\
         the system, 4 not allowed, 5 the service cannot be reached, 6 something else is changing the system, 130\n\
         stopped.\n\n\
         The same keys travel over D-Bus as `a{sv}`. Below are the types as JSON Schema; `cargo xtask schema` writes\n\
         this page from the code and `xtask check` compares it.\n",
    );
    for (name, schema) in [
        ("Deployment", schemars::schema_for!(cairn_model::Deployment)),
        ("Update", schemars::schema_for!(cairn_model::Update)),
        ("Changes", schemars::schema_for!(cairn_model::change::Changes)),
        ("Plan", schemars::schema_for!(cairn_model::Plan)),
        ("Job", schemars::schema_for!(cairn_model::job::Job)),
        ("Record", schemars::schema_for!(cairn_model::history::Record)),
        ("RestartSchedule", schemars::schema_for!(cairn_model::restart::RestartSchedule)),
        ("SystemStatus", schemars::schema_for!(cairn_model::SystemStatus)),
        ("Problem", schemars::schema_for!(cairn_model::Problem)),
    ] {
        let json = serde_json::to_string_pretty(&schema).unwrap_or_default();
        let _ = write!(text, "\n## {name}\n\n```json\n{json}\n```\n");
    }
    text
}
