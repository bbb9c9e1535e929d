//! Why a request that claims to be Shopify's is refused.

/// Why a signed request is refused. The message is fit for whoever sent it: it repeats nothing of
/// the request, and tells nothing of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No signature, none of the right shape, or not ours and Shopify's.
    #[error("the signature is not valid")]
    Forged,
    /// Signed too long ago, or for a time to come.
    #[error("the request is not of this time")]
    Expired,
    /// A parameter that decides who is asking is there twice.
    #[error("{0} is there more than once")]
    Repeated(&'static str),
    /// Something that has to be there is missing or not of its shape.
    #[error("{0} is missing or malformed")]
    Malformed(&'static str),
    /// The shop is not a domain of Shopify's.
    #[error("the shop is not a shop's domain")]
    NotAShop,
}

impl Rejection {
    /// The status of the answer.
    pub fn status(self) -> u16 {
        match self {
            Self::Forged | Self::Expired => 401,
            Self::Repeated(_) | Self::Malformed(_) | Self::NotAShop => 400,
        }
    }
}
