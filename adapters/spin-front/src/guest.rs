//! Connects the logic to the imports and exports of WASI.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use routes::{HEALTH, Method, OnFailure};
use spin_exchange::http::{self, Content, Unread};
use spin_exchange::{Arrival, Refusal, path};
use spin_sdk::wasip3;
use spin_sdk::wasip3::exports::http::handler::Guest;
use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response};
use spin_sdk::wasip3::random::random::get_random_u64;
use spin_sdk::wasip3::{spawn, wit_stream};

use crate::received::Received;
use crate::storefront::{self, Answer};
use crate::time::{now_ms, pause};
use crate::{
    Events, Kept, LOOK_MS, Page, Waiting, announced, body_bytes_max, client, fields, refuses_kept, route,
    target, turn_ms, wants_events,
};

struct Component;

wasip3::http::service::export!(Component with_types_in wasip3);

thread_local! {
    static IS_NEW: Cell<bool> = const { Cell::new(true) };
    static KEPT: RefCell<Kept> = RefCell::default();
}

impl Guest for Component {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        Ok(match receive(request).await {
            Ok(received) => serve(received).await,
            Err(refusal) => lines_response(refusal.status(), &refusal.headers(), refusal.content()),
        })
    }
}

async fn receive(request: Request) -> Result<Received, Refusal> {
    let target = target(request.get_path_with_query())?;
    let entries = request.get_headers().copy_all();
    let route = route(&target);
    let client = client(&entries, route);
    let headers = fields(entries)?;
    let method = http::method(&request.get_method());
    let bytes_max = body_bytes_max(route);
    let (arrival, body) = match announced(method, &headers, bytes_max) {
        Some(arrival) => (arrival, Vec::new()),
        None => match http::body(request, bytes_max).await {
            Ok(body) => (Arrival::Whole, body),
            Err(Unread::TooLarge) => (Arrival::TooLarge, Vec::new()),
            Err(Unread::Incomplete) => (Arrival::Incomplete, Vec::new()),
        },
    };
    Ok(Received { method, target, route, headers, client, arrival, body })
}

async fn serve(received: Received) -> Response {
    if let Some(page) = kept(&received) {
        return page_response(&page);
    }
    let is_busy = IS_NEW.replace(false) && queue_up().await;
    let asked_ms = now_ms();
    let Some(first) = storefront::ask(&received).await else { return failure(&received) };
    if first.reply.may_leave_job() {
        storefront::run_jobs(is_busy);
    }
    if gets_events(&received, &first) {
        return events(received, first);
    }
    let answer = last_answer(&received, first).await;
    if received.method == Method::Get && answer.reply.depends_on_target_only {
        return keep(&received, answer, asked_ms).await;
    }
    let content = match received.method {
        Method::Head => Content::None,
        _ => Content::Forwarded(answer.content, answer.ended),
    };
    http::response(answer.status, pairs(&answer.fields), content)
}

/// Waits a moment, and longer the later Spin wakes this instance up. At a burst Spin makes an instance for each request,
/// so that all of them together would ask for more instances of the storefront than there is room for. Returns whether
/// Spin is busy.
async fn queue_up() -> bool {
    let begun_ms = now_ms();
    pause(LOOK_MS).await;
    let late_ms = (now_ms() - begun_ms).saturating_sub(LOOK_MS);
    let Some(pause_ms) = turn_ms(late_ms, get_random_u64()) else { return false };
    pause(pause_ms).await;
    true
}

/// Returns whether an answer can be sent as a server-sent event.
fn gets_events(received: &Received, answer: &Answer) -> bool {
    wants_events(received.method, &received.headers)
        && answer.status == 200
        && received.route.is_some_and(|route| route.rule().has_events)
}

fn kept(received: &Received) -> Option<Rc<Page>> {
    let may_be_kept = received.method == Method::Get && !refuses_kept(&received.headers);
    may_be_kept.then(|| KEPT.with_borrow(|kept| kept.get(&received.target, now_ms()))).flatten()
}

/// Answers with a fresh page, and keeps it.
async fn keep(received: &Received, answer: Answer, asked_ms: u64) -> Response {
    let fields = answer.fields.clone();
    let Ok(content) = answer.bytes().await else { return failure(received) };
    let page = Rc::new(Page { fields, content });
    KEPT.with_borrow_mut(|kept| kept.keep(&received.target, Rc::clone(&page), asked_ms));
    page_response(&page)
}

fn page_response(page: &Page) -> Response {
    http::response(200, pairs(&page.fields), Content::Bytes(page.content.clone()))
}

/// Returns the final answer, or an interim one when the wait is over.
async fn last_answer(received: &Received, first: Answer) -> Answer {
    let mut waiting = Waiting::new(now_ms());
    let mut answer = first;
    while let Some(pause_ms) =
        answer.reply.wait_ms.and_then(|wait_ms| waiting.pause_ms(now_ms(), wait_ms.into()))
    {
        pause(pause_ms).await;
        if waiting.starts_jobs(now_ms()) {
            storefront::run_jobs(false);
        }
        let Some(next) = storefront::ask(received).await else { break };
        answer = next;
    }
    answer
}

/// Answers with a stream of events.
fn events(received: Received, first: Answer) -> Response {
    let (mut writer, stream) = wit_stream::new();
    spawn(async move {
        let mut events = Events::new(now_ms());
        let mut next = Some(first);
        while let Some(answer) = next {
            let is_last = answer.reply.wait_ms.is_none();
            let Ok(text) = answer.bytes().await else { return };
            let step = events.take(&text, is_last, now_ms());
            if let Some(bytes) = step.send
                && !http::write(&mut writer, bytes).await
            {
                return;
            }
            let Some(pause_ms) = step.pause_ms else { return };
            pause(pause_ms).await;
            if events.starts_jobs(now_ms()) {
                storefront::run_jobs(false);
            }
            next = storefront::ask(&received).await;
        }
    });
    let fields: [(&str, &[u8]); 2] = [("content-type", b"text/event-stream"), ("cache-control", b"no-store")];
    http::response(200, fields.into_iter(), Content::Later(stream))
}

/// Answers without the storefront.
fn failure(received: &Received) -> Response {
    if path(&received.target) == HEALTH {
        return lines_response(
            503,
            "content-type: text/plain\n",
            b"the storefront does not answer\n".to_vec(),
        );
    }
    let answer = OnFailure::of(received.route).answer();
    let fields = answer.headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    http::response(answer.status, fields, Content::Bytes(answer.body.as_bytes().to_vec()))
}

/// Returns a response with these field lines, each `name: value` with a line feed.
fn lines_response(status: u16, lines: &str, content: Vec<u8>) -> Response {
    let length = content.len().to_string();
    let fields = http::fields(lines).chain([("content-length", length.as_bytes())]);
    http::response(status, fields, Content::Bytes(content))
}

fn pairs(fields: &[(String, Vec<u8>)]) -> impl Iterator<Item = (&str, &[u8])> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
}
