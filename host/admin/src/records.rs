//! An installation as stored, and its columns.

use capabilities::Secret;
use model::ShopId;

/// The state of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The merchant made choices, but the app has no tokens yet. Only rows of earlier versions have this state, because
    /// settings are now saved only for installed shops.
    Known,
    /// Installed.
    Installed,
    /// Uninstalled; its tokens are deleted.
    Uninstalled,
}

/// The expiry of a token that never expires: the largest time that can be stored.
pub const FOR_EVER: u64 = i64::MAX.unsigned_abs();

/// A token and its expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub secret: Secret,
    /// When it expires, in milliseconds since the epoch; `FOR_EVER` for a token that never expires.
    pub until_ms: u64,
}

/// An installation, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Its state.
    pub state: State,
    /// The scopes of the access token, separated by commas.
    pub scopes: String,
    /// The access token for the shop's APIs.
    pub access: Option<Token>,
    /// The refresh token, which gets the next access token.
    pub refresh: Option<Token>,
    /// When it was written last, in milliseconds since the epoch.
    pub changed_ms: u64,
}

/// An access token and its refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The scopes of the access token, separated by commas.
    pub scopes: String,
    /// The access token for the shop's APIs.
    pub access: Token,
    /// The refresh token, which gets the next access token; `None` if the access token cannot be renewed.
    pub refresh: Option<Token>,
}

/// Returns whether a list of scopes, separated by commas, has a scope.
pub(crate) fn has_scope(scopes: &str, scope: &str) -> bool {
    scopes.split(',').any(|granted| granted.trim() == scope)
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

/// A column that holds an encrypted token.
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

/// Returns the text that a token's encryption is bound to. It is unambiguous because shop ids contain no spaces.
pub(crate) fn place(shop: &ShopId, column: Column) -> String {
    format!("{shop} {}", column.name())
}

pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
