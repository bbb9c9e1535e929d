//! The files that are deployed to each host, and their sizes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use targets::{Host, host};

/// Sizes, uncompressed and compressed.
#[derive(Debug, Default, Clone, Copy)]
pub struct Size {
    pub bytes: u64,
    pub gzip_bytes: u64,
}

/// The size of all that is deployed to a host.
pub fn size(host: Host) -> anyhow::Result<Size> {
    let mut files = Vec::new();
    for path in host::deployed(host)? {
        add_files(&path, &mut files).with_context(|| path.display().to_string())?;
    }
    ensure!(!files.is_empty(), "nothing was built for {}", host.name());
    let mut size = Size::default();
    for file in files {
        size.bytes += file.metadata()?.len();
        size.gzip_bytes += gzipped(&file)?;
    }
    Ok(size)
}

/// A file, or all files below a folder that are deployed: neither maps of sources nor notes.
fn add_files(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_file() {
        let is_aside = path.extension().is_some_and(|kind| kind == "map" || kind == "md");
        files.extend((!is_aside).then(|| path.to_owned()));
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        add_files(&entry?.path(), files)?;
    }
    Ok(())
}

fn gzipped(file: &Path) -> anyhow::Result<u64> {
    let output = Command::new("gzip").args(["-9", "--stdout"]).arg(file).stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "gzip failed on {}", file.display());
    Ok(output.stdout.len() as u64)
}
