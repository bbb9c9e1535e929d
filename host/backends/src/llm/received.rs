//! Reads the response to a question as it arrives, and stops when it stalls or goes wrong.

use std::time::Duration;

use ::llm::{Arriving, End, RESPONSE_BYTES_MAX, Reply};
use reqwest::Response;
use reqwest::header::{HeaderValue, RETRY_AFTER};
use tokio::time::{Instant, timeout_at};
use tracing::debug;

/// The response to a question.
pub(super) enum Received {
    Unsent,
    Broken,
    Late,
    TooLarge,
    Response { status: u16, retry_after: Option<HeaderValue>, body: Vec<u8>, end: End },
}

impl Received {
    pub(super) fn reply(&self) -> Reply<'_> {
        match self {
            Self::Unsent => Reply::Unsent,
            Self::Broken => Reply::Broken,
            Self::Late => Reply::Late,
            Self::TooLarge => Reply::TooLarge,
            Self::Response { status, retry_after, body, end } => Reply::Response {
                status: *status,
                retry_after: retry_after.as_ref().and_then(|header| header.to_str().ok()),
                body,
                end: *end,
            },
        }
    }
}

/// How long to wait for a response.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// When everything has to be there.
    pub(super) deadline: Instant,
    /// The longest pause in an answer that has begun.
    pub(super) idle: Duration,
}

/// Returns what an error means that came in place of a response.
pub(super) fn unanswered(error: reqwest::Error) -> Received {
    let was_sent = !(error.is_connect() || error.is_builder());
    not_reached(error);
    if was_sent { Received::Broken } else { Received::Unsent }
}

/// Reads a response. Keeps the received part of a body that breaks off, because it may be all that matters. Calls
/// `at_first_block` once the first block is complete.
pub(super) async fn read(
    mut response: Response,
    mut arriving: Arriving<'_>,
    limits: Limits,
    at_first_block: impl FnOnce(),
) -> Received {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).cloned();
    let (mut body, mut at_first_block) = (Vec::new(), Some(at_first_block));
    let end = loop {
        let chunk = match next(&mut response, &arriving, limits).await {
            Ok(chunk) => chunk,
            Err(end) => break end,
        };
        if body.len() + chunk.len() > RESPONSE_BYTES_MAX {
            if status.is_success() {
                return Received::TooLarge;
            }
            break End::Broken;
        }
        body.extend_from_slice(&chunk);
        let wrong = arriving.push(&chunk);
        if let Some(at_first_block) = at_first_block.take_if(|_| arriving.has_block()) {
            at_first_block();
        }
        if let Some(wrong) = wrong {
            break End::Stopped(wrong);
        }
    };
    Received::Response { status: status.as_u16(), retry_after, body, end }
}

/// Waits for the next part of the body, or returns how it ended.
async fn next(response: &mut Response, arriving: &Arriving<'_>, limits: Limits) -> Result<bytes::Bytes, End> {
    let idle_until = arriving
        .pause_max(limits.idle)
        .map(|pause| Instant::now() + pause)
        .filter(|until| *until < limits.deadline);
    let (until, end) = idle_until.map_or((limits.deadline, End::Late), |until| (until, End::Stalled));
    match timeout_at(until, response.chunk()).await {
        Ok(Ok(Some(chunk))) => Ok(chunk),
        Ok(Ok(None)) => Err(End::Whole),
        Ok(Err(error)) => {
            not_reached(error);
            Err(End::Broken)
        }
        Err(_) => Err(end),
    }
}

/// Logs an error without the URL, because the URL may hold a secret.
fn not_reached(error: reqwest::Error) {
    debug!(error = %error.without_url(), "the request to the model's endpoint failed");
}
