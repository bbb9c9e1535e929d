//! An installation as it is stored, and how it is written in columns.

use capabilities::Secret;
use names::StoreId;

/// Where an installation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its merchant chose something, but the app was not given tokens yet. Only rows of earlier versions say so: settings are
    /// saved for installed shops only.
    Known,
    /// Installed.
    Installed,
    /// Installed once. Its tokens are gone.
    Uninstalled,
}

/// The end of a token that has none: the largest time that can be stored.
pub const FOR_EVER: u64 = i64::MAX.unsigned_abs();

/// A token and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub secret: Secret,
    /// From when it is worth nothing, in milliseconds since the epoch; [`FOR_EVER`] for a token without an end.
    pub until_ms: u64,
}

/// An installation, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Where it stands.
    pub state: State,
    /// What the access token allows, separated by commas.
    pub scopes: String,
    /// What the shop's APIs are asked with.
    pub access: Option<Token>,
    /// What the next access token is asked with.
    pub refresh: Option<Token>,
    /// When it was written last, in milliseconds since the epoch.
    pub changed_ms: u64,
}

/// Tokens that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// What the access token allows, separated by commas.
    pub scopes: String,
    /// What the shop's APIs are asked with.
    pub access: Token,
    /// What the next access token is asked with; `None` for a token that is not renewed.
    pub refresh: Option<Token>,
}

impl State {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "installed" => Self::Installed,
            "uninstalled" => Self::Uninstalled,
            _ => Self::Known,
        }
    }
}

/// A column that holds a token, encrypted.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    Access,
    Refresh,
}

impl Column {
    pub fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    pub fn until(self) -> &'static str {
        match self {
            Self::Access => "access_until_ms",
            Self::Refresh => "refresh_until_ms",
        }
    }
}

/// What a token's encryption is bound to. No shop's id holds a space.
pub(crate) fn place(store: &StoreId, column: Column) -> String {
    format!("{store} {}", column.name())
}

pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
