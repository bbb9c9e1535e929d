//! Three hosts over one database, one Redis and one bucket, each in turn killed, cut off, restarted and stopped while shoppers come.

mod bucket;
mod cluster;
mod crowd;
mod fault;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use self::cluster::{Cluster, HOSTS, MEMBERS, PER_MEMBER, until};
use self::crowd::{Crowd, Noticed};
use self::fault::{Fault, Recovery};
use crate::database::{Database, Jobs};
use crate::figures::{ms, quantile};
use crate::prefix::Prefix;

/// How soon the jobs of a host that is gone are taken up, and its members shared out.
const RECOVERY_MAX: Duration = Duration::from_secs(5);
/// How late a page that waits may learn that another host completed its job, in 99 of 100 cases.
const LEARNT_MAX: Duration = Duration::from_secs(1);
/// How often a shopper comes for the first time.
const NEWCOMERS: Duration = Duration::from_millis(150);
/// How long the model takes for a plan.
const PLAN: Duration = Duration::from_millis(700);

/// Kill, cut off, restart and stop each of three hosts in turn, while shoppers come.
#[derive(Args)]
pub struct Hosts {
    /// How often each fault comes to each host.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// Each fault comes to one host only.
    #[arg(long)]
    short: bool,
    /// The server in which a database is created, and dropped at the end.
    #[arg(long, env = "DATABASE_URL", default_value = "postgres://postgres@localhost/postgres")]
    database_url: String,
    /// The server in which keys of the run's own prefix are written, and deleted at the end.
    #[arg(long, env = "REDIS_URL", default_value = "redis://127.0.0.1:6379")]
    redis_url: String,
    /// Whether a missing server is a failure.
    #[arg(long, env = "CI", value_parser = clap::builder::FalseyValueParser::new())]
    ci: bool,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

/// How much more time the short run allows, which is made with a development build beside other tests. What waits in
/// vain takes minutes.
const BUSY: u32 = 4;

/// Everything that was measured.
struct Outcome {
    rows: Vec<Row>,
    /// The jobs of each row.
    of_rows: Vec<Jobs>,
    all: Jobs,
    /// The shoppers who never saw their page.
    waiting: usize,
    /// The most requests to the model at once.
    at_once: usize,
}

/// A fault that came and went.
struct Row {
    fault: Fault,
    place: usize,
    /// The numbers of its first and last job.
    jobs: (i64, i64),
    noticed: Noticed,
    recovery: Recovery,
}

impl Hosts {
    /// Runs the faults, and prints the table and the verdict.
    pub async fn run(self) -> anyhow::Result<()> {
        let path = crate::binary(self.binary.clone())?;
        let Some(prefix) = Prefix::create(&self.redis_url, self.ci).await? else { return Ok(()) };
        let Some(database) = Database::create(&self.database_url, self.ci).await? else { return Ok(()) };
        let folder = tempfile::Builder::new().prefix("wandstore-hosts-").tempdir()?;
        let database = Arc::new(database);
        let verdict = self.play(folder.path(), &path, &database, &prefix).await;
        if verdict.is_err() {
            println!("the logs are in {}", folder.keep().display());
        }
        database.remove().await?;
        prefix.remove().await?;
        verdict
    }

    async fn play(
        &self,
        folder: &Path,
        path: &Path,
        database: &Arc<Database>,
        prefix: &Prefix,
    ) -> anyhow::Result<()> {
        let mut cluster = Cluster::open(folder, path, database.clone(), prefix).await?;
        cluster.model.set(crate::model::Manner::Plan(PLAN));
        let crowd = Crowd::of(&cluster.doors, &cluster.database)?;
        let mut coming = crowd.come(NEWCOMERS);
        let mut rows = Vec::new();
        for (fault, place) in self.schedule() {
            drop(crowd.noticed());
            let before = database.last_job().await?;
            let recovery = fault.play(&mut cluster, place).await?;
            cluster.all_serve()?;
            let jobs = (before, database.last_job().await?);
            rows.push(Row { fault, place, jobs, noticed: crowd.noticed(), recovery });
        }
        coming.shutdown().await;
        drain(&cluster, &crowd).await?;
        let mut of_rows = Vec::new();
        for row in &rows {
            of_rows.push(database.jobs(row.jobs.0, row.jobs.1).await?);
        }
        let all = database.jobs(0, i64::MAX).await?;
        let at_once = cluster.model.at_once_max();
        cluster.close().await?;
        let outcome = Outcome { rows, of_rows, all, waiting: crowd.waiting(), at_once };
        outcome.report(if self.short { BUSY } else { 1 })
    }

    /// Returns which fault comes to which host, in order.
    fn schedule(&self) -> Vec<(Fault, usize)> {
        if self.short {
            return Fault::ALL.into_iter().zip((0..HOSTS).cycle()).collect();
        }
        let of_round =
            || Fault::ALL.into_iter().flat_map(|fault| (0..HOSTS).map(move |place| (fault, place)));
        (0..self.rounds).flat_map(|_| of_round()).collect()
    }
}

/// Waits until no job is live and everybody has seen their page.
async fn drain(cluster: &Cluster, crowd: &Arc<Crowd>) -> anyhow::Result<()> {
    let drained = async || {
        crowd.look_again().await;
        let jobs = cluster.database.jobs(0, i64::MAX).await?;
        Ok((jobs.live == 0 && crowd.waiting() == 0).then_some(()))
    };
    // A page that is not there by then counts as lost.
    if let Err(error) = until("every page is made", drained).await {
        println!("{error}");
    }
    Ok(())
}

impl Outcome {
    /// Prints the table, and judges it. Times may be so many times as long.
    fn report(&self, patience: u32) -> anyhow::Result<()> {
        println!(
            "| fault | host | jobs accepted | lost | done twice | shoppers who saw anything but a whole page | \
             of pages | taken over within | back within |"
        );
        println!("|---|---|---:|---:|---:|---:|---:|---:|---:|");
        let mut rules = Vec::new();
        for (row, jobs) in self.rows.iter().zip(&self.of_rows) {
            rules.extend(row.judge(*jobs, RECOVERY_MAX * patience));
        }
        rules.extend(self.judge(LEARNT_MAX * patience));
        crate::judge(&rules)
    }

    /// Prints what holds for all rows together, and returns the rules.
    fn judge(&self, learnt_max: Duration) -> Vec<(bool, String)> {
        let Self { rows, all, waiting, at_once, .. } = self;
        let mut learnt_after: Vec<_> = rows.iter().flat_map(|row| row.noticed.learnt_after.clone()).collect();
        let [half, most] = [0.5, 0.99].map(|share| ms(quantile(&mut learnt_after, share)));
        let (slots, lost, learnt) = (MEMBERS * PER_MEMBER, all.lost + all.live, learnt_after.len());
        println!(
            "\n{} jobs accepted, {lost} lost, {} done twice, {} given up; {waiting} shoppers without their page\n\
             the model was asked for {at_once} pages at once at most, of {slots} slots\n\
             {learnt} waiting pages learnt that their job was done after {half:.0} ms (p50), {most:.0} ms (p99)\n",
            all.accepted, all.twice, all.dead,
        );
        vec![
            (lost == 0, format!("{lost} jobs were lost")),
            (all.twice == 0, "jobs were done twice".to_owned()),
            (all.dead == 0, "jobs were given up".to_owned()),
            (*waiting == 0, format!("{waiting} shoppers were promised a page and never saw it")),
            (*at_once <= slots, format!("the model was asked for {at_once} pages at once")),
            (most < ms(learnt_max), format!("waiting pages learnt after {most:.0} ms that they are done")),
            (learnt > 0, "no page waited".to_owned()),
        ]
    }
}

impl Row {
    /// Prints the row, and returns its rules.
    fn judge(
        &self,
        Jobs { accepted, lost, twice, live, .. }: Jobs,
        recovery_max: Duration,
    ) -> [(bool, String); 3] {
        let (name, Noticed { pages, wrong, .. }) = (self.fault.name(), &self.noticed);
        let seconds = |span: Option<Duration>| {
            span.map_or(String::new(), |span| format!("{:.1} s", span.as_secs_f64()))
        };
        let [taken_over, back] = [self.recovery.taken_over, self.recovery.back].map(seconds);
        println!(
            "| {name} | {} | {accepted} | {} | {twice} | {} | {pages} | {taken_over} | {back} |",
            self.place,
            lost + live,
            wrong.len()
        );
        let is_late = self.recovery.taken_over.is_some_and(|after| after > recovery_max);
        [
            (wrong.is_empty(), format!("{name}: wrong, such as {:?}", wrong.first())),
            (accepted > 0, format!("{name}: no job was accepted")),
            (!is_late, format!("{name}: taken over after {taken_over}")),
        ]
    }
}
