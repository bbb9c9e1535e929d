//! Reads the bodies of requests before a component is called, so that a slow client holds its connection and nothing
//! that others need.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http::StatusCode;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes};
use routes::Route;
use runtime::context::RequestBody;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a client may take to send a body.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The largest body of a request that is of no route in the table. A component may have routes of its own.
const OF_NO_ROUTE_BYTES_MAX: u32 = 16 << 10;
/// The most memory that all bodies take at once.
const ROOM_KIB: usize = 64 << 10;

/// The memory for bodies.
pub struct Bodies {
    room: Arc<Semaphore>,
}

/// The memory of a body, until this is dropped.
#[derive(Debug, Default)]
pub struct Room(Option<OwnedSemaphorePermit>);

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// It is larger than allowed.
    #[error("the body is too large")]
    TooLarge,
    /// The client stopped sending.
    #[error("the body broke off")]
    BrokenOff,
    /// The client sends too slowly.
    #[error("the body took too long")]
    TooSlow,
    /// Other bodies take all the memory.
    #[error("too many bodies arrive at once; try again")]
    NoRoom,
}

impl NotRead {
    /// Returns the status of the refusal.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Bodies {
    /// Creates the memory for the bodies of a server.
    pub fn new() -> Self {
        Self::with_room(ROOM_KIB)
    }

    fn with_room(kib: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(kib)) }
    }

    /// Reads the body of a request for routing, as far as its route takes one.
    pub async fn read_for<B>(&self, route: Option<Route>, body: B) -> (RequestBody, Room)
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let bytes_max = route.map_or(OF_NO_ROUTE_BYTES_MAX, |route| route.rule().body_bytes_max);
        let unread = match bytes_max {
            _ if body.is_end_stream() => RequestBody::Empty,
            0 => RequestBody::Unread,
            max => match self.read(body, max as usize).await {
                Ok((bytes, room)) => return (RequestBody::Read(bytes), room),
                Err(NotRead::TooLarge) => RequestBody::TooLarge,
                Err(NotRead::BrokenOff | NotRead::TooSlow | NotRead::NoRoom) => RequestBody::Broken,
            },
        };
        (unread, Room::default())
    }

    /// Reads a whole body of at most `bytes_max`.
    pub async fn read<B>(&self, body: B, bytes_max: usize) -> Result<(Bytes, Room), NotRead>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if body.size_hint().lower() > bytes_max as u64 {
            return Err(NotRead::TooLarge);
        }
        tokio::time::timeout(TIMEOUT, self.collect(body, bytes_max)).await.unwrap_or(Err(NotRead::TooSlow))
    }

    async fn collect<B>(&self, mut body: B, bytes_max: usize) -> Result<(Bytes, Room), NotRead>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (mut whole, mut room) = (BytesMut::new(), Room::default());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| NotRead::BrokenOff)?;
            // Trailers are dropped.
            let Ok(data) = frame.into_data() else { continue };
            let bytes = whole.len() + data.len();
            if bytes > bytes_max {
                return Err(NotRead::TooLarge);
            }
            self.make_room(&mut room, bytes.div_ceil(1 << 10)).ok_or(NotRead::NoRoom)?;
            whole.extend_from_slice(&data);
        }
        Ok((whole.freeze(), room))
    }

    /// Grows the memory of a body. Returns `None` if not enough is left.
    fn make_room(&self, room: &mut Room, kib: usize) -> Option<()> {
        let more = kib.saturating_sub(room.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        let more = self.room.clone().try_acquire_many_owned(u32::try_from(more).ok()?).ok()?;
        match &mut room.0 {
            Some(held) => held.merge(more),
            None => room.0 = Some(more),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use http_body_util::{Empty, Full, StreamBody};
    use hyper::body::Frame;

    use super::*;

    const TRACK: Option<Route> = Some(Route::Track);
    const TRACK_BYTES_MAX: usize = 16 << 10;

    fn full(bytes: usize) -> Full<Bytes> {
        Full::new(vec![b'x'; bytes].into())
    }

    #[tokio::test]
    async fn a_body_is_read_if_its_route_takes_one_and_no_further_than_that() {
        let bodies = Bodies::new();
        let read = async |body, route| bodies.read_for(route, body).await.0;
        assert!(matches!(read(full(9), TRACK).await, RequestBody::Read(bytes) if bytes.len() == 9));
        assert!(
            matches!(read(full(TRACK_BYTES_MAX), None).await, RequestBody::Read(bytes) if bytes.len() == TRACK_BYTES_MAX)
        );
        for route in [TRACK, None] {
            assert!(matches!(read(full(TRACK_BYTES_MAX + 1), route).await, RequestBody::TooLarge));
        }
        assert!(matches!(read(full(1), Some(Route::Page)).await, RequestBody::Unread));
        assert!(matches!(bodies.read_for(TRACK, Empty::new()).await.0, RequestBody::Empty));
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_is_not_read_beyond_the_limit() {
        let chunk = || Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b'x'; TRACK_BYTES_MAX / 2 + 1])));
        let endless = StreamBody::new(Box::pin(stream::repeat_with(chunk)));
        assert_eq!(Bodies::new().read(endless, TRACK_BYTES_MAX).await.err(), Some(NotRead::TooLarge));
    }

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let begun = stream::iter([Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"{")))]);
        let stalled = StreamBody::new(Box::pin(futures_util::StreamExt::chain(begun, stream::pending())));
        assert_eq!(Bodies::new().read(stalled, TRACK_BYTES_MAX).await.err(), Some(NotRead::TooSlow));
    }

    #[tokio::test]
    async fn all_bodies_together_take_no_more_memory_than_there_is() {
        let bodies = Bodies::with_room(3);
        let read = async |kib: usize| bodies.read(full(kib << 10), TRACK_BYTES_MAX).await;
        let first = read(2).await.expect("there is room");
        assert_eq!(read(2).await.err(), Some(NotRead::NoRoom));
        assert!(read(1).await.is_ok());
        drop(first);
        assert!(read(3).await.is_ok());
    }
}
