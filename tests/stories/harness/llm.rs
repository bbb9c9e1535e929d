//! A scripted language model endpoint on a loopback socket, which streams, stalls, fails and gives wrong answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The endpoint's reaction to a request.
#[derive(Debug, Clone)]
pub enum Saying {
    /// A chat completion with this text.
    Text(String),
    /// A chat completion with this text, sent a few bytes at a time.
    Dribble(String),
    /// An error with this status and these header lines.
    Status(u16, &'static str),
    /// This status and this body.
    Error(u16, &'static str),
    /// These bytes as the body of a 200.
    Raw(Vec<u8>),
    /// Half an answer; then the connection closes.
    Break,
    /// No answer.
    Stall,
}

/// The endpoint. It repeats its last reaction.
pub struct LlmServer {
    pub url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    sayings: VecDeque<Saying>,
    requests: Vec<serde_json::Value>,
}

impl LlmServer {
    pub async fn open(sayings: impl IntoIterator<Item = Saying>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
        let state = State { sayings: sayings.into_iter().collect(), requests: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, shared.clone()));
            }
        });
        Self { url, state }
    }

    /// Returns the requests so far.
    pub fn requests(&self) -> Vec<serde_json::Value> {
        self.state.lock().expect("no test panics while it holds this").requests.clone()
    }
}

async fn converse(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(request) = read_request(&mut stream).await else { return };
    let saying = {
        let mut state = state.lock().expect("no test panics while it holds this");
        state.requests.push(request);
        if state.sayings.len() > 1 { state.sayings.pop_front() } else { state.sayings.front().cloned() }
    };
    // The endpoint ignores clients that have gone away.
    let _ = say(&mut stream, saying.expect("an endpoint has something to say")).await;
}

async fn say(stream: &mut TcpStream, saying: Saying) -> std::io::Result<()> {
    match saying {
        Saying::Text(text) => stream.write_all(&whole(200, "", &completion(&text))).await,
        Saying::Dribble(text) => {
            for chunk in whole(200, "", &completion(&text)).chunks(64) {
                stream.write_all(chunk).await?;
                stream.flush().await?;
                tokio::task::yield_now().await;
            }
            Ok(())
        }
        Saying::Status(status, headers) => {
            stream.write_all(&whole(status, headers, br#"{"error":{"message":"as told"}}"#)).await
        }
        Saying::Error(status, body) => stream.write_all(&whole(status, "", body.as_bytes())).await,
        Saying::Raw(body) => stream.write_all(&whole(200, "", &body)).await,
        Saying::Break => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"choices\":").await
        }
        Saying::Stall => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            Ok(())
        }
    }
}

fn whole(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn completion(text: &str) -> Vec<u8> {
    let completion = serde_json::json!({
        "id": "told", "object": "chat.completion", "model": "scripted-1",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    });
    completion.to_string().into_bytes()
}

async fn read_request(stream: &mut TcpStream) -> Option<serde_json::Value> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 8192];
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return serde_json::from_str(body).ok();
        }
    }
}
