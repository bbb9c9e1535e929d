//! The endpoint of the model that the operator chose: its protocol, address and key, and the limits of a question.

use std::time::Duration;

use secrets::Secret;
use serde_json::{Map, Value};
use upstream::millis;
use url::Url;

use crate::dialect::Dialect;
use crate::facts;
use crate::protocol::Protocol;
use crate::retries::{AFTER_PAYING, Retries};
use crate::settings::{Prices, Settings};
use crate::wire::SchemaMode;
use crate::{Cause, Failed};

/// An endpoint.
pub struct Endpoint {
    pub(crate) protocol: Protocol,
    pub(crate) model: String,
    pub(crate) key: Option<Secret>,
    pub(crate) extra: Map<String, Value>,
    pub(crate) omit: Vec<String>,
    pub(crate) prices: Prices,
    url: Url,
    schema_mode: SchemaMode,
    retries: u32,
    backoff: Duration,
    timeout: Duration,
    idle_timeout: Duration,
    is_streaming: bool,
}

/// Why an endpoint is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEndpoint {
    /// The base URL is invalid. The message does not repeat it, because it may hold a secret.
    #[error("llm.base_url must be an http or https address without user name and password")]
    BaseUrl,
    /// The key cannot be sent in a header field.
    #[error("LLM_API_KEY may have printable ASCII characters only, and no spaces")]
    Key,
}

impl Endpoint {
    /// Returns the endpoint of these settings, or `None` if they name no address and there is no key either: pages are
    /// then planned locally.
    pub fn new(settings: &Settings, key: Option<&Secret>) -> Result<Option<Self>, InvalidEndpoint> {
        let Some(base_url) = settings.address(key.is_some()) else { return Ok(None) };
        if key.is_some_and(|key| !key.expose().bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(InvalidEndpoint::Key);
        }
        Ok(Some(Self {
            protocol: settings.protocol,
            model: settings.model.clone(),
            key: key.cloned(),
            extra: settings.extra_members(),
            omit: settings.omit.clone(),
            prices: settings.prices(),
            url: address(base_url, settings.protocol.wire().path()).ok_or(InvalidEndpoint::BaseUrl)?,
            schema_mode: settings.schema_mode,
            retries: settings.retries,
            backoff: Duration::from_millis(settings.backoff_ms),
            timeout: Duration::from_millis(settings.timeout_ms),
            idle_timeout: Duration::from_millis(settings.idle_timeout_ms),
            is_streaming: false,
        }))
    }

    /// Asks for streams, for a host that reads answers as they arrive.
    #[must_use]
    pub fn streaming(self) -> Self {
        Self { is_streaming: true, ..self }
    }

    /// Returns the address to which questions are posted. It may hold a secret.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Returns the header fields of a question, names in lower case. They hold the key.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let json = ("content-type", "application/json".to_owned());
        [json].into_iter().chain(self.protocol.wire().headers(self.key.as_ref()))
    }

    /// Returns the time limit of a question, including retries.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns how long an answer that has begun may pause.
    pub fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// Returns the dialect that is configured or known beforehand.
    pub(crate) fn dialect(&self) -> Dialect {
        let facts = facts::of(self.url());
        let dialect = match self.protocol {
            Protocol::ChatCompletions => {
                Dialect::new(self.protocol, self.schema_mode.max(facts.mode)).knowing(facts)
            }
            Protocol::Messages => Dialect::new(self.protocol, self.schema_mode),
        };
        dialect.streamed(self.is_streaming)
    }

    /// Returns the retries of a question.
    pub(crate) fn retries(&self) -> Retries {
        Retries::new(self.retries, self.backoff, self.timeout)
    }

    /// Returns the failure of a question that took longer than [`timeout`](Self::timeout).
    pub fn late(&self) -> Failed {
        let said = format!("no complete answer within {} ms", millis(self.timeout));
        Failed { cause: Cause::Timeout, said, retry_after_ms: Some(millis(AFTER_PAYING)) }
    }
}

impl From<InvalidEndpoint> for Failed {
    fn from(invalid: InvalidEndpoint) -> Self {
        let cause = match invalid {
            InvalidEndpoint::BaseUrl => Cause::Model,
            InvalidEndpoint::Key => Cause::Auth,
        };
        Self { cause, said: invalid.to_string(), retry_after_ms: None }
    }
}

/// Returns the address of the operation under a base address, which may already end in it. Returns `None` if that is no
/// http or https address, or holds a user name or password.
fn address(base_url: &str, operation: &str) -> Option<Url> {
    let mut url = Url::parse(base_url.trim()).ok()?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_bare {
        return None;
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(operation).unwrap_or(path).to_owned();
    url.set_path(&(path + operation));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_may_end_as_people_write_it() {
        for (base, expected) in [
            ("https://api.moonshot.ai/v1", Some("https://api.moonshot.ai/v1/chat/completions")),
            ("https://api.moonshot.ai/v1/", Some("https://api.moonshot.ai/v1/chat/completions")),
            (
                " http://127.0.0.1:11434/v1/chat/completions ",
                Some("http://127.0.0.1:11434/v1/chat/completions"),
            ),
            ("http://h/v1/chat/completions/", Some("http://h/v1/chat/completions")),
            ("http://h", Some("http://h/chat/completions")),
            ("https://h/openai?api-version=1", Some("https://h/openai/chat/completions?api-version=1")),
            ("ftp://h", None),
            ("file:///etc/passwd", None),
            ("https://user:secret@h/v1", None),
            ("h/v1", None),
            ("", None),
        ] {
            let settings = Settings { base_url: Some(base.to_owned()), ..Settings::default() };
            let url = Endpoint::new(&settings, None).map(|endpoint| endpoint.unwrap().url().to_owned());
            assert_eq!(url, expected.map(str::to_owned).ok_or(InvalidEndpoint::BaseUrl), "{base:?}");
        }
    }

    #[test]
    fn a_key_that_cannot_be_sent_is_refused() {
        for key in ["two\nlines", "two words", "schlüssel"] {
            let endpoint = Endpoint::new(&Settings::default(), Some(&Secret::new(key)));
            assert_eq!(endpoint.err(), Some(InvalidEndpoint::Key), "{key:?}");
        }
    }

    #[test]
    fn without_address_and_key_there_is_no_model() {
        assert!(Endpoint::new(&Settings::default(), None).unwrap().is_none());
    }
}
