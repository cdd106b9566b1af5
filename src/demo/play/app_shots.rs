//! The pages about apps as pictures, in every look.

use super::shots::{LOOKS, Look, NARROW};
use super::{Player, ask};
use crate::Result;
use crate::control::{AppsRequest, Request};
use std::time::Duration;

/// What is on a picture: its name, how the window is opened, what is done then, and what must be seen.
struct Scene {
    name: &'static str,
    words: &'static [&'static str],
    act: Act,
    sees: &'static str,
}

enum Act {
    Nothing,
    Press(&'static [&'static str]),
    Search(&'static str),
    Keys(&'static [&'static str], &'static str),
}

const SCENES: [Scene; 9] = [
    Scene { name: "updates-with-apps", words: &[], act: Act::Nothing, sees: "Updates are available" },
    Scene { name: "wants-more", words: &[], act: Act::Press(&["Update"]), sees: "Daybook wants to do more" },
    Scene { name: "explore", words: &["--page", "apps"], act: Act::Nothing, sees: "Worth a look" },
    Scene { name: "installed", words: &["--page", "apps"], act: Act::Press(&["Installed"]), sees: "apps, " },
    Scene { name: "search", words: &["--page", "apps"], act: Act::Search("photo edit"), sees: "Lumen" },
    Scene {
        name: "nothing-found",
        words: &["--page", "apps"],
        act: Act::Search("xqzzyq"),
        sees: "Nothing found",
    },
    Scene { name: "app", words: &["--app", "org.cairn.apps.Ember"], act: Act::Nothing, sees: "Open" },
    Scene {
        name: "app-to-install",
        words: &["--app", "com.hollowfox.Nightmarch"],
        act: Act::Nothing,
        sees: "Download ",
    },
    Scene {
        name: "sources",
        words: &[],
        act: Act::Keys(&["ctrl+comma"], "Sources"),
        sees: "Add a Source from a File…",
    },
];

/// # Errors
/// The first scene that did not come.
pub(super) async fn take(player: &mut Player, long: &[(String, String)]) -> Result<()> {
    for scene in &SCENES {
        for look in &LOOKS {
            shoot(player, scene, look).await?;
        }
        // Its words are other ones, so nothing that has a name is pressed.
        if matches!(scene.act, Act::Nothing) {
            let long: Vec<(&str, &str)> = long.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            player.open_at(scene.words, &long).await?;
            player.screen.resize(NARROW.0, NARROW.1).await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            player.picture(&format!("{}-360-long", scene.name)).await?;
        }
        println!("pictured: {}", scene.name);
    }
    installing(player).await
}

async fn shoot(player: &mut Player, scene: &Scene, look: &Look) -> Result<()> {
    player.open_at(scene.words, look.environment).await?;
    player.screen.resize(look.size.0, look.size.1).await?;
    match scene.act {
        Act::Nothing => {}
        Act::Press(names) => {
            for name in names {
                player.press(name).await?;
            }
        }
        Act::Search(words) => {
            player.sees("Worth a look").await?;
            player.screen.keys(&["ctrl+f"]).await?;
            player.screen.types(words).await?;
        }
        Act::Keys(keys, name) => {
            player.screen.keys(keys).await?;
            player.press(name).await?;
        }
    }
    player.sees(scene.sees).await?;
    // Screenshots of the app come over the network.
    tokio::time::sleep(Duration::from_millis(300)).await;
    player.picture(&format!("{}-{}", scene.name, look.name)).await
}

/// An installation under way, in the narrow and the wide window, and the page without a connection.
async fn installing(player: &mut Player) -> Result<()> {
    ask(Request::Apps { ask: AppsRequest::Rate { bytes: Some(600_000) } }).await?;
    player.open_at(&["--app", "com.hollowfox.Nightmarch"], LOOKS[0].environment).await?;
    player.press("Install").await?;
    player.sees(" MB of ").await?;
    player.picture("installing-980-light").await?;
    player.screen.resize(NARROW.0, NARROW.1).await?;
    player.picture("installing-360-light").await?;
    player.press("Stop").await?;
    player.sees("Install").await?;
    ask(Request::Apps { ask: AppsRequest::Rate { bytes: None } }).await?;
    ask(Request::Apps { ask: AppsRequest::Network { up: false } }).await?;
    player.open_at(&["--page", "apps"], LOOKS[0].environment).await?;
    player.sees("Worth a look").await?;
    player.screen.keys(&["ctrl+r"]).await?;
    player.sees("No connection").await?;
    player.picture("offline-980-light").await?;
    player.screen.resize(NARROW.0, NARROW.1).await?;
    player.picture("offline-360-light").await?;
    println!("pictured: installing and offline");
    ask(Request::Apps { ask: AppsRequest::Network { up: true } }).await.map(|_| ())
}
