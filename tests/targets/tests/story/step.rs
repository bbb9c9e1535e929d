//! The steps of a chapter: requests and the expected answers.

use http::Method;
use serde_json::Value;
use targets::{Answer, Request};

use crate::model::Saying;
use crate::shopify::Signing;

/// A fresh deployment and the steps on it.
pub struct Chapter {
    pub variables: Vec<(&'static str, &'static str)>,
    /// The model's answers in order; the last is repeated. Without answers there is no model.
    pub sayings: Vec<Saying>,
    /// Whether a shop at Shopify is connected, which supplies the products.
    pub connected: bool,
    pub steps: Vec<Step>,
}

/// One step.
pub enum Step {
    /// A request is answered as expected.
    Ask(Ask),
    /// The request is repeated until the answer is as expected: a long poll, which may end early, or data that
    /// is written down after a page was stored.
    AskUntil(Ask),
    /// The last request is sent again, byte for byte, and answered like this.
    AskAgain(Vec<Expected>),
    /// Changes the price of the shop's first product.
    PriceIs(&'static str),
    /// Waits as long as the host may take to make an invalidation effective.
    InvalidationTakesEffect,
    /// The shop at Shopify stops answering.
    StorefrontHangs,
    /// Sets the model's answer.
    ModelSays(Saying),
    /// The number of questions that the model has received.
    ModelWasAsked(usize),
    /// Waits until the model has received a question.
    ModelIsAsked,
    /// Restarts the host on the same data.
    Restart,
}

/// A request and the expectations of its answer.
#[derive(Clone)]
pub struct Ask {
    pub request: Request,
    /// How it is signed when it is sent.
    pub signing: Option<Signing>,
    pub expected: Vec<Expected>,
}

/// An expectation of an answer.
#[derive(Debug, Clone)]
pub enum Expected {
    Status(u16),
    /// A status of 4xx.
    ClientError,
    /// A header field is exactly this; empty: it is absent.
    Header(&'static str, String),
    /// A header field starts with this.
    HeaderStarts(&'static str, &'static str),
    /// The content contains this text.
    Says(String),
    /// The content does not contain this text.
    DoesNotSay(String),
    /// The member of a JSON object has this value.
    Member(&'static str, Value),
    /// The content is one line that is not empty.
    OneLine,
    /// Remembers the content under this name.
    Keep(&'static str),
    /// The content equals the one remembered under this name.
    SameAs(&'static str),
    /// The content differs from the one remembered under this name.
    OtherThan(&'static str),
}

impl Chapter {
    /// A deployment in development, where the debug routes are open. One worker at a time suffices.
    pub fn new() -> Self {
        Self {
            variables: vec![("ENVIRONMENT", "development")],
            sayings: Vec::new(),
            connected: false,
            steps: Vec::new(),
        }
    }

    /// Gives the deployment a shop at Shopify.
    pub fn connected(self) -> Self {
        Self { connected: true, ..self }
    }

    /// Sets a variable; replaces its former value.
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.retain(|(given, _)| *given != name);
        self.variables.push((name, value));
        self
    }

    /// Gives the deployment a model.
    pub fn model(mut self, sayings: impl IntoIterator<Item = Saying>) -> Self {
        self.sayings.extend(sayings);
        self
    }

    /// Adds a step.
    pub fn then(mut self, step: impl Into<Step>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// Adds steps.
    pub fn then_all(mut self, asks: impl IntoIterator<Item = Ask>) -> Self {
        self.steps.extend(asks.into_iter().map(Step::Ask));
        self
    }
}

impl From<Ask> for Step {
    fn from(ask: Ask) -> Self {
        Self::Ask(ask)
    }
}

/// GET of a path and query.
pub fn get(target: impl Into<String>) -> Ask {
    Ask { request: Request::get(target), signing: None, expected: Vec::new() }
}

/// A request with another method, without content.
pub fn send(method: Method, target: impl Into<String>) -> Ask {
    Ask { request: Request { method, ..Request::get(target) }, ..get("") }
}

/// A report of what a shopper did, as the page's script sends it.
pub fn track(body: impl Into<Vec<u8>>) -> Ask {
    let mut ask = send(Method::POST, "/api/shopper/track").header("content-type", "application/json");
    ask.request.body = body.into().into();
    ask
}

impl Ask {
    /// Adds a header field.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.request.headers.retain(|(given, _)| *given != name);
        self.request.headers.push((name, value.into()));
        self
    }

    /// Signs the request, validly or not.
    pub fn signed(self, signing: Signing) -> Self {
        Self { signing: Some(signing), ..self }
    }

    /// Adds expectations.
    pub fn expect(mut self, expected: impl IntoIterator<Item = Expected>) -> Self {
        self.expected.extend(expected);
        self
    }

    pub fn status(self, status: u16) -> Self {
        self.expect([Expected::Status(status)])
    }

    pub fn has(self, name: &'static str, value: impl Into<String>) -> Self {
        self.expect([Expected::Header(name, value.into())])
    }

    pub fn says(self, text: impl Into<String>) -> Self {
        self.expect([Expected::Says(text.into())])
    }

    pub fn does_not_say(self, text: impl Into<String>) -> Self {
        self.expect([Expected::DoesNotSay(text.into())])
    }

    pub fn member(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.expect([Expected::Member(name, value.into())])
    }

    /// The guarantees of every page.
    pub fn page(self) -> Self {
        self.status(200).says("</html>").has("cache-control", "private, no-store").expect([
            Expected::HeaderStarts("content-type", "text/html"),
            Expected::HeaderStarts("content-security-policy", "default-src 'none'"),
            Expected::Header("x-content-type-options", "nosniff".into()),
        ])
    }

    /// The guarantees of the fallback page.
    pub fn fallback(self) -> Self {
        self.page().has("x-cache", "MISS").has("x-generated", "false").has("x-wand-source", "fallback")
    }

    /// The guarantees of a generated page, planned by `source`.
    pub fn hit(self, source: &str) -> Self {
        self.page().has("x-cache", "HIT").has("x-generated", "true").has("x-wand-source", source)
    }

    /// The guarantees of every refusal.
    pub fn refused(self, status: u16) -> Self {
        self.status(status).expect([Expected::OneLine])
    }
}

impl Expected {
    /// Returns whether an answer is as expected; `kept` is a remembered content.
    pub fn holds(&self, answer: &Answer, kept: impl Fn(&str) -> Option<String>) -> bool {
        let body = &answer.body;
        match self {
            Self::Status(status) => answer.status == *status,
            Self::ClientError => (400..500).contains(&answer.status),
            Self::Header(name, value) => answer.header(name) == value,
            Self::HeaderStarts(name, start) => answer.header(name).starts_with(start),
            Self::Says(text) => body.contains(text),
            Self::DoesNotSay(text) => !body.contains(text),
            Self::Member(name, value) => answer.json()[*name] == *value,
            Self::OneLine => !body.trim_end().is_empty() && !body.trim_end().contains('\n'),
            Self::Keep(_) => true,
            Self::SameAs(name) => kept(name).is_some_and(|kept| kept == *body),
            Self::OtherThan(name) => kept(name).is_some_and(|kept| kept != *body),
        }
    }
}
