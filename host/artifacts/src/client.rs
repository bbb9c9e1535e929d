//! A client of OCI registries (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>), for the few
//! requests that a component needs.
//!
//! It speaks HTTPS, and HTTP with registries on this machine that have no authority of their own. It takes no proxy from
//! the environment. Every answer is bounded in size and time.

mod authorities;
mod authorization;
mod credentials;
mod error;
mod repository;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::{ClientBuilder, redirect};
use url::Url;

use crate::reference::Reference;

pub use authorities::{Authorities, NoAuthority};
pub use credentials::{Credentials, NoCredentials};
pub use error::Error;
pub use repository::Repository;

/// The most bytes of a manifest. Registries refuse larger ones from 4 MiB on; that of a component has about 700.
pub const MANIFEST_BYTES_MAX: u64 = 1 << 20;
/// How many redirections are followed. Registries redirect to where their blobs are stored, once.
const REDIRECTIONS_MAX: usize = 5;

/// How long a registry may take.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// To accept a connection.
    pub connect: Duration,
    /// Between two parts of an answer.
    pub idle: Duration,
    /// For everything that one command asks of it.
    pub whole: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), idle: Duration::from_secs(10), whole: Duration::from_mins(2) }
    }
}

/// A client of registries.
pub struct Client {
    http: reqwest::Client,
    /// The clients of registries that have an authority of their own.
    by_registry: BTreeMap<String, reqwest::Client>,
    credentials: Credentials,
    times: Times,
}

impl Client {
    /// Creates a client.
    pub fn new(credentials: Credentials, authorities: Authorities, times: Times) -> Result<Self, Error> {
        let usual = http(times).build().map_err(|_| Error::NoTls)?;
        let of_registry = |(registry, certificates): (String, _)| {
            let client = http(times).tls_certs_merge(certificates).build();
            let client = client.map_err(|_| Error::Authority { registry: registry.clone() })?;
            Ok((registry, client))
        };
        let by_registry = authorities.into_iter().map(of_registry).collect::<Result<_, _>>()?;
        Ok(Self { http: usual, by_registry, credentials, times })
    }

    /// Returns the repository of a reference.
    pub fn repository<'a>(&'a self, reference: &'a Reference) -> Repository<'a> {
        Repository::new(self, reference)
    }

    /// Returns what asks a registry.
    fn http(&self, registry: &str) -> &reqwest::Client {
        self.by_registry.get(registry).unwrap_or(&self.http)
    }

    /// Returns whether a registry has an authority of its own, and so speaks TLS, also on this machine.
    fn has_authority(&self, registry: &str) -> bool {
        self.by_registry.contains_key(registry)
    }

    /// Returns how long a registry may take.
    pub fn times(&self) -> Times {
        self.times
    }
}

fn http(times: Times) -> ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("wandstore/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::custom(follow))
        .connect_timeout(times.connect)
        .read_timeout(times.idle)
        .no_proxy()
}

/// Follows a redirection to HTTPS, and on this machine to HTTP.
fn follow(attempt: redirect::Attempt) -> redirect::Action {
    let from_local = attempt.previous().iter().all(is_local);
    if attempt.previous().len() > REDIRECTIONS_MAX {
        attempt.error("it redirects too often")
    } else if is_safe(attempt.url(), from_local) {
        attempt.follow()
    } else {
        attempt.error("it redirects to an address without TLS")
    }
}

/// Returns whether a URL may be asked: by HTTPS, or by HTTP if both are on this machine.
fn is_safe(url: &Url, from_local: bool) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && from_local && is_local(url))
}

fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}
