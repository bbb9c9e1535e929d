//! A component's answer as an HTTP response.

use std::pin::Pin;
use std::sync::{PoisonError, RwLock};
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame, SizeHint};
use routes::StaticAnswer;

use runtime::bindings::wandstore::storefront::http_types;
use runtime::context::Context;

/// The most header blocks that are remembered: enough for every cache outcome, source and persona.
const BLOCKS_MAX: usize = 48;
/// A longer block is not remembered, because remembered blocks are kept for good.
const BLOCK_BYTES_MAX: usize = 4 << 10;
/// The longest response headers that a component may give.
const HEADERS_BYTES_MAX: usize = 64 << 10;

/// A response that is independent of the component that gave it.
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
    /// Takes a component's response out of its instance.
    pub fn take(response: http_types::Response, context: &mut Context) -> wasmtime::Result<Self> {
        let status = StatusCode::from_u16(response.status)?;
        let headers = parsed(&response.headers)?;
        let body = match response.body {
            http_types::Body::Empty => Bytes::new(),
            http_types::Body::Bytes(bytes) => bytes.into(),
            http_types::Body::Value(handle) => context.handles.take(handle)?.into_bytes(),
        };
        Ok(Self { status, headers, body })
    }

    /// Creates an answer that needs neither a component nor a shop.
    pub fn fixed(answer: StaticAnswer) -> Self {
        let field = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        Self {
            status: StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK),
            headers: answer.headers.iter().map(field).collect(),
            body: answer.body.into(),
        }
    }

    /// Creates a one-line refusal that needs no component.
    pub fn refusal(status: StatusCode, line: Bytes) -> Self {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        Self { status, headers: HeaderMap::from_iter([(header::CONTENT_TYPE, plain)]), body: line }
    }

    /// Converts the answer into the response to send.
    pub fn into_response(self) -> Response<Outgoing> {
        let mut response = Response::new(Outgoing::Whole(Full::new(self.body)));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// Parses a block of header lines. Hits repeat the same few blocks, so each is parsed once and kept for good, as static
/// text that needs no reference counts.
fn parsed(lines: &str) -> wasmtime::Result<HeaderMap> {
    static BLOCKS: RwLock<Vec<(&'static str, HeaderMap)>> = RwLock::new(Vec::new());
    let known = |blocks: &[(&'static str, HeaderMap)]| {
        blocks.iter().find(|(block, _)| *block == lines).map(|(_, headers)| headers.clone())
    };
    let blocks = BLOCKS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(headers) = known(&blocks) {
        return Ok(headers);
    }
    if lines.len() > HEADERS_BYTES_MAX {
        wasmtime::bail!("the response headers are longer than {HEADERS_BYTES_MAX} bytes");
    }
    let is_kept = blocks.len() < BLOCKS_MAX && lines.len() <= BLOCK_BYTES_MAX;
    drop(blocks);
    let headers = parse(&Bytes::copy_from_slice(lines.as_bytes()))?;
    if !is_kept {
        return Ok(headers);
    }
    let block: &'static str = String::from(lines).leak();
    let headers = parse(&Bytes::from_static(block.as_bytes()))?;
    BLOCKS.write().unwrap_or_else(PoisonError::into_inner).push((block, headers.clone()));
    Ok(headers)
}

/// Parses field lines, each `name: value` with a line feed. The values share the memory of `lines`.
fn parse(lines: &Bytes) -> wasmtime::Result<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(16);
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let Some(colon) =
            line.iter().position(|byte| *byte == b':').filter(|at| line.get(at + 1) == Some(&b' '))
        else {
            wasmtime::bail!("a response header is not `name: value`");
        };
        let value = lines.slice_ref(&line[colon + 2..]);
        headers.append(HeaderName::from_bytes(&line[..colon])?, HeaderValue::from_maybe_shared(value)?);
    }
    Ok(headers)
}

/// The body of a response.
pub enum Outgoing {
    /// A body that is complete: a page from memory is sent without being boxed or copied.
    Whole(Full<Bytes>),
    /// A body that is sent as it is made.
    Stream(UnsyncBoxBody<Bytes, axum::Error>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(task).map_err(|never| match never {}),
            Self::Stream(body) => Pin::new(body).poll_frame(task),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Stream(body) => body.size_hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_fields() {
        let headers = parse(&"content-type: text/html\nx-cache: HIT\n".into()).unwrap();
        assert_eq!(headers["x-cache"], "HIT");
        assert_eq!(headers.len(), 2);
    }

    #[test]
    fn invalid_header_lines_are_refused() {
        for lines in ["x-cache", "x-cache:HIT\n", "x cache: HIT\n", "x: a\rb\n", ": x\n"] {
            assert!(parse(&lines.into()).is_err(), "{lines:?}");
        }
    }
}
