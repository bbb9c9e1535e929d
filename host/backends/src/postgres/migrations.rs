//! The tables: checks that the server and the database can be used, and runs migrations.

use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::migrate::{AppliedMigration, Migrate as _, MigrateError, Migration, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use tokio::time::timeout;

use super::address::Address;
use super::deployment::{Claim, Deployment};
use super::error::Error;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

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

/// The table that lists the migrations which were applied.
const APPLIED: &str = "_sqlx_migrations";

/// The tables that the migrations create.
pub(super) const TABLES: [&str; 13] = [
    "kv_entries",
    "probes",
    "jobs",
    "shops",
    "usage",
    "shop_revisions",
    "budgets",
    "deployment",
    "hosts",
    "pool_members",
    "pool_leftovers",
    "component_swaps",
    "component_swap_hosts",
];

/// A server and the migrations that were due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The server's version.
    pub version: String,
    /// The migrations that were run, or that are still due, by name.
    pub migrations: Vec<String>,
}

/// Connects, checks the server, runs the migrations that are due, and claims the database. A lock of the database lets one
/// process migrate at a time. The connection is not used again, because that lock ends with it if a migration fails.
pub(super) async fn run(address: &Address, deployment: &Deployment, claim: Claim) -> Result<Migrated, Error> {
    let mut connection = super::connect(&address.with_statement_timeout(STATEMENT)).await?;
    // Before it is migrated: another deployment may run another version.
    let (version, _) = within(LOOK, look(&mut connection, deployment, claim)).await?;
    let migrations = within(ALL, async { apply(&mut connection).await.map_err(failed) }).await?;
    within(LOOK, deployment.claim(&mut connection, claim)).await?;
    let _ = timeout(LOOK, connection.close()).await;
    Ok(Migrated { version, migrations })
}

/// Connects, and returns what the server is and which migrations are due.
pub(super) async fn check(address: &Address, deployment: &Deployment) -> Result<Migrated, Error> {
    let mut connection = super::connect(&address.with_statement_timeout(LOOK)).await?;
    let (version, due) = within(LOOK, look(&mut connection, deployment, Claim::Compare)).await?;
    Ok(Migrated { version, migrations: due.iter().map(|due| due.description.to_string()).collect() })
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(limit, work).await.map_err(|_| Error::no_answer(limit))?
}

/// Runs the migrations that are due, and returns their names.
async fn apply(connection: &mut PgConnection) -> Result<Vec<String>, MigrateError> {
    connection.lock().await?;
    connection.ensure_migrations_table(APPLIED).await?;
    // Again, because another process may have run some while this one waited for the lock.
    let applied = connection.list_applied_migrations(APPLIED).await?;
    let is_due = |own: &&Migration| !applied.iter().any(|applied| applied.version == own.version);
    let mut ran = Vec::new();
    for migration in MIGRATIONS.iter().filter(is_due) {
        connection.apply(APPLIED, migration).await?;
        ran.push(migration.description.to_string());
    }
    connection.unlock().await?;
    Ok(ran)
}

/// Checks the server, the database and, unless it is taken over, whose it is. Returns the server's version and the
/// migrations that are due.
async fn look(
    connection: &mut PgConnection,
    deployment: &Deployment,
    claim: Claim,
) -> Result<(String, Vec<&'static Migration>), Error> {
    let about = sqlx::query(
        "SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
            to_regclass('_sqlx_migrations') IS NOT NULL AS is_migrated,
            to_regclass('deployment') IS NOT NULL AS is_claimed",
    );
    let about = about.fetch_one(&mut *connection).await?;
    let (version, encoding): (String, String) = (about.try_get("version")?, about.try_get("encoding")?);
    require(connection.server_version_num(), &version, &encoding)?;
    let due = if about.try_get("is_migrated")? {
        require_whole(connection).await?;
        due(&connection.list_applied_migrations(APPLIED).await.map_err(failed)?)?
    } else {
        MIGRATIONS.iter().collect()
    };
    if due.is_empty() {
        require_tables(connection).await?;
    }
    if about.try_get("is_claimed")? && claim != Claim::TakeOver {
        deployment.claim(connection, Claim::Compare).await?;
    }
    Ok((version, due))
}

/// Fails if a migration was not finished. Ours are transactions, so that takes somebody else, such as a restored backup of
/// a broken database.
async fn require_whole(connection: &mut PgConnection) -> Result<(), Error> {
    let half_done = connection.dirty_version(APPLIED).await.map_err(failed)?;
    half_done.map_or(Ok(()), |version| Err(half_done_migration(version)))
}

fn half_done_migration(version: i64) -> Error {
    Error::Unfit(format!(
        "the migration {version} of the database is half done: restore a backup, or name an empty database or schema"
    ))
}

/// Fails if a table is missing, although all migrations were applied.
async fn require_tables(connection: &mut PgConnection) -> Result<(), Error> {
    let missing = sqlx::query_scalar::<_, String>(
        "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL LIMIT 1",
    );
    match missing.bind(TABLES.map(str::to_owned).to_vec()).fetch_optional(connection).await? {
        None => Ok(()),
        Some(table) => Err(Error::Unfit(format!(
            "the table `{table}` is missing from the database, although its migrations are done: restore a backup, or \
             name an empty database or schema"
        ))),
    }
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

/// Returns the migrations that are due, if those that were applied are ours.
fn due(applied: &[AppliedMigration]) -> Result<Vec<&'static Migration>, Error> {
    let ours = |applied: &&AppliedMigration| {
        MIGRATIONS.iter().any(|own| own.version == applied.version && own.checksum == applied.checksum)
    };
    let known = applied.iter().take_while(ours).count();
    let is_newer = known == MIGRATIONS.iter().count();
    match applied.len() - known {
        0 => Ok(MIGRATIONS.iter().skip(known).collect()),
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
        MigrateError::Dirty(version) => half_done_migration(version),
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
        let due_after = |applied: &[AppliedMigration]| due(applied).map(|due| due.len());
        assert_eq!(due_after(&[]), Ok(all.len()));
        assert_eq!(due_after(&all[..1]), Ok(all.len() - 1));
        assert_eq!(due_after(&all), Ok(0));
        let refusal = |applied: &[AppliedMigration]| due(applied).expect_err("it is refused").to_string();
        assert!(refusal(&newer).contains("newer version"));
        assert!(refusal(&foreign).contains("something else"));
        assert!(refusal(&[applied(20_230_101)]).contains("something else"));
    }
}
