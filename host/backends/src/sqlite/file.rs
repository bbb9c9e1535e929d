//! A database file: opens connections to it, and checks that it is still the file that they are
//! connected to.

use std::fs::{metadata, remove_file, rename};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use super::open_error::{OpenError, is_code_of_damage, is_damage};
use super::readable::Readable;
use super::wal;
use crate::disk::if_there;

/// The failures that a finished write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process.
    Process,
    /// The end of the process, and a loss of power.
    Power,
}

/// How to handle a damaged file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDamage {
    /// Refuse it, because its contents exist nowhere else.
    Refuse,
    /// Set it aside and create a new one, because its contents can be made again.
    Replace,
}

/// How long a write waits for another process to finish its own.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The number of connections that read.
const READERS: u32 = 4;
/// A file of at most this size is checked completely before use, which takes a few milliseconds. Larger files
/// are checked while they are in use (`super::probe`).
const CHECKED_FIRST_BYTES_MAX: u64 = 16 << 20;
/// How often in a row a file must be found damaged to count as damaged. It must be readable in between: `SQLite` reports
/// some failures to read as damage: `SQLITE_IOERR_CORRUPTFS` becomes `SQLITE_CORRUPT` in its `vdbe.c`.
const FOUND_DAMAGED: usize = 3;

/// A database file.
pub struct File {
    path: PathBuf,
    migrations: &'static Migrator,
    durability: Durability,
    on_damage: OnDamage,
    known: Mutex<Known>,
    readable: Readable,
}

/// Device and inode of a file.
type Identity = Option<(u64, u64)>;

/// The file that was opened last.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    file: Identity,
    wal: Identity,
    shm: Identity,
    /// When it replaced another file: older connections read the former file.
    since: Option<Instant>,
}

impl File {
    pub fn new(
        path: &Path,
        migrations: &'static Migrator,
        durability: Durability,
        on_damage: OnDamage,
    ) -> Self {
        Self {
            path: path.to_owned(),
            migrations,
            durability,
            on_damage,
            known: Mutex::default(),
            readable: Readable::default(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn on_damage(&self) -> OnDamage {
        self.on_damage
    }

    /// Opens the connection that writes, and runs migrations. Creates a missing file, unless this process
    /// has opened it before.
    pub async fn open(&self) -> Result<SqliteConnection, OpenError> {
        let mut opened = self.connect().await;
        for _ in 1..FOUND_DAMAGED {
            if !matches!(opened, Err(OpenError::Damaged(_))) {
                return opened;
            }
            self.require_readable().await.map_err(|error| OpenError::of(&self.path, &error))?;
            opened = self.connect().await;
        }
        match opened {
            Err(OpenError::Damaged(_)) if self.on_damage == OnDamage::Replace => {
                self.set_aside()?;
                self.connect().await
            }
            opened => opened,
        }
    }

    /// Fails if the file or its log cannot be read.
    async fn require_readable(&self) -> Result<(), sqlx::Error> {
        self.readable.check(self.path.clone(), self.wal()).await.map_err(sqlx::Error::Io)
    }

    async fn connect(&self) -> Result<SqliteConnection, OpenError> {
        let is_new = self.known().file.is_none();
        let may_be_made = is_new || self.on_damage == OnDamage::Replace;
        if !may_be_made && !self.path.exists() {
            return Err(OpenError::Gone(self.path.clone()));
        }
        if !is_new && !self.is_in_place() {
            self.move_former_log();
        }
        let options = self.writing().create_if_missing(may_be_made);
        let failed = |error: &sqlx::Error| OpenError::of(&self.path, error);
        let mut connection = options.connect().await.map_err(|error| failed(&error))?;
        // `run` cannot be called in a spawned task: "implementation of `Acquire` is not general enough".
        let migrated = self.migrations.run_direct(None, &mut connection, false).await;
        migrated.map_err(|error| OpenError::of_migration(&self.path, error))?;
        if self.bytes() <= CHECKED_FIRST_BYTES_MAX
            && !is_sound(&mut connection).await.map_err(|error| failed(&error))?
        {
            return Err(OpenError::Damaged(self.path.clone()));
        }
        self.opened();
        Ok(connection)
    }

    /// Returns the pool of connections that read. A connection older than the file is closed when it is acquired.
    pub fn readers(self: &Arc<Self>) -> SqlitePool {
        let file = self.clone();
        SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            // Connections to a file never go stale on their own.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .before_acquire(move |_, reader| {
                let is_current = file.known().since.is_none_or(|since| reader.age < since.elapsed());
                Box::pin(async move { Ok(is_current) })
            })
            .connect_lazy_with(self.options().read_only(true))
    }

    /// Checks the file for damage.
    pub async fn is_damaged(&self) -> Result<bool, sqlx::Error> {
        for _ in 0..FOUND_DAMAGED {
            if !self.seems_damaged().await? {
                return Ok(false);
            }
            self.require_readable().await?;
        }
        Ok(true)
    }

    /// Checks the file on a new connection, which has none of it in memory.
    async fn seems_damaged(&self) -> Result<bool, sqlx::Error> {
        match self.options().read_only(true).connect().await {
            // Another file is at the path: the writer must look at it first.
            Ok(_) if !self.is_in_place() => Ok(false),
            Ok(mut connection) => {
                let is_sound = is_sound(&mut connection).await;
                let _ = connection.close().await;
                is_sound.map(|is_sound| !is_sound)
            }
            Err(error) if is_damage(&error) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Returns whether the file at the path is the one that was opened last.
    pub fn is_in_place(&self) -> bool {
        let found = identity(&self.path);
        found.is_some() && found == self.known().file
    }

    pub fn bytes(&self) -> u64 {
        metadata(&self.path).map_or(0, |found| found.len())
    }

    pub fn wal(&self) -> PathBuf {
        self.beside("-wal")
    }

    /// Moves the file and its log aside, overwriting files that were set aside before.
    pub fn set_aside(&self) -> Result<(), OpenError> {
        let aside = self.beside(".damaged");
        let moved = rename(&self.path, &aside)
            .and_then(|()| if_there(rename(self.wal(), self.beside(".damaged-wal"))))
            .and_then(|_| if_there(remove_file(self.shm())));
        moved.map_err(|error| OpenError::Unavailable(self.path.clone(), error.to_string()))?;
        tracing::error!(
            file = %self.path.display(),
            set_aside = %aside.display(),
            "a database is damaged: it was set aside and is made anew, without what it held. The damaged file may \
             hold personal data: delete it when it is of no more use"
        );
        Ok(())
    }

    /// Moves the former file's log away before another file at the path is opened. Otherwise `SQLite` would take the
    /// log for the new file's; and connections to the former file still have its index in memory.
    fn move_former_log(&self) {
        let known = self.known();
        let failed =
            |error: io::Error| tracing::error!(%error, "cannot move the log of the former database away");
        if known.wal.is_some() && identity(&self.wal()) == known.wal {
            let _ = rename(self.wal(), self.beside(".former-wal")).map_err(failed);
        }
        if known.shm.is_some() && identity(&self.shm()) == known.shm {
            let _ = remove_file(self.shm()).map_err(failed);
        }
    }

    fn opened(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let file = identity(&self.path);
        if known.file.is_some() && known.file != file {
            tracing::warn!(file = %self.path.display(), "the database file was replaced; using the new one");
            known.since = Some(Instant::now());
        }
        *known = Known { file, wal: identity(&self.wal()), shm: identity(&self.shm()), ..*known };
    }

    fn known(&self) -> Known {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shm(&self) -> PathBuf {
        self.beside("-shm")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(&self.path).busy_timeout(BUSY_TIMEOUT).foreign_keys(true)
    }

    fn writing(&self) -> SqliteConnectOptions {
        let synchronous = match self.durability {
            Durability::Process => SqliteSynchronous::Normal,
            Durability::Power => SqliteSynchronous::Full,
        };
        self.options()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            // Counts when the file is created. The file gives space back when it is told to.
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .pragma("journal_size_limit", wal::KEPT_BYTES.to_string())
            // Deleted data may be personal data that must be erased: overwrite its bytes too.
            .pragma("secure_delete", "ON")
    }
}

fn identity(path: &Path) -> Identity {
    metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Reads the whole file, and returns whether it is sound. `SQLite` reports damage as an error or as a row's text, and in
/// such a text also that it could not read a page: then nothing is known about the file.
pub(super) async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    match sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(connection).await {
        Ok(found) if is_unreadable(&found) => Err(sqlx::Error::Io(io::Error::other(found))),
        Ok(found) => Ok(found == "ok"),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns whether a check reports that it could not read a page, in the words of `SQLite`'s `btree.c`.
fn is_unreadable(report: &str) -> bool {
    let code = report.split("error code=").nth(1).map(|rest| rest.split(|c: char| !c.is_ascii_digit()));
    let code = code.and_then(|mut parts| parts.next()?.parse::<u32>().ok());
    code.is_some_and(|code| !is_code_of_damage(code)) || report.contains("failed to get page")
}

#[cfg(test)]
mod tests {
    use super::is_unreadable;

    /// An I/O error passes. If it counted as damage, the file would be set aside with all that it holds.
    #[test]
    fn an_io_error_during_a_check_is_no_damage() {
        for report in [
            "*** in database main ***\nTree 5 page 5: unable to get the page. error code=266",
            "Tree 2 page 17: unable to get the page. error code=10",
            "Tree 2 page 17: unable to get the page. error code=8458",
            "*** in database main ***\nFreelist: failed to get page 9",
        ] {
            assert!(is_unreadable(report), "{report}");
        }
        for report in [
            "ok",
            "Tree 2 page 2: btreeInitPage() returns error code 11",
            "Tree 5 page 5: unable to get the page. error code=522",
            "Tree 5 page 5: unable to get the page. error code=11",
            "*** in database main ***\nTree 2 page 2 cell 0: invalid page number 10",
        ] {
            assert!(!is_unreadable(report), "{report}");
        }
    }
}
