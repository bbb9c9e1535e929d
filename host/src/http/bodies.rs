//! Reads the bodies of requests before routing is asked, so that a slow client holds its connection and nothing that
//! others need.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes};
use routes::Route;
use runtime::context::RequestBody;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a client may take to send a body.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The largest body of a request that is of no route in the table. A component may have routes of its own.
const OF_NO_ROUTE_BYTES_MAX: u32 = 16 << 10;
/// The most memory that all bodies take at once. Beyond that, a body counts as broken off.
const ROOM_KIB: usize = 64 << 10;

/// The memory for bodies.
pub struct Bodies {
    room: Arc<Semaphore>,
}

/// The memory of a body, until this is dropped.
#[derive(Debug, Default)]
pub struct Room(Option<OwnedSemaphorePermit>);

impl Bodies {
    /// Creates the memory for the bodies of a server.
    pub fn new() -> Self {
        Self::with_room(ROOM_KIB)
    }

    fn with_room(kib: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(kib)) }
    }

    /// Reads the body of a request, as far as its route takes one.
    pub async fn read<B: Body<Data = Bytes> + Unpin>(
        &self,
        body: B,
        route: Option<Route>,
    ) -> (RequestBody, Room) {
        let bytes_max = route.map_or(OF_NO_ROUTE_BYTES_MAX, |route| route.rule().body_bytes_max);
        let mut room = Room::default();
        let body = match bytes_max {
            _ if body.is_end_stream() => RequestBody::Empty,
            0 => RequestBody::Unread,
            max if body.size_hint().lower() > u64::from(max) => RequestBody::TooLarge,
            max => {
                let whole = self.collect(body, max as usize, &mut room);
                tokio::time::timeout(TIMEOUT, whole).await.unwrap_or(RequestBody::Broken)
            }
        };
        (body, room)
    }

    async fn collect<B: Body<Data = Bytes> + Unpin>(
        &self,
        mut body: B,
        bytes_max: usize,
        room: &mut Room,
    ) -> RequestBody {
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return RequestBody::Broken };
            // Trailers are nobody's.
            let Ok(data) = frame.into_data() else { continue };
            let bytes = whole.len() + data.len();
            if bytes > bytes_max {
                return RequestBody::TooLarge;
            }
            if !self.make_room(room, bytes.div_ceil(1 << 10)) {
                return RequestBody::Broken;
            }
            whole.extend_from_slice(&data);
        }
        RequestBody::Read(whole.freeze())
    }

    /// Grows the memory of a body. Returns false if there is not so much left.
    fn make_room(&self, room: &mut Room, kib: usize) -> bool {
        let more = kib.saturating_sub(room.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        let Ok(more) = self.room.clone().try_acquire_many_owned(u32::try_from(more).unwrap_or(u32::MAX))
        else {
            return false;
        };
        match &mut room.0 {
            Some(held) => held.merge(more),
            None => room.0 = Some(more),
        }
        true
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
        let read = async |body, route| bodies.read(body, route).await.0;
        assert!(matches!(read(full(9), TRACK).await, RequestBody::Read(bytes) if bytes.len() == 9));
        assert!(
            matches!(read(full(TRACK_BYTES_MAX), None).await, RequestBody::Read(bytes) if bytes.len() == TRACK_BYTES_MAX)
        );
        for route in [TRACK, None] {
            assert!(matches!(read(full(TRACK_BYTES_MAX + 1), route).await, RequestBody::TooLarge));
        }
        assert!(matches!(read(full(1), Some(Route::Page)).await, RequestBody::Unread));
        assert!(matches!(bodies.read(Empty::new(), TRACK).await.0, RequestBody::Empty));
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_is_not_read_beyond_the_limit() {
        let chunk = || Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b'x'; TRACK_BYTES_MAX / 2 + 1])));
        let endless = StreamBody::new(Box::pin(stream::repeat_with(chunk)));
        assert!(matches!(Bodies::new().read(endless, TRACK).await.0, RequestBody::TooLarge));
    }

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_broken() {
        let begun = stream::iter([Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"{")))]);
        let stalled = StreamBody::new(Box::pin(futures_util::StreamExt::chain(begun, stream::pending())));
        assert!(matches!(Bodies::new().read(stalled, TRACK).await.0, RequestBody::Broken));
    }

    #[tokio::test]
    async fn all_bodies_together_take_no_more_memory_than_there_is() {
        let bodies = Bodies::with_room(3);
        let (first, room) = bodies.read(full(2 << 10), TRACK).await;
        assert!(matches!(first, RequestBody::Read(_)));
        assert!(matches!(bodies.read(full(2 << 10), TRACK).await.0, RequestBody::Broken));
        assert!(matches!(bodies.read(full(1 << 10), TRACK).await.0, RequestBody::Read(_)));
        drop(room);
        assert!(matches!(bodies.read(full(3 << 10), TRACK).await.0, RequestBody::Read(_)));
    }
}
