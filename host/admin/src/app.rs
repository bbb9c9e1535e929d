//! The app's registration at Shopify.

use capabilities::Secret;

use crate::Billing;

/// The app's registration at Shopify.
#[derive(Debug, Clone)]
pub struct App {
    /// Its client id. `SHOPIFY_API_KEY`.
    pub key: String,
    /// Its current secret, which authenticates token requests. `SHOPIFY_API_SECRET`.
    pub secret: Secret,
    /// The admin's public origin, without a trailing slash. Empty in development, where addresses are
    /// relative. `server.public_url`.
    pub public_url: String,
    /// The origin of a simulator, which replaces `https://{shop}` in requests to shops and may frame the
    /// admin. `SHOPIFY_ORIGIN`.
    pub origin: Option<String>,
    /// Its plans. `[billing]`.
    pub billing: Billing,
    /// Where merchants are sent for help.
    pub links: Links,
}

/// Addresses that the operator has for merchants. A page leaves out what is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Help. `server.support_url`.
    pub support: Option<String>,
    /// The privacy policy. `server.privacy_url`.
    pub privacy: Option<String>,
    /// The address of the changelog: `server.changelog_url`.
    pub changelog: Option<String>,
}

impl Links {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
