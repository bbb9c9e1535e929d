//! Whether a database file could be opened, without opening it for writing.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::file::{BUSY_TIMEOUT, is_sound};
use super::open_error::OpenError;

/// Checks that the file at `path` is sound and was written by this version or an earlier one. Changes nothing.
pub async fn check(path: &Path, migrations: &Migrator) -> Result<(), OpenError> {
    let failed = |error: sqlx::Error| OpenError::of(path, &error);
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).read_only(true);
    let mut connection = options.connect().await.map_err(failed)?;
    if !is_sound(&mut connection).await.map_err(failed)? {
        return Err(OpenError::Damaged(path.to_owned()));
    }
    let fits = fits(&mut connection, migrations).await.map_err(failed)?;
    let _ = connection.close().await;
    match fits {
        Fits::Yes => Ok(()),
        Fits::Newer => Err(OpenError::Newer(path.to_owned())),
        Fits::Foreign => Err(OpenError::Foreign(path.to_owned())),
    }
}

/// Whether tables are those of a version.
enum Fits {
    Yes,
    Newer,
    Foreign,
}

async fn fits(connection: &mut SqliteConnection, migrations: &Migrator) -> Result<Fits, sqlx::Error> {
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?;
    if tables == 0 {
        return Ok(Fits::Yes);
    }
    let is_migrated = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(is_migrated).fetch_one(&mut *connection).await? == 0 {
        return Ok(Fits::Foreign);
    }
    let applied = sqlx::query("SELECT version, checksum FROM _sqlx_migrations ORDER BY version");
    for row in applied.fetch_all(connection).await? {
        let (version, checksum): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        match migrations.iter().find(|own| own.version == version) {
            Some(own) if *own.checksum == checksum[..] => {}
            None if migrations.iter().all(|own| own.version < version) => return Ok(Fits::Newer),
            _ => return Ok(Fits::Foreign),
        }
    }
    Ok(Fits::Yes)
}
