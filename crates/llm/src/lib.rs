//! A large language model, behind any endpoint that speaks a known [`Protocol`]: what to send, what an answer means, and
//! when to ask again. No I/O, no clock, no randomness, no environment: all of them are arguments, so that every host can
//! share this.
//!
//! An [`Endpoint`] is what the operator chose. An [`Exchange`] is one question in progress: a host sends what
//! [`Exchange::question`] returns and passes the reply to [`Exchange::receive`]. A [`Memory`] holds what an endpoint
//! turned out not to understand.
//!
//! ```
//! use std::time::Duration;
//!
//! use llm::{Endpoint, Memory, Message, Next, Reply, Request, Role, Settings};
//!
//! let settings = Settings { base_url: Some("http://127.0.0.1:11434/v1".into()), ..Settings::default() };
//! let endpoint = Endpoint::new(&settings, None)?.expect("an address is configured");
//! let request = Request {
//!     messages: vec![Message { role: Role::User, text: "Name a wand.".into() }],
//!     schema: r#"{"type":"object"}"#.into(),
//!     schema_name: "wand".into(),
//!     tokens_max: 100,
//! };
//! let mut memory = Memory::default();
//! let mut exchange = endpoint.ask(&request, &mut memory, 0);
//! let question = exchange.question()?;
//! // The host posts `question.body()` to `endpoint.url()`, and gets:
//! let body = br#"{"choices":[{"message":{"content":"{\"name\":\"Willow\"}"}}]}"#;
//! let reply = Reply::Response { status: 200, retry_after: None, body, is_whole: true };
//! let (_call, next) = exchange.receive(reply, &question, &mut memory, (Duration::from_secs(1), 1_000), 0);
//! let Next::Done(completion) = next else { panic!("{next:?}") };
//! assert_eq!(completion.text, r#"{"name":"Willow"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

mod answer;
mod dialect;
mod documents;
mod endpoint;
mod estimate;
mod exchange;
mod explanation;
mod judge;
mod phrases;
mod protocol;
mod question;
mod reply;
mod retries;
mod settings;

pub use dialect::{Memory, SchemaMode};
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use exchange::{Call, Exchange, Next};
pub use model::Cause;
pub use protocol::Protocol;
pub use question::Question;
pub use reply::{RESPONSE_BYTES_MAX, Reply};
pub use settings::{KEY_VARIABLES, Key, Prices, Settings};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The instructions.
    System,
    /// The question.
    User,
    /// An earlier answer of the model.
    Assistant,
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The text of the turn.
    pub text: String,
}

/// A question whose answer is a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// The JSON Schema (draft 2020-12) that the answer should follow; the caller checks the answer.
    pub schema: String,
    /// A short name for the schema: `[a-z0-9_]+`.
    pub schema_name: String,
    /// The most tokens of the answer.
    pub tokens_max: u32,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Complete,
    /// It was cut off at the limit of tokens.
    Length,
    /// A content filter cut it off.
    Filter,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text, exactly as the model gave it.
    pub text: String,
    /// The model that answered, as it names itself.
    pub model: String,
    /// Tokens of the question, at the endpoint's figure or an estimate.
    pub tokens_in: u32,
    /// Tokens of the answer, likewise.
    pub tokens_out: u32,
    /// How it ended.
    pub ending: Ending,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The deployment has no model.
    #[error("no model is configured")]
    NotConfigured,
    /// There is a model, but no answer.
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// Why a model gave no answer. The text holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The cause.
    pub cause: Cause,
    /// The beginning of the endpoint's message: short, on one line; empty if there is none.
    pub said: String,
    /// The number of milliseconds after which it is worth asking again; `None` means that somebody has to act first.
    pub retry_after_ms: Option<u64>,
}

impl std::error::Error for Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.said.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", self.cause.meaning(), self.said)
    }
}
