//! Server-sent events (WHATWG HTML, section 9.2): each new answer while a request waits, and the last one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderValue, Response, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::time::Instant;

use super::answer::{Answer, Outgoing};
use super::connections::Wait;
use super::routing::{Asked, Question, Routing};
use runtime::bindings::wandstore::storefront::http_types::Pending;
use runtime::changes::{Note, Topic};

/// The times of a stream.
#[derive(Debug, Clone, Copy)]
pub struct StreamTimes {
    /// A stream ends after this long; the browser opens another.
    pub life: Duration,
    /// How often a heartbeat is sent while nothing changes, so that a client that is gone is noticed and no proxy takes
    /// the stream for dead.
    pub heartbeat: Duration,
}

impl Default for StreamTimes {
    fn default() -> Self {
        Self { life: Duration::from_mins(5), heartbeat: Duration::from_secs(15) }
    }
}

/// A comment, which browsers ignore.
const BEAT: &[u8] = b":\n\n";

/// Returns a stream of events that begins with the answer `asked`. Without a `wait`, because too many requests wait
/// already, the stream sends this answer and ends.
pub(super) fn stream(
    routing: Arc<Routing>,
    times: StreamTimes,
    question: Question,
    asked: Asked,
    wait: Option<Wait>,
) -> Response<Outgoing> {
    let Asked { answer, pending, .. } = asked;
    let first = event(&answer);
    let stream_state = pending.zip(wait).map(|(Pending { topic, .. }, wait)| {
        let deadlines = Deadlines::new(times, Instant::now());
        let topic = routing.deployment.changes.note(&topic);
        StateStream { routing, question, _wait: wait, last: answer.body, topic, deadlines }
    });
    let later = stream::unfold(stream_state, |stream_state| async move { stream_state?.next().await });
    let frames = stream::iter([first]).chain(later);
    let frames = frames.map(|bytes| Ok::<_, axum::Error>(Frame::data(bytes)));
    let mut response = Response::new(Outgoing::Stream(StreamBody::new(frames).boxed_unsync()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A stream and the last state that its client received.
struct StateStream {
    routing: Arc<Routing>,
    question: Question,
    _wait: Wait,
    /// The body of the last answer that was sent.
    last: Bytes,
    topic: Note,
    deadlines: Deadlines,
}

impl StateStream {
    /// Returns the next part of the stream and the rest of it, if there is more. Returns `None` at the end.
    async fn next(mut self) -> Option<(Bytes, Option<Self>)> {
        let changes = self.routing.deployment.changes.clone();
        loop {
            match self.deadlines.due(Instant::now()) {
                Some(Due::Beat) => return Some((Bytes::from_static(BEAT), Some(self))),
                Some(Due::End) => return None,
                None => {}
            }
            // Listen before asking, so that a change in between is not missed.
            let bell = changes.next(Topic::Key(self.topic.key()));
            let interim = match self.routing.ask(&mut self.question).await {
                Ok(Asked { answer, pending: None, .. }) => return Some((event(&answer), None)),
                Ok(Asked { answer, pending: Some(pending), .. }) => {
                    if pending.topic != self.topic.key() {
                        self.topic = changes.note(&pending.topic);
                    }
                    answer
                }
                Err(_logged) => return Some((event(&self.routing.rescue(&self.question).0), None)),
            };
            if self.last != interim.body {
                let event = event(&interim);
                self.last = interim.body;
                self.deadlines.sent(Instant::now());
                return Some((event, Some(self)));
            }
            if changes.is_closed() {
                return Some((event(&interim), None));
            }
            changes.wait(bell, self.deadlines.next()).await;
        }
    }
}

/// When a stream has to send something, and when it ends. Neither depends on what wakes the stream, because topics
/// share bells and a bell may ring all the time.
struct Deadlines {
    beat: Instant,
    end: Instant,
    heartbeat: Duration,
}

/// A stream's next action when nothing changed.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    Beat,
    End,
}

impl Deadlines {
    /// Creates the deadlines of a stream that begins now.
    fn new(times: StreamTimes, now: Instant) -> Self {
        Self { beat: now + times.heartbeat, end: now + times.life, heartbeat: times.heartbeat }
    }

    /// Postpones the heartbeat, because something else was sent.
    fn sent(&mut self, now: Instant) {
        self.beat = now + self.heartbeat;
    }

    /// Returns what is due. A heartbeat that is returned counts as sent.
    fn due(&mut self, now: Instant) -> Option<Due> {
        if now < self.next() {
            return None;
        }
        if self.end <= self.beat {
            return Some(Due::End);
        }
        self.sent(now);
        Some(Due::Beat)
    }

    /// Returns when something will be due.
    fn next(&self) -> Instant {
        self.beat.min(self.end)
    }
}

fn event(answer: &Answer) -> Bytes {
    format!("data: {}\n\n", String::from_utf8_lossy(&answer.body)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_come_at_their_time_and_the_end_after_them_however_often_one_looks() {
        let start = Instant::now();
        let times = StreamTimes { life: Duration::from_secs(50), heartbeat: Duration::from_secs(15) };
        let mut deadlines = Deadlines::new(times, start);
        let mut due = Vec::new();
        for ms in 0..=50_000 {
            if let Some(what) = deadlines.due(start + Duration::from_millis(ms)) {
                due.push((ms, what));
            }
        }
        let expected = [(15_000, Due::Beat), (30_000, Due::Beat), (45_000, Due::Beat), (50_000, Due::End)];
        assert_eq!(due, expected);
    }

    #[test]
    fn sent_events_delay_the_heartbeat_but_not_the_end() {
        let start = Instant::now();
        let times = StreamTimes { life: Duration::from_secs(40), heartbeat: Duration::from_secs(15) };
        let mut deadlines = Deadlines::new(times, start);
        for second in 0..40 {
            let now = start + Duration::from_secs(second);
            assert_eq!(deadlines.due(now), None, "{second}");
            deadlines.sent(now);
        }
        assert_eq!(deadlines.due(start + Duration::from_secs(40)), Some(Due::End));
    }
}
