//! Three hosts over one database and one bucket, each in turn killed, cut off, restarted and stopped while shoppers come.

mod bucket;
mod cluster;
mod crowd;
mod fault;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use self::cluster::{Cluster, HOSTS, MEMBERS, PER_MEMBER, until};
use self::crowd::{Crowd, Noticed};
use self::fault::{Fault, Recovery};
use crate::database::{Database, Jobs};
use crate::figures::{ms, quantile};

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
    /// Whether a missing server is a failure.
    #[arg(long, env = "CI", value_parser = clap::builder::FalseyValueParser::new())]
    ci: bool,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

/// A fault that came and went.
struct Row {
    fault: Fault,
    place: usize,
    accepted: i64,
    noticed: Noticed,
    recovery: Recovery,
}

impl Hosts {
    /// Runs the faults, and prints the table and the verdict.
    pub async fn run(self) -> anyhow::Result<()> {
        let path = crate::binary(self.binary.clone())?;
        let Some(database) = Database::create(&self.database_url, self.ci).await? else { return Ok(()) };
        let folder = tempfile::Builder::new().prefix("wandstore-hosts-").tempdir()?;
        let database = Arc::new(database);
        let verdict = self.play(folder.path(), &path, &database).await;
        if verdict.is_err() {
            println!("the logs are in {}", folder.keep().display());
        }
        database.remove().await?;
        verdict
    }

    async fn play(&self, folder: &Path, path: &Path, database: &Arc<Database>) -> anyhow::Result<()> {
        let mut cluster = Cluster::open(folder, path, database.clone()).await?;
        cluster.model.set(crate::model::Manner::Plan(PLAN));
        let crowd = Crowd::of(&cluster.doors, &cluster.database)?;
        let mut coming = crowd.come(NEWCOMERS);
        let mut rows = Vec::new();
        for (fault, place) in self.schedule() {
            drop(crowd.noticed());
            let before = cluster.database.jobs().await?.accepted;
            let recovery = fault.play(&mut cluster, place).await?;
            cluster.all_serve()?;
            let accepted = cluster.database.jobs().await?.accepted - before;
            rows.push(Row { fault, place, accepted, noticed: crowd.noticed(), recovery });
        }
        coming.shutdown().await;
        let jobs = drain(&cluster, &crowd).await?;
        let at_once = cluster.model.at_once_max();
        cluster.close().await?;
        report(&rows, jobs, crowd.waiting(), at_once)
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

/// Waits until no job is live and everybody has seen their page. Returns what became of the jobs.
async fn drain(cluster: &Cluster, crowd: &Arc<Crowd>) -> anyhow::Result<Jobs> {
    let drained = async || {
        crowd.look_again().await;
        let jobs = cluster.database.jobs().await?;
        Ok((jobs.live == 0 && crowd.waiting() == 0).then_some(()))
    };
    // What is not there by then is lost, and is counted as such.
    if let Err(error) = until("every page is made", drained).await {
        println!("{error}");
    }
    cluster.database.jobs().await
}

/// Prints the table, and judges it.
fn report(rows: &[Row], jobs: Jobs, waiting: usize, at_once: usize) -> anyhow::Result<()> {
    println!("| fault | host | jobs accepted | pages | wrong | moved on | taken over within | back within |");
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    let mut rules = Vec::new();
    let mut learnt_after = Vec::new();
    for Row { fault, place, accepted, noticed, recovery } in rows {
        let Noticed { pages, wrong, moved, .. } = noticed;
        let seconds = |span: Option<Duration>| {
            span.map_or(String::new(), |span| format!("{:.1} s", span.as_secs_f64()))
        };
        let [taken_over, back] = [recovery.taken_over, recovery.back].map(seconds);
        println!(
            "| {} | {place} | {accepted} | {pages} | {} | {moved} | {taken_over} | {back} |",
            fault.name(),
            wrong.len()
        );
        let name = fault.name();
        rules.push((wrong.is_empty(), format!("{name}: wrong, such as {:?}", wrong.first())));
        rules.push((*accepted > 0, format!("{name}: no job was accepted")));
        let late = recovery.taken_over.is_some_and(|after| after > RECOVERY_MAX);
        rules.push((!late, format!("{name}: taken over after {taken_over}")));
        learnt_after.extend_from_slice(&noticed.learnt_after);
    }
    let [half, most] = [0.5, 0.99].map(|share| quantile(&mut learnt_after, share));
    println!(
        "\n{} jobs accepted, {} lost, {} done twice, {} given up; {waiting} shoppers without their page\n\
         the model was asked for {at_once} pages at once at most, of {} slots\n\
         {} waiting pages learnt that their job was done after {:.0} ms (p50), {:.0} ms (p99)\n",
        jobs.accepted,
        jobs.lost + jobs.live,
        jobs.twice,
        jobs.dead,
        MEMBERS * PER_MEMBER,
        learnt_after.len(),
        ms(half),
        ms(most)
    );
    rules.extend([
        (jobs.lost + jobs.live == 0, "jobs were lost".to_owned()),
        (jobs.twice == 0, "jobs were done twice".to_owned()),
        (jobs.dead == 0, "jobs were given up".to_owned()),
        (waiting == 0, format!("{waiting} shoppers were promised a page and never saw it")),
        (at_once <= MEMBERS * PER_MEMBER, format!("the model was asked for {at_once} pages at once")),
        (most < LEARNT_MAX, format!("waiting pages learnt after {:.0} ms that they are done", ms(most))),
        (!learnt_after.is_empty(), "no page waited".to_owned()),
    ]);
    crate::judge(&rules)
}

/// The time since then.
fn since(began: Instant) -> Option<Duration> {
    Some(began.elapsed())
}
