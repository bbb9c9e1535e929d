//! The disk: how much is free, and files that may be missing.

use std::io;
use std::path::PathBuf;

/// Returns the free bytes on the disk of `folder`, if the system reports them.
pub async fn free_bytes(folder: PathBuf) -> Option<u64> {
    let asked = tokio::task::spawn_blocking(move || rustix::fs::statvfs(folder).ok());
    let found = asked.await.ok().flatten()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Returns nothing if there is no such file.
pub fn if_there<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        outcome => outcome.map(Some),
    }
}
