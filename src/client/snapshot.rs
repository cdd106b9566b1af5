//! All that a client shows, in one value.

use cairn_model::job::Job;
use cairn_model::restart::RestartSchedule;
use cairn_model::{Problem, SystemStatus, Update};

/// The service's public state at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    pub status: SystemStatus,
    pub update: Option<Update>,
    /// What is under way, or the last thing that was.
    pub job: Option<Job>,
    pub restart: Option<RestartSchedule>,
    /// Rises with each entry of the history.
    pub history: u64,
}

impl Snapshot {
    /// The job that is under way.
    pub fn running_job(&self) -> Option<&Job> {
        self.job.as_ref().filter(|j| !j.state.is_final())
    }
}

/// Something that comes from elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Watched<T> {
    /// Not heard of yet.
    #[default]
    Loading,
    Ready(T),
    /// Cannot be had right now; asking goes on by itself.
    Failed(Problem),
}

impl<T> Watched<T> {
    pub fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}
