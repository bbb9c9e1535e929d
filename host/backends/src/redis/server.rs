//! The server of the tests, at `REDIS_URL`. Each test has a prefix of its own.

use std::io::Write as _;
use std::sync::Arc;

use reqwest::Url;
use secrets::Secret;

use super::{Address, Redis};
use crate::random::{Random as _, System};

/// The server that tests use if `REDIS_URL` is not set.
const USUAL: &str = "redis://127.0.0.1:6379";

/// A prefix of keys in the server. The keys are deleted when this is dropped.
pub struct Space {
    pub prefix: String,
    pub url: Url,
}

impl Space {
    /// Creates a prefix. Without a server, says so and returns none; in continuous integration it panics instead.
    pub async fn create() -> Option<Self> {
        let url = Url::parse(&variable("REDIS_URL").unwrap_or(USUAL.to_owned())).expect("a URL");
        let space = Self { prefix: format!("wandstore_test_{:016x}", System.next_u64()), url };
        let mut attempts = 1;
        let error = loop {
            match space.server().query::<()>(&::redis::cmd("PING")).await {
                Ok(()) => return Some(space),
                // A busy machine may be late.
                Err(_) if attempts < 3 => attempts += 1,
                Err(error) => break error,
            }
        };
        assert!(variable("CI").as_deref() != Some("true"), "these tests need Redis: {error}");
        // Not by a macro, whose output tests hide.
        let skipped = format!("SKIPPED: no Redis at REDIS_URL or {USUAL}: {error}\n");
        std::io::stderr().write_all(skipped.as_bytes()).expect("standard error is open");
        None
    }

    /// Returns the prefix that a kind of backend needs, if it needs one. Returns `None` if there is no server.
    pub async fn for_kind(kind: &str) -> Option<Option<Self>> {
        if kind == "redis" { Some(Some(Self::create().await?)) } else { Some(None) }
    }

    /// Returns another host's handle of the server.
    pub fn server(&self) -> Arc<Redis> {
        self.server_at(&self.url)
    }

    /// Returns such a handle by another way to the server.
    pub fn server_at(&self, url: &Url) -> Arc<Redis> {
        Arc::new(Redis::new(address(url.as_str()), &self.prefix))
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        let (address, prefix) = (address(self.url.as_str()), self.prefix.clone());
        // A runtime of its own: that of the test may be ending, and cannot be waited for here.
        let deleted = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(delete(address, &prefix)).map_err(std::io::Error::other)
        });
        let _ = deleted.join();
    }
}

async fn delete(address: Address, prefix: &str) -> Result<(), super::Error> {
    let server = Redis::new(address, prefix);
    let keys: Vec<Vec<u8>> = server.query(::redis::cmd("KEYS").arg(format!("{prefix}:*"))).await?;
    if keys.is_empty() { Ok(()) } else { server.query(::redis::cmd("UNLINK").arg(keys)).await }
}

/// Returns an address.
pub fn address(url: &str) -> Address {
    Address::parse(&Secret::new(url)).expect("a URL of Redis")
}

#[expect(clippy::disallowed_methods, reason = "variables tell tests where the server is")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
