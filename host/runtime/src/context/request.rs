//! A shopper's request, as a component may ask about it.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// A body that is still arriving.
pub type Incoming = UnsyncBoxBody<Bytes, BrokenOff>;

/// The client did not send the whole body.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BrokenOff(pub Box<dyn std::error::Error + Send + Sync>);

/// A shopper's request without its method and target, which are passed as arguments.
#[derive(Debug, Default)]
pub struct Request {
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, or the bytes read from it. They are kept because routing may be asked about a request twice.
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
    /// Larger than the limit.
    TooLarge,
    /// The body broke off, or reading it was abandoned.
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
        // Until the body is complete it counts as broken, because reading it may be abandoned on the way.
        let Self::Unread(body) = std::mem::replace(self, Self::Broken) else { return };
        let whole = Limited::new(body, limit).collect();
        *self = match tokio::time::timeout(BODY_TIMEOUT, whole).await {
            Ok(Ok(whole)) => Self::Read(whole.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Self::TooLarge,
            Ok(Err(_)) | Err(_) => Self::Broken,
        };
    }

    /// Returns how much memory the body counts for.
    pub(super) fn held_bytes(&self) -> usize {
        if let Self::Read(bytes) = self { bytes.len() } else { 0 }
    }

    /// Returns whether the client may still send bytes of the body that nobody reads.
    pub fn is_unread(&self) -> bool {
        match self {
            Self::Empty | Self::Read(_) => false,
            Self::Unread(_) | Self::TooLarge | Self::Broken => true,
        }
    }
}
