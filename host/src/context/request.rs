//! A shopper's request, as a component may ask about it.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;

/// What is left of a shopper's request once method and target were handed over.
#[derive(Debug, Default)]
pub struct Request {
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, until it is read; then what was read of it, since a request may be asked about twice.
    pub body: RequestBody,
}

/// The body of a request.
#[derive(Debug, Default)]
pub enum RequestBody {
    /// There is none.
    #[default]
    Empty,
    /// Not read yet.
    Unread(Incoming),
    /// Read whole.
    Read(Bytes),
    /// It was larger than asked for.
    TooLarge,
    /// It broke off, or reading it was given up.
    Broken,
}

/// How long a client may take to send a body: less than a call may take, so that a slow client
/// is not a component's failure.
const BODY_TIMEOUT: Duration = Duration::from_secs(3);

impl RequestBody {
    /// Reads the body, unless it was read before or is larger than `limit` bytes.
    pub(super) async fn read(&mut self, limit: usize) {
        if !matches!(self, Self::Unread(_)) {
            return;
        }
        // Until it is read whole it counts as broken, for reading it may be given up on the way.
        let Self::Unread(body) = std::mem::replace(self, Self::Broken) else { return };
        let whole = Limited::new(body, limit).collect();
        *self = match tokio::time::timeout(BODY_TIMEOUT, whole).await {
            Ok(Ok(whole)) => Self::Read(whole.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Self::TooLarge,
            Ok(Err(_)) | Err(_) => Self::Broken,
        };
    }

    /// How much memory it counts for.
    pub(super) fn held_bytes(&self) -> usize {
        if let Self::Read(bytes) = self { bytes.len() } else { 0 }
    }

    /// Whether the client may still send some of it that nobody reads.
    pub fn is_unread(&self) -> bool {
        match self {
            Self::Empty | Self::Read(_) => false,
            Self::Unread(_) | Self::TooLarge | Self::Broken => true,
        }
    }
}
