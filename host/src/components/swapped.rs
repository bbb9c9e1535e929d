//! The components that were swapped in on a data folder, which later starts take too. A file for each role has the digest
//! under which the component is in the store, and what the configuration named at that time: once it names something
//! else, the configuration counts again.

use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use artifacts::Digest;
use runtime::component::Role;
use serde::{Deserialize, Serialize};

/// The extension of the files, whose name is the role.
const EXTENSION: &str = "json";
/// The prefix of a file's name until the file is complete.
const PARTIAL: &str = ".tmp";
/// The age from which a partial file belongs to a process that was killed.
const ABANDONED: Duration = Duration::from_hours(1);

/// The components that were swapped in on a data folder.
#[derive(Debug, Clone)]
pub struct Swapped {
    folder: PathBuf,
}

/// A component that was swapped in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The component, which is in the store.
    pub sha256: Digest,
    /// Where it comes from, for messages.
    pub origin: String,
    /// What the configuration named, by [`configured`](super::configured).
    pub in_place_of: String,
}

impl Swapped {
    /// Returns those in `folder`, which is created when one is recorded.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns the component of a role, if one was swapped in.
    pub fn of(&self, role: Role) -> Option<Choice> {
        let path = self.path(role);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            bytes => bytes,
        };
        let choice = bytes.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
        let warn =
            |error: &io::Error| tracing::warn!(path = %path.display(), %error, "ignored a damaged file");
        choice.inspect_err(warn).ok()
    }

    /// Has later starts take a component.
    pub fn record(&self, role: Role, choice: &Choice) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let mut partial = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(&self.folder)?;
        partial.write_all(&serde_json::to_vec(choice)?)?;
        partial.as_file().sync_all()?;
        partial.persist(self.path(role))?;
        Ok(())
    }

    /// Has later starts take the component in the configuration.
    pub fn forget(&self, role: Role) -> io::Result<()> {
        match std::fs::remove_file(self.path(role)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes partial files that a killed process left.
    pub fn remove_partial(&self, now: SystemTime) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
            if age > ABANDONED && entry.file_name().to_string_lossy().starts_with(PARTIAL) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn path(&self, role: Role) -> PathBuf {
        self.folder.join(role.name()).with_extension(EXTENSION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_recorded_and_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let swapped = Swapped::new(folder.path().join("swapped"));
        let choice = Choice {
            sha256: Digest::of(b"a component"),
            origin: "catalog.wasm".into(),
            in_place_of: Digest::of(b"another").named(),
        };
        assert_eq!(swapped.of(Role::Catalog), None);
        swapped.record(Role::Catalog, &choice).unwrap();
        assert_eq!((swapped.of(Role::Catalog), swapped.of(Role::Routing)), (Some(choice), None));
        std::fs::write(swapped.path(Role::Catalog), "{").unwrap();
        assert_eq!(swapped.of(Role::Catalog), None, "it is damaged");
        swapped.forget(Role::Catalog).unwrap();
        swapped.forget(Role::Catalog).unwrap();
        assert!(!swapped.path(Role::Catalog).exists());
    }

    #[test]
    fn a_partial_file_of_a_killed_process_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let swapped = Swapped::new(folder.path().to_owned());
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1_000_000);
        let names = [".tmp-old", ".tmp-new", "caching.json"];
        for (name, age) in names.into_iter().zip([2, 0, 2]) {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_hours(age)).unwrap();
        }
        swapped.remove_partial(now).unwrap();
        assert_eq!(names.map(|name| folder.path().join(name).exists()), [false, true, true]);
    }
}
