//! The parts of the page.

mod add;
mod changed;
mod waiting;

pub use add::{Able, Add};
pub use changed::Changed;
pub use waiting::Waiting;

use cairn_model::{PackageDelta, PackageName, Wish};

/// The wish to add one package.
fn add_one(name: &PackageName) -> Wish {
    Wish::ChangePackages { delta: PackageDelta { add: vec![name.clone()], ..PackageDelta::default() } }
}
