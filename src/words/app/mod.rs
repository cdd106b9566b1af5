//! Apps in words: what they are, what is being done about them, what became of it.
//!
//! - [`label`]: short names of kinds
//! - [`license`], [`age`]: what an app's page says of licence and content
//! - [`plan`], [`warning`]: before it is done
//! - [`task`], [`ended`]: while it is done, and afterwards
//! - [`past`]: versions to go back to

mod age;
mod ended;
mod label;
mod license;
mod newer;
mod oars;
mod past;
mod plan;
mod task;
mod warning;

pub use age::age;
pub use ended::{done, failed};
pub use label::{abandoned, category, hold, link, only_described, scope};
pub use license::license;
pub use newer::newer;
pub use past::version;
pub use plan::{operation, plan_heading, plan_lines, plan_summary, size_shared, updates};
pub use task::{task, task_progress};
pub use warning::warning;
