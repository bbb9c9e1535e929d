//! A budget in an `SQLite` file in the data folder, which several processes may share. A reservation survives a loss of
//! power.

use std::path::Path;
use std::sync::Arc;

use ::sql::budget as sql;
use sqlx::migrate::Migrator;

use super::Budget;
use super::tables::{InTables, Statements};
use crate::kind::{Opened, Site};
use crate::sqlite::{Database, Durability, OpenError};
use crate::tables::InSqlite;

pub(super) use crate::kind::NoOptions as Options;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/budget");

/// The file in the data folder.
const FILE: &str = "budget.db";

const STATEMENTS: Statements =
    Statements { reserve: sql::RESERVE, settle: sql::SETTLE, used: sql::USED, since: sql::SINCE };

/// Opens the file in the data folder.
pub(super) async fn open(_: Options, site: &Site) -> Opened<dyn Budget> {
    Ok(Arc::new(open_file(&site.folder.join(FILE)).await?))
}

/// Opens the file at `path`, which is created if it is missing.
pub(in crate::llm) async fn open_file(path: &Path) -> Result<InTables, OpenError> {
    let database = Database::open(path, &MIGRATIONS, Durability::Power).await?;
    Ok(InTables::new(Arc::new(InSqlite::from(database)), STATEMENTS))
}
