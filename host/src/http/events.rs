//! Server-sent events (WHATWG HTML, section 9.2): each answer that is new while a request waits, and the last one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::time::Instant;

use super::answer::{Answer, Outgoing};
use super::connections::Wait;
use super::shopper::{Asked, Question, Shoppers};
use crate::changes::Topic;

/// How long a stream lasts, and how often it says something.
#[derive(Debug, Clone, Copy)]
pub struct StreamTimes {
    /// A stream ends after this long; the browser opens another.
    pub life: Duration,
    /// How often something is sent while nothing changes: so a client that is gone is noticed, and no proxy takes the
    /// stream for dead.
    pub heartbeat: Duration,
}

impl Default for StreamTimes {
    fn default() -> Self {
        Self { life: Duration::from_mins(5), heartbeat: Duration::from_secs(15) }
    }
}

/// A comment, which browsers pass over.
const BEAT: &[u8] = b":\n\n";

/// A stream of events. Without a `wait` there are too many already: then it tells where things stand, and ends.
pub(super) fn stream(shoppers: Arc<Shoppers>, question: Question, wait: Option<Wait>) -> Response<Outgoing> {
    let ends = Instant::now() + shoppers.stream_times.life;
    let told = Told { shoppers, question, wait, last: None, topic: None, ends };
    let events = stream::unfold(Some(told), |told| async move {
        let (frame, told) = told?.next().await?;
        Some((Ok::<_, axum::Error>(Frame::data(frame)), told))
    });
    let mut response = Response::new(Outgoing::Stream(StreamBody::new(events).boxed_unsync()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a client was told so far.
struct Told {
    shoppers: Arc<Shoppers>,
    question: Question,
    wait: Option<Wait>,
    last: Option<Answer>,
    topic: Option<String>,
    ends: Instant,
}

impl Told {
    /// The next part of the stream, and what follows it, if anything does. `None`: it ends.
    async fn next(mut self) -> Option<(Bytes, Option<Self>)> {
        let changes = self.shoppers.deployment.changes.clone();
        loop {
            // Listen before asking: what changes in between is not missed.
            let bell = self.topic.as_deref().map(|topic| changes.next(Topic::Key(topic)));
            let (interim, topic) = match self.shoppers.ask(&mut self.question).await {
                Ok(Asked::Answer(answer)) => return Some((event(&answer), None)),
                Ok(Asked::Wait { interim, topic, .. }) => (interim, topic),
                Err(_logged) => return Some((event(&self.shoppers.rescue(&self.question)), None)),
            };
            if self.last.as_ref().is_none_or(|last| last.body != interim.body) {
                let event = event(&interim);
                self.last = Some(interim);
                return Some((event, self.wait.is_some().then_some(self)));
            }
            if changes.is_closed() {
                return Some((event(&interim), None));
            }
            if let Some(bell) = bell {
                let beat = (Instant::now() + self.shoppers.stream_times.heartbeat).min(self.ends);
                if !changes.wait(bell, beat).await && !changes.is_closed() {
                    return (beat < self.ends).then(|| (Bytes::from_static(BEAT), Some(self)));
                }
            }
            self.topic = Some(topic);
        }
    }
}

fn event(answer: &Answer) -> Bytes {
    format!("data: {}\n\n", String::from_utf8_lossy(&answer.body)).into()
}
