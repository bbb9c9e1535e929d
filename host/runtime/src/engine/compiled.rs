//! Compiled components, kept in a folder so that a start need not compile them again.
//!
//! The folder is a cache. A file in it is run as machine code only if its checksum is right for this component and this
//! engine; any other file is reported and compiled again. A folder that takes no files costs time, never a start.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::ahead;
use crate::component::{Binary, Role};

/// The beginning of a file; the number is the version of the format. The SHA-256 checksum and the code follow.
const FORM: &[u8; 16] = b"wandstore code 1";
const CHECKSUM_BYTES: usize = 32;
/// A larger file is not read. Our own components compile to a few MiB each.
const FILE_BYTES_MAX: u64 = 1 << 30;
const EXTENSION: &str = "cwasm";
/// The prefix of a file's name until the file is complete.
const PARTIAL: &str = ".tmp";

/// A folder of compiled components. Only its owner may write to it, since its files are run as machine code.
#[derive(Debug)]
pub struct Compiled {
    folder: PathBuf,
}

/// Why a file is not run.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("not a file of at most {FILE_BYTES_MAX} bytes")]
    NoFile,
    #[error("written by another version of Wandstore")]
    Form,
    #[error("wrong checksum: the file is damaged or is another component's")]
    Checksum,
    #[error("{0}")]
    Read(#[from] std::io::Error),
}

/// The compiled code of one component for one engine.
struct Entry {
    identity: String,
}

impl Entry {
    fn of(engine: &Engine, binary: &Binary) -> Self {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut engine_hash = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut engine_hash);
        Self { identity: format!("{}-{:016x}", binary.digest, engine_hash.finish()) }
    }

    fn file_name(&self) -> OsString {
        format!("{}.{EXTENSION}", self.identity).into()
    }

    fn checksum(&self, code: &[u8]) -> [u8; CHECKSUM_BYTES] {
        Sha256::new().chain_update(&self.identity).chain_update(code).finalize().into()
    }

    fn encode(&self, code: &[u8]) -> Vec<u8> {
        [FORM.as_slice(), self.checksum(code).as_slice(), code].concat()
    }

    fn decode<'a>(&self, file: &'a [u8]) -> Result<&'a [u8], Unusable> {
        let sealed = file.strip_prefix(FORM).ok_or(Unusable::Form)?;
        let (checksum, code) = sealed.split_at_checked(CHECKSUM_BYTES).ok_or(Unusable::Checksum)?;
        if checksum == self.checksum(code) { Ok(code) } else { Err(Unusable::Checksum) }
    }
}

impl Compiled {
    /// Opens the folder and creates it if it is absent.
    pub fn open(folder: PathBuf) -> anyhow::Result<Self> {
        use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
        const OTHERS_MAY_WRITE: u32 = 0o022;
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("cannot create {}", folder.display()))?;
        let permissions = std::fs::metadata(&folder)
            .with_context(|| format!("cannot read the permissions of {}", folder.display()))?
            .mode();
        if permissions & OTHERS_MAY_WRITE != 0 {
            bail!("others may write to {}, whose files are executed: run chmod 700 on it", folder.display());
        }
        Ok(Self { folder })
    }

    /// Loads the component, and compiles it first unless its code is in this executable or in the folder.
    pub fn load(&self, engine: &Engine, role: Role, binary: &Binary) -> anyhow::Result<Component> {
        if let Some(component) = ahead::load(engine, binary) {
            return Ok(component);
        }
        let entry = Entry::of(engine, binary);
        if let Some(component) = self.kept(engine, &entry) {
            return Ok(component);
        }
        tracing::info!(component = role.name(), origin = binary.origin, "compiling, once");
        let code =
            engine.precompile_component(&binary.bytes).map_err(|error| not_a_component(binary, &error))?;
        if let Err(error) = self.write(&entry, &code) {
            let folder = self.folder.display();
            tracing::warn!(%folder, %error, "cannot store compiled code; the next start compiles it again");
        }
        deserialize(engine, &code)
    }

    /// Removes the code of components other than `current`, and partial files that an earlier process left.
    ///
    /// Another process that uses the same folder loses nothing but time: its code is in memory, and its next start
    /// compiles again.
    pub fn remove_old(&self, engine: &Engine, current: &[(Role, Binary)]) {
        let current = current.iter().map(|(_, binary)| Entry::of(engine, binary).file_name()).collect();
        if let Err(error) = remove_old(&self.folder, &current) {
            let folder = self.folder.display();
            tracing::warn!(%folder, %error, "cannot remove unused compiled code");
        }
    }

    /// Returns the component from the folder, if its file exists and is valid.
    fn kept(&self, engine: &Engine, entry: &Entry) -> Option<Component> {
        let path = self.folder.join(entry.file_name());
        let loaded = match read(&path) {
            Ok(None) => return None,
            Ok(Some(file)) => {
                entry.decode(&file).map_err(anyhow::Error::from).and_then(|code| deserialize(engine, code))
            }
            Err(error) => Err(error.into()),
        };
        let report = |error: &anyhow::Error| {
            tracing::warn!(
                path = %path.display(),
                error = format_args!("{error:#}"),
                "ignored an unusable file of compiled code; compiling again"
            );
        };
        loaded.inspect_err(report).ok()
    }

    /// Writes the file under another name, syncs it and renames it. So a crash or a second process leaves the old
    /// file or the new one.
    fn write(&self, entry: &Entry, code: &[u8]) -> std::io::Result<()> {
        let mut partial = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(&self.folder)?;
        partial.write_all(&entry.encode(code))?;
        partial.as_file().sync_all()?;
        partial.persist(self.folder.join(entry.file_name()))?;
        File::open(&self.folder)?.sync_all()
    }
}

/// Returns the bytes of a file, or `None` if there is no file.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Unusable> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
        return Err(Unusable::NoFile);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn remove_old(folder: &Path, current: &HashSet<OsString>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        let is_code = path.extension().is_some_and(|extension| extension == EXTENSION);
        let is_partial = name.to_string_lossy().starts_with(PARTIAL);
        if (is_code || is_partial) && !current.contains(name) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Builds the error from the start of the reason, because the rest is a dump of bytes.
pub(super) fn not_a_component(binary: &Binary, error: &wasmtime::Error) -> anyhow::Error {
    let reason = format!("{error:#}");
    let reason = reason.lines().next().unwrap_or_default();
    let reason = reason.split(" - expected=[").next().unwrap_or_default();
    anyhow::anyhow!("{} is not a WebAssembly component: {reason}", binary.origin)
}

#[expect(unsafe_code, reason = "wasmtime cannot verify machine code; its checksum was verified here")]
fn deserialize(engine: &Engine, code: &[u8]) -> anyhow::Result<Component> {
    // SAFETY: `code` is what this engine's compiler just gave for this component, or has the checksum that
    // `Compiled::write` computed for that, in a folder that only its owner may write to. It is in memory, so that
    // no later change of the file reaches it. wasmtime checks that version and configuration are the same.
    let component = unsafe { Component::deserialize(engine, code) };
    component.map_err(anyhow::Error::from).context("the compiled code is not for this engine")
}

#[cfg(test)]
mod tests;
