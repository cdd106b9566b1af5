//! What a program says, and what is made of it.

use super::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Status {
    version: String,
    staged: Option<u32>,
}

async fn json(answer: &str) -> Result<Status, Problem> {
    let stage = Stage::new(&format!("printf '%b' '{answer}'"));
    stage.tool.json(&[], Limits::within(AMPLE), pending::<()>()).await
}

async fn detail(answer: &str) -> String {
    match json(answer).await {
        Err(Problem::BadAnswer { tool, detail }) if tool == "thing" => detail,
        other => panic!("{answer}: {other:?}"),
    }
}

#[tokio::test]
async fn arguments_arrive_and_the_environment_is_clean() {
    let stage = Stage::new(r#"echo "$# $2 $PWD $PATH $LC_ALL $CAIRN_ROOT ${HOME-none}"; cat"#);
    let answer = stage.tool.run(&["a", "b c; $(d)"], Limits::within(AMPLE), pending::<()>()).await.unwrap();
    let root = stage.directory.path().display();
    assert_eq!(
        String::from_utf8(answer).unwrap(),
        format!("2 b c; $(d) / /usr/sbin:/usr/bin:/run/current-system/sw/bin C.UTF-8 {root} none\n")
    );
}

#[tokio::test]
async fn an_outcome_keeps_what_a_status_alone_does_not_say() {
    let Stage { directory: _directory, tool } = Stage::new(r#"echo "$WANTED"; echo no >&2; exit 1"#);
    let tool = tool.with("WANTED", "json");
    let outcome = tool.outcome(&[], Limits::within(AMPLE), pending::<()>()).await.unwrap();
    assert_eq!(
        (outcome.status, outcome.answer.as_slice(), outcome.words.as_str()),
        (1, &b"json\n"[..], "no\n")
    );
    let failed =
        |status, detail: &str| Problem::ToolFailed { tool: "thing".into(), status, detail: detail.into() };
    assert_eq!(tool.refused(&outcome), failed(1, "no"));
    assert_eq!(tool.refused(&super::super::Outcome { words: String::new(), ..outcome }), failed(1, "json"));
}

#[tokio::test]
async fn json_is_read() {
    let status = json(r#"{"version":"1","staged":null,"new":[]}"#).await.unwrap();
    assert_eq!(status, Status { version: "1".into(), staged: None });
}

#[tokio::test]
async fn what_is_no_such_json_is_a_bad_answer() {
    assert!(detail("").await.starts_with("line 1 column 0: EOF"));
    assert!(detail(r#"{"version":"1","#).await.starts_with("line 1 column 15: EOF"));
    assert!(detail(r#"{"staged":1}"#).await.ends_with("missing field `version`"));
    assert!(detail(r#"{"version":null}"#).await.starts_with("line 1 column 15: invalid type: null"));
    assert!(detail(r#"{"version":"1"} {}"#).await.contains("trailing characters"));
    // Nobody asks for this key, and yet the whole is no text.
    assert!(detail(r#"{"version":"1","new":"\0377"}"#).await.contains("invalid utf-8"));
}

#[tokio::test]
async fn a_long_value_leaves_the_place_in_a_short_detail() {
    let long = "ü".repeat(500);
    let detail = detail(&format!(r#"{{"version":"1","staged":"{long}"}}"#)).await;
    assert!(detail.starts_with("line 1 column 1026: invalid type"), "{detail}");
    assert!(detail.chars().count() <= 200, "{detail}");
}

#[tokio::test]
async fn an_answer_has_a_limit() {
    let stage = Stage::new("head -c 10485760 /dev/zero");
    let Err(Problem::BadAnswer { detail, .. }) = stage.run().await else { panic!() };
    assert_eq!(detail, "answer longer than 4194304 bytes");
    let limits = Limits { bytes: 10_485_760, ..Limits::within(AMPLE) };
    assert_eq!(stage.tool.run(&[], limits, pending::<()>()).await.unwrap().len(), 10_485_760);
    let limits = Limits { bytes: 10_485_759, ..limits };
    assert!(stage.tool.run(&[], limits, pending::<()>()).await.is_err());
}

#[tokio::test]
async fn lines_come_one_by_one() {
    let stage = Stage::new(r"printf 'a\n\nü'; printf 'b\nend'; head -c 9000000 /dev/zero >&2");
    let mut lines = Vec::new();
    let line = |line: &str| {
        lines.push(line.to_owned());
        Ok(())
    };
    stage.tool.lines(&[], Limits::within(AMPLE), pending::<()>(), line).await.unwrap();
    assert_eq!(lines, ["a", "", "üb", "end"]);
}

#[tokio::test]
async fn many_lines_are_more_than_an_answer_may_be() {
    let stage = Stage::new("yes 0123456789 | head -n 10000");
    let mut count = 0;
    let line = |_: &str| {
        count += 1;
        Ok(())
    };
    let limits = Limits { bytes: 1, ..Limits::within(AMPLE) };
    stage.tool.lines(&[], limits, pending::<()>(), line).await.unwrap();
    assert_eq!(count, 10_000);
}

#[tokio::test]
async fn a_line_has_a_limit_and_is_text() {
    let cases = [
        ("head -c 65537 /dev/zero; sleep 1000", "line longer than 65536 bytes"),
        (r"printf '\377\n'; sleep 1000", "invalid utf-8 sequence of 1 bytes from index 0"),
        (r"printf '\303'", "incomplete utf-8 byte sequence from index 0"),
    ];
    for (script, expected) in cases {
        let stage = Stage::new(script);
        let ended = stage.tool.lines(&[], Limits::within(AMPLE), pending::<()>(), |_| Ok(())).await;
        assert_eq!(ended, Err(stage.tool.bad(expected)));
    }
    let stage = Stage::new("head -c 65536 /dev/zero; echo");
    let mut length = 0;
    let line = |line: &str| {
        length = line.len();
        Ok(())
    };
    stage.tool.lines(&[], Limits::within(AMPLE), pending::<()>(), line).await.unwrap();
    assert_eq!(length, 65536);
}

#[tokio::test]
async fn who_reads_the_lines_may_end_the_run() {
    let stage = Stage::new("echo x; sleep 1000");
    let line = |line: &str| stage.tool.parse::<Status>(line).map(|_| ());
    let ended = stage.tool.lines(&[], Limits::within(AMPLE), pending::<()>(), line).await;
    assert!(matches!(ended, Err(Problem::BadAnswer { .. })), "{ended:?}");
}

#[tokio::test]
async fn progress_has_a_pipe_of_its_own() {
    let stage = Stage::new(r#"[ "$1 $2" = "upgrade --progress-fd" ] && echo 1 >/dev/fd/$3 && echo done"#);
    let mut told = String::new();
    let line = |line: &str| {
        told.push_str(line);
        Ok(())
    };
    let (arguments, limits) = (["upgrade"], Limits::within(AMPLE));
    let answer = stage.tool.progress(&arguments, "--progress-fd", limits, pending::<()>(), line).await;
    assert_eq!((answer.unwrap(), told.as_str()), (b"done\n".to_vec(), "1"));
}

#[tokio::test]
async fn an_answer_counts_where_the_status_says_no() {
    let stage = Stage::new("echo none; exit 1");
    let outcome = stage.tool.outcome(&[], Limits::within(AMPLE), pending::<()>()).await.unwrap();
    assert_eq!((outcome.status, outcome.answer.as_slice()), (1, b"none\n".as_slice()));
    assert!(matches!(stage.tool.refused(&outcome), Problem::ToolFailed { status: 1, .. }));
    let stage = Stage::new("sleep 100");
    let hung = stage.tool.outcome(&[], Limits::within(SHORT), pending::<()>()).await;
    assert!(matches!(hung, Err(Problem::ToolHung { .. })), "{hung:?}");
}

#[tokio::test]
async fn who_notifies_is_given_a_place_for_it() {
    let stage = Stage::new(r#"printf '%s' "$NOTIFY_SOCKET""#);
    let answer = stage.tool.notified(&[], Limits::within(AMPLE), pending::<()>(), |_, _| ()).await.unwrap();
    assert!(String::from_utf8(answer).unwrap().starts_with("@cairn-"));
}

#[tokio::test]
async fn what_is_told_beside_the_answer_is_given_in_lines() {
    let stage = Stage::new(
        r#"echo one >&2; printf '\377\n' >&2; head -c 70000 /dev/zero | tr '\0' x >&2; echo >&2; echo two >&2; echo answer"#,
    );
    let mut lines = Vec::new();
    let heard = |line: &str| lines.push(line.to_owned());
    let answer = stage.tool.told(&[], Limits::within(AMPLE), pending::<()>(), heard).await.unwrap();
    assert_eq!((answer, lines), (b"answer\n".to_vec(), vec!["one".to_owned(), "two".to_owned()]));
}
