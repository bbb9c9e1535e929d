//! The processes that work on a data folder. Each holds a lock on its own file for as long as it lives. The system
//! releases the lock when the process ends, even by a crash. A process that acquires another's lock has proof that
//! the other is gone.
//!
//! The lock is an advisory kernel lock (`flock`). It is only as reliable as the file system's locks, which `SQLite`
//! depends on as well, so processes that share a data folder must run on one machine. On a file system without locks,
//! no process is ever proven gone, and its leases expire instead.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::{Beat, Error, Gone, Processes, Seen};
use crate::disk::if_there;
use crate::random::Random;

/// The extension of lock files.
const EXTENSION: &str = "lock";

/// A process. Others see it as alive until it retires; if it ends without retiring, they find it gone.
#[derive(Debug)]
struct Process {
    id: String,
    folder: PathBuf,
    /// Files that could not be opened or locked and were already reported.
    reported: Mutex<HashSet<PathBuf>>,
    _lock: File,
}

/// This process among those that use the same data folder.
pub struct Files(Arc<Process>);

/// The result of a search for processes that are gone.
#[derive(Debug, Default)]
struct Found {
    /// Processes that are proven gone and not yet removed.
    gone: Vec<Gone>,
    /// How many other processes live.
    others: usize,
    /// Lock files that cannot be checked, such as those of another user, with the reason. Each is reported once.
    unreadable: Vec<(PathBuf, io::Error)>,
}

impl Files {
    /// Registers this process in `folder`, which is created if it is missing.
    pub fn register(folder: &Path, random: &dyn Random) -> io::Result<Self> {
        Process::register(folder, random).map(Arc::new).map(Self)
    }
}

/// Returns how many processes work on the data that `folder` belongs to.
pub fn alive(folder: &Path) -> io::Result<usize> {
    let Some(entries) = if_there(std::fs::read_dir(folder))? else { return Ok(0) };
    let mut count = 0;
    for entry in entries {
        let path = entry?.path();
        let is_lock = path.extension().is_some_and(|extension| extension == EXTENSION);
        count += usize::from(is_lock && matches!(lock(&path)?, Lock::Held));
    }
    Ok(count)
}

#[async_trait]
impl Processes for Files {
    fn id(&self) -> &str {
        &self.0.id
    }

    async fn beat(&self) -> Result<Beat, Error> {
        let Found { gone, others, unreadable } = on_disk(&self.0, Process::find_gone).await?;
        for (file, error) in unreadable {
            let file = file.display();
            tracing::warn!(%file, %error, "cannot tell whether a process died; if so, its jobs wait until \
                the leases expire: delete the file if no `wandstore serve` of another user uses this data folder");
        }
        Ok(Beat::Alive(Seen { gone, others }))
    }

    async fn remove(&self, gone: Gone) -> Result<(), Error> {
        on_disk(&self.0, move |_| gone.file.map_or(Ok(()), |(path, _lock)| std::fs::remove_file(path))).await
    }

    async fn retire(&self) -> Result<(), Error> {
        on_disk(&self.0, Process::retire).await
    }
}

/// Works on files without keeping a thread from other tasks.
async fn on_disk<T: Send + 'static>(
    process: &Arc<Process>,
    work: impl FnOnce(&Process) -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let process = process.clone();
    let done = tokio::task::spawn_blocking(move || work(&process)).await;
    Ok(done.unwrap_or_else(|panic| Err(io::Error::other(panic)))?)
}

impl Process {
    /// Registers this process in `folder`, which is created if it is missing.
    fn register(folder: &Path, random: &dyn Random) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let id = format!("{:016x}", random.next_u64());
        // Other processes ignore this name, so they find the file only once it is locked.
        let path = folder.join(format!("{id}.new"));
        let lock = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let made =
            lock.try_lock().map_err(io::Error::from).and_then(|()| std::fs::rename(&path, file(folder, &id)));
        if let Err(error) = made {
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Self { id, folder: folder.to_owned(), reported: Mutex::default(), _lock: lock })
    }

    /// Unregisters this process, which is about to end and leaves nothing for others to clean up.
    fn retire(&self) -> io::Result<()> {
        std::fs::remove_file(file(&self.folder, &self.id))
    }

    /// Looks for processes that are gone.
    fn find_gone(&self) -> io::Result<Found> {
        let mut found = Found::default();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let is_lock = path.extension().is_some_and(|extension| extension == EXTENSION);
            let Some(id) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_lock) else {
                continue;
            };
            if id == self.id {
                continue;
            }
            let id = id.to_owned();
            match lock(&path) {
                Ok(Lock::Free(lock)) => found.gone.push(Gone { id, file: Some((path, lock)) }),
                Ok(Lock::Held) => found.others += 1,
                Ok(Lock::Removed) => {}
                Err(error) => {
                    if self.reported.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
                        found.unreadable.push((path, error));
                    }
                }
            }
        }
        Ok(found)
    }
}

fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.{EXTENSION}"))
}

/// A lock of another process.
enum Lock {
    /// Nobody held it, and now we do.
    Free(File),
    /// Another process holds it.
    Held,
    /// Another process has removed it.
    Removed,
}

fn lock(path: &Path) -> io::Result<Lock> {
    let file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Lock::Removed),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) => Ok(Lock::Free(file)),
        Err(TryLockError::WouldBlock) => Ok(Lock::Held),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::random;

    /// The environment variable that passes the folder to the process that will be killed.
    const FOLDER: &str = "WANDSTORE_TEST_PROCESSES";

    fn gone(process: &Process) -> Vec<String> {
        process.find_gone().unwrap().gone.into_iter().map(|gone| gone.id).collect()
    }

    #[test]
    fn a_process_that_lives_is_not_gone_and_one_that_retired_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process::register(folder.path(), &random::System).unwrap();
        let other = Process::register(folder.path(), &random::System).unwrap();
        assert_ne!(here.id, other.id);
        assert_eq!((gone(&here), gone(&other)), (vec![], vec![]));
        assert_eq!(here.find_gone().unwrap().others, 1);
        assert_eq!(alive(folder.path()).unwrap(), 2);
        other.retire().unwrap();
        drop(other);
        assert_eq!(gone(&here), [""; 0]);
        assert_eq!(alive(folder.path()).unwrap(), 1);
        assert_eq!(alive(&folder.path().join("nowhere")).unwrap(), 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_process_that_could_not_retire_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process::register(folder.path(), &random::System).unwrap();
        let other = Process::register(folder.path(), &random::System).unwrap();
        let id = other.id.clone();
        drop(other);
        assert_eq!(gone(&here), [id]);
    }

    #[test]
    fn a_killed_process_is_gone_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process::register(folder.path(), &random::System).unwrap();
        let (mut child, id) = process_of_its_own(folder.path());
        assert_eq!(gone(&here), [""; 0], "it lives");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(gone(&here), [id.as_str()]);
        assert_eq!(gone(&here), [id], "it could not be taken care of the first time");
        for process in here.find_gone().unwrap().gone {
            std::fs::remove_file(process.file.unwrap().0).unwrap();
        }
        assert_eq!(gone(&here), [""; 0]);
    }

    /// A folder stands for a file of another user: it cannot be opened for writing either, not even by root.
    #[test]
    fn a_file_that_cannot_be_opened_is_reported_once_and_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process::register(folder.path(), &random::System).unwrap();
        let unreadable = file(folder.path(), "0000");
        std::fs::create_dir(&unreadable).unwrap();
        for id in ["0001", "ffff"] {
            std::fs::write(file(folder.path(), id), "").unwrap();
        }
        for expected in [vec![unreadable.clone()], vec![]] {
            let found = here.find_gone().unwrap();
            assert_eq!(found.gone.len(), 2);
            let files: Vec<_> = found.unreadable.into_iter().map(|(file, _)| file).collect();
            assert_eq!(files, expected);
        }
    }

    #[test]
    fn two_who_find_the_same_process_gone_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process::register(folder.path(), &random::System).unwrap();
        let there = Process::register(folder.path(), &random::System).unwrap();
        std::fs::write(file(folder.path(), "0123"), "").unwrap();
        let found = here.find_gone().unwrap().gone;
        assert_eq!((found.len(), gone(&there).len()), (1, 0));
        drop(found);
        assert_eq!(gone(&there).len(), 1);
    }

    /// Starts a process that registers, and returns it with its id.
    fn process_of_its_own(folder: &Path) -> (Child, String) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "processes::files::tests::lives_until_it_is_killed",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let id = lines.map(Result::unwrap).find_map(|line| Some(line.split_once("id: ")?.1.to_owned()));
        (child, id.expect("it says its id"))
    }

    #[test]
    #[ignore = "it lives until it is killed, by a_killed_process_is_gone_until_it_is_removed"]
    #[expect(clippy::disallowed_methods, reason = "the test that kills this process passes it the folder")]
    fn lives_until_it_is_killed() {
        let folder = std::env::var_os(FOLDER).expect("named by the one who kills");
        let process = Process::register(Path::new(&folder), &random::System).unwrap();
        println!("id: {}", process.id);
        loop {
            std::thread::park();
        }
    }
}
