//! Tests of the client against an endpoint on a real socket that stalls, fails and lies.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::llm::InvalidEndpoint;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{
    Cause, Client, Completion, Ending, Error, Failed, Llm, Message, NoClient, Request, Role, Settings, Spent,
    Unconfigured,
};
use crate::{Secret, clock, random};

mod behaviours;
mod negotiation;
mod spending;
mod streaming;

const KEY: &str = "sk-very-secret";

/// The endpoint's reaction to a request.
enum Reply {
    /// Sends this and hangs up.
    Send(Vec<u8>),
    /// Sends this and then nothing more.
    Stall(Vec<u8>),
    /// Sends a response a byte at a time, with pauses.
    Drip,
    /// Sends a response without an end.
    Flood,
    /// Sends a response in parts, and waits so many milliseconds before each; then it hangs up.
    Paced(Vec<(u64, Vec<u8>)>),
}

fn reply(status: u16, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Send(
        format!("HTTP/1.1 {status} S\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes(),
    )
}

fn answer(text: &str) -> Reply {
    let body = json!({
        "model": "kimi-k2",
        "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1_000, "completion_tokens": 500 },
    });
    reply(200, "", &body.to_string())
}

fn complaint(status: u16, headers: &str, message: &str) -> Reply {
    reply(status, headers, &json!({ "error": { "message": message } }).to_string())
}

/// An endpoint on this machine that follows a script, and answers 500 once the script ends.
struct Endpoint {
    base_url: String,
    requests: Arc<Mutex<Vec<Received>>>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Received {
    head: String,
    body: Value,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Endpoint {
    async fn following(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: VecDeque<_> = script.into_iter().collect();
        let serving = tokio::spawn(serve(listener, script, requests.clone()));
        Self { base_url, requests, serving }
    }

    fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(listener: TcpListener, mut script: VecDeque<Reply>, requests: Arc<Mutex<Vec<Received>>>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let Some(received) = receive(&mut stream).await else { continue };
        requests.lock().unwrap().push(received);
        let reply =
            script.pop_front().unwrap_or_else(|| complaint(500, "Retry-After: 0\r\n", "end of script"));
        connections.spawn(send(stream.into_inner(), reply));
    }
}

async fn receive(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Received { head, body: serde_json::from_slice(&body).ok()? })
}

/// Sends a reply. Ignores errors, because they come from a client that hung up.
async fn send(mut stream: TcpStream, reply: Reply) {
    match reply {
        Reply::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Reply::Drip => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        Reply::Paced(parts) => {
            let mut due = tokio::time::Instant::now();
            for (pause_ms, bytes) in parts {
                due += Duration::from_millis(pause_ms);
                tokio::time::sleep_until(due).await;
                let _ = stream.write_all(&bytes).await;
            }
            let _ = stream.shutdown().await;
        }
        Reply::Flood => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
        }
    }
}

fn settings(endpoint: &Endpoint) -> Settings {
    Settings {
        base_url: Some(endpoint.base_url.clone()),
        model: "kimi".into(),
        timeout_ms: 10_000,
        backoff_ms: 2,
        ..Settings::default()
    }
}

fn client(settings: &Settings) -> Client {
    client_at(settings, Some(&Secret::new(KEY)), Arc::new(clock::Scripted::new(0)))
}

fn client_at(settings: &Settings, key: Option<&Secret>, clock: Arc<clock::Scripted>) -> Client {
    let client = Client::new(settings, key, clock, Arc::new(random::Scripted::new(0)));
    client.unwrap().expect("a model is configured")
}

fn request() -> Request {
    Request {
        messages: vec![Message { role: Role::User, text: "Plan.".into() }],
        schema: r#"{"type":"object"}"#.into(),
        schema_name: "plan".into(),
        tokens_max: 500,
        calls_max: 2,
        is_optional: false,
    }
}

/// Asks an endpoint that follows `script` one question; returns the outcome and the number of requests.
async fn ask(script: impl IntoIterator<Item = Reply>) -> (Result<Completion, Error>, usize) {
    ask_with(script, |_| ()).await
}

async fn ask_with(
    script: impl IntoIterator<Item = Reply>,
    configure: impl FnOnce(&mut Settings),
) -> (Result<Completion, Error>, usize) {
    let endpoint = Endpoint::following(script).await;
    let mut settings = settings(&endpoint);
    configure(&mut settings);
    let outcome = client(&settings).complete(request(), &Spent::default()).await;
    (outcome, endpoint.requests().len())
}

/// Asks the client a question, without counting what it costs.
async fn put(client: &Client) -> Result<Completion, Error> {
    client.complete(request(), &Spent::default()).await
}

/// Returns why there was no answer.
fn failed<T>(outcome: Result<T, Error>) -> Failed {
    match outcome {
        Err(Error::Failed(failed)) => failed,
        Err(Error::NotConfigured) => panic!("there is a model"),
        Ok(_) => panic!("there is an answer"),
    }
}

fn why((outcome, requests): (Result<Completion, Error>, usize)) -> (Cause, Option<u64>, usize) {
    let failed = failed(outcome);
    (failed.cause, failed.retry_after_ms, requests)
}

fn text((outcome, requests): (Result<Completion, Error>, usize)) -> (String, usize) {
    (outcome.unwrap().text, requests)
}

const STALLED_MS: u64 = 300;
const STALLED: Duration = Duration::from_millis(STALLED_MS);

#[tokio::test]
async fn no_model_is_a_value() {
    assert!(!Unconfigured.is_configured());
    assert_eq!(Unconfigured.complete(request(), &Spent::default()).await, Err(Error::NotConfigured));
}

#[tokio::test]
async fn an_answer_comes_with_its_model_and_tokens() {
    let endpoint = Endpoint::following([answer("{}")]).await;
    let expected = Completion {
        text: "{}".into(),
        model: "kimi-k2".into(),
        configured_model: "kimi".into(),
        tokens_in: 1_000,
        tokens_out: 500,
        ending: Ending::Complete,
        calls: 1,
        cost_microdollars: 2_950,
    };
    assert_eq!(put(&client(&settings(&endpoint))).await, Ok(expected));

    let asked = &endpoint.requests()[0];
    assert!(asked.head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{}", asked.head);
    assert!(
        asked.head.to_lowercase().contains(&format!("authorization: bearer {KEY}\r\n")),
        "{}",
        asked.head
    );
    assert_eq!(asked.body["model"], "kimi");
    assert_eq!(asked.body["response_format"]["json_schema"]["name"], "plan");
}

#[tokio::test]
async fn without_a_key_none_is_sent() {
    let endpoint = Endpoint::following([answer("{}")]).await;
    let clock = Arc::new(clock::Scripted::new(0));
    put(&client_at(&settings(&endpoint), None, clock)).await.unwrap();
    assert!(!endpoint.requests()[0].head.to_lowercase().contains("authorization"));
}

#[tokio::test]
async fn a_fault_that_passes_is_not_noticed() {
    let passing = [
        complaint(500, "", "oops"),
        complaint(503, "Retry-After: 0\r\n", "busy"),
        complaint(429, "Retry-After: 0\r\n", "slow down"),
        complaint(429, "", "slow down"),
        Reply::Send(vec![]),
        Reply::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"choices\"".to_vec()),
        Reply::Send(b"garbage\r\n\r\n".to_vec()),
        reply(200, "", "{\"choices\": [{\"mess"),
    ];
    for fault in passing {
        assert_eq!(text(ask([fault, answer("{}")]).await), ("{}".into(), 2));
    }
}

#[tokio::test]
async fn a_fault_that_stays_ends_in_unavailable() {
    assert_eq!(why(ask([]).await).0, Cause::Unreachable);
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_unavailable() {
    let base_url = Some("http://127.0.0.1:1".into());
    let unreachable = Settings { base_url, retries: 1, backoff_ms: 2, ..Settings::default() };
    let failed = failed(put(&client(&unreachable)).await);
    assert_eq!(failed.cause, Cause::Unreachable);
    assert!(failed.retry_after_ms.is_some());
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_handed_on() {
    let asked = ask([complaint(429, "Retry-After: 30\r\n", "slow down")]).await;
    assert_eq!(why(asked), (Cause::Rate, Some(30_000), 1));
    let date = "Retry-After: Thu, 01 Jan 1970 00:02:00 GMT\r\n";
    let asked = ask([complaint(503, date, "closed")]).await;
    assert_eq!(why(asked), (Cause::Unreachable, Some(120_000), 1));
}

#[tokio::test]
async fn a_whole_answer_has_one_time_limit() {
    let stalls = [
        Reply::Stall(vec![]),
        Reply::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Reply::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()),
        Reply::Stall(b"HTTP/1.1 500 S\r\nContent-Length: 100\r\n\r\n{".to_vec()),
        Reply::Drip,
    ];
    for stall in stalls {
        let asked = ask_with([stall], |settings| settings.timeout_ms = STALLED_MS).await;
        assert_eq!(why(asked), (Cause::Timeout, Some(60_000), 1));
    }
}

#[tokio::test]
async fn waiting_for_a_place_takes_of_the_same_time() {
    let endpoint = Endpoint::following([Reply::Stall(vec![]), Reply::Stall(vec![])]).await;
    let client = client(&Settings { timeout_ms: STALLED_MS, concurrency: 1, ..settings(&endpoint) });
    let start = tokio::time::Instant::now();
    let ask = || async { failed(put(&client).await).cause };
    let asked = tokio::join!(ask(), ask(), ask(), ask(), ask());
    let late = Cause::Timeout;
    assert_eq!(asked, (late, late, late, late, late));
    assert!(start.elapsed() < STALLED * 3, "not one after the other");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Endpoint::following([answer("{}")]).await;
    let location = format!("Location: {}/chat/completions\r\n", elsewhere.base_url);
    assert_eq!(why(ask([reply(307, &location, "")]).await), (Cause::Unreachable, None, 1));
    assert_eq!(elsewhere.requests().len(), 0);
}

#[tokio::test]
async fn an_endpoint_that_is_down_opens_the_breaker_and_is_retried_later() {
    let down = || complaint(500, "Retry-After: 0\r\n", "down");
    let endpoint = Endpoint::following([down(), down(), answer("{}")]).await;
    let settings =
        Settings { retries: 0, breaker_failures: 2, breaker_cooldown_ms: 50, ..settings(&endpoint) };
    let client = client(&settings);
    for _ in 0..2 {
        assert_eq!(failed(put(&client).await).cause, Cause::Unreachable);
    }
    let left_alone = failed(put(&client).await);
    assert!(matches!(left_alone.retry_after_ms, Some(1..=50)), "{left_alone:?}");
    assert_eq!(endpoint.requests().len(), 2, "no request was sent");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(put(&client).await.unwrap().text, "{}");
}

#[tokio::test]
async fn an_endpoint_that_stalls_opens_the_breaker_too() {
    let endpoint = Endpoint::following([Reply::Stall(vec![])]).await;
    let client = client(&Settings { timeout_ms: STALLED_MS, breaker_failures: 1, ..settings(&endpoint) });
    assert_eq!(failed(put(&client).await).cause, Cause::Timeout);
    assert_eq!(failed(put(&client).await).cause, Cause::Unreachable);
    assert_eq!(endpoint.requests().len(), 1, "no request was sent");
}

#[tokio::test]
async fn the_key_is_in_no_error_and_no_log() {
    let log = Log::default();
    // With only one subscriber, the first thread that reaches a log line decides once and for all whether it is
    // written, and that thread may belong to another test.
    let _another = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer({
            let log = log.clone();
            move || log.clone()
        })
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let echo = || format!("key {KEY} is unknown, {}{KEY}", "x".repeat(180));
    let script =
        [complaint(500, "Retry-After: 0\r\n", &echo()), Reply::Send(vec![]), complaint(401, "", &echo())];
    let endpoint = Endpoint::following(script).await;
    let settings = settings(&endpoint);
    let shown = format!("{settings:?}");
    let error = put(&client(&settings)).await.unwrap_err();
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(error.to_string().contains("status 401: key (key) is unknown"), "{error}");
    assert!(logged.contains("called the model's endpoint"), "{logged}");
    for text in [shown, format!("{error:?}"), error.to_string(), logged] {
        assert!(!text.contains("sk-"), "{text}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn questions_tokens_and_cost_are_counted() {
    let counted = Counted::default();
    let _guard = metrics::set_default_local_recorder(&counted);
    let priced = |settings: &mut Settings| {
        settings.price_in_microdollars = 600_000;
        settings.price_out_microdollars = 2_500_000;
    };
    ask_with([answer("{}")], priced).await.0.unwrap();
    ask_with([complaint(401, "", "no")], priced).await.0.unwrap_err();
    for (name, expected) in [
        ("wandstore_llm_requests_total answered", 1),
        ("wandstore_llm_requests_total auth", 1),
        ("wandstore_llm_tokens_total in", 1_000),
        ("wandstore_llm_tokens_total out", 500),
        ("wandstore_llm_cost_microdollars_total", 600 + 1_250),
    ] {
        assert_eq!(counted.of(name), expected, "{name}");
    }
}

/// Counters by name and label values, and the last value of histograms in milliseconds.
#[derive(Default)]
struct Counted(Mutex<HashMap<String, Arc<AtomicU64>>>);

impl Counted {
    fn of(&self, name: &str) -> u64 {
        self.0.lock().unwrap().get(name).map_or(0, |count| count.load(Ordering::SeqCst))
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels = key.labels().map(|label| format!(" {}", label.value()));
        let name: String = std::iter::once(key.name().to_owned()).chain(labels).collect();
        Counter::from_arc(self.0.lock().unwrap().entry(name).or_default().clone())
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let last = self.0.lock().unwrap().entry(key.name().to_owned()).or_default().clone();
        Histogram::from_arc(Arc::new(LastMs(last)))
    }
}

/// A histogram of seconds that keeps the last of them, in milliseconds.
struct LastMs(Arc<AtomicU64>);

impl metrics::HistogramFn for LastMs {
    fn record(&self, seconds: f64) {
        let took = Duration::from_secs_f64(seconds);
        self.0.store(crate::clock::millis(took), Ordering::SeqCst);
    }
}

#[test]
fn a_key_that_cannot_be_sent_is_found_at_once() {
    let settings = Settings { base_url: Some("http://h".into()), ..Settings::default() };
    let key = Secret::new("two\nlines");
    let made = Client::new(&settings, Some(&key), Arc::new(clock::System), Arc::new(random::System));
    assert_eq!(made.err(), Some(NoClient::Endpoint(InvalidEndpoint::Key)));
}
