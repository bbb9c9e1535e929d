//! The tables of shops that installed the app: their tokens, their merchants' choices and their usage
//! (`migrations/sqlite/shops`, `migrations/postgres/0004_shops.sql`). The crate `admin` has the meaning of their
//! columns.

mod postgres;
mod sqlite;

use sqlx::migrate::Migrator;

use crate::kind::{Selection, Site, kinds};
use crate::tables::Tables;

kinds!("shops", dyn Tables: [sqlite, postgres]);

/// Returns the migrations of the file of the kind `sqlite`.
pub(crate) fn sqlite_migrations() -> &'static Migrator {
    &sqlite::MIGRATIONS
}

/// Returns whether there are no tables yet, which opening them would create.
pub async fn is_missing(selection: &Selection, site: &Site) -> bool {
    match &site.database {
        Some(database) if selection.kind(KINDS) == "postgres" => {
            database.check().await.is_ok_and(|migrated| !migrated.migrations.is_empty())
        }
        _ => !site.folder.join(sqlite::FILE).exists(),
    }
}
