//! What one exchange with an endpoint means: where a question goes, and what an answer says.

use serde_json::{Map, Value};
use url::Url;

use super::{Complaint, Completion, Error, Failure, Request, SchemaMode, completion, question, retry_after};
use crate::Secret;

/// More than this of a response is not read, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 256 << 10;
/// What every endpoint's address ends in.
const OPERATION: &str = "/chat/completions";

/// The address of the operation under a base address, which may end in it already; `None` if that is
/// no http or https address, or holds a user name or password.
pub fn address(base_url: &str) -> Option<Url> {
    let mut url = Url::parse(base_url.trim()).ok()?;
    let bare = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !bare {
        return None;
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(OPERATION).unwrap_or(path).to_owned();
    url.set_path(&(path + OPERATION));
    Some(url)
}

/// The body of a question; a schema that is no JSON is the asker's mistake.
pub fn body(
    request: &Request,
    model: &str,
    mode: SchemaMode,
    extra: &Map<String, Value>,
) -> Result<Vec<u8>, Failure> {
    question(request, model, mode, extra)
        .ok_or_else(|| Failure::Final(Error::Rejected("the schema is not JSON".to_owned())))
}

/// What an endpoint sent.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The value of `retry-after`.
    pub retry_after: Option<&'a str>,
    /// The content.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The completion in it, or why there is none.
    ///
    /// `mode` is how the schema was sent: an endpoint that takes none is to be asked for plain JSON.
    /// `key` is kept out of every text.
    pub fn read(self, mode: SchemaMode, key: Option<&Secret>, now_ms: u64) -> Result<Completion, Failure> {
        if (200..300).contains(&self.status) {
            completion(self.body).ok_or(Failure::Lie)
        } else {
            Err(self.refusal(mode, key, now_ms))
        }
    }

    fn refusal(self, mode: SchemaMode, key: Option<&Secret>, now_ms: u64) -> Failure {
        const BAD_REQUEST: u16 = 400;
        const PAYMENT_REQUIRED: u16 = 402;
        const REQUEST_TIMEOUT: u16 = 408;
        const TOO_MANY_REQUESTS: u16 = 429;
        let after = self.retry_after.and_then(|header| retry_after(header, now_ms));
        let complaint = Complaint::read(self.body);
        match self.status {
            PAYMENT_REQUIRED => Failure::Final(Error::OverBudget),
            TOO_MANY_REQUESTS if complaint.is_about_money() => Failure::Final(Error::OverBudget),
            TOO_MANY_REQUESTS => Failure::RateLimited(after),
            REQUEST_TIMEOUT | 500..=599 => Failure::Transient(after),
            BAD_REQUEST if mode == SchemaMode::JsonSchema && complaint.is_about_form() => {
                Failure::Renegotiated
            }
            status => Failure::Final(Error::Rejected(format!("status {status}: {}", complaint.reason(key)))),
        }
    }
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
            assert_eq!(address(base).as_ref().map(Url::as_str), expected, "{base:?}");
        }
    }

    #[test]
    fn a_status_says_whether_to_ask_again() {
        let failure = |status| {
            let answer = Answer { status, retry_after: Some("7"), body: b"" };
            answer.read(SchemaMode::JsonSchema, None, 0).unwrap_err()
        };
        let after = Some(std::time::Duration::from_secs(7));
        assert_eq!(failure(402), Failure::Final(Error::OverBudget));
        assert_eq!(failure(408), Failure::Transient(after));
        assert_eq!(failure(429), Failure::RateLimited(after));
        assert_eq!(failure(503), Failure::Transient(after));
        assert_eq!(failure(307), Failure::Final(Error::Rejected("status 307: ".into())));
        assert_eq!(failure(401), Failure::Final(Error::Rejected("status 401: ".into())));
    }
}
