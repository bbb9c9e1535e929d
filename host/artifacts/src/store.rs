//! The folder of artifacts that were pulled, by digest. Each file is verified when it is read, so a damaged one is
//! pulled again, and a registry that is gone prevents no start.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest::Digest;
use crate::manifest::COMPONENT_BYTES_MAX;
use crate::signature::Signed;

/// The extension of manifests and components, whose name is their digest.
const BYTES: &str = "bytes";
/// The extension of the signatures of a manifest, whose name is its digest.
const SIGNATURES: &str = "signatures";
/// The prefix of a file's name until the file is complete.
const PARTIAL: &str = ".tmp";
/// How long an unread file is kept. A start and a command mark the files that they read.
const UNREAD: Duration = Duration::from_hours(90 * 24);

/// The folder of artifacts that were pulled.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Returns the store in `folder`, which is created when something is stored.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns the bytes with this digest, or `None` if they are not there or are damaged.
    pub fn read(&self, digest: Digest) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(digest, BYTES);
        let Some(bytes) = read(&path)? else { return Ok(None) };
        if Digest::of(&bytes) != digest {
            tracing::warn!(path = %path.display(), "ignored a damaged file");
            return Ok(None);
        }
        Ok(Some(bytes))
    }

    /// Stores bytes, and returns their digest.
    pub fn write(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest::of(bytes);
        self.replace(&self.path(digest, BYTES), bytes)?;
        Ok(digest)
    }

    /// Returns the stored signatures of a manifest. The caller verifies them.
    pub fn signatures(&self, manifest: Digest) -> io::Result<Vec<Signed>> {
        let bytes = read(&self.path(manifest, SIGNATURES))?.unwrap_or_default();
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Stores the signatures of a manifest.
    pub fn write_signatures(&self, manifest: Digest, signatures: &[Signed]) -> io::Result<()> {
        let bytes = serde_json::to_vec(signatures)?;
        self.replace(&self.path(manifest, SIGNATURES), &bytes)
    }

    /// Deletes files that nobody has read for 90 days, and partial ones that an earlier process left.
    pub fn remove_old(&self, now: SystemTime) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
            let is_partial = entry.file_name().to_string_lossy().starts_with(PARTIAL);
            if age > UNREAD || (is_partial && age > Duration::from_hours(1)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn path(&self, digest: Digest, extension: &str) -> PathBuf {
        self.folder.join(format!("{digest}.{extension}"))
    }

    /// Writes the file under another name, syncs it and renames it, so that nobody reads a part of it.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let mut partial = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(&self.folder)?;
        partial.write_all(bytes)?;
        partial.as_file().sync_all()?;
        partial.persist(path)?;
        File::open(&self.folder)?.sync_all()
    }
}

/// Returns the bytes of a file that is not larger than a component, and marks it as read.
#[expect(
    clippy::disallowed_methods,
    reason = "the age of a file is by the file system's clock, which this is"
)]
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    // A folder that cannot be written serves all the same.
    let _ = file.set_modified(SystemTime::now());
    let mut bytes = Vec::new();
    file.take(COMPONENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path().join("components"));
        (folder, store)
    }

    #[test]
    fn bytes_are_found_by_their_digest_unless_they_are_damaged() {
        let (_folder, store) = store();
        assert_eq!(store.read(Digest::of(b"a component")).unwrap(), None);
        let digest = store.write(b"a component").unwrap();
        assert_eq!(store.read(digest).unwrap().as_deref(), Some(&b"a component"[..]));
        std::fs::write(store.path(digest, BYTES), b"a component?").unwrap();
        assert_eq!(store.read(digest).unwrap(), None);
        store.write(b"a component").unwrap();
        assert!(store.read(digest).unwrap().is_some());
    }

    #[test]
    fn artifacts_that_nobody_reads_are_deleted_after_a_while() {
        let (_folder, store) = store();
        let (old, read) = (store.write(b"old").unwrap(), store.write(b"read").unwrap());
        for digest in [old, read] {
            let file = File::options().write(true).open(store.path(digest, BYTES)).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - UNREAD - Duration::from_mins(1)).unwrap();
        }
        assert!(store.read(read).unwrap().is_some());
        let now = File::open(&store.folder).unwrap().metadata().unwrap().modified().unwrap();
        store.remove_old(now).unwrap();
        assert_eq!(store.read(old).unwrap(), None);
        assert!(store.read(read).unwrap().is_some());
    }
}
