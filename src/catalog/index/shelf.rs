//! Categories of the desktop menu specification → the shelves of the Apps page.

use cairn_model::app::Category;

use Category::{Build, Connect, Create, Enjoy, Learn, Play, Tools, Work};

/// Category, the shelf it puts an app on, and whether that is what the app is mainly for.
const SHELVES: [(&str, Category, bool); 69] = [
    ("Graphics", Create, false),
    ("2DGraphics", Create, true),
    ("VectorGraphics", Create, true),
    ("RasterGraphics", Create, true),
    ("3DGraphics", Create, true),
    ("Photography", Create, true),
    ("Publishing", Create, true),
    ("AudioVideoEditing", Create, true),
    ("Sequencer", Create, true),
    ("Midi", Create, false),
    ("Recorder", Create, false),
    ("Engineering", Create, false),
    ("Office", Work, false),
    ("WordProcessor", Work, true),
    ("Spreadsheet", Work, true),
    ("Presentation", Work, true),
    ("Finance", Work, true),
    ("Email", Work, true),
    ("Calendar", Work, true),
    ("ContactManagement", Work, true),
    ("ProjectManagement", Work, true),
    ("InstantMessaging", Work, true),
    ("Chat", Work, true),
    ("VideoConference", Work, true),
    ("Database", Work, false),
    ("Game", Play, true),
    ("Education", Learn, true),
    ("Science", Learn, true),
    ("Math", Learn, true),
    ("Languages", Learn, true),
    ("Astronomy", Learn, true),
    ("Chemistry", Learn, true),
    ("Physics", Learn, true),
    ("Biology", Learn, true),
    ("Geography", Learn, true),
    ("History", Learn, true),
    ("Dictionary", Learn, false),
    ("AudioVideo", Enjoy, false),
    ("Audio", Enjoy, false),
    ("Video", Enjoy, false),
    ("Player", Enjoy, true),
    ("Music", Enjoy, true),
    ("TV", Enjoy, true),
    ("News", Enjoy, true),
    ("Feed", Enjoy, true),
    ("Literature", Enjoy, true),
    ("Network", Connect, false),
    ("WebBrowser", Connect, true),
    ("FileTransfer", Connect, true),
    ("P2P", Connect, true),
    ("RemoteAccess", Connect, true),
    ("Telephony", Connect, true),
    ("IRCClient", Connect, true),
    ("Utility", Tools, false),
    ("System", Tools, false),
    ("Settings", Tools, false),
    ("Archiving", Tools, true),
    ("Calculator", Tools, true),
    ("Clock", Tools, true),
    ("FileManager", Tools, true),
    ("FileTools", Tools, true),
    ("Filesystem", Tools, true),
    ("Monitor", Tools, true),
    ("Security", Tools, true),
    ("TerminalEmulator", Tools, true),
    ("TextEditor", Tools, true),
    ("Accessibility", Tools, true),
    ("Development", Build, true),
    ("IDE", Build, true),
];

/// What makes an app of sound and pictures one for making them; it then is none for enjoying them.
const MAKES: [&str; 4] = ["AudioVideoEditing", "Sequencer", "Midi", "Recorder"];

/// The bits of the shelves, and of those that it is mainly for.
pub(super) fn shelves(categories: &[String]) -> (u8, u8) {
    let (mut all, mut main) = (0, 0);
    for (_, shelf, mainly) in SHELVES.iter().filter(|(c, ..)| categories.iter().any(|own| own == c)) {
        all |= bit(*shelf);
        main |= if *mainly { bit(*shelf) } else { 0 };
    }
    if categories.iter().any(|c| MAKES.contains(&c.as_str())) && !categories.iter().any(|c| c == "Player") {
        all &= !bit(Enjoy);
        main &= !bit(Enjoy);
    }
    (all, main)
}

/// The bit of a shelf.
pub(crate) fn bit(category: Category) -> u8 {
    1 << Category::ALL.iter().position(|c| *c == category).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(categories: &[&str]) -> (u8, u8) {
        shelves(&categories.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn apps_stand_where_people_look() {
        assert_eq!(of(&["AudioVideo", "Video", "Player"]), (bit(Enjoy), bit(Enjoy)));
        assert_eq!(of(&["AudioVideo", "AudioVideoEditing"]), (bit(Create), bit(Create)));
        assert_eq!(of(&["Network", "Email"]), (bit(Connect) | bit(Work), bit(Work)));
        assert_eq!(of(&["Nonsense"]), (0, 0));
    }
}
