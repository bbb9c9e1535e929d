//! `cargo xtask chaos`, `faults`, `flood`, `growth`, `hosts`, `slow-clients`, `soak` and `upgrade`: the `wandstore`
//! binary under faults and under load.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::Args;
use xtask_dev::shell;

/// The run that belongs to all tests.
const TESTED: Chaos = Chaos { faults: 50, seed: Some(1), ignore_calls: true };

/// Break the server in every way that it must survive, while shoppers visit it, from a seed.
#[derive(Args)]
pub struct Chaos {
    /// How many faults; a thousand take half an hour.
    #[arg(long, default_value_t = 50)]
    faults: u32,
    /// The seed, which decides every fault.
    #[arg(long)]
    seed: Option<u64>,
    /// Do not judge how often the model was asked. On a busy machine, faults and requests fall together in other ways.
    #[arg(long)]
    ignore_calls: bool,
}

impl Chaos {
    pub fn run(self) -> anyhow::Result<()> {
        shell::step("building the host");
        shell::run("cargo", &["build", "--package", "host"])?;
        self.run_on_built_host()
    }

    /// Runs the faults of `cargo xtask test` on the binary that `cargo test` built.
    pub fn test() -> anyhow::Result<()> {
        shell::step("faults in the server, while shoppers visit it");
        TESTED.run_on_built_host()
    }

    fn run_on_built_host(self) -> anyhow::Result<()> {
        // With the features of the whole workspace, so that `cargo xtask test` compiles nothing twice.
        shell::run("cargo", &["build", "--quiet", "--workspace", "--bin", "endurance"])?;
        let mut chaos = Command::new(shell::target_dir().join("debug/endurance"));
        chaos.args(["chaos", "--faults", &self.faults.to_string()]);
        chaos.args(self.seed.map(|seed| format!("--seed={seed}")));
        chaos.args(self.ignore_calls.then_some("--ignore-calls"));
        shell::check(&mut chaos, "endurance chaos")
    }
}

/// Break the wires to the model and to the catalog, and measure what shoppers notice.
#[derive(Args)]
pub struct Faults {
    /// How long each phase lasts, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
}

impl Faults {
    pub fn run(self) -> anyhow::Result<()> {
        measure(&["faults", "--seconds", &self.seconds.to_string()])
    }
}

/// Flood the server with invented shoppers from one address, and measure what that costs.
#[derive(Args)]
pub struct Flood {
    /// How long, in seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

impl Flood {
    pub fn run(self) -> anyhow::Result<()> {
        measure(&["flood", "--seconds", &self.seconds.to_string()])
    }
}

/// Measure what a job costs our own processes on `SQLite`, and on PostgreSQL with one, two and four hosts.
///
/// Needs PostgreSQL, as `hosts` does.
#[derive(Args)]
pub struct Growth {
    /// How many shoppers come in a second. Each of them causes a job.
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// How long each row is measured, in seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
}

impl Growth {
    pub fn run(self) -> anyhow::Result<()> {
        let [rate, seconds] = [self.rate, self.seconds].map(|number| number.to_string());
        measure(&["growth", "--rate", &rate, "--seconds", &seconds])
    }
}

/// Kill, cut off, restart and stop each of three hosts over one database, one Redis and one bucket, while shoppers come.
///
/// Needs PostgreSQL at `DATABASE_URL`, or `postgres://postgres@localhost/postgres`, where it creates a database and drops
/// it at the end, and Redis at `REDIS_URL`, or `redis://127.0.0.1:6379`, where it deletes its keys at the end.
#[derive(Args)]
pub struct Hosts {
    /// How often each fault comes to each host.
    #[arg(long, default_value_t = 1)]
    rounds: u32,
}

impl Hosts {
    pub fn run(self) -> anyhow::Result<()> {
        measure(&["hosts", "--rounds", &self.rounds.to_string()])
    }
}

/// Open twice as many slow connections as the server takes, and measure how long honest shoppers wait.
#[derive(Args)]
pub struct SlowClients {
    /// The server's `connections_max`. The system must allow twice as many open files, and a few hundred more.
    #[arg(long, default_value_t = 4_000)]
    connections: u32,
    /// How long, in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

impl SlowClients {
    pub fn run(self) -> anyhow::Result<()> {
        let [connections, seconds] = [self.connections, self.seconds].map(|number| number.to_string());
        measure(&["slow-clients", "--connections", &connections, "--seconds", &seconds])
    }
}

/// Load the server for a long time, and show what it uses: memory, descriptors, disk, time.
#[derive(Args)]
pub struct Soak {
    /// How long.
    #[arg(long, default_value_t = 120)]
    minutes: u32,
    /// Where the plot is written; below cargo's target folder by default.
    #[arg(long)]
    plot: Option<PathBuf>,
}

impl Soak {
    pub fn run(self) -> anyhow::Result<()> {
        let plot = self.plot.unwrap_or_else(|| shell::target_dir().join("soak.svg"));
        measure(&["soak", "--minutes", &self.minutes.to_string(), "--plot", &plot.to_string_lossy()])
    }
}

/// Let an earlier version and this one take turns on one data folder and one PostgreSQL while shoppers come, there and back.
///
/// The earlier version is built of a commit of this repository, in a folder of its own below cargo's target folder. Both
/// builds are those of `cargo xtask build`. Dependencies that both versions have are compiled once.
#[derive(Args)]
pub struct Upgrade {
    /// The commit or tag of the earlier version.
    revision: String,
    /// How long each turn lasts, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
}

impl Upgrade {
    pub fn run(self) -> anyhow::Result<()> {
        let folder = std::path::absolute(shell::target_dir())?.join("upgrade");
        let earlier = Earlier::of(&self.revision, &std::env::current_dir()?, folder)?;
        earlier.check_out()?;
        shell::build_release()?;
        earlier.take_dependencies(&shell::target_dir())?;
        let binary = earlier.build()?;
        measure(&["upgrade", "--from", &binary.to_string_lossy(), "--seconds", &self.seconds.to_string()])
    }
}

/// An earlier version.
struct Earlier {
    /// Its commit. A name such as `HEAD~1` would mean another one in its own folder.
    commit: String,
    /// The repository that has it.
    repository: PathBuf,
    /// The target folder of its build.
    folder: PathBuf,
}

impl Earlier {
    fn of(revision: &str, repository: &Path, folder: PathBuf) -> anyhow::Result<Self> {
        let mut parse = git(repository);
        parse
            .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
            .arg(format!("{revision}^{{commit}}"));
        let output = parse.output().context("cannot run `git rev-parse`")?;
        ensure!(output.status.success(), "`{revision}` is no commit or tag of this repository");
        let commit = String::from_utf8(output.stdout)?.trim().to_owned();
        Ok(Self { commit, repository: repository.to_owned(), folder })
    }

    fn source(&self) -> PathBuf {
        self.folder.join("source")
    }

    /// Checks its source out into a folder of its own.
    fn check_out(&self) -> anyhow::Result<()> {
        let (source, commit) = (self.source(), &self.commit);
        shell::step(&format!("checking {commit} out into {}", source.display()));
        // Without its own repository, git would check out the one around it, which is this.
        if !source.join(".git").exists() {
            let _ = std::fs::remove_dir_all(&source);
            let mut add = git(&self.repository);
            add.args(["worktree", "add", "--force", "--detach"]).arg(&source).arg(commit);
            return shell::check(&mut add, "git worktree add");
        }
        let mut checkout = git(&source);
        checkout.args(["checkout", "--quiet", "--force", "--detach", commit]);
        shell::check(&mut checkout, "git checkout")
            .with_context(|| format!("delete {} and try again", source.display()))
    }

    /// Copies what cargo compiled for this version into the target folder of the earlier one, unless that has been built
    /// before. Cargo compiles again what differs: this version's own crates, and dependencies of another version.
    fn take_dependencies(&self, target: &Path) -> anyhow::Result<()> {
        for build in ["release", "components/wasm32-unknown-unknown/component", "components/component"] {
            let (from, to) = (target.join(build), self.folder.join(build));
            if !from.is_dir() || to.exists() {
                continue;
            }
            std::fs::create_dir_all(&to)?;
            for part in ["deps", "build", ".fingerprint"].into_iter().filter(|part| from.join(part).is_dir())
            {
                // Cargo compares the times of files, which this keeps.
                let mut copy = Command::new("cp");
                shell::check(copy.arg("-a").arg(from.join(part)).arg(&to), "cp -a")?;
            }
        }
        Ok(())
    }

    /// Builds it as it is shipped, and returns its binary.
    fn build(&self) -> anyhow::Result<PathBuf> {
        let binary = self.folder.join("release/wandstore");
        let in_source = |program: &Path| {
            let mut command = Command::new(program);
            command.current_dir(self.source()).env("CARGO_TARGET_DIR", &self.folder);
            command
        };
        let build = || {
            let mut cargo = in_source(Path::new("cargo"));
            shell::check(cargo.args(["build", "--release", "--locked", "--package", "host"]), "cargo build")
        };
        shell::step("building the earlier version (the first time takes minutes)");
        build()?;
        shell::step("compiling the earlier version's components ahead");
        let mut compile = in_source(&binary);
        shell::check(
            compile.arg("compile-ahead").arg(self.folder.join("components/ahead")),
            "compile-ahead",
        )?;
        build()?;
        Ok(binary)
    }
}

fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder);
    git
}

/// Builds for release, and measures.
fn measure(arguments: &[&str]) -> anyhow::Result<()> {
    shell::build_release()?;
    shell::step("measuring");
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--release", "--quiet", "--package", "endurance", "--"]).args(arguments);
    shell::check(&mut cargo, "cargo run")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(folder: &Path, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let output = git(folder).args(identity).args(arguments).output().expect("there is git");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is text").trim().to_owned()
    }

    /// Returns a repository with three commits, and their ids.
    fn repository() -> (tempfile::TempDir, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        run(folder.path(), &["init", "--quiet"]);
        let commit = |text: &str| {
            run(folder.path(), &["commit", "--quiet", "--allow-empty", "--message", text]);
            run(folder.path(), &["rev-parse", "HEAD"])
        };
        let commits = ["one", "two", "three"].map(commit).to_vec();
        (folder, commits)
    }

    #[test]
    fn a_relative_name_means_the_same_commit_each_time() {
        let (repository, commits) = repository();
        let folder = repository.path().join("target/upgrade");
        for _ in 0..2 {
            let earlier = Earlier::of("HEAD~1", repository.path(), folder.clone()).unwrap();
            earlier.check_out().unwrap();
            assert_eq!(run(&earlier.source(), &["rev-parse", "HEAD"]), commits[1]);
        }
    }

    #[test]
    fn what_an_interrupted_checkout_left_does_not_move_the_repository_around_it() {
        let (repository, commits) = repository();
        let earlier =
            Earlier::of("HEAD~2", repository.path(), repository.path().join("target/upgrade")).unwrap();
        std::fs::create_dir_all(earlier.source()).unwrap();
        earlier.check_out().unwrap();
        assert_eq!(run(repository.path(), &["rev-parse", "HEAD"]), commits[2]);
        assert_eq!(run(&earlier.source(), &["rev-parse", "HEAD"]), commits[0]);
    }

    #[test]
    fn what_is_compiled_is_copied_with_its_times_and_only_before_the_first_build() {
        let (repository, _) = repository();
        let target = repository.path().join("target");
        let deps = target.join("release/deps");
        for part in ["deps", "build", ".fingerprint"] {
            std::fs::create_dir_all(target.join("release").join(part)).unwrap();
        }
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_hours(1);
        let file = std::fs::File::create(deps.join("liba.rlib")).unwrap();
        file.set_modified(time).unwrap();
        let earlier = Earlier::of("HEAD", repository.path(), target.join("upgrade")).unwrap();
        earlier.take_dependencies(&target).unwrap();
        let copied = target.join("upgrade/release/deps");
        let modified = std::fs::metadata(copied.join("liba.rlib")).unwrap().modified().unwrap();
        assert_eq!(modified, time);
        std::fs::File::create(deps.join("libb.rlib")).unwrap();
        earlier.take_dependencies(&target).unwrap();
        assert!(!copied.join("libb.rlib").exists(), "it has been built");
    }

    #[test]
    fn a_name_that_is_no_commit_is_refused() {
        let (repository, _) = repository();
        let refusal = Earlier::of("v9", repository.path(), "target".into()).err().unwrap();
        assert_eq!(refusal.to_string(), "`v9` is no commit or tag of this repository");
    }
}
