//! What a server says about itself.

use std::collections::BTreeMap;

use super::error::Error;

/// The oldest version that has RESP3 and client-side caching.
const OLDEST: u32 = 6;
/// The start of the names of policies that delete keys which never expire.
const EVICTS_ALL: &str = "allkeys-";

/// The answer to `INFO`.
pub struct Info<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Info<'a> {
    /// Reads lines of the form `name:value`.
    pub fn parse(text: &'a str) -> Self {
        Self(text.lines().filter_map(|line| line.trim_end().split_once(':')).collect())
    }

    /// Returns what the server is. Fails if it cannot be used, or not for long.
    pub fn describe(&self) -> Result<String, Error> {
        let server = self.server();
        let major = self.get("redis_version").split('.').next().and_then(|major| major.parse::<u32>().ok());
        if major.is_some_and(|major| major < OLDEST) {
            return Err(Error::too_old(&server));
        }
        if self.get("role") == "slave" {
            return Err(Error::Unfit(format!(
                "{server} is a replica, which cannot be written: name the primary"
            )));
        }
        if self.get("cluster_enabled") == "1" {
            return Err(Error::Unfit(format!(
                "{server} is part of a cluster: name a server without cluster mode"
            )));
        }
        let policy = self.get("maxmemory_policy");
        if policy.starts_with(EVICTS_ALL) {
            return Err(Error::Unfit(format!(
                "{server} has the maxmemory-policy {policy}, which deletes keys that never expire, so redactions would \
                 miss pages and sessions: set it to volatile-lru or noeviction"
            )));
        }
        let memory = match self.get("maxmemory") {
            "0" => "no limit of memory (set maxmemory)".to_owned(),
            _ => format!("{} at most, maxmemory-policy {policy}", self.get("maxmemory_human")),
        };
        Ok(format!("{server}; {memory}"))
    }

    /// Returns the name and the version of the server. Valkey reports a version of Redis too, for old clients.
    fn server(&self) -> String {
        match self.get("valkey_version") {
            "" => format!("Redis {}", self.get("redis_version")),
            version => format!("Valkey {version}"),
        }
    }

    fn get(&self, name: &str) -> &'a str {
        self.0.get(name).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let told = Info::parse(text).describe();
        let told = told.as_ref().map(String::as_str).map_err(ToString::to_string);
        match (told, expected) {
            (Ok(told), Ok(expected)) => assert_eq!(told, expected),
            (Err(told), Err(expected)) => assert!(told.contains(expected) && !told.contains('\n'), "{told}"),
            (told, _) => panic!("{told:?}"),
        }
    }

    #[test]
    fn a_server_that_cannot_be_used_is_named_with_what_to_do() {
        let full = "maxmemory:1048576\r\nmaxmemory_human:1.00M\r\n";
        check(
            "# Server\r\nredis_version:7.0.15\r\nmaxmemory:0\r\n",
            Ok("Redis 7.0.15; no limit of memory (set maxmemory)"),
        );
        check(
            &format!(
                "redis_version:7.2.4\r\nvalkey_version:8.1.0\r\n{full}maxmemory_policy:volatile-lru\r\n"
            ),
            Ok("Valkey 8.1.0; 1.00M at most, maxmemory-policy volatile-lru"),
        );
        check("redis_version:5.0.14\r\n", Err("Redis 5.0.14 has no RESP3: use Redis 6"));
        check("redis_version:7.0.15\r\nrole:slave\r\n", Err("name the primary"));
        check("redis_version:7.0.15\r\ncluster_enabled:1\r\n", Err("without cluster mode"));
        for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random"] {
            check(
                &format!("redis_version:7.0.15\r\n{full}maxmemory_policy:{policy}\r\n"),
                Err("set it to volatile-lru"),
            );
        }
    }
}
