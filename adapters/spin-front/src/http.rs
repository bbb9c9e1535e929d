//! Requests and answers by `wasi:http`.

use std::net::IpAddr;

use wasi::clocks::monotonic_clock::subscribe_duration;
use wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method as WasiMethod, OutgoingBody, OutgoingResponse,
    ResponseOutparam,
};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::{OutputStream, StreamError};

use routes::Method;

use crate::bindings::wandstore::capabilities::values::Value;
use crate::bindings::wandstore::storefront::http_types::BodyError;
use crate::{Answer, Content, Refusal, body_bytes_max, client, expected_body, fields, route, target};

/// How long a body may take to arrive: 10 seconds.
const BODY_NS_MAX: u64 = 10_000_000_000;
/// How long a client may take to receive a part of an answer: 10 seconds, and a second more for each KiB.
const PART_NS_MAX: u64 = 10_000_000_000;
const PART_NS_MAX_PER_BYTE: u64 = 1_000_000_000 / 1_024;
/// How much of a stored page is in this component's memory at once.
const PART_BYTES: u32 = 65_536;

/// The parts of a request that are used.
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The address of the client, if it is known.
    pub(crate) client: Option<IpAddr>,
    /// The body, or why it could not be read.
    pub(crate) body: Result<Vec<u8>, BodyError>,
}

impl Received {
    /// Returns whether the client wants an answer that may change as a stream of events.
    pub(crate) fn wants_events(&self) -> bool {
        let accepts = |(name, value): &(String, String)| name == "accept" && value == "text/event-stream";
        self.method == Method::Get && self.headers.iter().any(accepts)
    }
}

/// Reads a request.
pub(crate) fn receive(request: &IncomingRequest) -> Result<Received, Refusal> {
    let target = target(request.path_with_query())?;
    let entries = request.headers().entries();
    let route = route(&target);
    let client = client(&entries, route);
    let headers = fields(entries)?;
    let method = match request.method() {
        WasiMethod::Get => Method::Get,
        WasiMethod::Head => Method::Head,
        WasiMethod::Post => Method::Post,
        _ => Method::Other,
    };
    let body = body(request, expected_body(&headers), body_bytes_max(route));
    Ok(Received { method, target, headers, client, body })
}

fn body(request: &IncomingRequest, expected: Option<u64>, bytes_max: usize) -> Result<Vec<u8>, BodyError> {
    match expected {
        Some(0) => Ok(Vec::new()),
        Some(bytes) if usize::try_from(bytes).map_or(true, |bytes| bytes > bytes_max) => {
            Err(BodyError::TooLarge)
        }
        _ => read(&request.consume().map_err(|()| BodyError::Incomplete)?, bytes_max),
    }
}

fn read(body: &IncomingBody, bytes_max: usize) -> Result<Vec<u8>, BodyError> {
    let stream = body.stream().map_err(|()| BodyError::Incomplete)?;
    let readable = stream.subscribe();
    let deadline = subscribe_duration(BODY_NS_MAX);
    let mut bytes = Vec::new();
    loop {
        // A client that sends a byte now and then keeps the stream ready, so the deadline is checked as well.
        if poll(&[&readable, &deadline]).contains(&1) {
            return Err(BodyError::Incomplete);
        }
        match stream.read(PART_BYTES.into()) {
            Ok(more) => bytes.extend_from_slice(&more),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(_)) => return Err(BodyError::Incomplete),
        }
        if bytes.len() > bytes_max {
            return Err(BodyError::TooLarge);
        }
    }
}

/// The receiver of the answer, for a single use.
pub(crate) struct Sender(ResponseOutparam);

impl Sender {
    pub(crate) fn new(outparam: ResponseOutparam) -> Self {
        Self(outparam)
    }

    /// Sends an answer to a request, without its content if the method is HEAD.
    pub(crate) fn send(self, answer: &Answer<Value>, to: &Received) {
        if to.method == Method::Head { self.send_head(answer) } else { self.send_whole(answer) }
    }

    /// Sends an answer with its content.
    pub(crate) fn send_whole(self, answer: &Answer<Value>) {
        let response = response(answer.status, answer.fields(), Some(size(&answer.content)));
        let Some(mut stream) = self.start(response) else { return };
        let is_whole = match &answer.content {
            Content::Bytes(bytes) => stream.write(bytes),
            Content::Value(value) => stream.write_value(value),
        };
        if is_whole {
            stream.finish();
        }
    }

    fn send_head(self, answer: &Answer<Value>) {
        let response = response(answer.status, answer.fields(), Some(size(&answer.content)));
        ResponseOutparam::set(self.0, Ok(response));
    }

    /// Begins a stream of events.
    pub(crate) fn stream(self) -> Option<Stream> {
        let fields = [("content-type", "text/event-stream"), ("cache-control", "no-store")];
        self.start(response(200, fields.into_iter(), None))
    }

    fn start(self, response: OutgoingResponse) -> Option<Stream> {
        let body = response.body().ok();
        ResponseOutparam::set(self.0, Ok(response));
        let body = body?;
        let stream = body.write().ok()?;
        Some(Stream { stream: Some(stream), body: Some(body) })
    }
}

fn size(content: &Content<Value>) -> u64 {
    match content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::Value(value) => value.size(),
    }
}

/// Builds the head of an answer. Leaves out a field that the runtime refuses, because the rest is worth more.
fn response<'a>(
    status: u16,
    fields: impl Iterator<Item = (&'a str, &'a str)>,
    bytes: Option<u64>,
) -> OutgoingResponse {
    let headers = Fields::new();
    for (name, value) in fields {
        let _ = headers.append(&name.to_owned(), &value.as_bytes().to_vec());
    }
    if let Some(bytes) = bytes {
        let _ = headers.append(&"content-length".to_owned(), &bytes.to_string().into_bytes());
    }
    let response = OutgoingResponse::new(headers);
    let _ = response.set_status_code(status);
    response
}

/// The content of an answer while it is sent. If dropped before [`Stream::finish`], the answer breaks off.
pub(crate) struct Stream {
    // The stream is a child of the body and must be dropped before it.
    stream: Option<OutputStream>,
    body: Option<OutgoingBody>,
}

impl Stream {
    /// Sends bytes. Returns false if the client is gone or does not take them.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.as_ref().is_some_and(|stream| write(stream, bytes).is_some())
    }

    fn write_value(&mut self, value: &Value) -> bool {
        let mut offset = 0;
        loop {
            let part = value.read(offset, PART_BYTES);
            if part.is_empty() {
                return true;
            }
            if !self.write(&part) {
                return false;
            }
            offset += part.len() as u64;
        }
    }

    /// Ends the content.
    pub(crate) fn finish(mut self) {
        self.stream = None;
        if let Some(body) = self.body.take() {
            let _ = OutgoingBody::finish(body, None);
        }
    }
}

fn write(stream: &OutputStream, mut bytes: &[u8]) -> Option<()> {
    // A client that takes a byte now and then keeps the stream writable, so one deadline covers all bytes.
    let deadline = subscribe_duration(PART_NS_MAX + PART_NS_MAX_PER_BYTE * bytes.len() as u64);
    while !bytes.is_empty() {
        let room = usize::try_from(room(stream, &deadline)?).unwrap_or(usize::MAX);
        let (now, later) = bytes.split_at(bytes.len().min(room));
        stream.write(now).ok()?;
        bytes = later;
    }
    stream.flush().ok()
}

/// Returns how many bytes may be written now, after waiting for the client to take the earlier ones.
fn room(stream: &OutputStream, deadline: &Pollable) -> Option<u64> {
    let writable = stream.subscribe();
    loop {
        match stream.check_write().ok()? {
            0 if poll(&[&writable, deadline]).contains(&1) => return None,
            0 => {}
            room => return (!deadline.ready()).then_some(room),
        }
    }
}
