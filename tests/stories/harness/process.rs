//! The `wandstore` binary, as an operator runs it.

use std::io::{BufRead as _, BufReader};
#[cfg(unix)]
use std::net::TcpListener;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use runtime::component::Builtin;

use super::shopify::SHOP;
use super::{Answer, eventually};

/// A `wandstore serve` that runs until it is killed.
pub struct Process {
    child: Child,
    /// `host:port`.
    pub address: String,
    /// Its log file.
    pub log: PathBuf,
    /// Its standard output, which must stay open while it runs.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it on `folder`, and appends to the log there.
    pub fn start(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let log = folder.join("serve.log");
        let file =
            std::fs::OpenOptions::new().create(true).append(true).open(&log).expect("the folder is there");
        Self::start_logging_to(folder, environment, file)
    }

    /// Starts it on `folder` with another standard error.
    pub fn start_logging_to(folder: &Path, environment: &[(&str, &str)], stderr: impl Into<Stdio>) -> Self {
        let mut command = wandstore(folder);
        command.args(["serve", "--listen", "127.0.0.1:0"]).envs(environment.iter().copied()).stderr(stderr);
        Self::run(&mut command, folder)
    }

    /// Starts it on a socket that listens already, as systemd does.
    #[cfg(unix)]
    pub fn start_on(socket: &TcpListener, folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = activated(folder, 1);
        let socket = socket.try_clone().expect("it is open");
        command.envs(environment.iter().copied()).stdin(OwnedFd::from(socket));
        Self::run(&mut command, folder)
    }

    /// Runs a command that serves, and whose log goes to the folder or nowhere.
    pub fn run(command: &mut Command, folder: &Path) -> Self {
        let log = folder.join("serve.log");
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary is built");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        let mut output = BufReader::new(output);
        output.read_line(&mut line).expect("it prints where it listens");
        let address =
            line.trim().trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
        assert!(!address.is_empty(), "it ended early: {}", std::fs::read_to_string(&log).unwrap_or_default());
        Self { child, address, log, _output: output }
    }

    /// Sends SIGKILL, which leaves it no time to clean up.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Sends SIGTERM, and returns how long it took to end.
    pub fn terminate(mut self) -> Duration {
        let started = Instant::now();
        self.signal("TERM");
        self.child.wait().expect("it ends");
        started.elapsed()
    }

    /// Sends a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(killed.expect("there is a kill").success(), "SIG{name} was not sent");
    }

    /// Waits until a shopper's page is ready; returns `None` if their job failed.
    pub async fn made(&self, shopper: &str) -> Option<()> {
        let target = format!("/api/generation/status?store=magic-wands&shopper={shopper}&wait=20");
        let ended = async || match self.get(&target).await.expect("it serves").json("state").as_str() {
            Some("ready") => Some(Some(())),
            // On a busy machine the queue may answer later than a shopper's wait ends.
            Some("queued" | "running" | "unknown") => None,
            _ => Some(None),
        };
        eventually("the job ends", ended).await
    }

    /// Visits until the page is made. On a busy machine storage may be too slow to take a visit's job; the next visit requests it
    /// again.
    pub async fn visit_until_made(&self, shopper: &str) {
        for _ in 0..10 {
            self.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves");
            if self.made(shopper).await.is_some() {
                return;
            }
        }
        panic!("no page of {shopper} is made");
    }

    /// Returns the value of a metric without labels.
    pub async fn metric(&self, name: &str) -> u64 {
        let metrics = self.get("/metrics").await.expect("it serves").body;
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.unwrap_or_else(|| panic!("no metric {name}: {metrics}"))
    }

    pub async fn get(&self, target: &str) -> reqwest::Result<Answer> {
        Ok(Answer::read(reqwest::get(format!("http://{}{target}", self.address)).await?).await)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts the compiled code of this build's components into the data folder of the binary, which then need not compile them.
pub fn warm(folder: &Path) {
    super::host::usual_components();
    let compiled = folder.join("data/compiled");
    std::fs::create_dir_all(&compiled).expect("the folder is there");
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    for entry in std::fs::read_dir(kept).expect("they are compiled") {
        let entry = entry.expect("it is listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        // The name begins with the digest of the component; that of a partial file does not.
        if Builtin::all().any(|(_, own)| name.starts_with(&own.digest.to_string())) {
            std::fs::copy(entry.path(), compiled.join(name)).expect("the folder is there");
        }
    }
}

/// Returns a command for the binary with its own data folder, without the test's environment, and without limits, because
/// all shoppers come from one address and at once.
pub fn wandstore(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wandstore"));
    command
        .env_clear()
        .envs([("LIMITS", "off"), ("PLANS_PER", "shopper")])
        .current_dir(folder)
        .arg("--data-dir")
        .arg(folder.join("data"));
    command
}

/// Returns a command that serves on its standard input, and names so many sockets.
#[cfg(unix)]
pub fn activated(folder: &Path, sockets: usize) -> Command {
    let server = wandstore(folder);
    let mut shell = Command::new("sh");
    // `LISTEN_PID` is the server's own, and the first socket is descriptor 3.
    let script = format!(r#"LISTEN_PID=$$ LISTEN_FDS={sockets} exec "$0" "$@" 3<&0 4<&0 </dev/null"#);
    shell.args(["-c", &script]).arg(server.get_program()).args(server.get_args()).arg("serve");
    shell.env_clear().envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(folder);
    shell
}

/// Runs a command to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    wandstore(folder).args(arguments).output().expect("the binary is built")
}

/// Runs another command of the binary on the data in `folder`, and returns its output.
pub fn command(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Waits until a maintenance task has left its audit record.
pub async fn audited(folder: &Path, what: &str) -> String {
    let record = async || {
        let records = command(folder, &["audit", "--shop", SHOP]);
        records.lines().find(|line| line.contains(what)).map(str::to_owned)
    };
    eventually(what, record).await
}
