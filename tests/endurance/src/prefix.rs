//! A prefix in Redis for the keys of one run.

use std::io::Write as _;

use anyhow::{Context as _, ensure};
use redis::aio::MultiplexedConnection;
use reqwest::Url;

/// A prefix of its own.
pub struct Prefix {
    /// The server's URL, without a proxy.
    pub url: Url,
    /// The start of all keys.
    pub name: String,
    connection: MultiplexedConnection,
}

impl Prefix {
    /// Returns a new prefix at this server. Without a server, says so and returns none; in continuous integration it
    /// fails.
    pub async fn create(server: &str, is_required: bool) -> anyhow::Result<Option<Self>> {
        let url: Url = server.parse().context("REDIS_URL")?;
        match redis::Client::open(server)?.get_multiplexed_async_connection().await {
            Ok(connection) => {
                let name = format!("wandstore_hosts_{}", std::process::id());
                Ok(Some(Self { url, name, connection }))
            }
            Err(error) => {
                ensure!(!is_required, "this needs Redis at REDIS_URL: {error}");
                writeln!(std::io::stderr(), "SKIPPED: no Redis at REDIS_URL, {server}: {error}")?;
                Ok(None)
            }
        }
    }

    /// Deletes the keys.
    pub async fn remove(mut self) -> anyhow::Result<()> {
        let pattern = format!("{}:*", self.name);
        let keys: Vec<Vec<u8>> = redis::cmd("KEYS").arg(pattern).query_async(&mut self.connection).await?;
        if !keys.is_empty() {
            redis::cmd("UNLINK").arg(keys).exec_async(&mut self.connection).await?;
        }
        Ok(())
    }
}
