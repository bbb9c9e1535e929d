//! A database file: how connections to it are opened, and whether it is still the file that they are
//! connected to.

use std::fs::{metadata, remove_file, rename};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use super::open_error::{OpenError, is_damage};
use super::wal;

/// What a finished write outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process.
    Process,
    /// The end of the process, and a loss of power.
    Power,
}

/// What becomes of a file that is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDamage {
    /// It is refused, for what it holds is nowhere else.
    Refuse,
    /// It is set aside and made anew, for what it holds can be made again.
    Replace,
}

/// How long a write waits for another process to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that read.
const READERS: u32 = 4;
/// A file of at most this size is checked whole before it is used: that takes a few milliseconds. Larger ones
/// are checked while they are in use (`super::probe`).
const CHECKED_FIRST_BYTES_MAX: u64 = 16 << 20;

/// A database file.
pub struct File {
    path: PathBuf,
    migrations: &'static Migrator,
    durability: Durability,
    on_damage: OnDamage,
    known: Mutex<Known>,
}

/// Device and inode of a file.
type Identity = Option<(u64, u64)>;

/// What is known of the file that was opened last.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    file: Identity,
    wal: Identity,
    shm: Identity,
    /// When it took the place of another one: connections that are older read the former one.
    since: Option<Instant>,
}

impl File {
    pub fn new(
        path: &Path,
        migrations: &'static Migrator,
        durability: Durability,
        on_damage: OnDamage,
    ) -> Self {
        Self { path: path.to_owned(), migrations, durability, on_damage, known: Mutex::default() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn on_damage(&self) -> OnDamage {
        self.on_damage
    }

    /// Opens the connection that writes, and brings the tables up to date. Creates a missing file, unless this process
    /// has opened it before.
    pub async fn open(&self) -> Result<SqliteConnection, OpenError> {
        match self.connect().await {
            Err(OpenError::Damaged(_)) if self.on_damage == OnDamage::Replace => {
                self.set_aside()?;
                self.connect().await
            }
            opened => opened,
        }
    }

    async fn connect(&self) -> Result<SqliteConnection, OpenError> {
        let is_new = self.known().file.is_none();
        let may_be_made = is_new || self.on_damage == OnDamage::Replace;
        if !may_be_made && !self.path.exists() {
            return Err(OpenError::Gone(self.path.clone()));
        }
        if !is_new && !self.is_in_place() {
            self.leave_log_behind();
        }
        let options = self.writing().create_if_missing(may_be_made);
        let failed = |error: &sqlx::Error| OpenError::of(&self.path, error);
        let mut connection = options.connect().await.map_err(|error| failed(&error))?;
        // `run` cannot be called in a task that is spawned: "implementation of `Acquire` is not general enough".
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

    /// Connections that read. One that is older than the file is closed when its turn comes.
    pub fn readers(self: &Arc<Self>) -> SqlitePool {
        let file = self.clone();
        SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            // Connections to a file never go stale by themselves.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .before_acquire(move |_, reader| {
                let is_current = file.known().since.is_none_or(|since| reader.age < since.elapsed());
                Box::pin(async move { Ok(is_current) })
            })
            .connect_lazy_with(self.options().read_only(true))
    }

    /// Whether the file is damaged, by a connection that has nothing of it in memory.
    pub async fn is_damaged(&self) -> Result<bool, sqlx::Error> {
        match self.options().read_only(true).connect().await {
            // A file that is new here is looked at by the one who writes first.
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

    /// Whether the file at the path is the one that was opened last.
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

    /// Moves the file away, with what belongs to it, over what was moved away before.
    pub fn set_aside(&self) -> Result<(), OpenError> {
        let aside = self.beside(".damaged");
        let moved = rename(&self.path, &aside)
            .and_then(|()| if_there(rename(self.wal(), self.beside(".damaged-wal"))))
            .and_then(|()| if_there(remove_file(self.shm())));
        moved.map_err(|error| OpenError::Unavailable(self.path.clone(), error.to_string()))?;
        tracing::error!(
            file = %self.path.display(),
            set_aside = %aside.display(),
            "a database is damaged: it was set aside and is made anew, without what it held. The damaged file may \
             hold personal data: delete it when it is of no more use"
        );
        Ok(())
    }

    /// Another file is to be opened at the path. The log of the former one, where it is still there, would be
    /// taken for the new one's; and connections to the former one still have its index in memory.
    fn leave_log_behind(&self) {
        let known = self.known();
        let failed = |error: io::Error| tracing::error!(%error, "the log of a former database is in the way");
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
            tracing::warn!(file = %self.path.display(), "another database is in this place now, and is used from now on");
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
            .pragma("journal_size_limit", wal::KEPT_BYTES.to_string())
            // What is deleted may be what somebody wants forgotten: its bytes go too.
            .pragma("secure_delete", "ON")
    }
}

fn identity(path: &Path) -> Identity {
    metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// What was done to a file, or would have been if it were there.
fn if_there(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Reads all of the file. What is wrong with it is an error of `SQLite`'s, or the text of a row.
async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    match sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(connection).await {
        Ok(found) => Ok(found == "ok"),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}
