//! Where the server is, and the credentials for it.

use ::redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, ProtocolVersion, RedisConnectionInfo,
    TlsCertificates,
};
use reqwest::Url;
use secrets::Secret;

use super::error::Error;
use crate::hidden::Hidden;

/// The schemes of a URL, without and with TLS.
const SCHEMES: [&str; 4] = ["redis", "rediss", "valkey", "valkeys"];
/// The parameter that names the file with the certificates of the authorities to trust.
const AUTHORITIES: &str = "sslrootcert";

/// The URL is not one of Redis. The text does not repeat it, because it holds a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is no URL, or has another scheme.
    #[error("not a URL of Redis, which looks like redis://:password@host:6379/0, or rediss://… with TLS")]
    NotAUrl,
    /// The database is not a number.
    #[error("the path of the URL must be the number of a database, such as /0")]
    Database,
    /// A parameter that nothing reads.
    #[error("the URL has the unknown parameter `{0}`; the only one is {AUTHORITIES}")]
    Parameter(String),
    /// The file with certificates cannot be read.
    #[error("cannot read the file that {AUTHORITIES} names: {0}")]
    Authorities(String),
}

/// The address of a server, with credentials.
#[derive(Debug, Clone)]
pub struct Address(Hidden<Parts>);

#[derive(Clone)]
struct Parts {
    info: ConnectionInfo,
    /// The certificates of the authorities to trust instead of the public ones, in PEM.
    authorities: Option<Vec<u8>>,
}

impl Address {
    /// Parses a URL such as `rediss://user:password@host:6379/0?sslrootcert=/etc/ssl/redis.pem`.
    pub fn parse(url: &Secret) -> Result<Self, BadAddress> {
        let mut url = Url::parse(url.expose()).map_err(|_| BadAddress::NotAUrl)?;
        if !SCHEMES.contains(&url.scheme()) || !url.has_host() || url.fragment().is_some() {
            return Err(BadAddress::NotAUrl);
        }
        let database = url.path().trim_matches('/');
        if !database.is_empty() && database.parse::<u32>().is_err() {
            return Err(BadAddress::Database);
        }
        let mut authorities = None;
        for (name, value) in url.query_pairs() {
            if name != AUTHORITIES {
                return Err(BadAddress::Parameter(name.into_owned()));
            }
            let read = std::fs::read(&*value).map_err(|error| BadAddress::Authorities(error.to_string()))?;
            authorities = Some(read);
        }
        url.set_query(None);
        let info = url.as_str().into_connection_info().map_err(|_| BadAddress::NotAUrl)?;
        let login: RedisConnectionInfo = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let info = info.set_redis_settings(login.set_lib_name("wandstore", env!("CARGO_PKG_VERSION")));
        Ok(Self(Hidden(Parts { info, authorities })))
    }

    /// Returns a client, which is not connected.
    pub(super) fn client(&self) -> Result<Client, Error> {
        let Parts { info, authorities } = self.0.0.clone();
        let uses_tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
        let client = if uses_tls {
            Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: authorities })
        } else {
            Client::open(info)
        };
        Ok(client?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::assert_refused;

    #[test]
    fn an_invalid_url_of_redis_is_refused_without_being_shown() {
        let strangers = [
            "",
            "hush",
            "redis:hush@cache",
            "http://hush@cache",
            "redis://u:hush@:x/",
            "rediss://u:hush@h#insecure",
        ];
        assert_refused(Address::parse, &strangers.map(|url| (url, "redis://:password@host")));
        let mistakes = [
            ("redis://:hush@h/first", "number of a database"),
            ("redis://:hush@h?timeout=5", "`timeout`"),
            ("rediss://:hush@h?sslrootcert=/nowhere.pem", "cannot read"),
        ];
        assert_refused(Address::parse, &mistakes);
    }

    #[test]
    fn a_url_names_host_database_and_credentials() {
        for (url, shown) in [
            ("rediss://me:hush%20@cache.example:6390/3", "cache.example:6390"),
            ("valkey://me:hush%20@cache.example/3", "cache.example:6379"),
        ] {
            let address = Address::parse(&Secret::new(url)).unwrap();
            let info = &address.0.0.info;
            assert_eq!(info.addr().to_string(), shown);
            let login = info.redis_settings();
            assert_eq!((login.username(), login.password(), login.db()), (Some("me"), Some("hush "), 3));
            assert_eq!(format!("{address:?}"), "Address(…)");
        }
    }
}
