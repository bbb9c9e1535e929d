//! Connects the logic to the imports of the world, and maps addresses to the parts that answer them.

use routes::{HEALTH, Method, Methods};
use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{IncomingRequest, ResponseOutparam};

use crate::bindings::wandstore::capabilities::values::Value;
use crate::bindings::wandstore::capabilities::{blob, clock, kv, random, settings, signatures};
use crate::bindings::wandstore::platform::{timer, variables};
use crate::bindings::wandstore::spin::{caller, requests};
use crate::bindings::wandstore::storefront::http_types as wit;
use crate::bindings::wandstore::storefront::{handler, queue};
use crate::http::{self, Received, Sender};
use crate::jobs::Jobs;
use crate::{Answer, Asked, Asker, Bounds, Checks, Content, Refusal, bearer, drain, health, is_due, mark};

/// The limits after a shopper's answer was sent: enough to catch up, and still short.
const AFTER_AN_ANSWER: Bounds = Bounds { jobs_max: 8, begin_ms_max: 60_000, due_ms_max: 10_000 };
/// The limits when the operator asks and waits for the answer.
const ON_DEMAND: Bounds = Bounds { jobs_max: 200, begin_ms_max: 25_000, due_ms_max: 2_500 };
/// The variables that configure a language model (see docs/configuration.md).
const MODEL: [&str; 4] = ["LLM_API_KEY", "KIMI_API_KEY", "AI_GATEWAY_URL", "LLM_BASE_URL"];
/// The path by which the operator has jobs run.
const DRAIN: &str = "/internal/drain";
/// The key of the health marks.
const HEALTH_KEY: &str = "health";
const MARK_BYTES_MAX: u32 = 32;
const MARK_SECONDS: u32 = 60;
const JSON: &str = "content-type: application/json\ncache-control: no-store\n";

struct Component;

wasi::http::proxy::export!(Component with_types_in wasi);

impl Guest for Component {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        let sender = Sender::new(outparam);
        match http::receive(&request) {
            Ok(received) => route(received, sender),
            Err(refusal) => refuse(refusal, sender),
        }
    }
}

fn route(received: Received, sender: Sender) {
    let path = received.target.split('?').next().unwrap_or_default();
    match (path, received.method) {
        (HEALTH, Method::Get | Method::Head) => {
            sender.send(&document(health(checks(), has_model())), &received);
        }
        (HEALTH, _) => refuse(Refusal::Method(Methods::Read), sender),
        (DRAIN, _) if !is_operator(&received) => refuse(Refusal::NothingHere, sender),
        (DRAIN, Method::Post) => {
            let report = drain(&Jobs, ON_DEMAND, random::get_u64());
            sender.send(&document(serde_json::to_vec(&report).unwrap_or_default()), &received);
        }
        (DRAIN, _) => refuse(Refusal::Method(Methods::Write), sender),
        _ => shopper(received, sender),
    }
}

/// Answers a shopper, then runs the jobs that wait.
fn shopper(mut received: Received, sender: Sender) {
    caller::now(received.client.map(|address| address.to_string()).as_deref());
    let body = std::mem::replace(&mut received.body, Ok(Vec::new()));
    let request = requests::create(&received.headers, body.as_deref());
    let question = Question { received: &received, request: &request };
    let first = question.ask();
    let has_left_over = if received.wants_events() && first.is_event() {
        stream(&question, first, sender)
    } else {
        let asked = crate::last_answer(&question, first);
        sender.send(&asked.answer, &received);
        asked.may_leave_job()
    };
    drop(request);
    if has_left_over {
        caller::now(None);
        drain(&Jobs, AFTER_AN_ANSWER, random::get_u64());
    }
}

/// Sends a shopper the changes as events. Returns whether a better answer was still awaited.
fn stream(question: &Question, first: Asked<Value>, sender: Sender) -> bool {
    let Some(mut stream) = sender.stream() else { return true };
    let is_awaited = crate::events(question, first, |text| stream.write(text));
    stream.finish();
    is_awaited
}

/// A request for routing.
struct Question<'a> {
    received: &'a Received,
    request: &'a wit::Request,
}

impl Asker for Question<'_> {
    type Value = Value;

    fn ask(&self) -> Asked<Value> {
        let reply = handler::handle(self.received.method.into(), &self.received.target, self.request);
        Asked {
            answer: reply.response.into(),
            wait_ms: reply.pending.map(|pending| pending.wait_ms),
            route: reply.route.map(Into::into),
            may_have_enqueued: reply.may_have_enqueued,
        }
    }

    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn sleep(&self, ms: u32) {
        timer::sleep(ms);
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

fn has_model() -> bool {
    MODEL.into_iter().any(|name| variables::get(name).is_some())
}

fn document(json: Vec<u8>) -> Answer<Value> {
    Answer { status: 200, headers: JSON.into(), content: Content::Bytes(json) }
}

fn refuse(refusal: Refusal, sender: Sender) {
    let content = Content::Bytes(format!("{refusal}\n").into_bytes());
    let answer = Answer { status: refusal.status(), headers: refusal.headers(), content };
    sender.send_whole(&answer);
}

routes::conversions!(Method as wit::Method);
routes::conversions!(Route as wit::Route);

impl From<wit::Response> for Answer<Value> {
    fn from(wit::Response { status, headers, body }: wit::Response) -> Self {
        let content = match body {
            wit::Body::Empty => Content::Bytes(Vec::new()),
            wit::Body::Bytes(bytes) => Content::Bytes(bytes),
            wit::Body::Value(value) => Content::Value(value),
        };
        Self { status, headers, content }
    }
}
