//! The processes that work on the same jobs, as this one knows them: which are gone, so that their jobs can be taken
//! over, and who claims jobs for which members of the pool.
//!
//! Processes that share a data folder know each other by locks of files in it ([`Files`]). Hosts that share a database
//! have leases in it ([`Hosts`]), and share out the members of the pool.

mod files;
mod hosts;
mod slots;

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

pub use files::{Files, alive};
pub use hosts::Hosts;
pub use slots::{Slot, Slots};

use crate::postgres;

/// How often a process says that it is alive, and looks at the others.
pub const BEAT: Duration = Duration::from_millis(500);

/// The processes of a deployment.
#[async_trait]
pub trait Processes: Send + Sync {
    /// Returns the id of this process, which is never reused. Its leases of jobs name it.
    fn id(&self) -> &str;

    /// Says that this process is alive, and looks at the others. Called every [`BEAT`].
    async fn beat(&self) -> Result<Beat, Error>;

    /// Removes a process that is gone, once everything that it left is cleaned up.
    async fn remove(&self, gone: Gone) -> Result<(), Error>;

    /// Removes this process, which is about to end and leaves nothing for others to clean up.
    async fn retire(&self) -> Result<(), Error>;

    /// Allows this process the slots that are its share. Called after each beat at which this process was alive. By
    /// default, every process has all slots.
    async fn share(&self, slots: &Slots) -> Result<(), Error> {
        slots.allow_all();
        Ok(())
    }
}

/// What a process learns when it says that it is alive.
#[derive(Debug)]
pub enum Beat {
    /// It is one of the processes.
    Alive(Seen),
    /// The others have declared it gone, and take over its jobs: it must drop them. The next beat enters it again.
    DeclaredGone,
}

/// The other processes.
#[derive(Debug, Default)]
pub struct Seen {
    /// Those that are gone. No other process finds them until they are removed, or this one has failed to.
    pub gone: Vec<Gone>,
    /// How many others live.
    pub others: usize,
}

/// Another process that is gone.
#[derive(Debug)]
pub struct Gone {
    /// Its id.
    pub id: String,
    /// Its lock file, which is locked until this is dropped.
    file: Option<(PathBuf, File)>,
}

/// Why a process could not be entered, found or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A lock file cannot be used.
    #[error(transparent)]
    Files(#[from] std::io::Error),
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] postgres::Error),
    /// Another host takes over the jobs of this one, which was declared gone. Soon this one can be entered again.
    #[error("another host still takes over the jobs of this one")]
    TakenOver,
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
