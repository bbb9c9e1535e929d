//! `wandstore migrate-data`: moves a deployment to other backends.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use capabilities::processes;
use clap::Args;
use host::config::{Config, Environment};
use host::transfer::{Data, Moved, Progress, Stores};
use indicatif::{ProgressBar, ProgressStyle};

use super::output::print;

/// Copy the data of one configuration's backends to those of another, such as from files to PostgreSQL and a bucket.
///
/// Stop the server first. What the new backends have already stays there, so a command that was interrupted is simply run
/// again. The former data stays as it is: delete it once the new deployment works, because redactions no longer reach it.
#[derive(Args)]
pub struct MigrateData {
    /// The configuration whose backends have the data.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The configuration whose backends are to have it.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl MigrateData {
    pub async fn run(self, data_dir: Option<&Path>) -> anyhow::Result<()> {
        let load = |path: &Path| -> anyhow::Result<Config> {
            let mut config = Config::load(Some(path), &Environment::of_process()?)?;
            if let Some(folder) = data_dir {
                folder.clone_into(&mut config.file.server.data_dir);
            }
            Ok(config)
        };
        let (from, to) = (load(&self.from)?, load(&self.to)?);
        for config in [&from, &to] {
            let folder = config.processes_folder();
            let alive = processes::alive(&folder).with_context(|| folder.display().to_string())?;
            ensure!(
                alive == 0,
                "a server uses {}: stop it first, because later writes would not be copied",
                config.file.server.data_dir.display()
            );
        }
        let differ: Vec<_> = Data::ALL.into_iter().filter(|data| !data.is_same(&from, &to)).collect();
        ensure!(!differ.is_empty(), "both configurations have the same backends: there is nothing to copy");
        let (old, new) = (Stores::open(&from).await?, Stores::open(&to).await?);
        for data in differ {
            let bar = Bar::named(data.name());
            let Moved { moved, skipped } = old.copy(data, &new, &bar).await.context(data.name())?;
            bar.0.finish_and_clear();
            print(format_args!("{}: {moved} copied, {skipped} there already or expired", data.name()))?;
        }
        Ok(print("done: serve with the new configuration, and delete the former data once it works")?)
    }
}

/// A progress bar on a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn named(name: &'static str) -> Self {
        let bar = ProgressBar::new(0).with_prefix(name);
        let style = ProgressStyle::with_template("{prefix:5} {wide_bar} {pos} of {len}, {eta} left");
        Self(style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)))
    }
}

impl Progress for Bar {
    fn begin(&self, items: u64) {
        self.0.set_length(items);
    }

    fn advance(&self) {
        self.0.inc(1);
    }
}
