//! A host under test: a group of processes that is ended when this is dropped.

use std::fs::{self, File};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::deployment::Deployment;

/// How long a host may take to listen. A first start compiles components.
const START_MAX: Duration = Duration::from_mins(2);
/// How long a host may take to stop.
const STOP_MAX: Duration = Duration::from_secs(15);
/// Between two looks whether a host listens.
const LOOK: Duration = Duration::from_millis(2);

/// A host that serves.
pub struct Server {
    child: Child,
    group: Pid,
    /// `host:port`.
    pub address: String,
}

/// The first port that is tried. Linux gives ports from 32768 on to whoever asks for any port
/// (`net.ipv4.ip_local_port_range`), so that another test's server could take one of those before the host listens.
const PORT_MIN: u16 = 20_000;
const PORTS: u16 = 12_000;

/// Returns a port that is free, and that no other caller in this process gets.
fn free_port() -> anyhow::Result<u16> {
    static CALLS: AtomicU16 = AtomicU16::new(0);
    // Two test processes begin at different ports.
    let first = u16::try_from(std::process::id() % u32::from(PORTS))?;
    for _ in 0..PORTS {
        let port = PORT_MIN + first.wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed)) % PORTS;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port from {PORT_MIN} on is free")
}

impl Server {
    /// Starts the command for a free port, and waits until it listens. The error contains what
    /// it printed.
    pub async fn start(
        deployment: &Deployment,
        command: impl FnOnce(u16) -> anyhow::Result<Command>,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let log = File::options().create(true).append(true).open(deployment.log())?;
        let mut command = command(port)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {}", command.as_std().get_program().display()))?;
        let id = child.id().context("it ended at once")?;
        let group = Pid::from_raw(id.cast_signed()).context("a process has an id")?;
        let mut server = Self { child, group, address: format!("127.0.0.1:{port}") };
        server.listens(deployment).await?;
        Ok(server)
    }

    async fn listens(&mut self, deployment: &Deployment) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_MAX;
        while TcpStream::connect(&self.address).await.is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || Instant::now() > deadline {
                let how = ended.map_or("it does not listen".to_owned(), |status| status.to_string());
                let log = fs::read_to_string(deployment.log()).unwrap_or_default();
                bail!("the host did not start ({how}):\n{log}");
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// The id of its first process, which leads its group.
    pub fn id(&self) -> u32 {
        self.group.as_raw_nonzero().get().cast_unsigned()
    }

    /// Stops it as an operator would, and waits until it ends.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        kill_process(self.group, Signal::TERM)?;
        let ended = tokio::time::timeout(STOP_MAX, self.child.wait()).await;
        ended.context("it was asked to end and did not")??;
        Ok(())
    }
}

impl Drop for Server {
    /// The group outlives its first process if that left children behind.
    fn drop(&mut self) {
        let _ = kill_process_group(self.group, Signal::KILL);
        let _ = self.child.try_wait();
    }
}
