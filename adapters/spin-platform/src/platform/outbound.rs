//! One request and its answer by `wasi:http`, within one deadline.

use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method, OutgoingBody,
    OutgoingRequest, RequestOptions, Scheme as WasiScheme,
};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::StreamError;

use super::pause::{NS_PER_MS, pause};
use crate::{Address, Scheme, lease};

/// How much is read or written at once.
const CHUNK_BYTES: u64 = 65_536;
/// Fields that follow from address and content. Sent again, they could only contradict these.
const IMPLIED: [&str; 2] = ["host", "content-length"];

/// A request, as in `wit/platform`.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) timeout_ms: u32,
    pub(crate) answer_bytes_max: u32,
}

/// A response of any status.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no response.
pub(crate) enum Error {
    Timeout,
    TooLarge,
    NotAllowed,
    Failed(String),
}

/// Sends a request and waits for the whole answer.
pub(crate) fn send(request: &Request) -> Result<Response, Error> {
    let deadline = Deadline::after_ms(request.timeout_ms);
    let outgoing = outgoing(request)?;
    let body = outgoing.body().map_err(|()| broken("cannot get the request's body"))?;
    let sent = outgoing_handler::handle(outgoing, Some(options(request.timeout_ms)?)).map_err(failed)?;
    // A service may answer before it has read everything, so read the answer even if the write failed.
    let written = write(body, &request.body, &deadline);
    match answer(&sent, &deadline) {
        Ok(response) => read(&response, request.answer_bytes_max, &deadline),
        Err(error) => Err(written.err().unwrap_or(error)),
    }
}

/// The moment at which all waiting ends.
struct Deadline(Pollable);

impl Deadline {
    fn after_ms(ms: u32) -> Self {
        Self(pause(ms.into()))
    }

    /// Waits for `event`, or fails once the deadline has passed. Extends the lease of the job meanwhile.
    fn wait(&self, event: &Pollable) -> Result<(), Error> {
        loop {
            let due = lease::due_in_ms().map(pause);
            let ready = match &due {
                Some(due) => poll(&[event, &self.0, due]),
                None => poll(&[event, &self.0]),
            };
            if !lease::keep() {
                return Err(broken("the job's lease was lost"));
            }
            match ready.first() {
                Some(0) => return Ok(()),
                Some(1) => return Err(Error::Timeout),
                _ => {}
            }
        }
    }

    fn check(&self) -> Result<(), Error> {
        if self.0.ready() { Err(Error::Timeout) } else { Ok(()) }
    }
}

fn outgoing(request: &Request) -> Result<OutgoingRequest, Error> {
    let address = Address::parse(&request.url).map_err(|wrong| Error::Failed(wrong.to_string()))?;
    let headers: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| !IMPLIED.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
        .chain(content_length(request))
        .collect();
    let fields = Fields::from_list(&headers).map_err(|_| broken("a header field is invalid"))?;
    let outgoing = OutgoingRequest::new(fields);
    let scheme = match address.scheme {
        Scheme::Http => WasiScheme::Http,
        Scheme::Https => WasiScheme::Https,
    };
    let is_set = outgoing.set_method(&method(&request.method)).is_ok()
        && outgoing.set_scheme(Some(&scheme)).is_ok()
        && outgoing.set_authority(Some(address.authority)).is_ok()
        && outgoing.set_path_with_query(Some(address.target)).is_ok();
    if is_set { Ok(outgoing) } else { Err(broken("the method or the address is invalid")) }
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        other => Method::Other(other.to_owned()),
    }
}

/// Returns a content length, which avoids a chunked body, because not all services accept one.
fn content_length(request: &Request) -> Option<(String, Vec<u8>)> {
    let has_content = !request.body.is_empty() || ["POST", "PUT"].contains(&request.method.as_str());
    has_content.then(|| ("content-length".to_owned(), request.body.len().to_string().into_bytes()))
}

fn options(timeout_ms: u32) -> Result<RequestOptions, Error> {
    let options = RequestOptions::new();
    let timeout = Some(u64::from(timeout_ms) * NS_PER_MS);
    let are_set = options.set_connect_timeout(timeout).is_ok()
        && options.set_first_byte_timeout(timeout).is_ok()
        && options.set_between_bytes_timeout(timeout).is_ok();
    if are_set { Ok(options) } else { Err(broken("cannot set a time limit")) }
}

fn write(body: OutgoingBody, mut bytes: &[u8], deadline: &Deadline) -> Result<(), Error> {
    let stream = body.write().map_err(|()| broken("cannot write the request's body"))?;
    let writable = stream.subscribe();
    while !bytes.is_empty() {
        deadline.wait(&writable)?;
        let room = stream.check_write().map_err(broke_off)?.min(CHUNK_BYTES);
        let (now, later) = bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
        stream.write(now).map_err(broke_off)?;
        bytes = later;
    }
    drop(writable);
    drop(stream);
    OutgoingBody::finish(body, None).map_err(failed)
}

fn answer(sent: &FutureIncomingResponse, deadline: &Deadline) -> Result<IncomingResponse, Error> {
    deadline.wait(&sent.subscribe())?;
    match sent.get() {
        Some(Ok(Ok(response))) => Ok(response),
        Some(Ok(Err(code))) => Err(failed(code)),
        Some(Err(())) | None => Err(broken("the answer was already taken")),
    }
}

fn read(response: &IncomingResponse, bytes_max: u32, deadline: &Deadline) -> Result<Response, Error> {
    let headers = response.headers().entries();
    let body = response.consume().map_err(|()| broken("cannot read the answer's body"))?;
    let bytes = read_body(&body, bytes_max, deadline)?;
    let text = |(name, value): (String, Vec<u8>)| {
        (name.to_ascii_lowercase(), String::from_utf8_lossy(&value).into_owned())
    };
    Ok(Response { status: response.status(), headers: headers.into_iter().map(text).collect(), body: bytes })
}

fn read_body(body: &IncomingBody, bytes_max: u32, deadline: &Deadline) -> Result<Vec<u8>, Error> {
    let bytes_max = usize::try_from(bytes_max).unwrap_or(usize::MAX);
    let stream = body.stream().map_err(|()| broken("cannot read the answer's body"))?;
    let readable = stream.subscribe();
    let mut bytes = Vec::new();
    loop {
        deadline.wait(&readable)?;
        // A service that sends a byte now and then keeps the stream ready, so the wait alone is no limit.
        deadline.check()?;
        match stream.read(CHUNK_BYTES) {
            Ok(more) if bytes.len() + more.len() > bytes_max => return Err(Error::TooLarge),
            Ok(more) => bytes.extend_from_slice(&more),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(error) => return Err(broke_off(error)),
        }
    }
}

fn broken(reason: &str) -> Error {
    Error::Failed(reason.to_owned())
}

fn broke_off(_: StreamError) -> Error {
    broken("the connection broke")
}

/// Returns only the kind of error, because a runtime's details may hold the address, and with it a secret.
fn failed(code: ErrorCode) -> Error {
    match code {
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout
        | ErrorCode::DnsTimeout => Error::Timeout,
        ErrorCode::HttpRequestDenied => Error::NotAllowed,
        ErrorCode::HttpResponseBodySize(_) => Error::TooLarge,
        other => {
            let text = format!("{other:?}");
            Error::Failed(text.split(['(', ' ']).next().unwrap_or_default().to_owned())
        }
    }
}
