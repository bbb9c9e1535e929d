//! An earlier version and this one take turns on the same data, while shoppers come: there and back.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::server::{Binary, Server};
use crate::shopper::{Shoppers, is_of_connection};

const SHOP: &str = "magic-wands";
/// How many shoppers come at once.
const CROWD: usize = 4;
/// The pause of each between two visits.
const PAUSE: Duration = Duration::from_millis(30);
/// How long after the last turn every promised page must be made.
const PATIENCE: Duration = Duration::from_mins(2);
/// What a version says to the data of a later one.
const REFUSAL: &str = "newer version of this program";

/// Let an earlier version and this one take turns on one data folder and on one PostgreSQL, while shoppers come.
#[derive(Args)]
pub struct Upgrade {
    /// The `wandstore` binary of the earlier version.
    #[arg(long)]
    from: PathBuf,
    /// How long each turn lasts, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// The server in which a database is created, and dropped at the end.
    #[arg(long, env = "DATABASE_URL", default_value = "postgres://postgres@localhost/postgres")]
    database_url: String,
    /// Leave PostgreSQL out.
    #[arg(long)]
    folder_only: bool,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

impl Upgrade {
    /// Runs both, and prints the table and the verdict.
    pub async fn run(self) -> anyhow::Result<()> {
        let versions = [std::path::absolute(&self.from)?, crate::binary(self.binary.clone())?];
        let (row, mut rules) = self.play("folder", &versions, None).await?;
        let mut rows = vec![row];
        if !self.folder_only
            && let Some(database) = Database::create(&self.database_url, false).await?
        {
            let played = self.play("PostgreSQL", &versions, Some(&database)).await;
            database.remove().await?;
            let (row, more) = played?;
            rows.push(row);
            rules.extend(more);
        }
        println!(
            "| data | pages promised | lost | pages gone | wrong answers | answers | interrupted | away |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|---|");
        for row in &rows {
            println!("{row}");
        }
        crate::judge(&rules)
    }

    /// Lets the versions take turns, and returns a row of the table and what must hold.
    async fn play(
        &self,
        data: &str,
        versions: &[PathBuf; 2],
        database: Option<&Database>,
    ) -> anyhow::Result<(String, Vec<(bool, String)>)> {
        let folder = tempfile::Builder::new().prefix("wandstore-upgrade-").tempdir()?;
        let (configuration, url) = match database {
            Some(database) => {
                ("[backends]\nkv.kind = 'postgres'\njobs.kind = 'postgres'\n", database.url.as_str())
            }
            None => ("", ""),
        };
        std::fs::write(folder.path().join("wandstore.toml"), configuration)?;
        let [old, new] =
            versions.clone().map(|path| Binary::new(path, folder.path(), &[("DATABASE_URL", url)]));
        let turn = Duration::from_secs(self.seconds);
        let seconds = self.seconds;
        println!("{data}: old for {seconds} s");
        let mut server = Turn::start(&old).await?.context("the earlier version does not start")?;
        let crowd = Arc::new(Crowd::new(&server.address)?);
        let mut visits = JoinSet::new();
        for _ in 0..CROWD {
            visits.spawn(crowd.clone().visit());
        }
        let mut away = Vec::new();
        tokio::time::sleep(turn).await;
        for (name, binary) in [("new", &new), ("old", &old), ("new", &new)] {
            let began = Instant::now();
            server.terminate().await?;
            let (started, name) = match Turn::start(binary).await? {
                Some(server) => (server, name.to_owned()),
                None => {
                    (Turn::start(&new).await?.context("it does not start")?, format!("{name} refuses, new"))
                }
            };
            server = started;
            crowd.goes_to(&server.address);
            println!("{data}: {name} for {seconds} s");
            away.push(format!("{name} {:.1} s", began.elapsed().as_secs_f64()));
            tokio::time::sleep(turn).await;
        }
        crowd.is_over.store(true, Ordering::Relaxed);
        visits.join_all().await;
        println!("{data}: looking all pages up");
        let (lost, gone) = crowd.settle().await;
        let dead = new.jobs("dead")?.len();
        server.terminate().await?;
        let (promised, wrong) = {
            let state = crowd.state();
            (state.promised.len(), state.wrong.clone())
        };
        let [answers, interrupted] =
            [&crowd.answers, &crowd.interrupted].map(|count| count.load(Ordering::Relaxed));
        let row = format!(
            "| {data} | {promised} | {lost} | {gone} | {} | {answers} | {interrupted} | {} |",
            wrong.len(),
            away.join(", ")
        );
        let rules = vec![
            (promised > 0, format!("{data}: no page was promised")),
            (lost == 0, format!("{data}: {lost} promised pages were never made")),
            (gone == 0, format!("{data}: {gone} pages that were made are gone")),
            (dead == 0, format!("{data}: {dead} dead letters")),
            (wrong.is_empty(), format!("{data}: {} wrong answers, such as {:?}", wrong.len(), wrong.first())),
        ];
        Ok((row, rules))
    }
}

/// A version's turn.
struct Turn;

impl Turn {
    /// Starts a version. Returns `None` if it refuses the data of a later one.
    async fn start(binary: &Binary) -> anyhow::Result<Option<Server>> {
        let log = binary.folder.join("serve.log");
        let file = std::fs::File::create(&log)?;
        match binary.serve(&[], file).await {
            Ok(server) => Ok(Some(server)),
            Err(_) if std::fs::read_to_string(&log)?.contains(REFUSAL) => Ok(None),
            Err(error) => Err(error.context(std::fs::read_to_string(&log)?)),
        }
    }
}

/// Shoppers who come all the time, and what they were promised.
struct Crowd {
    shoppers: Shoppers,
    address: RwLock<String>,
    state: Mutex<State>,
    next: AtomicU64,
    answers: AtomicU64,
    interrupted: AtomicU64,
    is_over: AtomicBool,
}

#[derive(Default)]
struct State {
    promised: BTreeSet<u64>,
    made: BTreeSet<u64>,
    wrong: Vec<String>,
}

impl Crowd {
    fn new(address: &str) -> anyhow::Result<Self> {
        Ok(Self {
            shoppers: Shoppers::new(SHOP)?,
            address: RwLock::new(address.to_owned()),
            state: Mutex::default(),
            next: AtomicU64::new(0),
            answers: AtomicU64::new(0),
            interrupted: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        })
    }

    fn goes_to(&self, address: &str) {
        address.clone_into(&mut self.address.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Visits as a new shopper each time, and as an earlier one, until it is over.
    async fn visit(self: Arc<Self>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let shopper = self.next.fetch_add(1, Ordering::Relaxed);
            self.look(shopper).await;
            self.look(shopper / 2).await;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Visits once. Returns whether the page is the shopper's own.
    async fn look(&self, shopper: u64) -> bool {
        let address = self.address.read().unwrap_or_else(PoisonError::into_inner).clone();
        match self.shoppers.visit(&address, &format!("upgrade-{shopper}")).await {
            Ok(page) => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                let mut state = self.state();
                if page.is_promised {
                    state.promised.insert(shopper);
                }
                if page.is_theirs {
                    state.made.insert(shopper);
                }
                page.is_theirs
            }
            Err(error) if is_of_connection(&error) => {
                self.interrupted.fetch_add(1, Ordering::Relaxed);
                false
            }
            Err(error) => {
                self.state().wrong.push(format!("{error:#}"));
                false
            }
        }
    }

    /// Waits until every promised page is made. Returns how many are not, and how many of all made are gone.
    async fn settle(&self) -> (usize, usize) {
        let began = Instant::now();
        let mut waiting: Vec<u64> = self.state().promised.iter().copied().collect();
        while !waiting.is_empty() && began.elapsed() < PATIENCE {
            let mut left = Vec::new();
            for shopper in waiting {
                if !self.look(shopper).await {
                    left.push(shopper);
                }
            }
            waiting = left;
            tokio::time::sleep(PAUSE).await;
        }
        let mut gone = 0;
        let made: Vec<u64> = self.state().made.iter().copied().collect();
        for shopper in made {
            gone += usize::from(!self.look(shopper).await);
        }
        (waiting.len(), gone)
    }
}
