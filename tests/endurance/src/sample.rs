//! What the server uses at a moment, read from outside of it.

use std::fs::{metadata, read_dir, read_to_string};
use std::path::Path;

use anyhow::Context as _;

/// The databases in the data folder.
const DATABASES: [&str; 4] = ["kv.db", "jobs.db", "budget.db", "shops.db"];
const MIB: f64 = 1024.0 * 1024.0;

/// What the server uses at a moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// Since the start, in minutes.
    pub minute: f64,
    /// Resident memory in MiB.
    pub rss: f64,
    /// Open descriptors.
    pub descriptors: f64,
    /// Threads.
    pub threads: f64,
    /// The databases, without their logs, in MiB.
    pub databases: f64,
    /// The largest write-ahead log, in MiB.
    pub wal: f64,
    /// The folder of pages and plans, in MiB.
    pub blobs: f64,
}

impl Sample {
    /// Takes a sample of process `id`, whose data is in `folder`.
    pub fn take(minute: f64, id: u32, folder: &Path) -> anyhow::Result<Self> {
        let status = read_to_string(format!("/proc/{id}/status"))?;
        let field = |name: &str| -> anyhow::Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such field")?;
            Ok(line.trim().trim_end_matches(" kB").parse()?)
        };
        let sizes = |end: &str| DATABASES.map(|name| size(&folder.join(format!("{name}{end}"))));
        Ok(Self {
            minute,
            rss: field("VmRSS:")? / 1024.0,
            descriptors: read_dir(format!("/proc/{id}/fd"))?.map(|_| 1.0).sum(),
            threads: field("Threads:")?,
            databases: sizes("").iter().sum(),
            wal: sizes("-wal").into_iter().fold(0.0, f64::max),
            blobs: size(&folder.join("blobs")),
        })
    }

    /// Returns what is on disk in all, in MiB.
    pub fn on_disk(&self) -> f64 {
        self.databases + self.wal + self.blobs
    }
}

/// Returns the size of a file or of the files in a folder, in MiB; zero if it is gone.
fn size(path: &Path) -> f64 {
    let Ok(found) = metadata(path) else { return 0.0 };
    if !found.is_dir() {
        #[expect(clippy::cast_precision_loss, reason = "files of petabytes are not expected")]
        return found.len() as f64 / MIB;
    }
    let entries = read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}
