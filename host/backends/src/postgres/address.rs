//! Where the database is, and the credentials for it.

use std::time::Duration;

use reqwest::Url;
use secrets::Secret;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use crate::hidden::Hidden;

/// The parameters that a URL may have. Others, which some providers add, are ignored.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// The URL is not one of PostgreSQL. The text does not repeat it, because it holds a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is no URL, or has another scheme.
    #[error("not a URL of PostgreSQL, which looks like postgres://user:password@host:5432/database")]
    NotAUrl,
    /// A parameter is wrong.
    #[error("a parameter of the URL is wrong: {0}")]
    Parameter(String),
}

/// The address of a database, with credentials.
#[derive(Debug, Clone)]
pub struct Address(Hidden<PgConnectOptions>);

impl Address {
    /// Parses a URL such as `postgres://user:password@host:5432/database?sslmode=verify-full`.
    pub fn parse(url: &Secret) -> Result<Self, BadAddress> {
        let mut url = Url::parse(url.expose()).map_err(|_| BadAddress::NotAUrl)?;
        if !["postgres", "postgresql"].contains(&url.scheme()) || !url.has_authority() {
            return Err(BadAddress::NotAUrl);
        }
        let is_known = |key: &str| PARAMETERS.contains(&key) || key.starts_with("options[");
        let pairs = url.query_pairs().into_owned();
        let (known, unknown): (Vec<_>, Vec<_>) = pairs.partition(|(key, _)| is_known(key));
        for (parameter, _) in unknown {
            tracing::warn!(parameter, "a parameter of the database's URL is not known; it is ignored");
        }
        url.query_pairs_mut().clear().extend_pairs(known);
        let options = PgConnectOptions::from_url(&url);
        let options = options.map_err(|error| BadAddress::Parameter(error.to_string()))?;
        let name = options.get_application_name().unwrap_or("wandstore").to_owned();
        Ok(Self(Hidden(options.application_name(&name).disable_statement_logging())))
    }

    /// Returns options of connections on which the server gives up a statement after `limit`.
    pub(super) fn with_statement_timeout(&self, limit: Duration) -> PgConnectOptions {
        let limit = limit.as_millis().to_string();
        // Notices, such as that a table exists already, are of no use.
        self.0.0.clone().options([("statement_timeout", limit.as_str()), ("client_min_messages", "warning")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::assert_refused;

    #[test]
    fn an_invalid_url_of_postgresql_is_refused_without_being_shown() {
        let strangers =
            ["", "hush", "postgres:hush@db", "mysql://hush@db", "https://hush", "postgres://u:hush@:x/"];
        assert_refused(Address::parse, &strangers.map(|url| (url, "postgres://user:password@host")));
        assert_refused(Address::parse, &[("postgres://u:hush@db/d?sslmode=always", "always")]);
    }

    #[test]
    fn a_url_names_host_user_database_and_search_path() {
        let url =
            "postgresql://me:hush%20@db.example:6432/shop?channel_binding=require&options=-csearch_path%3Da";
        let address = Address::parse(&Secret::new(url)).unwrap();
        let options = &address.0.0;
        assert_eq!((options.get_host(), options.get_port()), ("db.example", 6432));
        assert_eq!((options.get_username(), options.get_database()), ("me", Some("shop")));
        let limited = address.with_statement_timeout(Duration::from_secs(3));
        let limited = limited.get_options().unwrap();
        assert!(limited.contains("search_path=a") && limited.contains("statement_timeout=3000"), "{limited}");
        assert_eq!(format!("{address:?}"), "Address(…)");
    }
}
