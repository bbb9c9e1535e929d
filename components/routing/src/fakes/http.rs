//! Requests, and replies that tests can inspect.

use model::ShopId;
use routes::Route;

use super::Held;
use crate::{Body, BodyError, CacheOutcome, Pending, Reply, Request, Response};

#[derive(Debug)]
pub(crate) struct FakeRequest {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Result<Vec<u8>, BodyError>,
}

impl Default for FakeRequest {
    fn default() -> Self {
        Self { headers: Vec::new(), body: Ok(Vec::new()) }
    }
}

impl Request for FakeRequest {
    fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
    }

    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError> {
        let body = self.body.clone()?;
        if body.len() > bytes_max as usize { Err(BodyError::TooLarge) } else { Ok(body) }
    }
}

/// A reply that tests can inspect.
#[derive(Debug)]
pub(crate) struct Answer {
    response: Response<Held>,
    /// Topic and milliseconds, if the reply waits.
    pub(crate) pending: Option<(String, u32)>,
    pub(crate) route: Option<Route>,
    pub(crate) shop: Option<ShopId>,
    pub(crate) cache: Option<CacheOutcome>,
    pub(crate) may_have_enqueued: bool,
}

impl Answer {
    pub(crate) fn of(reply: Reply<Held>) -> Self {
        let pending = reply.pending.map(|Pending { topic, wait_ms }| (topic, wait_ms));
        let Reply { response, route, shop, cache, may_have_enqueued, .. } = reply;
        Self { response, pending, route, shop, cache, may_have_enqueued }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    /// Returns the field lines as pairs. Panics at an invalid field line (RFC 9110, section 5).
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        let lines = self.response.headers.strip_suffix('\n').expect("the last line ends");
        lines
            .split('\n')
            .map(|line| field(line).unwrap_or_else(|| panic!("no field line: {line:?}")))
            .collect()
    }

    /// Returns the value of the only field of that name; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let fields = self.fields();
        let values: Vec<_> =
            fields.iter().filter(|(given, _)| *given == name).map(|(_, value)| *value).collect();
        assert!(values.len() <= 1, "{name}: {values:?}");
        values.first().copied().unwrap_or_default()
    }

    /// Returns the body as text, or the name of a page that the host holds.
    pub(crate) fn text(&self) -> &str {
        match &self.response.body {
            Body::Empty => "",
            Body::Bytes(bytes) => str::from_utf8(bytes).expect("text"),
            Body::Value(Held(text)) => text,
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_str(self.text()).expect("JSON")
    }
}

fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(": ")?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_value = |byte: u8| (b' '..=b'~').contains(&byte);
    let fits =
        !name.is_empty() && name.bytes().all(is_name) && !value.is_empty() && value.bytes().all(is_value);
    fits.then_some((name, value))
}
