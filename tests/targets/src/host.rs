//! The hosts, and how each is started.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use crate::deployment::Deployment;
use crate::server::Server;

mod native;
mod spin;
mod workerd;

/// A host that serves the five components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The `wandstore` binary.
    Native,
    /// `spin up`.
    Spin,
    /// workerd, the runtime of Cloudflare Workers, under miniflare.
    Workerd,
}

impl Host {
    /// All of them, in the order of columns.
    pub const ALL: [Self; 3] = [Self::Native, Self::Spin, Self::Workerd];

    /// Its name, as tests and tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Spin => "spin",
            Self::Workerd => "workerd",
        }
    }

    /// Returns why this host is not available on this machine. Only Spin may be missing: its command line is
    /// in no package registry.
    pub fn missing(self) -> Option<&'static str> {
        match self {
            Self::Spin if spin::program().is_none() => Some("spin: not on the PATH; its column is skipped"),
            _ => None,
        }
    }

    /// Returns how long after an invalidation a page may still be served (docs/hosts.md).
    pub fn invalidation_max(self) -> Duration {
        match self {
            Self::Spin => Duration::from_secs(1),
            Self::Native | Self::Workerd => Duration::ZERO,
        }
    }

    /// Starts a deployment, on a free port of the loopback interface.
    pub async fn start(self, deployment: &Deployment) -> anyhow::Result<Server> {
        Server::start(deployment, |port| self.command(port, deployment)).await
    }

    /// The command that serves a deployment on a port.
    pub fn command(self, port: u16, deployment: &Deployment) -> anyhow::Result<Command> {
        match self {
            Self::Native => native::command(port, deployment),
            Self::Spin => spin::command(port, deployment),
            Self::Workerd => workerd::command(port, deployment),
        }
    }
}

/// The files, or folders of files, that are deployed to a host.
pub fn deployed(host: Host) -> anyhow::Result<Vec<PathBuf>> {
    Ok(vec![match host {
        Host::Native => native::program()?,
        Host::Spin => in_workspace(spin::COMPONENTS),
        Host::Workerd => in_workspace("targets/cloudflare").join(workerd::UPLOAD),
    }])
}

/// A path in the workspace.
fn in_workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
