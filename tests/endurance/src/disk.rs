//! A file system of its own for a data folder, which a file fills.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted file system in memory. It is unmounted when this is dropped.
#[derive(Debug)]
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts one at `folder`. Returns `None` if this process may not.
    pub fn mount(folder: &Path, mib: usize) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"]).arg(folder);
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(folder.to_owned()))
    }

    /// Fills the disk to the last byte.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut filler = File::create(self.0.join("filler"))?;
        for size in [1 << 20, 4096, 1] {
            while filler.write(&vec![0; size]).is_ok_and(|written| written > 0) {}
        }
        Ok(())
    }

    /// Makes room again.
    pub fn free(&self) -> anyhow::Result<()> {
        Ok(std::fs::remove_file(self.0.join("filler"))?)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A lazy unmount, because a process that was just killed may still run.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
