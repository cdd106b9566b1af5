//! What a watcher of the shelf sees.

use cairn_model::Problem;
use cairn_model::app::Shelf;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Watched {
    /// It is being read for the first time.
    #[default]
    Loading,
    Ready(Shelf),
    /// Nothing could be read at all.
    Failed(Problem),
}

impl Watched {
    /// The shelf, if there is one.
    pub fn shelf(&self) -> Option<&Shelf> {
        match self {
            Self::Ready(shelf) => Some(shelf),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}
