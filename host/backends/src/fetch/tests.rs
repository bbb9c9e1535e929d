//! Tests against upstreams on a real socket that hang, break off, redirect or send too much.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{ANSWER_BYTES_MAX, Answer, Error, Fetch, Http, NoTokens, OneToken, Question, Scripted, Tokens};
use crate::{Secret, clock};

const SHOP: &str = "magic-wands.myshopify.com";
/// A timeout for what never happens.
const SOON: Duration = Duration::from_millis(300);
/// A timeout for what happens at once, unless the machine is busy.
const PLENTY: Duration = Duration::from_secs(30);

/// What an upstream does with a connection.
#[derive(Clone)]
enum Way {
    /// Sends this and hangs up.
    Say(String),
    /// Sends this and then nothing more.
    Hang(&'static str),
    /// Sends a byte at a time, with pauses.
    Drip,
    /// Sends an answer without an end.
    Flood,
}

struct Upstream {
    origin: String,
    serving: JoinHandle<String>,
}

/// Starts an upstream that handles one request in the given way.
async fn upstream(way: Way) -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4_096];
        let mut length = 0;
        while !request[..length].ends_with(b"{\"query\":\"{shop{name}}\"}") {
            length += stream.read(&mut request[length..]).await.unwrap();
        }
        go(&mut stream, way).await;
        String::from_utf8_lossy(&request[..length]).to_lowercase()
    });
    Upstream { origin, serving }
}

/// Handles a connection. Ignores errors, because they come from a client that hung up.
async fn go(stream: &mut TcpStream, way: Way) {
    match way {
        Way::Say(text) => drop(stream.write_all(text.as_bytes()).await),
        Way::Hang(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            std::future::pending::<()>().await;
        }
        Way::Drip => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        Way::Flood => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b' '; 8_192]).await.is_ok() {}
        }
    }
}

fn said(status: u16, headers: &str, body: &str) -> Way {
    Way::Say(format!("HTTP/1.1 {status} S\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
}

fn question(timeout: Duration) -> Question {
    Question {
        upstream: "storefront".into(),
        shop: SHOP.into(),
        body: r#"{"query":"{shop{name}}"}"#.into(),
        timeout,
        buyer: Some([203, 0, 113, 7].into()),
    }
}

fn http(origin: &str, tokens: impl Tokens + 'static) -> Http {
    Http::new(Some(origin.into()), Arc::new(tokens), Arc::new(clock::Scripted::new(0))).unwrap()
}

/// Sends a request to an upstream that behaves in the given way.
async fn ask(way: Way, timeout: Duration) -> Result<Answer, Error> {
    let upstream = upstream(way).await;
    http(&upstream.origin, NoTokens).post(question(timeout)).await
}

#[tokio::test]
async fn a_shop_is_asked_with_its_token_and_the_shoppers_address() {
    let upstream = upstream(said(200, "", r#"{"data":{}}"#)).await;
    let token = OneToken { shop: SHOP.into(), token: Secret::new("shpat_hush") };
    let answer = http(&upstream.origin, token).post(question(PLENTY)).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, br#"{"data":{}}"#.as_slice()));
    let request = upstream.serving.await.unwrap();
    assert!(request.starts_with("post /api/2026-10/graphql.json http/1.1\r\n"), "{request}");
    for line in [
        "content-type: application/json",
        "shopify-storefront-private-token: shpat_hush",
        "shopify-storefront-buyer-ip: 203.0.113.7",
    ] {
        assert!(request.contains(line), "{line} is missing in {request}");
    }
}

#[tokio::test]
async fn a_token_is_not_sent_to_another_shop() {
    let upstream = upstream(said(200, "", "{}")).await;
    let token = OneToken { shop: "lamps.myshopify.com".into(), token: Secret::new("shpat_hush") };
    http(&upstream.origin, token).post(question(PLENTY)).await.unwrap();
    assert!(!upstream.serving.await.unwrap().contains("private-token"));
}

/// A source with a token for every shop, which records the refused tokens by shop.
#[derive(Clone, Default)]
struct Refused(Arc<Mutex<Vec<(String, Secret)>>>);

#[async_trait]
impl Tokens for Refused {
    async fn token(&self, _: &str) -> Option<Secret> {
        Some(Secret::new("shpat_hush"))
    }

    fn refuse(&self, shop: &str, token: &Secret) {
        self.0.lock().unwrap().push((shop.to_owned(), token.clone()));
    }
}

#[tokio::test]
async fn a_refused_token_is_reported_to_its_source() {
    let refused = [(SHOP.to_owned(), Secret::new("shpat_hush"))];
    for (status, expected) in [(401, &refused[..]), (403, &refused), (200, &[]), (402, &[]), (503, &[])] {
        let (upstream, tokens) = (upstream(said(status, "", "{}")).await, Refused::default());
        let answer = http(&upstream.origin, tokens.clone()).post(question(PLENTY)).await.unwrap();
        assert_eq!((answer.status, &tokens.0.lock().unwrap()[..]), (status, expected));
    }
}

#[tokio::test]
async fn whatever_the_status_it_is_an_answer() {
    for (status, headers, expected) in
        [(429, "retry-after: 2\r\n", Some(2_000)), (430, "", None), (503, "", None)]
    {
        let answer = ask(said(status, headers, "no"), PLENTY).await.unwrap();
        assert_eq!((answer.status, answer.retry_after_ms), (status, expected));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer = ask(said(302, "location: http://127.0.0.1:1/\r\n", ""), PLENTY).await.unwrap();
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn one_that_hangs_or_drips_is_given_up_in_time() {
    for way in [Way::Hang(""), Way::Hang("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"), Way::Drip] {
        assert_eq!(ask(way, SOON).await, Err(Error::Timeout));
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_it() {
    let limit = ANSWER_BYTES_MAX as u64;
    assert_eq!(ask(Way::Flood, PLENTY).await, Err(Error::TooLarge(limit)));
}

#[tokio::test]
async fn one_that_breaks_off_or_is_not_there_is_unavailable() {
    let half = Way::Say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".into());
    assert!(matches!(ask(half, PLENTY).await, Err(Error::Unavailable(_))));
    let refused = http("http://127.0.0.1:1", NoTokens).post(question(PLENTY)).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn unknown_upstreams_and_shops_are_never_requested() {
    let clock = Arc::new(clock::Scripted::new(0));
    let http = Http::new(None, Arc::new(NoTokens), clock).unwrap();
    for (upstream, shop) in [("admin", SHOP), ("storefront", "magic-wands"), ("storefront", "127.0.0.1")] {
        let question = Question { upstream: upstream.into(), shop: shop.into(), ..question(SOON) };
        assert_eq!(http.post(question).await, Err(Error::NoSuchUpstream), "{upstream} {shop}");
    }
}

#[tokio::test]
async fn scripted_answers_come_in_order_and_requests_are_recorded() {
    let scripted = Scripted::default();
    scripted.say("{}");
    scripted.answer(Err(Error::Timeout));
    assert_eq!(scripted.post(question(SOON)).await.unwrap().status, 200);
    assert_eq!(scripted.post(question(SOON)).await, Err(Error::Timeout));
    assert_eq!(scripted.post(question(SOON)).await, Err(Error::NoSuchUpstream));
    assert_eq!(scripted.questions().len(), 3);
}
