//! Calls of the server that fail, and a clock that is set: a small library in C stands between the server and its C
//! library (`LD_PRELOAD`). A file tells it what to do, at any time.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};

const SOURCE: &str = include_str!("interposer.c");

/// The number of an I/O error (`errno(3)`).
pub const EIO: i64 = 5;
/// The number of "No space left on device".
pub const ENOSPC: i64 = 28;

/// Which calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Writing, and changing the size of a file.
    Write,
    /// Syncing.
    Sync,
    /// Reading.
    Read,
}

/// The library, and the file with its orders.
#[derive(Debug)]
pub struct Interposer {
    library: PathBuf,
    orders: PathBuf,
    /// The folder whose files fail.
    files: PathBuf,
    file: File,
}

impl Interposer {
    /// Compiles the library into `folder`. Calls on files under `files` will fail on order.
    pub fn compile(folder: &Path, files: &Path) -> anyhow::Result<Self> {
        let (source, library) = (folder.join("interposer.c"), folder.join("interposer.so"));
        File::create(&source)?.write_all(SOURCE.as_bytes())?;
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library).arg(&source);
        let output = cc.output().context("there is no C compiler, `cc`")?;
        if !output.status.success() {
            bail!("cc: {}", String::from_utf8_lossy(&output.stderr));
        }
        let orders = folder.join("orders");
        let file = File::options().create(true).truncate(true).write(true).open(&orders)?;
        file.write_all_at(&[0; 32], 0)?;
        // Links in the kernel's tables have no links in them.
        Ok(Self { library, orders, files: files.canonicalize()?, file })
    }

    /// Returns the environment variables of a process that is to obey.
    pub fn variables(&self) -> [(&'static str, &Path); 3] {
        [("LD_PRELOAD", &self.library), ("ENDURANCE_ORDERS", &self.orders), ("ENDURANCE_FOLDER", &self.files)]
    }

    /// Makes one in `one_in` calls fail with `error`.
    pub fn fail(&self, operation: Operation, error: i64, one_in: i64) -> anyhow::Result<()> {
        let operations: i64 = match operation {
            Operation::Write => 1,
            Operation::Sync => 2,
            Operation::Read => 4,
        };
        self.order(1, operations)?;
        self.order(2, one_in)?;
        self.order(0, error)
    }

    /// Lets every call succeed again.
    pub fn restore(&self) -> anyhow::Result<()> {
        self.order(0, 0)
    }

    /// Sets the server's clock this far from the machine's, in seconds.
    pub fn set_clock(&self, ahead_s: i64) -> anyhow::Result<()> {
        let second = i64::try_from(Duration::from_secs(1).as_nanos())?;
        self.order(3, ahead_s * second)
    }

    fn order(&self, place: u64, value: i64) -> anyhow::Result<()> {
        Ok(self.file.write_all_at(&value.to_ne_bytes(), place * 8)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program in the library's presence.
    fn run(interposer: &Interposer, program: &str, arguments: &[&str]) -> std::process::Output {
        Command::new(program).args(arguments).envs(interposer.variables()).output().expect("it runs")
    }

    #[test]
    fn calls_on_files_in_the_folder_fail_while_they_are_ordered_to() {
        let (folder, files) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let interposer = Interposer::compile(folder.path(), files.path()).expect("there is a C compiler");
        let inside = format!("of={}", files.path().join("inside").display());
        let outside = format!("of={}", folder.path().join("outside").display());
        let write = |to: &str, how: &str| {
            run(&interposer, "dd", &["if=/dev/zero", to, "bs=10", "count=1", how]).status.success()
        };
        assert!(write(&inside, "conv=fsync"));
        interposer.fail(Operation::Write, ENOSPC, 1).expect("there is room");
        assert!(!write(&inside, "conv=fsync") && write(&outside, "conv=fsync"));
        interposer.fail(Operation::Sync, EIO, 1).expect("there is room");
        assert!(!write(&inside, "conv=fsync") && write(&inside, "conv=notrunc"));
        interposer.restore().expect("there is room");
        assert!(write(&inside, "conv=fsync"));
    }

    #[test]
    fn the_clock_is_as_far_ahead_as_it_is_set() {
        let (folder, files) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let interposer = Interposer::compile(folder.path(), files.path()).expect("there is a C compiler");
        let seconds = || {
            let output = run(&interposer, "date", &["+%s"]).stdout;
            String::from_utf8_lossy(&output).trim().parse::<i64>().expect("a number")
        };
        let before = seconds();
        interposer.set_clock(-86_400).expect("there is room");
        let ahead = seconds() - before;
        assert!((-86_400..-86_000).contains(&ahead), "{ahead}");
    }
}
