//! A scripted language model's endpoint on a loopback socket, which counts questions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A text that identifies our plan.
pub const HEADLINE: &str = "Something for curious hands";

/// A valid plan for the demo shop.
const PLAN: &str = r#"{"title": "Wands for the curious", "blocks": [
    {"type": "hero", "headline": "Something for curious hands", "text": "A wand that finds you first.", "product": null},
    {"type": "grid", "heading": "To begin with", "products": ["willow-whisper", "ember-plume"]},
    {"type": "search", "heading": "Looking for something?", "terms": ["wands"]}]}"#;

/// The endpoint's reaction to a question.
#[derive(Debug, Clone, Copy)]
pub enum Saying {
    /// Answers with the plan.
    Plan,
    /// Answers with this text.
    Text(&'static str),
    /// Answers with this status and an error.
    Status(u16),
    /// Answers 200 with a body that is not a completion.
    Garbage,
    /// Breaks off in the middle of an answer.
    Break,
    /// Holds the question until another answer is scripted.
    Hold,
}

/// The endpoint, until it is dropped.
pub struct Model {
    /// The value for `LLM_BASE_URL`.
    pub url: String,
    shared: Arc<Shared>,
    listening: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    /// Notified when a question arrives or the script changes.
    changed: Notify,
}

#[derive(Default)]
struct Script {
    sayings: VecDeque<Saying>,
    questions: usize,
}

impl Model {
    /// Opens an endpoint that gives these answers in order and then repeats the last.
    pub async fn open(sayings: &[Saying]) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let shared = Arc::new(Shared::default());
        shared.with(|script| script.sayings.extend(sayings));
        let listening = tokio::spawn(listen(listener, shared.clone()));
        Ok(Self { url, shared, listening })
    }

    /// Sets the answer from now on, also for held questions.
    pub fn says(&self, saying: Saying) {
        self.shared.with(|script| script.sayings = [saying].into());
        self.shared.changed.notify_waiters();
    }

    /// Returns the number of questions so far.
    pub fn questions(&self) -> usize {
        self.shared.with(|script| script.questions)
    }

    /// Waits for the first question.
    pub async fn is_asked(&self) {
        loop {
            let changed = self.shared.changed.notified();
            if self.questions() > 0 {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Shared {
    fn with<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.script.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the answer to a question.
    async fn saying(&self) -> Option<Saying> {
        loop {
            let changed = self.changed.notified();
            match self.with(Script::next) {
                Some(Saying::Hold) => changed.await,
                saying => return saying,
            }
        }
    }
}

impl Script {
    fn next(&mut self) -> Option<Saying> {
        if self.sayings.len() > 1 { self.sayings.pop_front() } else { self.sayings.front().copied() }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, shared.clone()));
    }
}

async fn converse(mut stream: TcpStream, shared: Arc<Shared>) {
    if read_question(&mut stream).await.is_none() {
        return;
    }
    shared.with(|script| script.questions += 1);
    shared.changed.notify_waiters();
    let Some(saying) = shared.saying().await else { return };
    // The endpoint ignores hosts that gave up waiting.
    let _ = stream.write_all(&saying.bytes()).await;
    let _ = stream.shutdown().await;
}

/// Reads a request to its end; `None` if it is not whole.
async fn read_question(stream: &mut TcpStream) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 8192];
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        if is_whole(&String::from_utf8_lossy(&bytes)) {
            return Some(());
        }
    }
}

/// Returns whether a request's body is complete, with a length or in chunks (RFC 9112, section 6).
fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    match length {
        Some(length) => body.len() >= length,
        None => body.ends_with("0\r\n\r\n") || !head.contains("transfer-encoding: chunked"),
    }
}

impl Saying {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Plan => response(200, &completion(PLAN)),
            Self::Text(text) => response(200, &completion(text)),
            Self::Status(status) => response(status, r#"{"error":{"message":"as told"}}"#),
            Self::Garbage => response(200, "<html>not what was asked for"),
            Self::Break => b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"choices\":".to_vec(),
            Self::Hold => Vec::new(),
        }
    }
}

fn response(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn completion(text: &str) -> String {
    let message = serde_json::json!({ "role": "assistant", "content": text });
    serde_json::json!({
        "id": "told", "object": "chat.completion", "model": "scripted",
        "choices": [{ "index": 0, "finish_reason": "stop", "message": message }],
        "usage": { "prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200 },
    })
    .to_string()
}
