//! A large language model, behind any endpoint that speaks a known [`Protocol`]: what to send, what an answer means, and
//! when to ask again. No I/O, no clock, no randomness, no environment: all of them are arguments, so that every host can
//! share this.
//!
//! An [`Endpoint`] is what the operator chose. An [`Exchange`] is one question in progress: a host sends what
//! [`Exchange::question`] returns and passes the reply to [`Exchange::receive`]. A [`Memory`] holds what an endpoint
//! turned out not to understand. A host that reads answers as they arrive says so with [`Endpoint::streaming`] and passes
//! what it reads to [`Arriving`].
//!
//! ```
//! use std::time::Duration;
//!
//! use llm::{End, Endpoint, Exchange, Memory, Message, Next, Reply, Request, Role, Settings};
//!
//! let settings = Settings { base_url: Some("http://127.0.0.1:11434/v1".into()), ..Settings::default() };
//! let endpoint = Endpoint::new(&settings, None)?.expect("an address is configured");
//! let request = Request {
//!     messages: vec![Message { role: Role::User, text: "Name a wand.".into() }],
//!     schema: r#"{"type":"object"}"#.into(),
//!     schema_name: "wand".into(),
//!     tokens_max: 100,
//!     calls_max: 2,
//!     is_optional: false,
//! };
//! let mut memory = Memory::default();
//! let mut exchange = Exchange::new(&endpoint, &request, &mut memory, 0);
//! let question = exchange.question()?;
//! // The host posts `question.body()` to `endpoint.url()`, and gets:
//! let body = br#"{"choices":[{"message":{"content":"{\"name\":\"Willow\"}"}}]}"#;
//! let reply = Reply::Response { status: 200, retry_after: None, body, end: End::Whole };
//! let (_call, next) = exchange.receive(reply, &question, &mut memory, (Duration::from_secs(1), 1_000), 0);
//! let Next::Done(completion) = next else { panic!("{next:?}") };
//! assert_eq!(completion.text, r#"{"name":"Willow"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod arriving;
mod dialect;
mod documents;
mod endpoint;
mod estimate;
mod exchange;
mod explanation;
mod facts;
mod judge;
mod phrases;
mod pieces;
mod protocol;
mod question;
mod reader;
mod reply;
mod retries;
mod schema;
mod settings;
pub mod spending;
mod wire;
mod written;

pub use arriving::{Arriving, Wrong};
pub use dialect::Memory;
pub use documents::RESPONSE_BYTES_MAX;
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use exchange::{Call, Exchange, Next};
pub use model::Cause;
pub use model::llm::{Completion, Ending, Error, Failed, Message, Request, Role};
pub use protocol::Protocol;
pub use question::Question;
pub use reply::{End, Reply};
pub use settings::{KEY_VARIABLES, Key, Prices, Settings};
pub use wire::SchemaMode;
