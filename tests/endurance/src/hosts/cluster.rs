//! Three hosts over one database, one Redis and one bucket, each with wires of its own to all of them.

use std::fs::File;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use reqwest::Url;

use super::bucket::{self, BUCKET, KEY};
use crate::database::Database;
use crate::model::Model;
use crate::prefix::Prefix;
use crate::proxy::Proxy;
use crate::server::{Binary, Server};

/// How many hosts.
pub const HOSTS: usize = 3;
/// The pool of all hosts together. A lease of a job outlasts the run, so a job that another host has to take up is not
/// waited for until its lease ends. Failures of storage count as attempts of the job that meets them.
pub const MEMBERS: usize = 6;
/// How many jobs each member runs at once.
pub const PER_MEMBER: usize = 2;
/// How long anything may take that takes seconds.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often something that is waited for is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// The hosts.
pub struct Cluster {
    /// The database, which they reach through their wires.
    pub database: Arc<Database>,
    /// The model's endpoint.
    pub model: Model,
    /// Where the hosts are.
    pub doors: Arc<Doors>,
    hosts: Vec<Host>,
    /// Another component of the role caching.
    other_component: PathBuf,
}

struct Host {
    binary: Binary,
    to_database: Proxy,
    to_redis: Proxy,
    to_bucket: Proxy,
    /// The prefix of keys in Redis.
    prefix: String,
    server: Option<Server>,
    /// The id in the database.
    id: String,
}

/// The addresses at which hosts take requests, as a load balancer knows them.
#[derive(Debug, Default)]
pub struct Doors(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    addresses: Vec<Option<String>>,
    /// Whether each host is as it should be, and how often it was not.
    health: Vec<(bool, usize)>,
    turn: usize,
}

impl Doors {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, host: usize, address: &str) {
        let mut state = self.state();
        let places = state.addresses.len().max(host + 1);
        state.addresses.resize(places, None);
        state.health.resize(places, (false, 0));
        state.addresses[host] = Some(address.to_owned());
    }

    fn close(&self, host: usize) {
        self.state().addresses[host] = None;
    }

    /// Says whether a host is as it should be.
    pub fn set_healthy(&self, host: usize, is_healthy: bool) {
        let health = &mut self.state().health[host];
        *health = (is_healthy, health.1 + usize::from(!is_healthy));
    }

    /// Returns whether a host is as it should be, and how often it was not.
    pub fn health(&self, host: usize) -> (bool, usize) {
        self.state().health[host]
    }

    /// Returns the next host in turn that is open, and its address.
    pub fn next(&self) -> Option<(usize, String)> {
        let mut state = self.state();
        let places = state.addresses.len();
        for _ in 0..places {
            state.turn = (state.turn + 1) % places;
            if let Some(address) = state.addresses[state.turn].clone() {
                return Some((state.turn, address));
            }
        }
        None
    }
}

impl Cluster {
    /// Starts the hosts in `folder`, one after the other, and observes their database.
    pub async fn open(
        folder: &Path,
        path: &Path,
        database: Arc<Database>,
        prefix: &Prefix,
    ) -> anyhow::Result<Self> {
        let (model, bucket) = (Model::open().await?, bucket::open(&folder.join("bucket")).await?);
        let mut hosts = Vec::new();
        for place in 0..HOSTS {
            let folder = folder.join(format!("host-{place}"));
            std::fs::create_dir_all(folder.join("data"))?;
            hosts.push(Host::new(&folder, path, (&database, prefix, &bucket), &model).await?);
        }
        let other_component = another_component(&hosts[0].binary, folder)?;
        let doors = Arc::default();
        let mut cluster = Self { database, model, doors, hosts, other_component };
        cluster.start(0).await?;
        cluster.database.observe().await?;
        for place in 1..HOSTS {
            // Compiled once for all. Not one folder, because a host removes what it does not use.
            copy(&cluster.hosts[0].compiled(), &cluster.hosts[place].compiled())?;
            cluster.start(place).await?;
        }
        cluster.is_settled().await?;
        Ok(cluster)
    }

    /// Starts a host.
    pub async fn start(&mut self, place: usize) -> anyhow::Result<()> {
        let before = self.database.hosts().await.unwrap_or_default();
        let host = &mut self.hosts[place];
        let log = File::options().create(true).append(true).open(host.binary.folder.join("serve.log"))?;
        let server = host.binary.serve(&[], log).await?;
        self.doors.open(place, &server.address);
        host.server = Some(server);
        let database = &self.database;
        let entered = async || {
            let now = database.hosts().await?;
            Ok(now.into_iter().find(|id| !before.contains(id)))
        };
        self.hosts[place].id = until("a host enters", entered).await?;
        Ok(())
    }

    /// Waits until each host lives and has its share of the pool. Returns how long that took.
    pub async fn is_settled(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        let share = i64::try_from(MEMBERS / HOSTS)?;
        until("the pool is shared out", async || {
            let (members, of_nobody) = self.database.members().await?;
            Ok((members == [share; HOSTS] && of_nobody == 0).then_some(()))
        })
        .await?;
        (0..HOSTS).for_each(|place| self.doors.set_healthy(place, true));
        Ok(began.elapsed())
    }

    /// Fails if a host ended by itself.
    pub fn all_serve(&mut self) -> anyhow::Result<()> {
        for (place, host) in self.hosts.iter_mut().enumerate() {
            if let Some(status) = host.server.as_mut().map(Server::ended).transpose()?.flatten() {
                bail!("host {place} ended by itself: {status}");
            }
        }
        Ok(())
    }

    /// Kills a host with SIGKILL.
    pub fn kill(&mut self, place: usize) -> anyhow::Result<()> {
        let killed = self.hosts[place].server.take().context("it runs")?.kill();
        // Who comes in between is refused, as by a machine that is gone.
        self.doors.close(place);
        killed
    }

    /// Stops a host with SIGTERM. As in a rolling restart, the load balancer sends it nobody any more.
    pub async fn terminate(&mut self, place: usize) -> anyhow::Result<()> {
        self.doors.close(place);
        self.hosts[place].server.take().context("it runs")?.terminate().await
    }

    /// Gives a host another component, or the built-in one again, from its next start on.
    pub fn set_component(&self, place: usize, is_other: bool) -> anyhow::Result<()> {
        let path = is_other.then_some(&*self.other_component);
        self.hosts[place].write_config(path)
    }

    /// Returns a host's id in the database.
    pub fn id(&self, place: usize) -> &str {
        &self.hosts[place].id
    }

    /// Returns a host's wire to the database.
    pub fn to_database(&self, place: usize) -> &Proxy {
        &self.hosts[place].to_database
    }

    /// Returns a host's wire to Redis.
    pub fn to_redis(&self, place: usize) -> &Proxy {
        &self.hosts[place].to_redis
    }

    /// Returns a host's wire to the bucket.
    pub fn to_bucket(&self, place: usize) -> &Proxy {
        &self.hosts[place].to_bucket
    }

    /// Stops all hosts.
    pub async fn close(&mut self) -> anyhow::Result<()> {
        for place in 0..HOSTS {
            self.terminate(place).await?;
        }
        Ok(())
    }
}

impl Host {
    async fn new(
        folder: &Path,
        path: &Path,
        (database, prefix, bucket): (&Database, &Prefix, &str),
        model: &Model,
    ) -> anyhow::Result<Self> {
        let (to_database, database_url) = wire(&database.url, 5432).await?;
        let (to_redis, redis_url) = wire(&prefix.url, 6379).await?;
        let to_bucket = Proxy::open(bucket).await?;
        let variables = [
            ("DATABASE_URL", database_url.as_str()),
            ("REDIS_URL", redis_url.as_str()),
            ("LLM_BASE_URL", &*format!("http://{}/v1", model.address)),
            ("LLM_MODEL", "scripted-1"),
            ("PLANS_PER", "shopper"),
            ("RUST_LOG", "info"),
            KEY[0],
            KEY[1],
        ];
        let binary = Binary::new(path.to_owned(), folder, &variables);
        let prefix = prefix.name.clone();
        let (server, id) = (None, String::new());
        let host = Self { binary, to_database, to_redis, to_bucket, prefix, server, id };
        host.write_config(None)?;
        Ok(host)
    }

    /// Returns the folder of its compiled components.
    fn compiled(&self) -> PathBuf {
        self.binary.data().join("compiled")
    }

    fn write_config(&self, component: Option<&Path>) -> anyhow::Result<()> {
        let component = component.map_or(String::new(), |path| {
            format!("[components.caching]\npath = {:?}\n", path.display().to_string())
        });
        let (prefix, endpoint) = (&self.prefix, &self.to_bucket.address);
        let config = format!(
            "[pool]
             size = {MEMBERS}
             jobs_per_member = {PER_MEMBER}
             lease_ms = 600000
             attempts_max = 15
             backoff_ms_max = 2000
             [llm]
             tokens_per_shop_per_day_max = 1000000000000
             [retention]
             disk_free_mib_min = 0
             [backends.kv]
             kind = \"redis\"
             prefix = \"{prefix}\"
             [backends.jobs]
             kind = \"postgres\"
             [backends.blob]
             kind = \"s3\"
             bucket = \"{BUCKET}\"
             endpoint = \"http://{endpoint}\"
             {component}"
        );
        Ok(std::fs::write(self.binary.folder.join("wandstore.toml"), config)?)
    }
}

/// Opens a wire to the server of a URL, which has this port unless it names one. Returns it, and the URL by way of it.
async fn wire(url: &Url, port: u16) -> anyhow::Result<(Proxy, Url)> {
    let host = url.host_str().context("a host in the URL")?;
    let proxy = Proxy::open(&format!("{host}:{}", url.port().unwrap_or(port))).await?;
    let own_port = proxy.address.rsplit(':').next().context("an address")?.parse()?;
    let mut url = url.clone();
    url.set_host(Some("127.0.0.1"))?;
    ensure!(url.set_port(Some(own_port)).is_ok(), "a URL with a port");
    Ok((proxy, url))
}

/// Writes another component of the role caching, which differs from the built-in one by a section that means nothing.
fn another_component(binary: &Binary, folder: &Path) -> anyhow::Result<PathBuf> {
    const SECTION: &[u8] = b"\0\x08\x07another";
    let exported = folder.join("exported");
    binary.output(&["export", &exported.to_string_lossy()])?;
    let (from, to) = (exported.join("caching.wasm"), folder.join("another.wasm"));
    std::fs::write(&to, [&std::fs::read(from)?, SECTION].concat())?;
    Ok(to)
}

/// Copies the files of a folder into a new one that nobody else may read.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// Looks until there is something.
pub async fn until<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("never: {what}")
}
