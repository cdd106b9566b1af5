//! How runs end, and that nothing of them is left.

use super::*;
use std::cell::Cell;
use tokio::sync::Notify;

fn failed(status: i32, detail: &str) -> Problem {
    Problem::ToolFailed { tool: "thing".into(), status, detail: detail.into() }
}

/// Runs a script that writes process ids until it has written as many lines; then it is no longer wanted.
async fn cancelled_after(stage: &Stage, lines: usize, limits: Limits) -> Vec<u32> {
    let (cancel, mut processes) = (Notify::new(), Vec::new());
    let line = |line: &str| {
        processes.push(line.parse().unwrap());
        if processes.len() == lines {
            cancel.notify_one();
        }
        Ok(())
    };
    let ended = stage.tool.lines(&[], limits, cancel.notified(), line).await;
    assert_eq!(ended, Err(Problem::Cancelled));
    processes
}

#[tokio::test]
async fn a_failure_has_its_status_and_words() {
    assert_eq!(Stage::new("echo out; echo no >&2; exit 3").run().await, Err(failed(3, "no")));
    assert_eq!(Stage::new("kill -9 $$").run().await, Err(failed(137, "")));
    assert_eq!(Stage::new("kill -15 $$").run().await, Err(failed(143, "")));
}

#[tokio::test]
async fn only_the_last_words_are_kept() {
    let stage = Stage::new("head -c 100000 /dev/zero | tr '\\0' a >&2; printf last >&2; exit 1");
    let expected = format!("{}last", "a".repeat(4092));
    assert_eq!(stage.run().await, Err(failed(1, &expected)));
}

#[tokio::test]
async fn what_cannot_be_started_fails() {
    let stage = Stage::new("");
    std::fs::remove_file(stage.directory.path().join("usr/bin/thing")).unwrap();
    let ended = stage.run().await;
    assert!(matches!(ended, Err(Problem::ToolFailed { status: 126, .. })), "{ended:?}");
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_ended() {
    for script in ["sleep 1000", "sleep 1000 & sleep 1000", "exec >&- 2>&-; sleep 1000", "yes", "yes >&2"] {
        let stage = Stage::new(script);
        let ended = stage.tool.lines(&[], Limits::within(SHORT), pending::<()>(), |_| Ok(())).await;
        assert_eq!(ended, Err(Problem::ToolHung { tool: "thing".into(), seconds: 1 }), "{script}");
    }
}

#[tokio::test]
async fn what_stays_in_the_background_is_not_waited_for() {
    let answer = Stage::new("sleep 1000 & echo $!").run().await.unwrap();
    let process: i32 = String::from_utf8(answer).unwrap().trim().parse().unwrap();
    let id = rustix::process::Pid::from_raw(process).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
    // The other end of the pipe is busy without an end.
    let flood = Stage::new("yes >&2 & echo $!; exit 4").run().await;
    assert!(matches!(flood, Err(Problem::ToolFailed { status: 4, .. })), "{flood:?}");
}

#[tokio::test]
async fn cancel_ends_the_whole_group() {
    let stage = Stage::new("sleep 1000 & echo $!; echo $$; wait");
    for process in cancelled_after(&stage, 2, Limits::within(AMPLE)).await {
        gone(process).await;
    }
}

#[tokio::test]
async fn who_does_not_listen_is_ended_after_the_grace() {
    let stage = Stage::new("trap '' TERM; sleep 1000 & echo $!; echo $$; sleep 1000");
    let limits = Limits { grace: SHORT, ..Limits::within(AMPLE) };
    for process in cancelled_after(&stage, 2, limits).await {
        gone(process).await;
    }
}

#[tokio::test]
async fn there_is_time_to_tidy_up() {
    let tidy = "trap 'head -c 1000000 /dev/zero; echo 1 >\"$CAIRN_ROOT/tidy\"; exit' TERM";
    let stage = Stage::new(&format!("{tidy}; echo $$; while :; do sleep 0.02; done"));
    cancelled_after(&stage, 1, Limits { grace: AMPLE, ..Limits::within(AMPLE) }).await;
    assert!(stage.directory.path().join("tidy").exists());
}

#[tokio::test]
async fn who_closed_the_pipes_may_tidy_up_as_well() {
    let tidy = "trap 'sleep 0.1; echo 1 >\"$CAIRN_ROOT/tidy\"; exit' TERM";
    let stage = Stage::new(&format!("{tidy}; echo $$; exec >&- 2>&-; while :; do sleep 0.02; done"));
    cancelled_after(&stage, 1, Limits { grace: AMPLE, ..Limits::within(AMPLE) }).await;
    assert!(stage.directory.path().join("tidy").exists());
}

#[tokio::test]
async fn what_is_not_wanted_is_not_started() {
    let stage = Stage::new("echo 1 >\"$CAIRN_ROOT/started\"");
    let ended = stage.tool.run(&[], Limits::within(AMPLE), std::future::ready(())).await;
    assert_eq!(ended, Err(Problem::Cancelled));
    assert!(!stage.directory.path().join("started").exists());
}

#[tokio::test]
async fn a_run_that_is_dropped_ends() {
    let stage = Stage::new("sleep 1000 & echo $!; sleep 1000");
    let (heard, process) = (Notify::new(), Cell::new(0));
    let line = |line: &str| {
        process.set(line.parse().unwrap());
        heard.notify_one();
        Ok(())
    };
    tokio::select! {
        ended = stage.tool.lines(&[], Limits::within(AMPLE), pending::<()>(), line) => panic!("{ended:?}"),
        () = heard.notified() => {}
    }
    gone(process.get()).await;
}

#[tokio::test]
async fn runs_may_wander_between_threads() {
    let stage = Stage::new("echo 1");
    let run = tokio::spawn(async move {
        let (limits, mut lines) = (Limits::within(AMPLE), 0);
        let one: u32 = stage.tool.json(&[], limits, pending::<()>()).await?;
        let line = |_: &str| {
            lines += 1;
            Ok(())
        };
        stage.tool.progress(&[], "--fd", limits, pending::<()>(), line).await?;
        stage
            .tool
            .lines(&[], limits, pending::<()>(), |line| stage.tool.parse::<u32>(line).map(drop))
            .await?;
        Ok::<_, Problem>((one, lines))
    });
    assert_eq!(run.await.unwrap(), Ok((1, 0)));
}
