//! A shopper's request, as a component may ask about it.

use bytes::Bytes;
use http::HeaderMap;

/// A shopper's request without its method and target, which are passed as arguments.
#[derive(Debug, Default)]
pub struct Request {
    /// The header fields.
    pub headers: HeaderMap,
    /// The body. It was read before, because a component must not wait for a client.
    pub body: RequestBody,
}

/// The body of a request.
#[derive(Debug, Default)]
pub enum RequestBody {
    /// The request has no body.
    #[default]
    Empty,
    /// Read whole.
    Read(Bytes),
    /// Not read, because the route takes none.
    Unread,
    /// Larger than the limit.
    TooLarge,
    /// The body broke off, or did not arrive in time.
    Broken,
}

impl RequestBody {
    /// Returns how much memory the body counts for.
    pub(super) fn held_bytes(&self) -> usize {
        if let Self::Read(bytes) = self { bytes.len() } else { 0 }
    }

    /// Returns whether the client may still send bytes of the body that nobody reads.
    pub fn is_unread(&self) -> bool {
        match self {
            Self::Empty | Self::Read(_) => false,
            Self::Unread | Self::TooLarge | Self::Broken => true,
        }
    }
}
