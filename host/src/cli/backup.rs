//! `wandstore backup`: a copy of what this deployment keeps on this machine.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use capabilities::disk::if_there;
use capabilities::{blob, sqlite};
use clap::Args;
use host::config::Config;

use super::output::print;

/// The extension of databases in the data folder.
const DATABASE: &str = "db";

/// Copy the databases and pages in the data folder, also while a server works on them.
///
/// Each database is copied as of one moment, and checked. Pages share their disk space with those in the data folder, if
/// both are on one file system. To restore, stop the server and start it with `--data-dir` on the copy. A backup holds
/// personal data: redactions do not reach it, so delete it after 30 days at most.
#[derive(Args)]
pub struct Backup {
    /// The folder for the copy. It must be missing or empty.
    folder: PathBuf,
}

impl Backup {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let data = &config.file.server.data_dir;
        let databases = databases(data).with_context(|| format!("cannot read {}", data.display()))?;
        ensure!(!databases.is_empty(), "{} holds no database: there is nothing to copy", data.display());
        make_empty(&self.folder)?;
        let mut lines = Vec::new();
        for name in databases {
            let bytes = sqlite::copy(&data.join(&name), &self.folder.join(&name)).await?;
            lines.push(format!("{}: {bytes} bytes", name.display()));
        }
        let (from, to) = (data.join(blob::FOLDER), self.folder.join(blob::FOLDER));
        let pages = tokio::task::spawn_blocking(move || copy_folder(&from, &to)).await?;
        lines.push(format!("{}: {} files", blob::FOLDER, pages.context("cannot copy the pages")?));
        File::open(&self.folder)?.sync_all()?;
        lines.extend(elsewhere(config)?);
        lines.push(format!("the backup is in {}", self.folder.display()));
        // Printed last, so that the backup is complete even if the reader of the output stops early.
        Ok(lines.into_iter().try_for_each(print)?)
    }
}

/// Returns the names of the databases in a folder.
fn databases(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = PathBuf::from(entry?.file_name());
        names.extend((name.extension().is_some_and(|extension| extension == DATABASE)).then_some(name));
    }
    names.sort();
    Ok(names)
}

/// Creates a folder that only its owner can read, because sessions and tokens will be in it.
fn make_empty(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot create {}", folder.display()))?;
    let is_empty = fs::read_dir(folder)?.next().is_none();
    ensure!(is_empty, "{} is not empty: name a new folder", folder.display());
    Ok(())
}

/// Copies a folder with all below it, and returns the number of files. Files that are deleted meanwhile are left out.
fn copy_folder(from: &Path, to: &Path) -> io::Result<u64> {
    let Some(entries) = if_there(fs::read_dir(from))? else { return Ok(0) };
    fs::create_dir_all(to)?;
    let mut files = 0;
    for entry in entries {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            files += copy_folder(&from, &to)?;
        } else {
            files += u64::from(copy_file(&from, &to)?);
        }
    }
    Ok(files)
}

/// Links a file, or copies it to another file system. A file of a page is never changed, only replaced by another.
/// Returns whether it was still there.
fn copy_file(from: &Path, to: &Path) -> io::Result<bool> {
    let linked = match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => fs::copy(from, to).map(drop),
        linked => linked,
    };
    Ok(if_there(linked)?.is_some())
}

/// Says what the deployment keeps in other places.
fn elsewhere(config: &Config) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    if config.database()?.is_some() {
        lines.push("not copied: the database at DATABASE_URL; use pg_dump".to_owned());
    }
    let pages = config.file.backends.blob.kind(blob::KINDS);
    if pages != blob::KINDS[0] {
        lines.push(format!("not copied: the pages, which are of the kind `{pages}`"));
    }
    Ok(lines)
}
