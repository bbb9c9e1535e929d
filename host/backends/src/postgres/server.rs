//! The server of the tests, at `DATABASE_URL`. Each test has a schema of its own.

use std::io::Write as _;
use std::sync::Arc;

use reqwest::Url;
use secrets::Secret;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use super::{Address, Database, Deployment};
use crate::random::{Random as _, System};

/// The server that tests use if `DATABASE_URL` is not set.
const USUAL: &str = "postgres://postgres@localhost/postgres";

/// How many attempts a connection may take. Each takes seconds if the machine is busy.
const CONNECTED_WITHIN: u32 = 20;

/// A schema, which is deleted when this is dropped.
pub struct Schema {
    /// Its name, which is unique.
    pub name: String,
    server: Url,
}

impl Schema {
    /// Creates a schema. Without a server, says so and returns none; in continuous integration it panics instead.
    pub async fn create() -> Option<Self> {
        let server = Url::parse(&variable("DATABASE_URL").unwrap_or(USUAL.to_owned())).expect("a URL");
        let schema = Self { name: format!("wandstore_test_{:016x}", System.next_u64()), server };
        let created = execute(&schema.server, format!("CREATE SCHEMA {}", schema.name)).await;
        let Err(error) = created else { return Some(schema) };
        assert!(variable("CI").as_deref() != Some("true"), "these tests need PostgreSQL: {error}");
        // Not by a macro, whose output tests hide.
        let skipped = format!("SKIPPED: no PostgreSQL at DATABASE_URL or {USUAL}: {error}\n");
        std::io::stderr().write_all(skipped.as_bytes()).expect("standard error is open");
        None
    }

    /// Returns the schema that a kind of backend needs, if it needs one. Returns `None` if there is no server.
    pub async fn for_kind(kind: &str) -> Option<Option<Self>> {
        if kind == "postgres" { Some(Some(Self::create().await?)) } else { Some(None) }
    }

    /// Returns the URL of a database whose tables are in this schema. Its connections have the schema's name.
    pub fn url(&self) -> Url {
        let mut url = self.server.clone();
        url.query_pairs_mut()
            // Tests lose nothing when the machine does, and a busy disk must not fail them.
            .append_pair("options", &format!("-csearch_path={} -csynchronous_commit=off", self.name))
            .append_pair("application_name", &self.name);
        url
    }

    /// Returns another host's handle of the database.
    pub fn database(&self) -> Arc<Database> {
        Arc::new(database(&self.url()))
    }

    /// Returns such a handle once the database is migrated and connected, which takes longer than a call waits if the
    /// machine is busy.
    pub async fn migrated(&self) -> Arc<Database> {
        let database = self.database();
        for _ in 0..CONNECTED_WITHIN {
            database.start().await.expect("it is migrated");
            if database.probe("tests").await.is_ok() {
                break;
            }
        }
        database
    }

    /// Returns such a handle if there is a schema.
    pub async fn migrated_if_any(schema: Option<&Self>) -> Option<Arc<Database>> {
        Some(schema?.migrated().await)
    }

    /// Returns a handle of the database for a deployment.
    pub fn of(&self, deployment: Deployment) -> Database {
        Database::new(address(&self.url()), deployment)
    }

    /// Runs SQL on a connection of its own.
    pub async fn execute(&self, sql: impl Into<String>) {
        execute(&self.url(), sql.into()).await.expect("it is carried out");
    }

    /// Returns the text that a query returns. Waits for it, for tests that are not asynchronous there.
    pub fn text(&self, query: &'static str) -> String {
        let url = self.url();
        alone(async move {
            let mut connection = PgConnection::connect(url.as_str()).await?;
            sqlx::query_scalar(query).fetch_one(&mut connection).await
        })
        .expect("it is carried out")
    }

    /// Returns the plan of a statement for any values, with indexes wherever there are fitting ones: a test has too few
    /// rows for them to be worth it.
    pub async fn plan(&self, statement: &str) -> String {
        let mut connection = self.connect().await;
        for setting in ["SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off"] {
            connection.execute(setting).await.expect("it is set");
        }
        let prepare = AssertSqlSafe(format!("PREPARE planned AS {statement}"));
        connection.execute(prepare).await.expect("the statement is right");
        let parameters =
            "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'planned'";
        let parameters: i32 =
            sqlx::query_scalar(parameters).fetch_one(&mut connection).await.expect("it is prepared");
        let values = match parameters {
            0 => String::new(),
            parameters => format!("({})", vec!["NULL"; usize::try_from(parameters).unwrap_or(0)].join(", ")),
        };
        let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE planned{values}"));
        let rows = sqlx::raw_sql(explain).fetch_all(&mut connection).await.expect("it is explained");
        rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
    }

    /// Opens a connection of its own.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(self.url().as_str()).await.expect("the server is there")
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, sql) = (self.server.clone(), format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name));
        let _ = alone(async move { execute(&server, sql).await });
    }
}

/// Waits for some work in a runtime of its own: that of the test may be ending, and cannot be waited for here.
fn alone<T: Send + 'static>(
    work: impl Future<Output = Result<T, sqlx::Error>> + Send + 'static,
) -> Result<T, sqlx::Error> {
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work)
    });
    done.join().unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed))
}

/// Returns a handle of the database at a URL.
pub fn database(url: &Url) -> Database {
    Database::new(address(url), Deployment::default().with("name", Some("tests"))).claimed()
}

fn address(url: &Url) -> Address {
    Address::parse(&Secret::new(url.as_str())).expect("a URL of PostgreSQL")
}

async fn execute(url: &Url, sql: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url.as_str()).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await
}

#[expect(clippy::disallowed_methods, reason = "variables tell tests where the server is")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
