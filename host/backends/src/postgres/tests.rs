//! Tests of how a database fails and recovers. The backends' batteries test what it does.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::Url;
use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::server::{Schema, database};
use super::{Database, Deployment, Error, migrations};

/// Far more than all time limits of a call together.
const LONG: Duration = Duration::from_mins(1);

async fn is_written(database: &Database) -> Result<(), Error> {
    database.probe("test").await
}

/// Returns the URL of a port of this machine.
fn local(listener: &TcpListener) -> Url {
    let port = listener.local_addr().unwrap().port();
    format!("postgres://u:p@127.0.0.1:{port}/d").parse().unwrap()
}

/// A server that accepts connections and never answers.
/// The names of the migrations, in their order.
const MIGRATIONS: [&str; 11] = [
    "kv",
    "jobs",
    "hosts",
    "shops",
    "budget",
    "deployment",
    "swaps",
    "budget money",
    "billing",
    "flow",
    "usage by page",
];

#[tokio::test]
async fn a_server_that_hangs_is_an_error_for_all_callers_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let database = std::sync::Arc::new(database(&local(&listener)));
    let _accepting = tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await);
        }
    });
    assert_eq!(database.start().await, Ok(()), "serving starts without it");
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let database = database.clone();
        callers.spawn(async move { is_written(&database).await });
    }
    for outcome in callers.join_all().await {
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    // One after the other, they would wait for minutes.
    assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_server_that_comes_late_is_used_as_soon_as_it_is_there() {
    let Some(schema) = Schema::create().await else { return };
    schema.migrated().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (mut url, server) = (schema.url(), schema.url());
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(port)).unwrap();
    drop(listener);

    let database = database(&url);
    assert_eq!(database.start().await, Ok(()));
    let refused = is_written(&database).await.expect_err("nobody listens").to_string();
    assert!(refused.starts_with("cannot reach PostgreSQL: "), "{refused}");

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let forwarding = tokio::spawn(forward(listener, server));
    assert_eq!(is_written(&database).await, Ok(()));
    forwarding.abort();
}

async fn forward(listener: TcpListener, server: Url) {
    let address = (server.host_str().unwrap_or("localhost").to_owned(), server.port().unwrap_or(5432));
    let mut forwarded = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        let mut far = TcpStream::connect(address.clone()).await.unwrap();
        forwarded.spawn(async move { copy_bidirectional(&mut near, &mut far).await });
    }
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_replaced() {
    let Some(schema) = Schema::create().await else { return };
    let database = schema.migrated().await;
    is_written(&database).await.unwrap();
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = '{}' AND pid <> pg_backend_pid()",
        schema.name
    );
    schema.execute(end).await;
    // The first statement after that may fail: nobody knows whether it was carried out.
    let _ = is_written(&database).await;
    assert_eq!(is_written(&database).await, Ok(()));
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_and_its_connection_stays() {
    let Some(schema) = Schema::create().await else { return };
    let database = schema.migrated().await;
    let process = async || {
        let row = database.first(sqlx::query("SELECT pg_backend_pid()")).await.unwrap().unwrap();
        sqlx::Row::get::<i32, _>(&row, 0)
    };
    let before = process().await;
    let slow = database.first(sqlx::query("SELECT pg_sleep(60)")).await.expect_err("it is ended").to_string();
    assert!(slow.contains("statement timeout"), "{slow}");
    assert_eq!(process().await, before);
}

#[tokio::test]
async fn a_caller_that_goes_away_spoils_no_connection() {
    let Some(schema) = Schema::create().await else { return };
    let database = schema.migrated().await;
    is_written(&database).await.unwrap();
    for number in 0..50_i32 {
        let query = sqlx::query(AssertSqlSafe(format!("SELECT {number}, pg_sleep(0.001)")));
        let gone = tokio::time::timeout(Duration::from_micros(200), database.first(query)).await;
        let row = database.first(sqlx::query("SELECT $1::integer").bind(number)).await.unwrap().unwrap();
        assert_eq!(sqlx::Row::get::<i32, _>(&row, 0), number, "{}", gone.is_err());
    }
}

#[tokio::test]
async fn hosts_that_start_at_once_migrate_once() {
    let Some(schema) = Schema::create().await else { return };
    let due = schema.database().check().await.unwrap().migrations;
    assert_eq!(due, MIGRATIONS);
    let mut hosts = JoinSet::new();
    for _ in 0..4 {
        let database = schema.database();
        hosts.spawn(async move { database.start().await.and(is_written(&database).await) });
    }
    assert_eq!(hosts.join_all().await, vec![Ok(()); 4]);
    assert_eq!(schema.database().check().await.unwrap().migrations, Vec::<String>::new());
}

#[tokio::test]
async fn migrating_says_what_was_run_and_a_second_time_nothing() {
    let Some(schema) = Schema::create().await else { return };
    let migrated = schema.database().migrate(false).await.unwrap();
    assert_eq!(migrated.migrations, MIGRATIONS);
    assert!(migrated.version.starts_with(|digit: char| digit.is_ascii_digit()), "{}", migrated.version);
    assert_eq!(schema.database().migrate(false).await.unwrap().migrations, Vec::<String>::new());

    let tables = sqlx::query(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> '_sqlx_migrations'",
    );
    let tables = schema.migrated().await.all(tables).await.unwrap();
    let tables: BTreeSet<String> = tables.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    assert_eq!(tables, migrations::TABLES.map(str::to_owned).into());
}

/// Returns the one line in which a database is refused, by a check and at the start.
async fn refusal(database: &Database) -> String {
    let refused = database.check().await.expect_err("it is refused");
    assert!(matches!(refused, Error::Unfit(_)), "{refused:?}");
    assert_eq!(database.start().await, Err(refused.clone()));
    let text = refused.to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

#[tokio::test]
async fn a_half_done_migration_is_refused() {
    for (damage, told) in [
        (
            "UPDATE _sqlx_migrations SET success = false WHERE version = 4",
            "the migration 4 of the database is half done",
        ),
        ("DROP TABLE jobs", "the table `jobs` is missing"),
    ] {
        let Some(schema) = Schema::create().await else { return };
        schema.database().start().await.unwrap();
        schema.execute(damage).await;
        let refused = refusal(&schema.database()).await;
        assert!(refused.contains(told) && refused.contains("restore a backup"), "{refused}");
    }
}

#[tokio::test]
async fn a_database_of_another_deployment_is_refused_until_it_is_taken_over() {
    let Some(schema) = Schema::create().await else { return };
    let named = |name| schema.of(Deployment::default().with("name", Some(name)).with("app", Some("a")));
    named("one").claimed().start().await.unwrap();
    named("one").claimed().start().await.unwrap();
    let without_app = Deployment::default().with("name", Some("one")).with("app", None);
    schema.of(without_app).claimed().start().await.unwrap();

    let refused = refusal(&named("two").claimed()).await;
    assert!(refused.contains("whose name is `one` and not `two`"), "{refused}");
    let migrated = named("two").migrate(false).await;
    assert_eq!(migrated, Err(Error::Unfit(refused)));
    assert!(is_written(&named("two")).await.is_err());

    named("two").migrate(true).await.unwrap();
    assert_eq!(is_written(&named("two")).await, Ok(()));
    let refused = refusal(&named("one")).await;
    assert!(refused.contains("whose name is `two` and not `one`"), "{refused}");
}

#[tokio::test]
async fn a_command_claims_no_database() {
    let Some(schema) = Schema::create().await else { return };
    let named = |name| schema.of(Deployment::default().with("name", Some(name)));
    named("one").start().await.unwrap();
    named("two").claimed().start().await.unwrap();
    assert!(refusal(&named("one")).await.contains("another deployment"));
}

#[tokio::test]
async fn a_database_of_something_else_is_refused() {
    for sql in [
        "CREATE TABLE jobs (id integer)",
        "CREATE TABLE _sqlx_migrations (version bigint, description text, installed_on timestamptz,
            success boolean, checksum bytea, execution_time bigint);
         INSERT INTO _sqlx_migrations VALUES (20230101, 'theirs', now(), true, '\\x00', 1)",
    ] {
        let Some(schema) = Schema::create().await else { return };
        schema.execute(sql).await;
        let refused = schema.database().start().await.expect_err("it is foreign").to_string();
        assert_eq!(refused, "the database has tables of something else: name another database or schema");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_an_error_in_one_line() {
    let Some(schema) = Schema::create().await else { return };
    let mut url = schema.url();
    url.set_path("/no_such_database");
    let refused = database(&url).start().await.expect_err("it is not there");
    assert!(matches!(refused, Error::Unfit(_)), "{refused:?}");
    let text = refused.to_string();
    assert!(text.contains("no_such_database") && !text.contains('\n'), "{text}");
}

/// A row, since which migration it can be written, and how to find it.
const ROWS: [(i64, &str, &str); 4] = [
    (
        1,
        "INSERT INTO kv_entries (store, key, version, value) VALUES ('UI_CACHE', 'ui:a:b', nextval('kv_versions'), 'x')",
        "SELECT count(*) FROM kv_entries WHERE key = 'ui:a:b' AND value = 'x'",
    ),
    (
        2,
        "INSERT INTO jobs (id, key, queue, state, enqueued_ms, due_ms, set_ms, turn, payload)
         VALUES ('job-1', 'a:b', 'pool-0', 'queued', 1, 1, 1, 1, '{}')",
        "SELECT count(*) FROM jobs WHERE id = 'job-1' AND state = 'queued' AND payload = '{}'",
    ),
    (
        4,
        "INSERT INTO shops (shop, state, access, changed_ms) VALUES ('a', 'installed', 'token', 1)",
        "SELECT count(*) FROM shops WHERE shop = 'a' AND state = 'installed' AND access = 'token'",
    ),
    (
        5,
        "INSERT INTO budgets (owner, day, tokens) VALUES ('', 20000, 7)",
        "SELECT count(*) FROM budgets WHERE owner = '' AND day = 20000 AND tokens = 7",
    ),
];

#[tokio::test]
async fn rows_of_every_earlier_version_survive_the_later_migrations() {
    for known in migrations::MIGRATIONS.iter() {
        let Some(schema) = Schema::create().await else { return };
        let earlier =
            migrations::MIGRATIONS.iter().filter(|each| each.version <= known.version).cloned().collect();
        let mut connection = schema.connect().await;
        let migrated = Migrator::with_migrations(earlier).run_direct(None, &mut connection, false).await;
        migrated.expect("an earlier version could migrate");
        let rows = || ROWS.iter().filter(|(since, ..)| *since <= known.version);
        for (_, insert, _) in rows() {
            sqlx::query(*insert).execute(&mut connection).await.expect("the row suits that version");
        }
        schema.migrated().await;
        for (_, _, find) in rows() {
            let found: i64 =
                sqlx::query_scalar(*find).fetch_one(&mut connection).await.expect("there is a table");
            assert_eq!(found, 1, "version {}: {find}", known.version);
        }
    }
}
