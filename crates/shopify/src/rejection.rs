//! Reasons to reject a request that claims to be from Shopify.

/// Why a signed request is rejected. The message is safe to send to the caller: it repeats nothing of the request,
/// and reveals nothing about a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The signature is missing, malformed or not made with the secret.
    #[error("the signature is not valid")]
    Forged,
    /// The timestamp is too old, or in the future.
    #[error("the timestamp of the request is too old or in the future")]
    Expired,
    /// A parameter that identifies the caller occurs more than once.
    #[error("{0} is given more than once")]
    Repeated(&'static str),
    /// A required part is missing or malformed.
    #[error("{0} is missing or malformed")]
    Malformed(&'static str),
    /// The shop is not a Shopify domain.
    #[error("the parameter `shop` is not the domain of a shop at Shopify")]
    NotAShop,
}

impl Rejection {
    /// Returns the HTTP status of the response.
    pub fn status(self) -> u16 {
        match self {
            Self::Forged | Self::Expired => 401,
            Self::Repeated(_) | Self::Malformed(_) | Self::NotAShop => 400,
        }
    }
}
