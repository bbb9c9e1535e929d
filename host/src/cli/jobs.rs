//! `wandstore jobs` works directly on the database, whether a server runs or not.

use anyhow::bail;
use capabilities::jobs::{Buried, Filter, Record, Requeued, State};
use clap::{Subcommand, ValueEnum};
use host::backends;
use host::config::Config;

use super::output::print;

/// List jobs, retry dead ones, cancel live ones.
#[derive(Subcommand)]
pub enum Jobs {
    /// List the newest jobs.
    List {
        /// Only jobs in this state.
        #[arg(long)]
        state: Option<JobState>,
        /// Only jobs of this pool member, such as pool-3.
        #[arg(long)]
        member: Option<String>,
        /// The maximum number of jobs.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show everything about a job.
    Show {
        /// The job's id.
        id: String,
    },
    /// Queue a dead job again. A running server finds it within seconds.
    Retry {
        /// The job's id.
        id: String,
    },
    /// Make a queued or running job dead.
    Bury {
        /// The job's id.
        id: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum JobState {
    Queued,
    Running,
    Done,
    Dead,
}

impl From<JobState> for State {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Dead => Self::Dead,
        }
    }
}

impl Jobs {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let capabilities = backends::open(config).await?;
        let (jobs, now_ms) = (&capabilities.jobs, capabilities.clock.now_ms());
        match self {
            Self::List { state, member, limit } => {
                let filter = Filter { state: state.map(Into::into), queue: member };
                let records = jobs.list(filter, limit).await?;
                let [id, member, state, attempt, age] = ["ID", "MEMBER", "STATE", "ATTEMPT", "AGE"];
                print(format_args!("{id:<34} {member:<8} {state:<8} {attempt:>8} {age:>6}  KEY"))?;
                for record in &records {
                    print(line(record, now_ms))?;
                }
            }
            Self::Show { id } => match jobs.show(&id).await? {
                Some(record) => print(whole(&record))?,
                None => bail!("there is no job {id}"),
            },
            Self::Retry { id } => match jobs.requeue(&id, now_ms).await? {
                Requeued::Done => print(format_args!("{id} is queued again"))?,
                Requeued::NotDead(state) => {
                    bail!("job {id} is {}: only dead jobs can be retried", state.name())
                }
                Requeued::Live(newer) => bail!("not retried: the newer job {newer} is for the same shopper"),
                Requeued::NotThere => bail!("there is no job {id}"),
            },
            Self::Bury { id } => match jobs.bury(&id, "buried by the operator", now_ms).await? {
                Buried::Done => print(format_args!("{id} is dead"))?,
                Buried::NotLive(state) => {
                    bail!("job {id} is {}: only queued or running jobs can be buried", state.name())
                }
                Buried::NotThere => bail!("there is no job {id}"),
            },
        }
        Ok(())
    }
}

fn line(record: &Record, now_ms: u64) -> String {
    let age = now_ms.saturating_sub(record.enqueued_ms) / 1_000;
    let Record { id, queue, attempt, key, .. } = record;
    format!("{id:<34} {queue:<8} {:<8} {attempt:>8} {age:>5}s  {key}", record.state.name())
}

fn whole(record: &Record) -> String {
    let payload = match record.state {
        State::Done => "none: it is done".into(),
        _ => String::from_utf8_lossy(&record.payload),
    };
    let error = record.error.as_deref().unwrap_or("none");
    let holder = record.holder.as_deref().unwrap_or("none");
    let Record { id, queue, key, attempt, crashes, enqueued_ms, due_ms, .. } = record;
    format!(
        "id        {id}\nkey       {key}\nmember    {queue}\nstate     {}\nattempt   {attempt}\ncrashes   {crashes}\nprocess   {holder}\nenqueued  {enqueued_ms} ms\n\
         due       {due_ms} ms\nerror     {error}\npayload   {payload}",
        record.state.name()
    )
}
