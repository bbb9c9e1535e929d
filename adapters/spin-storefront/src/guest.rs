//! Connects the logic to the imports of the world, and maps addresses to the parts that answer them.

use std::cell::Cell;

use routes::{HEALTH, Method, Methods};
use spin_exchange::http::{self, Content, UnderWay};
use spin_exchange::{Arrival, DRAIN, Forwarded, Purpose, Refusal, Reply, bearer, path};
use spin_sdk::wasip3;
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use spin_sdk::wasip3::exports::http::handler::Guest;
use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response};
use spin_sdk::wasip3::wit_bindgen::{backpressure_dec, backpressure_inc};

use crate::bindings::wandstore::capabilities::values::Value;
use crate::bindings::wandstore::capabilities::{blob, clock, kv, llm, settings, signatures};
use crate::bindings::wandstore::spin::{context, requests};
use crate::bindings::wandstore::storefront::http_types::{self as wit, BodyError};
use crate::bindings::wandstore::storefront::{handler, queue};
use crate::jobs::Jobs;
use crate::{Bounds, Checks, Report, drain, health, is_due, mark};

/// The limits if a shopper's request may have left a job: enough to catch up, and still short.
const AFTER_A_REQUEST: Bounds = Bounds { jobs_max: 8, begin_ms_max: 60_000 };
/// The limits if the operator asks and waits for the answer.
const ON_DEMAND: Bounds = Bounds { jobs_max: 200, begin_ms_max: 25_000 };
/// How often an instance looks whether it is done with other requests: every 2 milliseconds, for 20 seconds.
const LOOK_NS: u64 = 2_000_000;
const LOOKS_MAX: u32 = 10_000;
/// The largest body that the front forwards.
const BODY_BYTES_MAX: usize = 2 << 20;
/// The key of the health marks.
const HEALTH_KEY: &str = "health";
const MARK_BYTES_MAX: u32 = 32;
const MARK_SECONDS: u32 = 60;
const JSON: &str = "content-type: application/json\ncache-control: no-store\n";

thread_local! {
    /// Whether a request runs jobs.
    static RUNS_JOBS: Cell<bool> = const { Cell::new(false) };
}

struct Component;

wasip3::http::service::export!(Component with_types_in wasip3);

/// A forwarded request.
struct Received {
    method: Method,
    /// Path and query.
    target: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    forwarded: Forwarded,
    body: Result<Vec<u8>, BodyError>,
}

impl Guest for Component {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let _under_way = UnderWay::begin();
        serve(request).await
    }
}

async fn serve(request: Request) -> Result<Response, ErrorCode> {
    let Some(received) = receive(request).await else {
        return Err(ErrorCode::HttpRequestDenied);
    };
    let is_head = received.method == Method::Head;
    let answer = match purpose(&received) {
        Asked::Jobs(bounds) => run_jobs(bounds).await,
        Asked::Answer(answer) => answer,
        Asked::Routing => ask(&received),
    };
    Ok(answer.response(is_head))
}

/// Reads a request. Returns `None` if the front did not forward it.
async fn receive(request: Request) -> Option<Received> {
    let mut headers = http::texts(request.get_headers().copy_all());
    let at = headers.iter().position(|(name, _)| name == spin_exchange::FIELD)?;
    let forwarded = Forwarded::read(&headers.swap_remove(at).1)?;
    let method = http::method(&request.get_method());
    let target = request.get_path_with_query()?;
    let body = match forwarded.body {
        Arrival::Absent => Ok(Vec::new()),
        Arrival::Whole => http::body(request, BODY_BYTES_MAX).await.map_err(|_| BodyError::Incomplete),
        Arrival::TooLarge => Err(BodyError::TooLarge),
        Arrival::Incomplete => Err(BodyError::Incomplete),
    };
    Some(Received { method, target, headers, forwarded, body })
}

/// An answer, and what the front has to know about it.
struct Answer {
    status: u16,
    /// The field lines, each `name: value` with a line feed.
    headers: String,
    content: Vec<u8>,
    reply: Reply,
}

impl Answer {
    fn document(json: Vec<u8>) -> Self {
        Self { status: 200, headers: JSON.into(), content: json, reply: Reply::default() }
    }

    fn refusal(refusal: Refusal) -> Self {
        let (headers, content) = (refusal.headers(), refusal.content());
        Self { status: refusal.status(), headers, content, reply: Reply::default() }
    }

    /// Returns the response, without its content if the method is HEAD.
    fn response(self, is_head: bool) -> Response {
        let reply = self.reply.text();
        let length = self.content.len().to_string();
        let own = [(spin_exchange::FIELD, reply.as_bytes()), ("content-length", length.as_bytes())];
        let fields = http::fields(&self.headers).chain(own);
        let content = if is_head { Content::None } else { Content::Bytes(self.content) };
        http::response(self.status, fields, content)
    }
}

/// What a request asks for.
enum Asked {
    /// That jobs run.
    Jobs(Bounds),
    /// This answer.
    Answer(Answer),
    /// What routing answers.
    Routing,
}

fn purpose(received: &Received) -> Asked {
    if received.forwarded.purpose == Purpose::RunJobs {
        return Asked::Jobs(AFTER_A_REQUEST);
    }
    match (path(&received.target), received.method) {
        (HEALTH, Method::Get | Method::Head) => {
            Asked::Answer(Answer::document(health(checks(), llm::is_configured())))
        }
        (HEALTH, _) => Asked::Answer(Answer::refusal(Refusal::Method(Methods::Read))),
        (DRAIN, _) if !is_operator(received) => Asked::Answer(Answer::refusal(Refusal::NothingHere)),
        (DRAIN, Method::Post) => Asked::Jobs(ON_DEMAND),
        (DRAIN, _) => Asked::Answer(Answer::refusal(Refusal::Method(Methods::Write))),
        _ => Asked::Routing,
    }
}

/// Runs jobs. While one runs, the instance does nothing else, so it first takes no more requests and finishes those that
/// it has.
async fn run_jobs(bounds: Bounds) -> Answer {
    let mut report = Report::default();
    if !RUNS_JOBS.replace(true) {
        backpressure_inc();
        if is_alone().await {
            context::client(None);
            report = drain(&Jobs, bounds);
            context::job(None);
        }
        backpressure_dec();
        RUNS_JOBS.set(false);
    }
    Answer::document(serde_json::to_vec(&report).unwrap_or_default())
}

/// Waits until the request that asks is the only one. Returns false if that takes too long.
async fn is_alone() -> bool {
    for _ in 0..LOOKS_MAX {
        if UnderWay::count() <= 1 {
            return true;
        }
        wait_for(LOOK_NS).await;
    }
    false
}

/// Asks routing.
fn ask(received: &Received) -> Answer {
    context::client(received.forwarded.client.map(|address| address.to_string()).as_deref());
    let request = requests::create(&received.headers, received.body.as_deref());
    let reply = handler::handle(received.method.into(), &received.target, &request);
    let content = match reply.response.body {
        wit::Body::Empty => Vec::new(),
        wit::Body::Bytes(bytes) => bytes,
        wit::Body::Value(value) => value.read(0, u32::MAX),
    };
    let is_hit = reply.cache == Some(wit::CacheOutcome::Hit);
    Answer {
        status: reply.response.status,
        headers: reply.response.headers,
        content,
        reply: Reply {
            wait_ms: reply.pending.map(|pending| pending.wait_ms),
            may_have_enqueued: reply.may_have_enqueued,
            depends_on_target_only: is_hit && requests::is_unread(&request),
        },
    }
}

/// Returns whether the operator asks. In development, everybody counts as the operator.
fn is_operator(received: &Received) -> bool {
    let knows = |token: &str| matches!(signatures::matches("DEBUG_TOKEN", token), Ok(true));
    settings::development() || bearer(&received.headers).is_some_and(knows)
}

/// Checks the backends by writing to them. The queue's tables are in the same database as those of short-term storage.
fn checks() -> Checks {
    let now_ms = clock::now_ms();
    let kv = can_write_kv(now_ms);
    Checks { kv, blob: can_write_blob(now_ms), jobs: kv && queue::pool().is_ok() }
}

fn can_write_kv(now_ms: u64) -> bool {
    let Ok(found) = kv::get("UI_CACHE", HEALTH_KEY, MARK_BYTES_MAX) else { return false };
    if !is_due(found.map(|entry| entry.head).as_deref(), now_ms) {
        return true;
    }
    kv::set("UI_CACHE", HEALTH_KEY, &Value::new(&mark(now_ms)), Some(MARK_SECONDS)).is_ok()
}

fn can_write_blob(now_ms: u64) -> bool {
    let Ok(found) = blob::get("UI_STORAGE", HEALTH_KEY, MARK_BYTES_MAX) else { return false };
    if !is_due(found.map(|object| object.head).as_deref(), now_ms) {
        return true;
    }
    blob::put("UI_STORAGE", HEALTH_KEY, &Value::new(&mark(now_ms))).is_ok()
}

routes::conversions!(Method as wit::Method);
