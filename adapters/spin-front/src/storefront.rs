//! Requests to the storefront, a component of the same application, by Spin's service chaining.

use std::pin::pin;

use futures_util::future::{Either, select};
use routes::Method;
use spin_exchange::http::{self, Unread};
use spin_exchange::{Arrival, DRAIN, FIELD, Forwarded, Purpose, Reply, path};
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{
    ErrorCode, Fields, Method as WasiMethod, Request, Response, Scheme, Trailers,
};
use spin_sdk::wasip3::random::random::get_random_u64;
use spin_sdk::wasip3::wit_bindgen::{FutureReader, StreamReader};
use spin_sdk::wasip3::{spawn, wit_future};

use crate::received::Received;
use crate::time::{now_ms, pause};
use crate::{is_forwarded, jobs_pause_ms, pause_ms};

/// The host of the component `storefront` of the manifest.
const AUTHORITY: &str = "storefront.spin.internal";
/// How long a shopper's answer may take.
const ANSWER_MS_MAX: u64 = 15_000;
/// The largest answer that is read here: a status, or a page that is kept.
const CONTENT_BYTES_MAX: usize = 4 << 20;

/// An answer of the storefront.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) reply: Reply,
    pub(crate) content: StreamReader<u8>,
    pub(crate) ended: FutureReader<Result<Option<Trailers>, ErrorCode>>,
}

impl Answer {
    fn read(response: Response) -> Option<Self> {
        let status = response.get_status_code();
        let mut fields = response.get_headers().copy_all();
        let at = fields.iter().position(|(name, _)| name == FIELD)?;
        let reply = Reply::read(&fields.swap_remove(at).1)?;
        let (_, consumed) = wit_future::new(|| Ok(()));
        let (content, ended) = Response::consume_body(response, consumed);
        Some(Self { status, fields, reply, content, ended })
    }

    /// Reads the whole content.
    pub(crate) async fn bytes(self) -> Result<Vec<u8>, Unread> {
        http::read(self.content, self.ended, CONTENT_BYTES_MAX).await
    }
}

/// Asks the storefront, if need be several times. Returns `None` if it does not answer.
pub(crate) async fn ask(received: &Received) -> Option<Answer> {
    let begun_ms = now_ms();
    for attempt in 1.. {
        if let Some(answer) = ask_once(received).await {
            return Some(answer);
        }
        // What a POST request was to change may have been changed before the failure.
        if received.method == Method::Post {
            return None;
        }
        let pause_ms = pause_ms(attempt, now_ms() - begun_ms, get_random_u64())?;
        pause(pause_ms).await;
    }
    None
}

async fn ask_once(received: &Received) -> Option<Answer> {
    let sent = pin!(client::send(request(received)));
    // The operator waits for jobs.
    if path(&received.target) == DRAIN {
        return Answer::read(sent.await.ok()?);
    }
    match select(sent, pin!(pause(ANSWER_MS_MAX))).await {
        Either::Left((response, _)) => Answer::read(response.ok()?),
        Either::Right(_) => None,
    }
}

/// Has the storefront run the jobs that are due. Nobody waits for it.
pub(crate) fn run_jobs(is_busy: bool) {
    spawn(async move {
        pause(jobs_pause_ms(is_busy, get_random_u64())).await;
        let forwarded = Forwarded { purpose: Purpose::RunJobs, client: None, body: Arrival::Absent };
        // If there is no room for it now, a waiting page tries again.
        let _ =
            client::send(build(&WasiMethod::Post, DRAIN, std::iter::empty(), &forwarded, Vec::new())).await;
    });
}

fn request(received: &Received) -> Request {
    let method = match received.method {
        Method::Get => WasiMethod::Get,
        Method::Head => WasiMethod::Head,
        Method::Post => WasiMethod::Post,
        Method::Other => WasiMethod::Options,
    };
    let fields = received.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let forwarded = Forwarded { purpose: Purpose::Answer, client: received.client, body: received.arrival };
    build(&method, &received.target, fields, &forwarded, received.body.clone())
}

fn build<'a>(
    method: &WasiMethod,
    target: &str,
    fields: impl Iterator<Item = (&'a str, &'a str)>,
    forwarded: &Forwarded,
    body: Vec<u8>,
) -> Request {
    let headers = Fields::new();
    for (name, value) in fields.filter(|(name, _)| is_forwarded(name)) {
        let _ = headers.append(name, value.as_bytes());
    }
    let _ = headers.append(FIELD, forwarded.text().as_bytes());
    let body = (!body.is_empty()).then(|| http::stream(body));
    let (request, _) = Request::new(headers, body, http::ended(), None);
    let _ = request.set_method(method);
    let _ = request.set_scheme(Some(&Scheme::Http));
    let _ = request.set_authority(Some(AUTHORITY));
    let _ = request.set_path_with_query(Some(target));
    request
}
