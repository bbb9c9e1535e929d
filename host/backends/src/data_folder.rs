//! The database files of a data folder, by name, and whether this version can open them.

use std::path::Path;

use sqlx::migrate::Migrator;

use crate::sqlite::{self, OpenError};
use crate::{jobs, kv, llm, shops};

/// Returns the migrations of a database file with this name; `None` if it is no file of a data folder.
fn migrations(name: &str) -> Option<&'static Migrator> {
    match name {
        "budget.db" => Some(llm::budget::sqlite_migrations()),
        "jobs.db" => Some(jobs::sqlite_migrations()),
        "kv.db" => Some(kv::sqlite_migrations()),
        "shops.db" => Some(shops::sqlite_migrations()),
        _ => None,
    }
}

/// Returns whether the contents of a database file can be made again, so that its damage loses no data for good.
pub fn is_made_again(name: &str) -> bool {
    name == "kv.db"
}

/// Checks that a database file is sound, and that this version can open it. Changes nothing.
pub async fn check(path: &Path) -> Result<(), OpenError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let migrations = migrations(name).ok_or_else(|| OpenError::Foreign(path.to_owned()))?;
    sqlite::check(path, migrations).await
}

#[cfg(test)]
mod tests;
