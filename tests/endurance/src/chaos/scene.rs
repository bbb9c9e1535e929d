//! The server, all that it depends on, and the shoppers; and how each fault comes and goes.

use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::task::JoinSet;

use super::door::Door;
use super::fault::{Fault, Round};
use super::ledger::Ledger;
use super::visit::Visit;
use crate::disk::Disk;
use crate::interposer::{EIO, ENOSPC, Interposer, Operation};
use crate::log_pipe::{LogPipe, Reader};
use crate::model::{Manner, Model};
use crate::proxy::{Proxy, Wire};
use crate::server::{Binary, Server};
use crate::shopper::Shoppers;

/// Leases and pauses are short, so that a run is. A model's answer may take long, so that a busy machine is no fault of
/// the model. Failures of storage and of the model count as attempts of the job that meets them, and with the usual four
/// attempts, faults in close succession make dead letters.
const CONFIG: &str = "
[pool]
lease_ms = 10000
attempts_max = 15
backoff_ms_max = 4000
[llm]
timeout_ms = 20000
idle_timeout_ms = 10000
breaker_cooldown_ms = 2000
tokens_per_shop_per_day_max = 1000000000000
[retention]
disk_free_mib_min = 0
";
/// The lease of the configuration.
const LEASE: Duration = Duration::from_secs(10);
/// Shoppers whose page was made look again this often.
const REGULARS: Duration = Duration::from_millis(30);
/// How long the shoppers of a round take to arrive.
const ARRIVALS: Duration = Duration::from_millis(300);
const SHOP: &str = "magic-wands";

/// Everything in a run.
pub struct Scene {
    /// The promises, and what happened.
    pub ledger: Arc<Ledger>,
    /// The binary.
    pub binary: Binary,
    /// The model's endpoint.
    pub model: Model,
    /// Who sends requests.
    pub shoppers: Shoppers,
    /// Where to.
    pub door: Arc<Door>,
    /// The log.
    pub log: LogPipe,
    proxy: Proxy,
    /// `None` where there is no C compiler.
    interposer: Option<Interposer>,
    /// `None` where this process may not mount.
    disk: Option<Disk>,
    server: Option<Server>,
    visits: JoinSet<()>,
    is_over: Arc<AtomicBool>,
    ahead_s: i64,
}

impl Scene {
    /// Starts the server in `folder`, for a run of so many faults.
    pub async fn open(folder: &Path, path: PathBuf, faults: usize) -> anyhow::Result<Self> {
        let data = folder.join("data");
        std::fs::create_dir(&data)?;
        // Room for some hundred kilobytes for each shopper.
        let disk = Disk::mount(&data, 96 + 2 * faults);
        let compiled = folder.join("compiled");
        std::fs::DirBuilder::new().mode(0o700).create(&compiled)?;
        symlink(&compiled, data.join("compiled"))?;
        let model = Model::open().await?;
        let proxy = Proxy::open(&model.address).await?;
        std::fs::write(folder.join("wandstore.toml"), CONFIG)?;
        let variables = [
            ("LLM_BASE_URL", &*format!("http://{}/v1", proxy.address)),
            ("LLM_MODEL", "scripted-1"),
            ("PLANS_PER", "shopper"),
            ("RUST_LOG", "info"),
        ];
        let mut scene = Self {
            ledger: Arc::default(),
            binary: Binary::new(path, folder, &variables),
            model,
            shoppers: Shoppers::new(SHOP)?,
            door: Arc::default(),
            log: LogPipe::open(folder)?,
            proxy,
            interposer: Interposer::compile(folder, &data).ok(),
            disk,
            server: None,
            visits: JoinSet::new(),
            is_over: Arc::default(),
            ahead_s: 0,
        };
        scene.start().await?;
        scene.regulars();
        scene.waiting();
        Ok(scene)
    }

    /// Returns what cannot be tried on this machine, with the reason.
    pub fn skipped(&self) -> Vec<&'static str> {
        let without_compiler = "I/O errors and clock steps, because there is no C compiler (`cc`)";
        let without_mount =
            "a disk that is really full, because this process may not mount one (run it as root)";
        let skipped = [(self.interposer.is_none(), without_compiler), (self.disk.is_none(), without_mount)];
        skipped.into_iter().filter_map(|(is_skipped, what)| is_skipped.then_some(what)).collect()
    }

    /// Starts the server.
    async fn start(&mut self) -> anyhow::Result<()> {
        let variables = self.interposer.as_ref().map(Interposer::variables);
        let variables: Vec<_> = variables.into_iter().flatten().collect();
        let server = self.binary.serve(&variables, self.log.writer()?).await?;
        self.door.open(&server.address);
        self.server = Some(server);
        Ok(())
    }

    /// Lets a fault come and go, while new shoppers arrive.
    pub async fn play(&mut self, round: &Round) -> anyhow::Result<()> {
        self.still_serves()?;
        self.model.set(Manner::Plan(round.planning));
        let from = Instant::now();
        match round.fault {
            Fault::Kill { while_model_stalls } => {
                self.proxy.set(if while_model_stalls { Wire::Stalls } else { Wire::Passes });
                self.arrive(round.shoppers);
                tokio::time::sleep(round.lasts).await;
                self.kill().await?;
            }
            Fault::Terminate => {
                self.arrive(round.shoppers);
                tokio::time::sleep(round.lasts).await;
                self.terminate().await?;
            }
            Fault::Lock(database) => self.lock(database, round).await?,
            fault => {
                self.bring(fault)?;
                self.arrive(round.shoppers);
                tokio::time::sleep(round.lasts).await;
            }
        }
        self.lift(round.fault)?;
        let (of_storage, of_model) = (round.fault.is_of_storage(), round.fault.is_of_model());
        // A job that was claimed before the clock was set may ask the model later.
        let after = if matches!(round.fault, Fault::Clock(_)) { LEASE } else { Duration::ZERO };
        self.ledger.suffered(of_storage, of_model, from, Instant::now() + after);
        self.still_serves()
    }

    fn bring(&mut self, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::FullDisk => match (&self.disk, &self.interposer) {
                (Some(disk), _) => disk.fill(),
                (None, Some(interposer)) => interposer.fail(Operation::Write, ENOSPC, 1),
                (None, None) => Ok(()),
            },
            Fault::Input(operation, one_in) => {
                self.interposer.as_ref().map_or(Ok(()), |it| it.fail(operation, EIO, one_in))
            }
            Fault::Clock(step_s) => {
                self.ahead_s += step_s;
                self.interposer.as_ref().map_or(Ok(()), |it| it.set_clock(self.ahead_s))
            }
            Fault::Log(reader) => {
                self.log.set(reader);
                Ok(())
            }
            Fault::Model(manner) => {
                self.model.set(manner);
                Ok(())
            }
            Fault::Wire(wire) => {
                self.proxy.set(wire);
                Ok(())
            }
            Fault::Kill { .. } | Fault::Terminate | Fault::Lock(_) => Ok(()),
        }
    }

    /// Ends a fault. A clock stays as it is set.
    fn lift(&self, fault: Fault) -> anyhow::Result<()> {
        self.proxy.set(Wire::Passes);
        self.model.set(Manner::Plan(Duration::ZERO));
        self.log.set(Reader::Reads);
        if let Some(interposer) = &self.interposer {
            interposer.restore()?;
        }
        match (&self.disk, fault) {
            (Some(disk), Fault::FullDisk) => disk.free(),
            _ => Ok(()),
        }
    }

    /// Sets the clock right.
    pub fn set_clock_right(&mut self) -> anyhow::Result<()> {
        self.ahead_s = 0;
        self.ledger.suffered(true, false, Instant::now(), Instant::now() + LEASE);
        self.interposer.as_ref().map_or(Ok(()), |it| it.set_clock(0))
    }

    async fn kill(&mut self) -> anyhow::Result<()> {
        self.door.close();
        self.server.take().context("a server runs")?.kill()?;
        self.end(&["running"]).await
    }

    async fn terminate(&mut self) -> anyhow::Result<()> {
        // Requests that are under way when it ends are interrupted, as by a kill, but after a second.
        self.door.close();
        self.server.take().context("a server runs")?.terminate().await?;
        // The running jobs are queued again.
        self.end(&["running", "queued"]).await
    }

    /// Enters the end of a process into the ledger, with the jobs in these states, and starts another.
    async fn end(&mut self, states: &'static [&str]) -> anyhow::Result<()> {
        let binary = self.binary.clone();
        let under_way = tokio::task::spawn_blocking(move || {
            states.iter().map(|state| Ok(binary.jobs(state)?.len())).sum::<anyhow::Result<usize>>()
        });
        let under_way = under_way.await??;
        // Now, when what the process asked of the model has arrived there.
        self.ledger.ended(Instant::now(), under_way);
        self.start().await
    }

    /// Holds the write lock of a database, as another process does.
    async fn lock(&mut self, database: &str, round: &Round) -> anyhow::Result<()> {
        let file = self.binary.data().join(database);
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await?;
        self.arrive(round.shoppers);
        tokio::time::sleep(round.lasts).await;
        Ok(connection.close().await?)
    }

    /// Enters it if the server ended by itself, and starts another.
    fn still_serves(&mut self) -> anyhow::Result<()> {
        let server = self.server.as_mut().context("a server runs")?;
        let ended = server.ended()?;
        ended.map_or(Ok(()), |status| anyhow::bail!("the server ended by itself: {status}"))
    }

    /// Returns a shopper who visits.
    pub fn visit(&self, shopper: u64) -> Visit {
        let (ledger, door) = (self.ledger.clone(), self.door.clone());
        Visit { ledger, door, shoppers: self.shoppers.clone(), shopper }
    }

    /// Lets new shoppers arrive, one after the other.
    fn arrive(&mut self, count: u64) {
        for place in 0..count {
            let after = ARRIVALS.mul_f64(f64::from(u32::try_from(place).unwrap_or(0)) / 10.0);
            let visit = self.visit(self.ledger.newcomer());
            self.visits.spawn(async move {
                tokio::time::sleep(after).await;
                visit.search_and_look().await;
            });
        }
    }

    /// Lets those whose page was made look again and again.
    fn regulars(&mut self) {
        let (template, is_over) = (self.visit(0), self.is_over.clone());
        tokio::spawn(async move {
            let mut turn = 0_usize;
            while !is_over.load(Ordering::SeqCst) {
                tokio::time::sleep(REGULARS).await;
                turn += 1;
                if let Some(shopper) = template.ledger.regular(turn) {
                    Visit { shopper, ..template.clone() }.look().await;
                }
            }
        });
    }

    /// Lets those who wait for a page look whether it is there.
    fn waiting(&mut self) {
        let (template, is_over) = (self.visit(0), self.is_over.clone());
        tokio::spawn(async move {
            while !is_over.load(Ordering::SeqCst) {
                tokio::time::sleep(REGULARS).await;
                for shopper in template.ledger.waiting() {
                    Visit { shopper, ..template.clone() }.look_if_ready().await;
                }
            }
        });
    }

    /// Waits until every new shopper has an answer.
    pub async fn everybody_is_answered(&mut self) -> anyhow::Result<()> {
        while let Some(visit) = self.visits.join_next().await {
            visit?;
        }
        Ok(())
    }

    /// Copies the data to where it stays, out of a disk that is unmounted.
    pub fn keep(&self) -> anyhow::Result<()> {
        let mut copy = std::process::Command::new("cp");
        copy.args(["--recursive", "--no-dereference"]).arg(self.binary.data());
        copy.arg(self.binary.folder.join("kept")).status()?;
        Ok(())
    }

    /// Ends the run: nobody visits any more, and the server stops.
    pub async fn close(&mut self) -> anyhow::Result<()> {
        self.is_over.store(true, Ordering::SeqCst);
        tokio::time::sleep(REGULARS * 2).await;
        self.still_serves()?;
        self.door.close();
        self.server.take().context("a server runs")?.terminate().await
    }
}
