//! A database for one run, and an observer in it: triggers that note each job that is accepted and each that ends. So
//! the hosts' word is not needed for what they did.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Url;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// Notes what happens to jobs. `clock_timestamp` is the time of the change, not of its transaction.
const OBSERVER: &str = "
    CREATE TABLE observed_jobs (id text PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE observed_ends (id text, key bytea NOT NULL, state text NOT NULL, host text,
        at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE INDEX observed_ends_by_key ON observed_ends (key);
    CREATE INDEX observed_ends_by_id ON observed_ends (id);
    CREATE FUNCTION observe() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO observed_jobs VALUES (NEW.id);
        ELSIF NEW.state IN ('done', 'dead') AND OLD.state NOT IN ('done', 'dead') THEN
            INSERT INTO observed_ends VALUES (NEW.id, NEW.key, NEW.state, OLD.holder);
        END IF;
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER observer AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION observe();
";

/// A database of its own.
pub struct Database {
    /// Its URL, without a proxy.
    pub url: Url,
    server: Url,
    pool: PgPool,
}

/// A claim that a host holds.
pub struct Held {
    ids: Vec<String>,
    tokens: Vec<i64>,
}

/// What became of the jobs.
#[derive(Debug, Default, Clone, Copy)]
pub struct Jobs {
    /// How many were accepted.
    pub accepted: i64,
    /// Those that neither ended nor are live.
    pub lost: i64,
    /// Those that were done more than once.
    pub twice: i64,
    /// Those that were given up.
    pub dead: i64,
    /// Those that are live.
    pub live: i64,
}

impl Database {
    /// Creates a database at this server. Without a server, says so and returns none; in continuous integration it
    /// fails.
    pub async fn create(server: &str, is_required: bool) -> anyhow::Result<Option<Self>> {
        let server: Url = server.parse().context("DATABASE_URL")?;
        let name = format!("wandstore_hosts_{}", std::process::id());
        if let Err(error) =
            execute(&server, &format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")).await
        {
            ensure!(!is_required, "this needs PostgreSQL at DATABASE_URL: {error}");
            writeln!(std::io::stderr(), "SKIPPED: no PostgreSQL at DATABASE_URL, {server}: {error}")?;
            return Ok(None);
        }
        let mut url = server.clone();
        url.set_path(&name);
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy(url.as_str())?;
        Ok(Some(Self { url, server, pool }))
    }

    /// Installs the observer, once a host has made the tables.
    pub async fn observe(&self) -> anyhow::Result<()> {
        self.pool.execute(OBSERVER).await?;
        Ok(())
    }

    /// Removes the database.
    pub async fn remove(&self) -> anyhow::Result<()> {
        self.pool.close().await;
        let name = self.url.path().trim_start_matches('/');
        Ok(execute(&self.server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?)
    }

    /// Returns the ids of the hosts, in the order of their arrival.
    pub async fn hosts(&self) -> anyhow::Result<Vec<String>> {
        Ok(sqlx::query_scalar("SELECT id FROM hosts WHERE NOT is_gone ORDER BY number")
            .fetch_all(&self.pool)
            .await?)
    }

    /// Returns how many members each host has, in the order of their arrival, and how many members are nobody's or of
    /// a host that is gone.
    pub async fn members(&self) -> anyhow::Result<(Vec<i64>, i64)> {
        let of_hosts = "
            SELECT count(name) FROM hosts LEFT JOIN pool_members ON host = id
            WHERE NOT is_gone AND until > clock_timestamp() GROUP BY id ORDER BY min(number)";
        let of_nobody = "
            SELECT count(*) FROM pool_members WHERE NOT EXISTS (
                SELECT 1 FROM hosts WHERE id = host AND NOT is_gone AND until > clock_timestamp()
            )";
        let of_hosts = sqlx::query_scalar(of_hosts).fetch_all(&self.pool).await?;
        Ok((of_hosts, sqlx::query_scalar(of_nobody).fetch_one(&self.pool).await?))
    }

    /// Returns the claims that a host holds.
    pub async fn held_by(&self, host: &str) -> anyhow::Result<Held> {
        let held = "SELECT id, claims FROM jobs WHERE state = 'running' AND holder = $1";
        let held: Vec<(String, i64)> = sqlx::query_as(held).bind(host).fetch_all(&self.pool).await?;
        let (ids, tokens) = held.into_iter().unzip();
        Ok(Held { ids, tokens })
    }

    /// Returns how many of these jobs nobody has taken up and nobody has completed since.
    pub async fn abandoned(&self, held: &Held) -> anyhow::Result<i64> {
        let abandoned = "
            SELECT count(*) FROM jobs JOIN unnest($1::text[], $2::bigint[]) AS held (job, token) ON job = id
            WHERE claims = token AND state IN ('queued', 'running')";
        Ok(sqlx::query_scalar(abandoned).bind(&held.ids).bind(&held.tokens).fetch_one(&self.pool).await?)
    }

    /// Returns how long ago a shopper's job ended, if it did.
    pub async fn ended_ago(&self, key: &str) -> anyhow::Result<Option<Duration>> {
        let ago = "SELECT extract(epoch FROM clock_timestamp() - max(at))::float8 FROM observed_ends WHERE key = $1";
        let ago: Option<f64> = sqlx::query_scalar(ago).bind(key.as_bytes()).fetch_one(&self.pool).await?;
        Ok(ago.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }

    /// Returns how many jobs a host has done.
    pub async fn done_by(&self, host: &str) -> anyhow::Result<i64> {
        let done = "SELECT count(*) FROM observed_ends WHERE state = 'done' AND host = $1";
        Ok(sqlx::query_scalar(done).bind(host).fetch_one(&self.pool).await?)
    }

    /// Returns the number of the last job that was accepted.
    pub async fn last_job(&self) -> anyhow::Result<i64> {
        let last = "SELECT coalesce(max(number), 0) FROM observed_jobs";
        Ok(sqlx::query_scalar(last).fetch_one(&self.pool).await?)
    }

    /// Returns what became of the jobs with the numbers after `from` up to `to`.
    pub async fn jobs(&self, from: i64, to: i64) -> anyhow::Result<Jobs> {
        let jobs = "
            SELECT count(*), count(*) FILTER (WHERE ends = 0 AND NOT is_live), count(*) FILTER (WHERE done > 1),
                count(*) FILTER (WHERE ends > done), count(*) FILTER (WHERE is_live)
            FROM (
                SELECT (SELECT count(*) FROM observed_ends WHERE id = accepted.id) AS ends,
                    (SELECT count(*) FROM observed_ends WHERE id = accepted.id AND state = 'done') AS done,
                    EXISTS (
                        SELECT 1 FROM jobs WHERE id = accepted.id AND state IN ('queued', 'running')
                    ) AS is_live
                FROM observed_jobs AS accepted WHERE number > $1 AND number <= $2
            ) AS of_each";
        let (accepted, lost, twice, dead, live) =
            sqlx::query_as(jobs).bind(from).bind(to).fetch_one(&self.pool).await?;
        Ok(Jobs { accepted, lost, twice, dead, live })
    }
}

impl Held {
    /// Returns how many claims there are.
    pub fn count(&self) -> usize {
        self.ids.len()
    }
}

/// Runs one statement on a connection of its own.
async fn execute(server: &Url, sql: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(server.as_str()).await?;
    connection.execute(AssertSqlSafe(sql.to_owned())).await?;
    connection.close().await
}
