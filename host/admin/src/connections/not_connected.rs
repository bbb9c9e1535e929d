//! Why a shop is not connected.

use shopify::token_request::Refusal;

use crate::Unavailable;
use crate::shopify_api::Failure;
use crate::storefronts::Failed;

/// Why a shop is not connected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotConnected {
    /// The app never received tokens, or the merchant has to open it again.
    #[error("the shop is not connected: its merchant has to open the app")]
    NotInstalled,
    /// The app was uninstalled.
    #[error("the shop is not connected: it uninstalled the app")]
    Uninstalled,
    /// The shop is closed: an uninstallation is in progress, or the operator closed it.
    #[error("the shop is closed")]
    Closed,
    /// The shop's Storefront API does not accept the access token.
    #[error("the shop's Storefront API does not accept the access token")]
    TokenRefused,
    /// Shopify does not accept the session token: the page requests another.
    #[error("Shopify did not accept the session token")]
    SessionToken,
    /// Shopify does not accept the app's client id and secret: only the operator can fix that.
    #[error(
        "Shopify does not accept the app's client id and secret: check SHOPIFY_API_KEY and SHOPIFY_API_SECRET \
         against the app's page in the Dev Dashboard"
    )]
    WrongSecret,
    /// Shopify refused, or did not answer.
    #[error("{0}")]
    Shopify(String),
    /// The database of shops is unavailable.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The host could not open or close the shop.
    #[error("cannot open or close the shop: {0}")]
    Host(#[from] Failed),
}

impl From<Failure> for NotConnected {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Refusal::InvalidSubjectToken) => Self::SessionToken,
            Failure::Refused(Refusal::InvalidClient) => Self::WrongSecret,
            failure => Self::Shopify(failure.to_string()),
        }
    }
}
