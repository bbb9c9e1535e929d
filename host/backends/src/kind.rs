//! The kinds of backends. Each capability with several lists them in its module, by `kinds!`; a deployment selects one
//! by the section `[backends.<capability>]` of its configuration.
//!
//! The module of a kind has a type `Options`, which is read from that section, and a function `open`, which opens the
//! backend on a [`Site`].

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use secrets::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::postgres::Database;
use crate::random::Random;
use crate::redis::Redis;

/// Every variable that is read for a secret of a backend.
pub const VARIABLES: [&str; 2] = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];

/// The surroundings of a backend: folder, clock, randomness, process and secrets.
#[derive(Clone)]
pub struct Site {
    /// The data folder, for backends that keep files on this machine.
    pub folder: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The name of this process in the leases of jobs.
    pub process: Option<String>,
    /// The secrets of backends, by the names of their [`VARIABLES`].
    pub secrets: BTreeMap<&'static str, Secret>,
    /// The database, for backends of the kind `postgres`.
    pub database: Option<Arc<Database>>,
    /// The server, for backends of the kind `redis`.
    pub redis: Option<Arc<Redis>>,
    /// Whether a damaged backend is replaced by an empty one, if its contents can be made again.
    pub replaces_damaged: bool,
}

/// A backend of the kind `postgres` has no database.
#[derive(Debug, thiserror::Error)]
#[error("the kind `postgres` needs the URL of a database")]
pub struct NoDatabase;

/// A backend of the kind `redis` has no server.
#[derive(Debug, thiserror::Error)]
#[error("the kind `redis` needs the URL of a server")]
pub struct NoRedis;

impl Site {
    /// Returns the server of Redis.
    pub(crate) fn redis(&self) -> Result<Arc<Redis>, NoRedis> {
        self.redis.clone().ok_or(NoRedis)
    }

    /// Returns the database.
    pub(crate) fn database(&self) -> Result<Arc<Database>, NoDatabase> {
        self.database.clone().ok_or(NoDatabase)
    }
}

#[cfg(test)]
impl Site {
    /// Returns a site in `folder`, with a scripted clock and scripted randomness.
    pub(crate) fn scripted(folder: &std::path::Path) -> Self {
        Self {
            folder: folder.to_owned(),
            clock: Arc::new(crate::clock::Scripted::new(0)),
            random: Arc::new(crate::random::Scripted::new(0)),
            process: None,
            secrets: BTreeMap::new(),
            database: None,
            redis: None,
            replaces_damaged: false,
        }
    }
}

/// The backend of a capability, as the operator selects it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// The kind of the backend. Without it, the first kind in the list of the capability.
    pub kind: Option<String>,
    /// The options of that kind.
    #[serde(flatten)]
    pub options: Map<String, Value>,
}

/// The section of a backend is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSelection {
    /// There is no such kind.
    #[error("`backends.{capability}.kind` is `{kind}`; it must be one of: {}", .kinds.join(", "))]
    Kind {
        /// The capability.
        capability: &'static str,
        /// The value that was written.
        kind: String,
        /// The known kinds.
        kinds: &'static [&'static str],
    },
    /// The kind has no such option, or the option has another type.
    #[error("`backends.{capability}` (kind `{kind}`): {reason}")]
    Options {
        /// The capability.
        capability: &'static str,
        /// The kind.
        kind: &'static str,
        /// The problem.
        reason: String,
    },
}

impl BadSelection {
    pub(crate) fn kind(capability: &'static str, kind: &str, kinds: &'static [&'static str]) -> Self {
        Self::Kind { capability, kind: kind.to_owned(), kinds }
    }
}

/// Why a backend could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// Correct the configuration.
    #[error(transparent)]
    Selection(#[from] BadSelection),
    /// The backend's own reason.
    #[error(transparent)]
    Backend(Box<dyn Error + Send + Sync>),
}

/// What the function `open` of a kind returns.
pub type Opened<T> = Result<Arc<T>, Box<dyn Error + Send + Sync>>;

/// Options of a kind that has none.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

impl Selection {
    /// Selects a kind without options.
    pub fn of(kind: &str) -> Self {
        Self { kind: Some(kind.to_owned()), options: Map::new() }
    }

    /// Returns the name of the kind; without one, that of the first kind in `kinds`.
    pub fn kind<'a>(&'a self, kinds: &[&'a str]) -> &'a str {
        self.kind.as_deref().unwrap_or(kinds[0])
    }

    /// Reads the options of a kind.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        capability: &'static str,
        kind: &'static str,
    ) -> Result<T, BadSelection> {
        let options = Value::Object(self.options.clone());
        let wrong =
            |error: serde_json::Error| BadSelection::Options { capability, kind, reason: error.to_string() };
        serde_json::from_value(options).map_err(wrong)
    }
}

/// Lists the kinds of backends of a capability, the default first. A kind is the name of its module.
macro_rules! kinds {
    ($capability:literal, dyn $backend:ident: [$($kind:ident),+ $(,)?]) => {
        /// The kinds of backends, the default first.
        pub const KINDS: &[&str] = &[$(stringify!($kind)),+];

        /// Checks the selected kind and its options.
        pub fn check(selection: &$crate::kind::Selection) -> Result<(), $crate::kind::BadSelection> {
            match selection.kind(KINDS) {
                $(stringify!($kind) => {
                    selection.read::<$kind::Options>($capability, stringify!($kind)).map(drop)
                })+
                other => Err($crate::kind::BadSelection::kind($capability, other, KINDS)),
            }
        }

        /// Opens the selected backend.
        pub async fn open(
            selection: &$crate::kind::Selection,
            site: &$crate::kind::Site,
        ) -> Result<std::sync::Arc<dyn $backend>, $crate::kind::NotOpened> {
            match selection.kind(KINDS) {
                $(stringify!($kind) => {
                    let options = selection.read($capability, stringify!($kind))?;
                    $kind::open(options, site).await.map_err($crate::kind::NotOpened::Backend)
                })+
                other => Err($crate::kind::BadSelection::kind($capability, other, KINDS).into()),
            }
        }
    };
}

pub(crate) use kinds;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{blob, jobs, kv};

    #[test]
    fn without_a_kind_the_first_is_selected() {
        assert_eq!(kv::check(&Selection::default()), Ok(()));
        assert_eq!((kv::KINDS[0], blob::KINDS[0], jobs::KINDS[0]), ("sqlite", "folder", "sqlite"));
    }

    #[test]
    fn an_unknown_kind_is_refused_with_the_known_ones() {
        let told = blob::check(&Selection::of("s4")).expect_err("there is none").to_string();
        assert_eq!(told, "`backends.blob.kind` is `s4`; it must be one of: folder, memory, s3");
    }

    #[test]
    fn an_option_that_the_kind_does_not_have_is_refused() {
        let options = Map::from_iter([("url".to_owned(), Value::from("redis://cache"))]);
        let selection = Selection { options, ..Selection::of("memory") };
        let told = jobs::check(&selection).expect_err("memory has no address").to_string();
        assert!(told.starts_with("`backends.jobs` (kind `memory`): unknown field `url`"), "{told}");
    }
}
