//! Changes that are cut off after the records were changed and before anything was built.

use super::*;
use cairn_model::{ArgumentDelta, KernelArgument};

const ARGUMENTS: &str = "/etc/abroot/kargs";

fn telling(word: &str) -> Wish {
    let add = vec![KernelArgument::new(word).unwrap()];
    Wish::ChangeArguments { delta: ArgumentDelta { add, ..ArgumentDelta::default() } }
}

/// Begins it, and is killed once `file` says `word`. The answer is the engine of the service that is started then.
async fn cut_off(vanilla: &Vanilla, wish: Wish, file: &str, word: &'static str) -> Abroot {
    let step = vanilla.plan(wish).await.unwrap().steps[0].clone();
    vanilla.played.mood("abroot", Mood::Slow { millis: 700 });
    let (engine, file) = (vanilla.engine.clone(), vanilla.played.stage.path(file));
    let cut = tokio::spawn(async move { engine.run(&step, &Context::default()).await });
    while !std::fs::read_to_string(&file).unwrap_or_default().contains(word) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    cut.abort();
    assert!(cut.await.unwrap_err().is_cancelled());
    vanilla.played.mood("abroot", Mood::Well);
    Abroot::new(vanilla.played.host()).patience(AMPLE)
}

#[tokio::test]
async fn packages_are_put_back_and_an_update_comes_without_them() {
    let vanilla = Vanilla::new().await;
    let restarted = cut_off(&vanilla, Wish::ChangePackages { delta: adding("htop") }, ADD, "htop").await;
    let listed = restarted.packages().await.unwrap();
    assert!(!listed.iter().any(|p| p.name.as_str() == "htop"), "{listed:?}");
    let update = conformance::check(&restarted).await;
    conformance::fulfil(&restarted, Wish::update(), Some(&update)).await;
    assert_eq!(vanilla.read(ADD), "tmux\n");
    vanilla.played.restart();
    assert_eq!(vanilla.read("/usr/share/abroot/package-summary"), "+ tmux\n");
}

/// Each of them is the first that the engine is asked for after it was cut off.
#[tokio::test]
async fn arguments_are_no_longer_there_and_can_be_asked_for_again() {
    let vanilla = Vanilla::new().await;
    let before = vanilla.read(ARGUMENTS);
    let restarted = cut_off(&vanilla, telling("nosmt"), ARGUMENTS, "nosmt").await;
    let listed = restarted.arguments().await.unwrap();
    assert!(!listed.iter().any(|one| one.text == "nosmt"), "{listed:?}");
    assert_eq!(vanilla.read(ARGUMENTS), before);

    let status = vanilla.status().await;
    let restarted = cut_off(&vanilla, telling("nosmt"), ARGUMENTS, "nosmt").await;
    let plan = restarted.plan(&telling("nosmt"), &status, None).await.unwrap();
    conformance::run(&restarted, &plan).await.unwrap();
    assert_eq!(vanilla.read(ARGUMENTS), format!("{before} nosmt"));
}

/// Planned by one that knows nothing of it, as when another program has left the record.
#[tokio::test]
async fn another_change_does_not_bring_them_along() {
    let vanilla = Vanilla::new().await;
    let before = vanilla.read(ARGUMENTS);
    let other = Abroot::new(vanilla.played.host()).patience(AMPLE);
    let plan = conformance::plan(&other, telling("noapic"), None).await.unwrap();
    cut_off(&vanilla, telling("nosmt"), ARGUMENTS, "nosmt").await;
    conformance::run(&other, &plan).await.unwrap();
    assert_eq!(vanilla.read(ARGUMENTS), format!("{before} noapic"));
}

/// The power failed while the image was fetched.
#[tokio::test]
async fn an_image_that_was_never_built_is_not_followed() {
    let vanilla = Vanilla::new().await;
    let target = TargetId::new("ghcr.io/vanilla-os/desktop:dev").unwrap();
    let update = conformance::check(&vanilla.engine).await;
    let settings = vanilla.read(SETTINGS);
    let note = serde_json::json!({ "undo": { "root": "vos-b", "files": { SETTINGS: settings } } });
    vanilla.played.stage.write("/var/lib/cairn/abroot.json", &note.to_string()).unwrap();
    vanilla.played.stage.write(SETTINGS, &settings.replace("\"main\"", "\"dev\"")).unwrap();
    assert_eq!(vanilla.engine.check(&Context::default()).await.unwrap(), Some(update));
    assert_eq!(vanilla.read(SETTINGS), settings);
    conformance::fulfil(&vanilla.engine, Wish::Rebase { target: target.clone() }, None).await;
    assert!(vanilla.engine.targets().await.unwrap().iter().any(|t| t.current && t.id == target));
}

/// The program lives on where only the service was cut off, and builds the root.
#[tokio::test]
async fn records_that_a_root_was_built_with_stay() {
    let vanilla = Vanilla::new().await;
    let note = r#"{"undo":{"root":"vos-b","files":{"/etc/abroot/packages.add":"tmux\n"}}}"#;
    vanilla.played.stage.write("/var/lib/cairn/abroot.json", note).unwrap();
    vanilla.played.stage.write(ADD, "tmux\nhtop\n").unwrap();
    vanilla.played.stage.write("/proc/4711/stat", "").unwrap();
    vanilla.played.stage.write(LOCK, "4711").unwrap();
    vanilla.status().await;
    assert_eq!(vanilla.read(ADD), "tmux\nhtop\n", "nobody knows yet what comes of it");
    vanilla.played.stage.remove(LOCK).unwrap();
    vanilla.played.stage.write("/run/abroot/finished", "").unwrap();
    vanilla.status().await;
    assert_eq!(vanilla.read(ADD), "tmux\nhtop\n");
    let left = vanilla.read("/var/lib/cairn/abroot.json");
    assert!(!left.contains("packages.add"), "{left}");
}
