//! Finds out whether a database file can be read, without `SQLite`.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::if_there;

/// How much is read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Reads whole database files.
#[derive(Default)]
pub struct Readable {
    /// The open database file. It stays open: when a process closes any descriptor of a file, it loses all its locks on
    /// that file, those of `SQLite` too (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
    file: Mutex<Option<Arc<File>>>,
}

impl Readable {
    /// Fails if the database file or its log cannot be read to its end. A missing file holds nothing.
    pub async fn check(&self, path: PathBuf, log: PathBuf) -> io::Result<()> {
        let Some(file) = self.open(&path)? else { return Ok(()) };
        let read = move || {
            read_through(&file)?;
            // `SQLite` locks nothing in a log.
            if_there(File::open(log))?.as_ref().map_or(Ok(()), read_through)
        };
        tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
    }

    /// Returns the file that is at the path now.
    fn open(&self, path: &Path) -> io::Result<Option<Arc<File>>> {
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = if_there(std::fs::metadata(path))? else { return Ok(None) };
        if let Some(file) = &*held {
            let open = file.metadata()?;
            if (open.dev(), open.ino()) == (found.dev(), found.ino()) {
                return Ok(Some(file.clone()));
            }
        }
        let file = if_there(File::open(path))?.map(Arc::new);
        held.clone_from(&file);
        Ok(file)
    }
}

fn read_through(file: &File) -> io::Result<()> {
    let (mut chunk, mut at) = (vec![0; CHUNK_BYTES], 0);
    loop {
        match file.read_at(&mut chunk, at) {
            Ok(0) => return Ok(()),
            Ok(bytes) => at += bytes as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(path: &str) -> io::Result<()> {
        Readable::default().check(path.into(), "/nowhere-wal".into()).await
    }

    #[tokio::test]
    async fn a_file_is_readable_if_all_of_it_can_be_read() {
        check("/proc/self/exe").await.unwrap();
        check("/nowhere").await.unwrap();
        // Nothing is mapped at the start of a process's memory, so that reading it is an I/O error.
        let error = check("/proc/self/mem").await.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::IO.raw_os_error()));
    }
}
