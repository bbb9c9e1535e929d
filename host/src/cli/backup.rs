//! `wandstore backup`: a copy of this deployment's data on this machine.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use capabilities::disk::if_there;
use capabilities::sqlite::{CopyFailed, OpenError};
use capabilities::{blob, data_folder, sqlite};
use clap::Args;
use host::config::Config;
use serde::{Deserialize, Serialize};

use super::output::print;

/// The extension of databases in the data folder.
const DATABASE: &str = "db";
/// The file that says what a backup holds. It is written last, so a backup without it was interrupted.
const CONTENTS: &str = "backup.json";
/// The form of this file.
const FORM: u32 = 1;

/// Copy the databases and pages in the data folder, also while a server works on them.
///
/// Each database is copied as of one moment, and checked. Pages share their disk space with those in the data folder, if
/// both are on one file system. `wandstore restore` puts the copy in the place of a data folder. A backup holds personal
/// data: redactions do not reach it, so delete it after 30 days at most.
#[derive(Args)]
pub struct Backup {
    /// The folder for the copy. It must be missing or empty.
    folder: PathBuf,
}

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Contents {
    form: u32,
    /// The version that made it.
    version: String,
    /// The names of the databases.
    pub databases: Vec<PathBuf>,
    /// The number of files of pages.
    pub pages: u64,
}

impl Contents {
    /// Reads what a backup holds.
    pub fn of(folder: &Path) -> anyhow::Result<Self> {
        let read = if_there(fs::read(folder.join(CONTENTS)));
        let bytes =
            read.with_context(|| format!("cannot read {}", folder.display()))?.with_context(|| {
                format!(
                    "{} is not a complete backup: it lacks {CONTENTS}, which is written last",
                    folder.display()
                )
            })?;
        let wrong = || format!("{} is not the list of a backup's contents", folder.join(CONTENTS).display());
        let contents: serde_json::Value = serde_json::from_slice(&bytes).with_context(wrong)?;
        ensure!(
            contents["form"].as_u64().is_none_or(|form| form <= FORM.into()),
            "the backup in {} was made by version {}, which is newer than this one: restore it with that version",
            folder.display(),
            contents["version"]
        );
        let contents: Self = serde_json::from_value(contents).with_context(wrong)?;
        // They become names in the data folder.
        let is_name = |name: &PathBuf| name.file_name() == Some(name.as_os_str());
        ensure!(contents.databases.iter().all(is_name), wrong());
        Ok(contents)
    }

    fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let file = File::create_new(folder.join(CONTENTS))?;
        serde_json::to_writer_pretty(&file, self)?;
        Ok(file.sync_all()?)
    }
}

impl Backup {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let data = &config.file.server.data_dir;
        let databases = databases(data).with_context(|| format!("cannot read {}", data.display()))?;
        ensure!(!databases.is_empty(), "{} holds no database: there is nothing to copy", data.display());
        make_empty(&self.folder)?;
        let copied = copy(data, &self.folder, databases).await;
        if copied.is_err() {
            // So that the same command can be run again.
            let _ = fs::remove_dir_all(&self.folder);
        }
        let mut lines = copied?;
        lines.extend(elsewhere(config)?);
        lines.push(format!("the backup is in {}", self.folder.display()));
        // Printed last, so that the backup is complete even if the reader of the output stops early.
        Ok(lines.into_iter().try_for_each(print)?)
    }
}

/// Copies databases and pages, and says what was copied.
async fn copy(data: &Path, folder: &Path, databases: Vec<PathBuf>) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut contents = Contents {
        form: FORM,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        databases: Vec::new(),
        pages: 0,
    };
    for name in databases {
        let line = match sqlite::copy(&data.join(&name), &folder.join(&name)).await {
            Ok(bytes) => format!("{bytes} bytes"),
            Err(CopyFailed::Source(OpenError::Damaged(_))) if is_made_again(&name) => {
                lines.push(format!(
                    "{}: damaged, and not copied; it is made anew, without sessions",
                    name.display()
                ));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        lines.push(format!("{}: {line}", name.display()));
        contents.databases.push(name);
    }
    contents.pages = copy_pages(data, folder).await?;
    lines.push(format!("{}: {} files", blob::FOLDER, contents.pages));
    contents.write(folder)?;
    File::open(folder)?.sync_all()?;
    Ok(lines)
}

fn is_made_again(name: &Path) -> bool {
    name.to_str().is_some_and(data_folder::is_made_again)
}

/// Copies the pages of a data folder or backup, and returns the number of files.
pub async fn copy_pages(from: &Path, to: &Path) -> anyhow::Result<u64> {
    let (from, to) = (from.join(blob::FOLDER), to.join(blob::FOLDER));
    let pages = tokio::task::spawn_blocking(move || copy_folder(&from, &to)).await?;
    pages.context("cannot copy the pages")
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
pub fn make_empty(folder: &Path) -> anyhow::Result<()> {
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
