//! The `wandstore` binary as a child process.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};

/// How long a start may take. One that succeeds takes a second, on a busy machine a few.
const START: Duration = Duration::from_mins(2);
/// How long a process may take to end after SIGTERM. It promises two seconds.
const STOP: Duration = Duration::from_mins(1);

/// The variable that turns limits off, because all shoppers of most commands come from one address.
const UNLIMITED: (&str, &str) = ("LIMITS", "off");

/// How the binary is run.
#[derive(Debug, Clone)]
pub struct Binary {
    /// The binary.
    pub path: PathBuf,
    /// The working folder, in which `wandstore.toml` is, and the data folder `data`.
    pub folder: PathBuf,
    /// Environment variables of all its commands.
    pub variables: Vec<(String, String)>,
}

impl Binary {
    /// Returns the binary at `path` with a working folder and variables, and without limits.
    pub fn new(path: PathBuf, folder: &Path, variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().chain([&UNLIMITED]);
        let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { path, folder: folder.to_owned(), variables }
    }

    /// Returns the same with limits on what strangers can make it do.
    pub fn with_limits(&self) -> Self {
        let mut limited = self.clone();
        limited.variables.retain(|(name, _)| name != UNLIMITED.0);
        limited
    }

    /// Returns a command of the binary, without our own environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(&self.folder).arg("--data-dir").arg(self.data()).args(arguments);
        command
    }

    /// Returns the data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Runs a command to its end, and returns its output.
    pub fn output(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments).output().context("cannot run the binary")?;
        if !output.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Returns the lines of the jobs in a state.
    pub fn jobs(&self, state: &str) -> anyhow::Result<Vec<String>> {
        let list = self.output(&["jobs", "list", "--state", state, "--limit", "1000000"])?;
        Ok(list.lines().skip(1).map(str::to_owned).collect())
    }

    /// Starts the server with more variables and this standard error, and waits until it serves.
    pub async fn serve(
        &self,
        variables: &[(&str, &Path)],
        stderr: impl Into<Stdio>,
    ) -> anyhow::Result<Server> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(variables.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().context("cannot start the binary")?;
        let mut output = BufReader::new(child.stdout.take().context("it is piped")?);
        // Nobody reads standard output after the first line: it is closed.
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            output.read_line(&mut line).map(|_| line)
        });
        let mut server = Server { child, address: String::new() };
        let line = tokio::time::timeout(START, line).await.context("it does not start")???;
        let address = line.trim().trim_start_matches("http://").split('/').next().unwrap_or_default();
        if address.is_empty() {
            bail!("the server ended before it served: {:?}", server.child.wait()?);
        }
        address.clone_into(&mut server.address);
        Ok(server)
    }
}

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `host:port`.
    pub address: String,
}

impl Server {
    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns how it ended, if it did so by itself.
    pub fn ended(&mut self) -> anyhow::Result<Option<String>> {
        Ok(self.child.try_wait()?.map(|status| status.to_string()))
    }

    /// Sends SIGKILL, which leaves it no time for anything.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends SIGTERM, and waits until it has ended.
    pub async fn terminate(mut self) -> anyhow::Result<()> {
        let id = i32::try_from(self.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.context("a process has an id")?, rustix::process::Signal::TERM)?;
        let ended = tokio::task::spawn_blocking(move || self.child.wait());
        let status = tokio::time::timeout(STOP, ended).await.context("it does not stop on SIGTERM")???;
        if !status.success() {
            bail!("after SIGTERM it ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
