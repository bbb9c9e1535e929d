//! `wandstore restore`: a backup takes the place of the data folder.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use capabilities::disk::if_there;
use capabilities::{blob, data_folder, processes, sqlite};
use clap::Args;
use host::components::control;
use host::config::Config;

use super::backup::{Contents, copy_pages, make_empty};
use super::output::print;

/// Replace the data folder by a backup.
///
/// Stop the server first. The backup is checked and copied beside the data folder before anything changes, and then takes
/// its place at once: a command that fails or is interrupted leaves the data as it was, and is run again. The former data
/// is kept beside it, in a folder that ends in `.former`. Delete that once the server works, and repeat the redactions
/// that came after the backup: `wandstore audit` on the former data lists them.
#[derive(Args)]
pub struct Restore {
    /// The folder that `wandstore backup` wrote.
    folder: PathBuf,
}

impl Restore {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let data = resolved(&config.file.server.data_dir)?;
        let (copy, former) = (beside(&data, ".restoring"), beside(&data, ".former"));
        require_stopped(config)?;
        ensure!(
            !former.exists(),
            "{} is left from an earlier restore: check its contents, then delete it or move it away",
            former.display()
        );
        let contents = Contents::of(&self.folder)?;
        for name in &contents.databases {
            data_folder::check(&self.folder.join(name)).await?;
        }
        let mut lines = prepare(&self.folder, &copy, &contents).await?;
        require_stopped(config)?;
        let is_replaced = swap(&copy, &data, &former)?;
        if is_replaced {
            lines.push(format!("the former data is in {}", former.display()));
        }
        lines.push(format!("the backup is in place: start the server on {}", data.display()));
        Ok(lines.into_iter().try_for_each(print)?)
    }
}

/// Copies a backup into place, complete or not at all, and returns what was copied.
async fn prepare(backup: &Path, copy: &Path, contents: &Contents) -> anyhow::Result<Vec<String>> {
    // An earlier restore may have been interrupted.
    if_there(fs::remove_dir_all(copy)).with_context(|| format!("cannot delete {}", copy.display()))?;
    make_empty(copy)?;
    let mut lines = Vec::new();
    for name in &contents.databases {
        let bytes = sqlite::copy(&backup.join(name), &copy.join(name)).await?;
        lines.push(format!("{}: {bytes} bytes", name.display()));
    }
    let pages = copy_pages(backup, copy).await?;
    let missing = contents.pages.saturating_sub(pages);
    lines.push(match missing {
        0 => format!("{}: {pages} files", blob::FOLDER),
        missing => format!(
            "{}: {pages} files; {missing} are missing from the backup, and their pages are made again",
            blob::FOLDER
        ),
    });
    File::open(copy)?.sync_all()?;
    Ok(lines)
}

/// Fails if a server works on the data folder.
fn require_stopped(config: &Config) -> anyhow::Result<()> {
    let data = config.file.server.data_dir.display();
    let registered = processes::alive(&config.processes_folder())?;
    let listening = control::servers(&config.control_folder())?;
    ensure!(registered == 0 && listening == 0, "a server uses {data}: stop it first");
    Ok(())
}

/// Returns the folder itself, wherever a link leads.
fn resolved(folder: &Path) -> io::Result<PathBuf> {
    Ok(match if_there(fs::canonicalize(folder))? {
        Some(found) => found,
        None => std::path::absolute(folder)?,
    })
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(folder);
    name.push(ending);
    name.into()
}

/// Puts `copy` in the place of `data`, in one step, and keeps the former data in `former`. Returns whether there was any.
fn swap(copy: &Path, data: &Path, former: &Path) -> anyhow::Result<bool> {
    let is_there = data.exists();
    let swapped = if is_there {
        // Under this name before the exchange, so that what is in `copy` is never the former data.
        fs::rename(copy, former)?;
        exchange(former, data).or_else(|error| fs::rename(former, copy).and(Err(error)))
    } else {
        fs::rename(copy, data)
    };
    swapped.with_context(|| {
        format!(
            "cannot put the backup in the place of {}, which is as it was. If it is a mount point, mount {} there \
             instead, which is a complete copy of the backup",
            data.display(),
            copy.display()
        )
    })?;
    data.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())?;
    Ok(is_there)
}

#[cfg(target_os = "linux")]
fn exchange(copy: &Path, data: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, copy, CWD, data, RenameFlags::EXCHANGE)?)
}

/// Where the system has no exchange, the data is away for a moment. If the second step fails, the first is undone.
#[cfg(not(target_os = "linux"))]
fn exchange(copy: &Path, data: &Path) -> io::Result<()> {
    let aside = beside(data, ".aside");
    fs::rename(data, &aside)?;
    fs::rename(copy, data).or_else(|error| fs::rename(&aside, data).and(Err(error)))?;
    fs::rename(&aside, copy)
}
