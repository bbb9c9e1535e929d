//! Copies of database files that other processes may be writing.

use std::fs::{File, remove_file};
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::file::{BUSY_TIMEOUT, is_sound};
use super::open_error::OpenError;

/// Why a file could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyFailed {
    /// The file itself.
    #[error(transparent)]
    Source(OpenError),
    /// The copy, such as a full disk.
    #[error("cannot write {0}: {1}")]
    Copy(PathBuf, String),
}

/// Copies the database at `path` into `copy`, which must not exist: all that was committed when the copy began, in one
/// file, checked and on the disk when this returns. Returns its size in bytes.
///
/// Others may read and write the file meanwhile. Their writes stay in its log until the copy is complete.
pub async fn copy(path: &Path, copy: &Path) -> Result<u64, CopyFailed> {
    let copied = write(path, copy).await;
    if copied.is_err() {
        let _ = remove_file(copy);
    }
    copied
}

async fn write(path: &Path, copy: &Path) -> Result<u64, CopyFailed> {
    let of_source = |error: sqlx::Error| CopyFailed::Source(OpenError::of(path, &error));
    let of_copy = |error: &dyn std::fmt::Display| CopyFailed::Copy(copy.to_owned(), error.to_string());
    let name = copy.to_str().ok_or_else(|| of_copy(&"its name is not UTF-8"))?;
    let read_only =
        |path: &Path| SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).read_only(true);
    let mut source = read_only(path).connect().await.map_err(of_source)?;
    if !is_sound(&mut source).await.map_err(of_source)? {
        return Err(CopyFailed::Source(OpenError::Damaged(path.to_owned())));
    }
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut source).await.map_err(|error| of_copy(&error))?;
    let _ = source.close().await;
    let mut copied = read_only(copy).connect().await.map_err(|error| of_copy(&error))?;
    if !is_sound(&mut copied).await.map_err(|error| of_copy(&error))? {
        return Err(of_copy(&"the copy is damaged"));
    }
    let _ = copied.close().await;
    let file = File::open(copy).map_err(|error| of_copy(&error))?;
    file.sync_all().map_err(|error| of_copy(&error))?;
    Ok(file.metadata().map_err(|error| of_copy(&error))?.len())
}
