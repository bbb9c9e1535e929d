//! The free space on a disk.

use std::path::PathBuf;

/// Returns the free bytes on the disk of `folder`, if the system reports them.
pub async fn free_bytes(folder: PathBuf) -> Option<u64> {
    let asked = tokio::task::spawn_blocking(move || rustix::fs::statvfs(folder).ok());
    let found = asked.await.ok().flatten()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}
