use cairn_cli::arguments::Arguments;
use cairn_cli::{exit, run};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cairn_words::start(option_env!("CAIRN_LOCALEDIR"));
    let arguments = Arguments::parse();
    let json = arguments.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(async {
            match run::run(arguments).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(problem) => exit::report(&problem, json),
            }
        }),
        Err(error) => {
            eprintln!("cairnctl: {error}");
            ExitCode::FAILURE
        }
    }
}
