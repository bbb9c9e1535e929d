//! The tables: checks that the server and the database can be used, and runs migrations.

use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::migrate::{AppliedMigration, Migrate as _, MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use tokio::time::timeout;

use super::address::Address;
use super::error::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// The oldest version of the server, as a number, and as people write it.
const VERSION_MIN: (u32, &str) = (130_000, "13");
/// The time limit of a statement of a migration. It includes waiting for another process that migrates.
const STATEMENT: Duration = Duration::from_mins(5);
/// The time limit of all migrations.
const ALL: Duration = Duration::from_mins(10);
/// The time limit of looking at a database.
const LOOK: Duration = Duration::from_secs(5);

/// SQLSTATE: a table or a function exists already.
const DUPLICATES: [&str; 2] = ["42P07", "42723"];

/// Connects, checks the server, and runs the migrations that are due. A lock of the database lets one process do that
/// at a time. The connection is not used again, because that lock ends with it if a migration fails.
pub async fn run(address: &Address) -> Result<(), Error> {
    let mut connection = super::connect(&address.with_statement_timeout(STATEMENT)).await?;
    timeout(LOOK, look(&mut connection)).await.map_err(|_| Error::no_answer(LOOK))??;
    let migrated = timeout(ALL, MIGRATIONS.run_direct(None, &mut connection, false)).await;
    migrated.map_err(|_| Error::no_answer(ALL))?.map_err(failed)?;
    let _ = timeout(LOOK, connection.close()).await;
    Ok(())
}

/// Connects, and returns what the server is and how many migrations are due.
pub async fn check(address: &Address) -> Result<String, Error> {
    let mut connection = super::connect(&address.with_statement_timeout(LOOK)).await?;
    let (version, due) = timeout(LOOK, look(&mut connection)).await.map_err(|_| Error::no_answer(LOOK))??;
    let tables = match due {
        0 => "its tables are up to date".to_owned(),
        due => format!("{due} migrations are due, which `serve` runs"),
    };
    Ok(format!("PostgreSQL {version}; {tables}"))
}

/// Checks the server and the database. Returns the server's version and how many migrations are due.
async fn look(connection: &mut PgConnection) -> Result<(String, usize), Error> {
    let about = sqlx::query(
        "SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
            to_regclass('_sqlx_migrations') IS NOT NULL AS is_migrated",
    );
    let about = about.fetch_one(&mut *connection).await?;
    let (version, encoding): (String, String) = (about.try_get("version")?, about.try_get("encoding")?);
    require(connection.server_version_num(), &version, &encoding)?;
    let is_migrated: bool = about.try_get("is_migrated")?;
    let applied = if is_migrated {
        connection.list_applied_migrations("_sqlx_migrations").await.map_err(failed)?
    } else {
        Vec::new()
    };
    Ok((version, due(&applied)?))
}

/// Fails if the server is too old, or the database cannot store every text.
fn require(number: Option<u32>, version: &str, encoding: &str) -> Result<(), Error> {
    if number.is_some_and(|number| number < VERSION_MIN.0) {
        let oldest = VERSION_MIN.1;
        return Err(Error::Unfit(format!("PostgreSQL has the version {version}: use {oldest} or newer")));
    }
    if encoding != "UTF8" {
        let text = format!("the database has the encoding {encoding}: create one with ENCODING 'UTF8'");
        return Err(Error::Unfit(text));
    }
    Ok(())
}

/// Returns how many migrations are due, if those that were applied are ours.
fn due(applied: &[AppliedMigration]) -> Result<usize, Error> {
    let ours = |applied: &&AppliedMigration| {
        MIGRATIONS.iter().any(|own| own.version == applied.version && own.checksum == applied.checksum)
    };
    let known = applied.iter().take_while(ours).count();
    let is_newer = known == MIGRATIONS.iter().count();
    match applied.len() - known {
        0 => Ok(MIGRATIONS.iter().count() - known),
        _ if is_newer => Err(Error::Unfit(
            "the database was migrated by a newer version of this program: run that version".to_owned(),
        )),
        _ => Err(foreign()),
    }
}

fn foreign() -> Error {
    Error::Unfit("the database has tables of something else: name another database or schema".to_owned())
}

fn failed(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => foreign(),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            let code = error.as_database_error().and_then(DatabaseError::code);
            if code.is_some_and(|code| DUPLICATES.contains(&&*code)) { foreign() } else { error.into() }
        }
        error => Error::Unavailable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(version: i64) -> AppliedMigration {
        let own = MIGRATIONS.iter().find(|own| own.version == version);
        let checksum = own.map_or(vec![7; 48].into(), |own| own.checksum.clone());
        AppliedMigration { version, checksum }
    }

    #[test]
    fn an_old_server_and_another_encoding_are_refused() {
        let told =
            |number, version, encoding| require(number, version, encoding).map_err(|error| error.to_string());
        assert_eq!(told(Some(130_000), "13.0", "UTF8"), Ok(()));
        assert_eq!(
            told(Some(120_022), "12.22", "UTF8"),
            Err("PostgreSQL has the version 12.22: use 13 or newer".to_owned())
        );
        assert_eq!(
            told(Some(150_020), "15.20", "LATIN1"),
            Err("the database has the encoding LATIN1: create one with ENCODING 'UTF8'".to_owned())
        );
    }

    #[test]
    fn applied_migrations_are_ours_newer_or_foreign() {
        let all: Vec<_> = MIGRATIONS.iter().map(|own| applied(own.version)).collect();
        let newer = [all.clone(), vec![applied(9_999)]].concat();
        let foreign = [AppliedMigration { checksum: vec![7; 48].into(), ..applied(1) }];
        assert_eq!(due(&[]), Ok(all.len()));
        assert_eq!(due(&all[..1]), Ok(all.len() - 1));
        assert_eq!(due(&all), Ok(0));
        let refusal = |applied: &[AppliedMigration]| due(applied).expect_err("it is refused").to_string();
        assert!(refusal(&newer).contains("newer version"));
        assert!(refusal(&foreign).contains("something else"));
        assert!(refusal(&[applied(20_230_101)]).contains("something else"));
    }
}
