//! How a command reaches the servers that work on its data folder: each listens on a Unix socket there, in a folder that
//! only its owner may open. A request names a component by the digest under which the command has stored it, so a server
//! reads no file and asks no registry for a request.

use std::collections::HashMap;
use std::fs::{DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as Probe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use artifacts::{Digest, Store};
use runtime::component::{Binary, Role, TRIAL, Verdict};
use runtime::deployment::Deployment;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::{Choice, Swapped};

/// The extension of sockets.
const EXTENSION: &str = "sock";
/// The longest request.
const REQUEST_BYTES_MAX: u64 = 8 << 10;
/// How long a command may take to send its request.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many commands are served at once.
const COMMANDS_MAX: usize = 8;

/// What a command wants: another component in a role.
#[derive(Debug, Serialize, Deserialize)]
pub struct Swap {
    /// The role.
    pub role: Role,
    /// The component, which is in the store.
    pub sha256: Digest,
    /// Where it comes from, for messages.
    pub origin: String,
    /// Whether it is the one in the configuration, which later starts take anyway.
    pub is_configured: bool,
}

/// What a server says about a swap, in this order.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The component that was called goes on.
    Refused(String),
    /// The new component is called, and its first calls are watched.
    TakenUp,
    /// The trial of the new component is over.
    Ended(Verdict),
}

/// The socket of a server. Its file is removed when this is dropped.
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Control {
    /// Listens in `folder`, which is created if it is missing. `id` is the server's.
    pub fn listen(folder: &Path, id: &str) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        sockets(folder)?;
        let path = folder.join(id).with_extension(EXTENSION);
        Ok(Self { listener: UnixListener::bind(&path)?, path })
    }

    /// Serves commands for ever.
    pub async fn serve(self, server: Server) {
        let mut commands = JoinSet::new();
        loop {
            if commands.len() >= COMMANDS_MAX {
                commands.join_next().await;
            }
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    commands.spawn(server.clone().serve(stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a command");
                    tokio::time::sleep(PATIENCE).await;
                }
            }
        }
    }
}

/// The parts of a server that commands reach.
#[derive(Clone)]
pub struct Server {
    /// Its components.
    pub deployment: Arc<Deployment>,
    /// Where commands store components.
    pub store: Store,
    /// Where it is recorded which component later starts take.
    pub swapped: Swapped,
    /// What the configuration names for each role.
    pub configured: Arc<HashMap<Role, String>>,
    /// Where components are compiled.
    pub background: Handle,
}

impl Server {
    /// Serves one command. If it has gone, the trial of its component goes on.
    async fn serve(self, mut stream: UnixStream) {
        let Ok(Ok(swap)) = tokio::time::timeout(PATIENCE, receive(&mut stream)).await else { return };
        let (role, sha256, origin) = (swap.role, swap.sha256, swap.origin.clone());
        let store = self.store.clone();
        let read = move || {
            let bytes = store.read(sha256)?.context("the data folder does not have this component")?;
            Ok(Binary::new(origin, bytes.into()))
        };
        match super::swap(self.deployment.clone(), &self.background, role, read).await {
            Ok(watched) => {
                let _ = send(&mut stream, &Report::TakenUp).await;
                let verdict = watched.verdict(TRIAL).await;
                self.remember(swap, verdict);
                let _ = send(&mut stream, &Report::Ended(verdict)).await;
            }
            Err(error) => {
                let why = format!("{error:#}");
                tracing::warn!(component = role.name(), why, "refused a component; the former one goes on");
                let _ = send(&mut stream, &Report::Refused(why)).await;
            }
        }
    }

    /// Has later starts take a component that is kept, and not one that another server rolled back.
    fn remember(&self, Swap { role, sha256, origin, is_configured }: Swap, verdict: Verdict) {
        let is_kept = verdict.failure().is_none();
        let in_place_of = self.configured.get(&role).cloned().unwrap_or_default();
        let done = if is_kept && !is_configured {
            self.swapped.record(role, &Choice { sha256, origin, in_place_of })
        } else if is_kept || self.swapped.of(role).is_some_and(|choice| choice.sha256 == sha256) {
            self.swapped.forget(role)
        } else {
            Ok(())
        };
        if let Err(error) = done {
            tracing::warn!(component = role.name(), %error, "cannot record which component the next start takes");
        }
    }
}

async fn receive(stream: &mut UnixStream) -> anyhow::Result<Swap> {
    let mut line = String::new();
    BufReader::new(stream.take(REQUEST_BYTES_MAX)).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}

async fn send<T: Serialize>(stream: &mut UnixStream, message: &T) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(stream.write_all(&line).await?)
}

/// Has every server on `folder` swap a component, one after the other, and passes on the answer of each. Stops at the
/// first one that does not keep it.
pub async fn swap(
    folder: &Path,
    swap: &Swap,
    say: impl Fn(&Report) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let sockets = sockets(folder).with_context(|| folder.display().to_string())?;
    if sockets.is_empty() {
        bail!("no server uses this data folder: `wandstore serve` takes the component in wandstore.toml");
    }
    for socket in sockets {
        let stream = UnixStream::connect(&socket).await;
        let mut stream =
            stream.with_context(|| format!("cannot reach the server at {}", socket.display()))?;
        // What a server that ends leaves unsaid is noticed below, in whichever way the connection ends.
        let _ = send(&mut stream, swap).await;
        let mut lines = BufReader::new(stream).lines();
        let mut last = None;
        while let Ok(Some(line)) = lines.next_line().await {
            let report = serde_json::from_str(&line)?;
            say(&report)?;
            last = Some(report);
        }
        match last {
            Some(Report::Refused(why)) => bail!("{why}"),
            Some(Report::Ended(verdict)) => {
                if let Some(why) = verdict.failure() {
                    bail!("{why}; rolled back to the former component");
                }
            }
            Some(Report::TakenUp) | None => bail!(
                "the server ended before it reported the result: `wandstore components` lists what its next start takes"
            ),
        }
    }
    Ok(())
}

/// Returns how many servers listen in `folder`.
pub fn servers(folder: &Path) -> io::Result<usize> {
    Ok(sockets(folder)?.len())
}

/// Returns the sockets of the servers that are there, and removes those of servers that were killed.
fn sockets(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != EXTENSION) {
            continue;
        }
        match Probe::connect(&path) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => std::fs::remove_file(&path)?,
            _ => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}
