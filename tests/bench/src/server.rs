//! Servers under measurement, which run as processes on their own core.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};

/// The core that servers run on.
const SERVER_CORE: &str = "0";
/// The core that the load generator runs on.
const LOAD_CORE: &str = "1";

/// The kernel counts CPU time in hundredths of a second (`sysconf(3)`, `_SC_CLK_TCK`).
const MS_PER_TICK: u64 = 10;
/// How often a server that starts is tried, ten times a second.
const START_ATTEMPTS: u32 = 200;

/// What the floor checks of a request before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// Nothing.
    Nothing,
    /// The signature of an app proxy's request.
    Signature,
}

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
        Self::wandstore_under(&[], data_dir, variables)
    }

    /// Starts it likewise, as the last argument of the command `tool`. It reads `wandstore.toml` in its data folder.
    pub fn wandstore_under(
        tool: &[String],
        data_dir: &Path,
        variables: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("wandstore");
        let mut command = pinned(SERVER_CORE, tool, &beside);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .current_dir(data_dir)
            // Under a tool everything is slow, which is no news.
            .env("RUST_LOG", if tool.is_empty() { "warn" } else { "error" })
            .env("LIMITS", "off")
            .envs(variables.iter().copied());
        Self::start(command)
    }

    /// Starts bare hyper, which returns the bytes of `file`.
    pub fn floor(file: &Path) -> anyhow::Result<Self> {
        Self::floor_under(&[], file, Checks::Nothing)
    }

    /// Starts it likewise, as the last argument of the command `tool`.
    pub fn floor_under(tool: &[String], file: &Path, checks: Checks) -> anyhow::Result<Self> {
        let mut command = pinned(SERVER_CORE, tool, &std::env::current_exe()?);
        command.arg("floor").arg(file);
        if checks == Checks::Signature {
            command.arg("--signed");
        }
        Self::start(command)
    }

    /// Starts a program that prints its address.
    pub fn of_program(
        program: impl AsRef<Path>,
        arguments: impl FnOnce(&mut Command) -> &mut Command,
    ) -> anyhow::Result<Self> {
        let mut command = pinned(SERVER_CORE, &[], program.as_ref());
        arguments(&mut command);
        Self::start(command)
    }

    /// Starts a program that listens on a port, and waits until it does.
    pub fn on_port(
        port: u16,
        program: &Path,
        arguments: impl FnOnce(&mut Command) -> &mut Command,
    ) -> anyhow::Result<Self> {
        let mut command = pinned(SERVER_CORE, &[], program);
        arguments(&mut command);
        let child = command.stdout(Stdio::null()).spawn().context("cannot start a server")?;
        let server = Self { child, url: format!("http://127.0.0.1:{port}/") };
        for _ in 0..START_ATTEMPTS {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("{} does not listen on port {port}", program.display())
    }

    /// Returns the CPU time that the server and its children have used.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let ticks = self.processes()?.iter().try_fold(0, |ticks, id| anyhow::Ok(ticks + ticks_of(*id)?))?;
        Ok(Duration::from_millis(ticks * MS_PER_TICK))
    }

    /// Returns the resident memory of the server and its children.
    pub fn memory_mib(&self) -> anyhow::Result<f64> {
        let mut kib = 0.0;
        for id in self.processes()? {
            let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
            kib += line.trim().trim_end_matches(" kB").parse::<f64>()?;
        }
        Ok(kib / 1024.0)
    }

    /// Returns the ids of the server and its children.
    fn processes(&self) -> anyhow::Result<Vec<u32>> {
        let id = self.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        let children = children.split_whitespace().map(str::parse).collect::<Result<Vec<u32>, _>>()?;
        Ok([vec![id], children].concat())
    }

    /// Returns the id of the process. `taskset` and `valgrind` become the server, so it is the server's.
    pub fn id(&self) -> u32 {
        self.child.id()
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

/// Returns the CPU time of a process, in ticks: the 14th and 15th field of `proc_pid_stat(5)`, counted from 1.
fn ticks_of(id: u32) -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").context("no process has such a stat")?;
    let mut times = fields.split(' ').skip(11).map(str::parse::<u64>);
    let mut next = || times.next().context("it has too few fields")?.context("a time is a number");
    Ok(next()? + next()?)
}

/// Measures the requests per second that `wrk` achieves with 32 connections, which send the `targets` in turn.
pub fn requests_per_second(address: &str, targets: &[String], seconds: u32) -> anyhow::Result<f64> {
    let script = tempfile::NamedTempFile::new()?;
    let list = targets.iter().fold(String::new(), |list, target| list + "\"" + target + "\",\n");
    let turns = "local at = 0\nrequest = function()\n  at = at % #requests + 1\n  return requests[at]\nend\n";
    // The requests are made once, so that the load generator is not what is measured.
    let prepare = "local requests = {}\ninit = function()\n  for i, target in ipairs(targets) do\n    \
                   requests[i] = wrk.format(\"GET\", target)\n  end\nend\n";
    std::fs::write(&script, format!("local targets = {{\n{list}}}\n{prepare}{turns}"))?;
    let mut wrk = pinned(LOAD_CORE, &[], Path::new("wrk"));
    wrk.args(["--threads", "1", "--connections", "32", "--duration", &format!("{seconds}s"), "--script"]);
    let output =
        wrk.arg(script.path()).arg(format!("http://{address}")).output().context("cannot run wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") {
        bail!("some answers were errors:\n{text}");
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(rate.context("wrk printed no rate")?.trim().parse()?)
}

fn pinned(core: &str, tool: &[String], program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", core]).args(tool).arg(program);
    command
}
