//! A language model's endpoint on a loopback socket. It answers with the example of the question, which is a good plan,
//! or fails as it is told, and keeps a record of every request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The beginning of the line of a question that holds the example.
const EXAMPLE: &str = "{\"title\"";

/// How the endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// With a plan, after this time.
    Plan(Duration),
    /// With this status.
    Status(u16),
    /// With prose.
    Prose,
    /// With bytes that are no JSON.
    Garbage,
}

/// A request that the endpoint received.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The shopper's mark in the question, if there is one.
    pub shopper: Option<u64>,
    /// When it arrived.
    pub arrived: Instant,
    /// When it was answered with a plan; `None` if it was not.
    pub planned: Option<Instant>,
}

/// The endpoint.
#[derive(Debug, Clone)]
pub struct Model {
    /// `host:port`.
    pub address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    manner: Manner,
    asked: Vec<Asked>,
    /// The requests that are being answered, and the most at once.
    under_way: usize,
    under_way_max: usize,
}

/// A request that is being answered, until this is dropped.
struct UnderWay<'a>(&'a Model);

impl<'a> UnderWay<'a> {
    fn begin(model: &'a Model) -> Self {
        let mut state = model.state();
        state.under_way += 1;
        state.under_way_max = state.under_way_max.max(state.under_way);
        Self(model)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

impl Model {
    /// Opens an endpoint that answers at once.
    pub async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let manner = Manner::Plan(Duration::ZERO);
        let state = State { manner, asked: Vec::new(), under_way: 0, under_way_max: 0 };
        let state = Arc::new(Mutex::new(state));
        let model = Self { address, state };
        let shared = model.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let model = shared.clone();
                // The endpoint ignores clients that have gone away.
                tokio::spawn(async move { model.converse(stream).await });
            }
        });
        Ok(model)
    }

    /// Changes how later requests are answered.
    pub fn set(&self, manner: Manner) {
        self.state().manner = manner;
    }

    /// Returns the requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// Returns the most requests that were answered at once. One whose client has gone counts no longer.
    pub fn at_once_max(&self) -> usize {
        self.state().under_way_max
    }

    /// Forgets the requests, which would fill the memory of a long run.
    pub fn forget(&self) {
        self.state().asked.clear();
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for so long. The request counts as under way while its client is there.
    async fn think(&self, stream: &TcpStream, after: Duration) {
        let under_way = UnderWay::begin(self);
        let thought = tokio::time::sleep(after);
        tokio::pin!(thought);
        tokio::select! {
            () = &mut thought => return,
            () = closed(stream) => drop(under_way),
        }
        thought.await;
    }

    async fn converse(&self, mut stream: TcpStream) -> anyhow::Result<()> {
        while let Some(body) = read_request(&mut stream).await? {
            let question = question(&body).unwrap_or_default();
            let (place, manner) = {
                let mut state = self.state();
                let (shopper, arrived) = (mark(&question), Instant::now());
                state.asked.push(Asked { shopper, arrived, planned: None });
                (state.asked.len() - 1, state.manner)
            };
            let answer = match manner {
                Manner::Plan(after) => {
                    self.think(&stream, after).await;
                    let plan = question.lines().rfind(|line| line.starts_with(EXAMPLE));
                    whole(200, &completion(plan.unwrap_or("there was no example")))
                }
                Manner::Status(status) => whole(status, r#"{"error":{"message":"as told"}}"#),
                Manner::Prose => whole(200, &completion("I would rather tell you about wands. ")),
                Manner::Garbage => whole(200, "\u{1}\u{2} no JSON, and no end"),
            };
            stream.write_all(answer.as_bytes()).await?;
            if let (Manner::Plan(_), Some(asked)) = (manner, self.state().asked.get_mut(place)) {
                asked.planned = Some(Instant::now());
            }
        }
        Ok(())
    }
}

/// Waits until the client has closed its connection.
async fn closed(stream: &TcpStream) {
    // A client that sends more meanwhile is there.
    if matches!(stream.peek(&mut [0]).await, Ok(count) if count > 0) {
        std::future::pending::<()>().await;
    }
}

/// Returns a search term that no other shopper uses, by which a question is known.
pub fn term(shopper: u64) -> String {
    format!("wandmark{shopper}end")
}

fn mark(question: &str) -> Option<u64> {
    let (_, rest) = question.split_once("wandmark")?;
    rest.split_once("end")?.0.parse().ok()
}

fn question(body: &[u8]) -> Option<String> {
    let request: serde_json::Value = serde_json::from_slice(body).ok()?;
    let messages = request["messages"].as_array()?;
    let asked = messages.iter().rfind(|message| message["role"] == "user")?;
    asked["content"].as_str().map(str::to_owned)
}

fn completion(text: &str) -> String {
    serde_json::json!({
        "id": "told", "object": "chat.completion", "model": "scripted-1",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    })
    .to_string()
}

fn whole(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads a request, and returns its body; `None` when the client has closed the connection.
async fn read_request(stream: &mut TcpStream) -> anyhow::Result<Option<Vec<u8>>> {
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; 16 << 10]);
    loop {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("a question has a length")?.trim().parse()?;
        if bytes.len() >= end + 4 + length {
            return Ok(Some(bytes.split_off(end + 4)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_known_by_its_mark() {
        assert_eq!(mark(&format!("they searched for [\"{}\"]", term(417))), Some(417));
        assert_eq!(mark("they searched for nothing"), None);
    }
}
