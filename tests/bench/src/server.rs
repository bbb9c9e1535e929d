//! Servers under measurement, which run as processes on their own core.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// The core that servers run on.
const SERVER_CORE: &str = "0";
/// The core that the load generator runs on.
const LOAD_CORE: &str = "1";

/// A server that runs until this is dropped.
pub struct Server {
    child: Child,
    /// The first line it printed: an address.
    pub url: String,
}

impl Server {
    /// Starts the `wandstore` binary next to this program, on a free port.
    pub fn wandstore(data_dir: &Path) -> anyhow::Result<Self> {
        Self::wandstore_with(data_dir, &[])
    }

    /// Starts it likewise, with environment variables.
    pub fn wandstore_with(data_dir: &Path, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("wandstore");
        let mut command = pinned(SERVER_CORE, &beside.display().to_string());
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .env("RUST_LOG", "warn")
            .envs(variables.iter().copied());
        Self::start(command)
    }

    /// Starts bare hyper, which returns the bytes of `file`.
    pub fn floor(file: &Path) -> anyhow::Result<Self> {
        let this = std::env::current_exe()?;
        let mut command = pinned(SERVER_CORE, &this.display().to_string());
        command.arg("floor").arg(file);
        Self::start(command)
    }

    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child =
            command.stdout(Stdio::piped()).spawn().context("cannot start a server (is taskset there?)")?;
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        if url.is_empty() {
            bail!("the server ended before it printed an address: {:?}", child.wait()?);
        }
        Ok(Self { child, url: url.trim().to_owned() })
    }

    /// Returns its `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://").split('/').next().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures the requests per second that `wrk` achieves at `url` with 32 connections.
pub fn requests_per_second(url: &str, seconds: u32) -> anyhow::Result<f64> {
    let mut wrk = pinned(LOAD_CORE, "wrk");
    wrk.args(["--threads", "1", "--connections", "32", "--duration", &format!("{seconds}s"), url]);
    let output = wrk.output().context("cannot run wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") {
        bail!("some answers were errors:\n{text}");
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(rate.context("wrk printed no rate")?.trim().parse()?)
}

fn pinned(core: &str, program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", core, program]);
    command
}
