//! Shops in an `SQLite` file in the data folder.

use std::sync::Arc;

use sqlx::migrate::Migrator;

use crate::kind::{Opened, Site};
use crate::sqlite::{Database, Durability};
use crate::tables::{InSqlite, Tables};

pub(super) use crate::kind::NoOptions as Options;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/shops");

/// The file in the data folder.
pub(super) const FILE: &str = "shops.db";

/// Opens the file in the data folder, which is created if it is missing.
pub(super) async fn open(_: Options, site: &Site) -> Opened<dyn Tables> {
    let database = Database::open(&site.folder.join(FILE), &MIGRATIONS, Durability::Power).await?;
    Ok(Arc::new(InSqlite::from(database)))
}
