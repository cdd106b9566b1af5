//! The D-Bus contract, once.
//!
//! - [`names`]: the bus name, paths, interfaces, polkit actions
//! - [`dict`]: how the model travels: `a{sv}`, keys as in its JSON
//! - [`failure`]: how a [`cairn_model::Problem`] travels: as an error name and its facts
//! - [`proxy`]: one client side for each interface
//!
//! The interfaces in XML stand in `data/dbus`; a test proves that XML, service and proxies agree.

pub mod dict;
pub mod failure;
pub mod names;
pub mod proxy;

pub use dict::{Dict, from_dict, from_dicts, to_dict, to_dicts};
pub use failure::{Failure, problem_of};
