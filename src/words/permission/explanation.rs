//! What a permission means for the person, and how usual it is.

use crate::fill;
use cairn_model::app::{Grade, Permission};
use gettextrs::gettext;

/// One sentence.
pub fn explanation(p: &Permission, grade: Grade) -> String {
    // TRANSLATORS: {meaning} is a sentence without its full stop, such as “It can print”.
    let template = match grade {
        Grade::Private => gettext("{meaning}."),
        Grade::Usual => gettext("{meaning}; that is usual for such an app."),
        Grade::Unusual => gettext("{meaning}; few apps of this kind need that."),
        Grade::Powerful => gettext("{meaning}; take it only if you trust its maker."),
    };
    fill(&template, &[("meaning", &meaning(p))])
}

fn meaning(p: &Permission) -> String {
    match p {
        Permission::Network => {
            gettext("It can send and receive anything over the internet and your own network")
        }
        Permission::Home { .. } | Permission::Host { .. } | Permission::Folder { .. } => files(p),
        Permission::Devices => {
            gettext("Cameras, drives, controllers and whatever else you connect are open to it")
        }
        Permission::Input => gettext("It reads what you do with game controllers"),
        Permission::Graphics => gettext("It draws with the graphics card, which makes it quick"),
        Permission::LegacyWindows => {
            gettext("It uses the old window system, where apps can see each other’s windows and keys")
        }
        Permission::Sound => gettext("It can play sound and, without asking, listen to the microphone"),
        Permission::Keys { .. } => {
            gettext("It can use your keys as long as you are logged in, but not copy them")
        }
        Permission::Printing => gettext("It can see your printers and print without asking"),
        Permission::WholeBus { system: false } => gettext(
            "It can tell other apps and the desktop what to do, and by that get at everything of yours",
        ),
        Permission::WholeBus { system: true } => {
            gettext("It can ask every service of the system for whatever you may ask yourself")
        }
        Permission::Talk { system: false, .. } => {
            gettext("It uses something that another app or the desktop offers, without asking you")
        }
        Permission::Talk { system: true, .. } => {
            gettext("It uses a service of the system, with the rights that you have")
        }
        Permission::Escape => {
            gettext("It can start any program with all your rights, so nothing keeps it in")
        }
        Permission::Feature { name } => feature(name),
        Permission::Other { .. } => gettext("Cairn does not know what this allows"),
    }
}

fn files(p: &Permission) -> String {
    match p {
        Permission::Home { write: true } => {
            gettext("It can open, change and delete everything in your personal folder without asking")
        }
        Permission::Home { write: false } => {
            gettext("It can open everything in your personal folder without asking, but not change it")
        }
        Permission::Host { write: true } => {
            gettext("It can open, change and delete every file that you can, also on other drives")
        }
        Permission::Host { write: false } => {
            gettext("It can open every file that you can, also on other drives, but not change it")
        }
        Permission::Folder { write: true, .. } => {
            gettext("It can open, change and delete what is there without asking")
        }
        _ => gettext("It can open what is there without asking, but not change it"),
    }
}

fn feature(name: &str) -> String {
    match name {
        "devel" => gettext("It can watch and steer the programs that it starts, as debuggers do"),
        "bluetooth" => gettext("It can find Bluetooth devices and exchange data with them"),
        "canbus" => gettext("It can read and send messages on the bus of a vehicle or machine"),
        "multiarch" => gettext("It can run older programs, which many games are"),
        "per-app-dev-shm" => {
            gettext("Its windows and helpers can share memory with each other, with no other app")
        }
        _ => gettext("Cairn does not know what this ability allows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_sentence_with_the_grade_in_it() {
        let network = explanation(&Permission::Network, Grade::Usual);
        assert!(network.ends_with("; that is usual for such an app."), "{network}");
        let escape = explanation(&Permission::Escape, Grade::Powerful);
        assert!(escape.ends_with("; take it only if you trust its maker."), "{escape}");
        for words in [network, escape, explanation(&Permission::Printing, Grade::Private)] {
            assert_eq!(words.matches('.').count(), 1, "{words}");
        }
    }
}
