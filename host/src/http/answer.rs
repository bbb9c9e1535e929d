//! What a component said, as an HTTP response.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::bindings::wandstore::storefront::http_types;
use crate::context::Context;

/// A response that no longer needs the component which gave it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content.
    pub body: Bytes,
}

impl Answer {
    /// Takes a component's response out of its store.
    pub fn take(response: http_types::Response, context: &mut Context) -> wasmtime::Result<Self> {
        let status = StatusCode::from_u16(response.status)?;
        let headers = parse(&response.headers)?;
        let body = match response.body {
            http_types::Body::Empty => Bytes::new(),
            http_types::Body::Bytes(bytes) => bytes.into(),
            http_types::Body::Value(handle) => context.take(handle)?,
        };
        Ok(Self { status, headers, body })
    }

    /// The response to be sent.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// Field lines, each `name: value` with a line feed.
fn parse(lines: &str) -> wasmtime::Result<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(16);
    for line in lines.lines() {
        let Some((name, value)) = line.split_once(": ") else {
            wasmtime::bail!("a response header is not `name: value`");
        };
        headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_fields() {
        let headers = parse("content-type: text/html\nx-cache: HIT\n").unwrap();
        assert_eq!(headers["x-cache"], "HIT");
        assert_eq!(headers.len(), 2);
    }

    #[test]
    fn what_is_no_field_line_is_refused() {
        for lines in ["x-cache", "x cache: HIT\n", "x: a\rb\n", ": x\n"] {
            assert!(parse(lines).is_err(), "{lines:?}");
        }
    }
}
