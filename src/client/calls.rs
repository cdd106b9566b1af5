//! Ask the service for something once.

use cairn_api::names;
use cairn_api::proxy::{HistoryProxy, JobProxy, ScheduleProxy, SystemProxy};
use cairn_api::{Dict, from_dict, from_dicts, problem_of, to_dict};
use cairn_model::change::{Changes, FileChange};
use cairn_model::engine::Evidence;
use cairn_model::history::Record;
use cairn_model::job::Job;
use cairn_model::package::FoundPackage;
use cairn_model::restart::{Inhibitor, RestartSchedule, RestartWhen};
use cairn_model::{
    BootArgument, DeploymentId, Extra, Package, Plan, Problem, SystemStatus, Target, Update, Wish,
};
use futures_util::StreamExt;
use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedObjectPath;

/// Runs exactly one plan, once, for the client that it was given to.
#[derive(Clone, Debug)]
pub struct Token(String);

/// Names a job of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRef(OwnedObjectPath);

/// A connection to the service. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Client {
    connection: zbus::Connection,
}

type Answer<T> = Result<T, Problem>;

impl Client {
    /// Reaches the system bus. The service itself starts with the first question.
    ///
    /// # Errors
    /// [`Problem::ServiceMissing`] where there is no bus.
    pub async fn connect() -> Answer<Self> {
        let connection = zbus::Connection::system().await.map_err(|e| problem_of(&e))?;
        Ok(Self { connection })
    }

    /// Reaches a bus by its address, for tests and for systems in a folder.
    ///
    /// # Errors
    /// [`Problem::ServiceMissing`] where there is none.
    pub async fn at(address: &str) -> Answer<Self> {
        let builder = zbus::connection::Builder::address(address).map_err(|e| problem_of(&e))?;
        let connection = builder.build().await.map_err(|e| problem_of(&e))?;
        Ok(Self { connection })
    }

    pub(crate) fn connection(&self) -> &zbus::Connection {
        &self.connection
    }

    async fn system(&self) -> Answer<SystemProxy<'static>> {
        let builder = SystemProxy::builder(&self.connection).cache_properties(CacheProperties::No);
        builder.build().await.map_err(|e| problem_of(&e))
    }

    async fn schedule(&self) -> Answer<ScheduleProxy<'static>> {
        let builder = ScheduleProxy::builder(&self.connection).cache_properties(CacheProperties::No);
        builder.build().await.map_err(|e| problem_of(&e))
    }

    async fn job_proxy(&self, job: &JobRef, cache: CacheProperties) -> Answer<JobProxy<'static>> {
        let builder = JobProxy::builder(&self.connection).cache_properties(cache);
        let builder = builder.path(job.0.clone()).map_err(|e| problem_of(&e))?;
        builder.build().await.map_err(|e| problem_of(&e))
    }

    pub async fn status(&self) -> Answer<SystemStatus> {
        from_dict(&self.system().await?.status().await.map_err(|e| problem_of(&e))?)
    }

    /// What the last check found.
    pub async fn update(&self) -> Answer<Option<Update>> {
        optional(&self.system().await?.update().await.map_err(|e| problem_of(&e))?)
    }

    pub async fn check(&self) -> Answer<JobRef> {
        self.system().await?.check().await.map(JobRef).map_err(|e| problem_of(&e))
    }

    /// What a wish would do, and the token that does it.
    pub async fn plan(&self, wish: &Wish) -> Answer<(Plan, Token)> {
        let (plan, token) = self.system().await?.plan(&to_dict(wish)?).await.map_err(|e| problem_of(&e))?;
        Ok((from_dict(&plan)?, Token(token)))
    }

    pub async fn apply(&self, token: Token) -> Answer<JobRef> {
        self.system().await?.apply(&token.0).await.map(JobRef).map_err(|e| problem_of(&e))
    }

    /// Plans and applies a wish that needs no second look, and waits for its end.
    pub async fn wish(&self, wish: &Wish) -> Answer<Plan> {
        let (plan, token) = self.plan(wish).await?;
        let job = self.apply(token).await?;
        self.follow(&job, |_| {}).await?;
        Ok(plan)
    }

    /// Jobs that can be read, newest last.
    pub async fn jobs(&self) -> Answer<Vec<JobRef>> {
        let jobs = self.system().await?.jobs().await.map_err(|e| problem_of(&e))?;
        Ok(jobs.into_iter().map(JobRef).collect())
    }

    pub async fn job(&self, job: &JobRef) -> Answer<Job> {
        let proxy = self.job_proxy(job, CacheProperties::No).await?;
        from_dict(&proxy.info().await.map_err(|e| problem_of(&e))?)
    }

    pub async fn cancel(&self, job: &JobRef) -> Answer<()> {
        let proxy = self.job_proxy(job, CacheProperties::No).await?;
        proxy.cancel().await.map_err(|e| problem_of(&e))
    }

    /// Holds a job, or lets it go on.
    pub async fn pause(&self, job: &JobRef, paused: bool) -> Answer<()> {
        let proxy = self.job_proxy(job, CacheProperties::No).await?;
        let told = if paused { proxy.pause().await } else { proxy.resume().await };
        told.map_err(|e| problem_of(&e))
    }

    /// Tells each change of a job until it is over.
    ///
    /// # Errors
    /// The job's problem if it failed, [`Problem::Cancelled`] if it was stopped, [`Problem::ServiceMissing`] if the
    /// service went away in the middle.
    pub async fn follow(&self, job: &JobRef, mut tell: impl FnMut(&Job)) -> Answer<Job> {
        let proxy = self.job_proxy(job, CacheProperties::Lazily).await?;
        let mut changes = proxy.receive_info_changed().await;
        let mut owner = proxy.inner().receive_owner_changed().await.map_err(|e| problem_of(&e))?;
        loop {
            let info = self.job(job).await?;
            tell(&info);
            if info.state.is_final() {
                return match info.problem {
                    Some(problem) => Err(problem),
                    None if info.state == cairn_model::job::JobState::Cancelled => Err(Problem::Cancelled),
                    None => Ok(info),
                };
            }
            tokio::select! {
                _ = changes.next() => {}
                _ = owner.next() => {
                    return Err(Problem::Interrupted { step: info.progress.stage.as_str().to_owned() });
                }
            }
        }
    }

    pub async fn diff(&self, from: &DeploymentId, to: &DeploymentId) -> Answer<Changes> {
        let system = self.system().await?;
        from_dict(&system.diff(from.as_str(), to.as_str()).await.map_err(|e| problem_of(&e))?)
    }

    /// What speaks for each family of atomic system, the likeliest first.
    pub async fn engines(&self) -> Answer<Vec<Evidence>> {
        from_dicts(&self.system().await?.engines().await.map_err(|e| problem_of(&e))?)
    }

    /// What was added to the base of the system, left out of it or replaced, by name.
    pub async fn packages(&self) -> Answer<Vec<Package>> {
        from_dicts(&self.system().await?.packages().await.map_err(|e| problem_of(&e))?)
    }

    /// Packages that could be added and fit the words, the best first.
    pub async fn find_packages(&self, words: &str) -> Answer<Vec<FoundPackage>> {
        from_dicts(&self.system().await?.find_packages(words).await.map_err(|e| problem_of(&e))?)
    }

    /// What the system could follow, with what it follows now.
    pub async fn targets(&self) -> Answer<Vec<Target>> {
        from_dicts(&self.system().await?.targets().await.map_err(|e| problem_of(&e))?)
    }

    /// What the kernel is told, now and at the next start.
    pub async fn arguments(&self) -> Answer<Vec<BootArgument>> {
        from_dicts(&self.system().await?.arguments().await.map_err(|e| problem_of(&e))?)
    }

    /// Parts beside the system's image.
    pub async fn extras(&self) -> Answer<Vec<Extra>> {
        from_dicts(&self.system().await?.extras().await.map_err(|e| problem_of(&e))?)
    }

    pub async fn drift(&self, id: &DeploymentId) -> Answer<Vec<FileChange>> {
        from_dicts(&self.system().await?.drift(id.as_str()).await.map_err(|e| problem_of(&e))?)
    }

    /// The newest entries first.
    pub async fn history(&self, limit: u32, offset: u32) -> Answer<Vec<Record>> {
        let proxy = HistoryProxy::new(&self.connection).await.map_err(|e| problem_of(&e))?;
        from_dicts(&proxy.list(limit, offset).await.map_err(|e| problem_of(&e))?)
    }

    pub async fn restart(&self, when: &RestartWhen) -> Answer<()> {
        self.schedule().await?.restart(&to_dict(when)?).await.map_err(|e| problem_of(&e))
    }

    pub async fn cancel_restart(&self) -> Answer<()> {
        self.schedule().await?.cancel_restart().await.map_err(|e| problem_of(&e))
    }

    pub async fn scheduled(&self) -> Answer<Option<RestartSchedule>> {
        optional(&self.schedule().await?.scheduled().await.map_err(|e| problem_of(&e))?)
    }

    pub async fn inhibitors(&self) -> Answer<Vec<Inhibitor>> {
        from_dicts(&self.schedule().await?.inhibitors().await.map_err(|e| problem_of(&e))?)
    }
}

impl JobRef {
    /// The job of that number.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] never for a number that the service gave.
    pub fn of(id: u64) -> Answer<Self> {
        OwnedObjectPath::try_from(names::job_path(id))
            .map(Self)
            .map_err(|_| Problem::InvalidArgument { what: "job".into() })
    }
}

/// An empty dictionary stands for nothing.
pub(crate) fn optional<T: serde::de::DeserializeOwned>(dict: &Dict) -> Answer<Option<T>> {
    if dict.is_empty() { Ok(None) } else { from_dict(dict).map(Some) }
}
