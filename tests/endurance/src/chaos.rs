//! Faults, one after the other, in the `wandstore` binary while shoppers visit it, and a ledger outside of it that knows
//! what it promised.

mod audit;
mod door;
mod fault;
mod ledger;
mod scene;
mod visit;

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;

use self::audit::Calls;
use self::fault::{Round, rounds};
use self::scene::Scene;

/// After so many faults, every promised page has to be made before the next one.
const ROUNDS: usize = 20;
/// If no page is made for this long, those that are missing never will be. A job waits for half a minute at most.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often the state of pages is asked for.
const LOOK: Duration = Duration::from_millis(100);
/// How often in a row a shopper may have neither a page nor a job, before the job counts as lost.
const MISSES: usize = 50;

/// Break the server in every way that it must survive, from a seed.
#[derive(Args)]
pub struct Chaos {
    /// How many faults.
    #[arg(long, default_value_t = 50)]
    faults: usize,
    /// The seed, which decides every fault; one of its own without it.
    #[arg(long)]
    seed: Option<u64>,
    /// Do not judge how often the model was asked. On a busy machine, faults and requests fall together in other ways.
    #[arg(long)]
    ignore_calls: bool,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

impl Chaos {
    /// Runs the faults, and prints what happened.
    pub async fn run(self) -> anyhow::Result<()> {
        let seed = self.seed.unwrap_or_else(|| std::hash::RandomState::new().hash_one(0) % 1_000_000);
        let replay = format!("cargo xtask chaos --faults {} --seed {seed}", self.faults);
        println!("{replay}");
        let folder = tempfile::Builder::new().prefix("wandstore-chaos-").tempdir()?;
        let mut scene = Scene::open(folder.path(), crate::binary(self.binary)?, self.faults).await?;
        for what in scene.skipped() {
            println!("SKIPPED: {what}");
        }
        let rounds = rounds(seed, self.faults);
        let began = Instant::now();
        let broken = play(&mut scene, &rounds).await.err();
        if let Some(error) = &broken {
            scene.ledger.wrong(format!("{error:#}"));
        }
        let calls = (!self.ignore_calls).then(|| scene.ledger.audit(&scene.model.asked()));
        print(&scene, &rounds, calls, began.elapsed());
        let wrong = scene.ledger.all_wrong();
        crate::print_result(self.faults, wrong.len());
        if !wrong.is_empty() {
            scene.keep()?;
            drop(scene);
            bail!("the data and the log are in {}; replay: {replay}", folder.keep().display());
        }
        Ok(())
    }
}

async fn play(scene: &mut Scene, rounds: &[Round]) -> anyhow::Result<()> {
    for (place, round) in (1..).zip(rounds) {
        scene.ledger.begin(place);
        println!("{place}/{}: {}", rounds.len(), round.fault);
        scene.play(round).await.with_context(|| format!("fault {place}, {}", round.fault))?;
        if place % ROUNDS == 0 {
            settle(scene).await?;
        }
    }
    settle(scene).await?;
    scene.set_clock_right()?;
    settle(scene).await?;
    scene.close().await
}

/// Waits until every promised page is made. Nothing is broken meanwhile.
async fn settle(scene: &mut Scene) -> anyhow::Result<()> {
    scene.everybody_is_answered().await?;
    let mut misses = BTreeMap::<u64, usize>::new();
    let (mut waiting, mut last_made) = (scene.ledger.waiting(), Instant::now());
    while !waiting.is_empty() {
        for shopper in &waiting {
            match scene.visit(*shopper).look_if_ready().await.as_deref() {
                Some("failed") => bail!("the job of shopper {shopper} was given up"),
                Some("none") => *misses.entry(*shopper).or_default() += 1,
                _ => drop(misses.remove(shopper)),
            }
            if misses.get(shopper).is_some_and(|misses| *misses > MISSES) {
                bail!("shopper {shopper} has neither a page nor a job");
            }
        }
        tokio::time::sleep(LOOK).await;
        let now = scene.ledger.waiting();
        if now.len() < waiting.len() {
            last_made = Instant::now();
        }
        if last_made.elapsed() > PATIENCE {
            bail!("shoppers {now:?} wait in vain for their pages");
        }
        waiting = now;
    }
    is_well(scene).await
}

/// Nothing is left of the faults: the health check is fine, no job was given up, and no database was set aside as damaged.
async fn is_well(scene: &Scene) -> anyhow::Result<()> {
    let ((address, _), began) = (scene.door.enter().await, Instant::now());
    loop {
        let (is_ok, document) = scene.shoppers.health(&address).await?;
        if is_ok {
            break;
        }
        if began.elapsed() > PATIENCE {
            bail!("the server stays degraded: {document}");
        }
        tokio::time::sleep(LOOK).await;
    }
    let binary = scene.binary.clone();
    let dead = tokio::task::spawn_blocking(move || binary.jobs("dead")).await??;
    if !dead.is_empty() {
        bail!("dead letters: {dead:?}");
    }
    for file in std::fs::read_dir(scene.binary.data())? {
        let name = file?.file_name();
        if name.to_string_lossy().contains(".damaged") {
            bail!("a database counted as damaged, and was set aside: {}", name.display());
        }
    }
    Ok(())
}

fn print(scene: &Scene, rounds: &[Round], calls: Option<Calls>, took: Duration) {
    let mut kinds = BTreeMap::<&str, usize>::new();
    for round in rounds {
        *kinds.entry(round.fault.kind()).or_default() += 1;
    }
    println!("\n| fault | times |\n|---|---:|");
    for (kind, times) in kinds {
        println!("| {kind} | {times} |");
    }
    let processes = rounds.iter().filter(|round| round.fault.is_of_process()).count();
    println!(
        "\n{} faults in {} s; {processes} processes ended\n{}",
        rounds.len(),
        took.as_secs(),
        scene.ledger.figures()
    );
    if let Some(Calls { all, faulty, unstored, after_ends, under_way }) = calls {
        println!(
            "{all} requests to the model, {faulty} of them answered badly, {unstored} while storage failed, \
         {after_ends} repeated because a process had ended, with {under_way} jobs under way"
        );
    }
    for (fault, wrong) in scene.ledger.all_wrong() {
        for what in wrong {
            println!("WRONG, at fault {fault}: {what}");
        }
    }
}
