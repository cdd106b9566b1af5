//! Looking for packages that can be added.

use crate::Machine;
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_jobs::Context;
use cairn_model::{Ability, Problem};
use std::time::Duration;

#[tokio::test]
async fn a_search_finds_what_can_be_added() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let find = async |words: &str| engine.find_packages(words, &Context::default()).await;
    let found = find("  TMUX ").await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].version.as_deref(), Some("3.6"));
    assert!(found[0].here && found[0].summary.is_some());
    let found = find("e").await.unwrap();
    assert!(found.len() > 3 && found.iter().all(|p| p.name.as_str().contains('e')), "{found:?}");
    for nothing in ["", " \n ", "${abort \"x\"}", "\"; }", "no such thing"] {
        assert_eq!(find(nothing).await.unwrap(), [], "{nothing:?}");
    }
    machine.played.nothing_unknown();
    let flake = Machine::new("nixos-flake").await;
    assert!(!flake.engine.abilities().contains(&Ability::PackageSearch));
}

#[tokio::test]
async fn a_search_that_is_answered_wrongly() {
    let machine = Machine::new("nixos").await;
    let engine = machine.engine.clone().patience(Duration::from_secs(1));
    let long = format!(r#"[{{"name":"{}","version":"1","summary":""}}]"#, "x".repeat(10_000));
    let hostile = r#"[{"name":"--root=/","version":"1","summary":""},
        {"name":"htop","version":"3\u001b[31m","summary":"a\u202eb\n","more":1}]"#;
    for (answer, kept) in [("[]", 0), (hostile, 1), (&*long, 0)] {
        machine.played.mood("nix-instantiate", Mood::Saying { answer: answer.into() });
        let found = engine.find_packages("o", &Context::default()).await.unwrap();
        assert_eq!(found.len(), kept);
        let shown = format!("{found:?}");
        assert!(!shown.contains("\\u{1b}") && !shown.contains("\\u{202e}"), "{shown}");
    }
    let no = Mood::Failing { status: 1, error: String::new(), words: "error: no".into() };
    for (mood, code) in [
        (Mood::Saying { answer: "{}".into() }, "bad-answer"),
        (Mood::Saying { answer: r#"[{"name":1}]"#.into() }, "bad-answer"),
        (Mood::Saying { answer: String::new() }, "bad-answer"),
        (Mood::Truncated, "bad-answer"),
        (Mood::Huge, "bad-answer"),
        (Mood::Garbled, "bad-answer"),
        (no, "config-invalid"),
        (Mood::Killed, "tool-failed"),
    ] {
        machine.played.mood("nix-instantiate", mood.clone());
        let problem = engine.find_packages("htop", &Context::default()).await.unwrap_err();
        assert_eq!(problem.code(), code, "{mood:?}: {problem:?}");
    }
    machine.played.mood("nix-instantiate", Mood::Stuck);
    let ctx = Context::default();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        ctx.cancel.cancel(cairn_jobs::CancelReason::Asked);
    };
    let (found, ()) = tokio::join!(engine.find_packages("htop", &ctx), stop);
    assert_eq!(found, Err(Problem::Cancelled));
    machine.played.mood("nix-instantiate", Mood::Well);
    assert_eq!(engine.find_packages("htop", &Context::default()).await.unwrap().len(), 1);
}
