//! Requests and responses of `wasi:http` 0.3.

use std::cell::Cell;
use std::pin::pin;

use futures_util::future::{Either, select};
use routes::Method;
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use spin_sdk::wasip3::http::types::{ErrorCode, Fields, Method as WasiMethod, Request, Response, Trailers};
use spin_sdk::wasip3::wit_bindgen::{FutureReader, StreamReader, StreamResult, StreamWriter};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};

/// How long a body may take to arrive: 10 seconds.
const BODY_NS_MAX: u64 = 10_000_000_000;
/// How long a client may take to receive a response: 10 seconds, and a second more for each KiB.
const SEND_NS_MAX: u64 = 10_000_000_000;
const SEND_NS_MAX_PER_BYTE: u64 = 1_000_000_000 / 1_024;
/// How much is read at once.
const PART_BYTES: usize = 65_536;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than the limit.
    TooLarge,
    /// It broke off, or did not arrive in time.
    Incomplete,
}

/// The content of a response.
pub enum Content {
    /// None, as in the response to HEAD.
    None,
    /// These bytes.
    Bytes(Vec<u8>),
    /// The content of another response, which is not read here.
    Forwarded(StreamReader<u8>, FutureReader<Result<Option<Trailers>, ErrorCode>>),
    /// Bytes that are written later.
    Later(StreamReader<u8>),
}

/// Returns the method as routing knows it.
pub fn method(method: &WasiMethod) -> Method {
    match method {
        WasiMethod::Get => Method::Get,
        WasiMethod::Head => Method::Head,
        WasiMethod::Post => Method::Post,
        _ => Method::Other,
    }
}

/// Returns header fields as text, names in lower case, without those whose value is not UTF-8.
pub fn texts(entries: Vec<(String, Vec<u8>)>) -> Vec<(String, String)> {
    let text =
        |(name, value): (String, Vec<u8>)| Some((name.to_ascii_lowercase(), String::from_utf8(value).ok()?));
    entries.into_iter().filter_map(text).collect()
}

/// Reads the body of a request.
pub async fn body(request: Request, bytes_max: usize) -> Result<Vec<u8>, Unread> {
    let (_, consumed) = wit_future::new(|| Ok(()));
    let (stream, ended) = Request::consume_body(request, consumed);
    read(stream, ended, bytes_max).await
}

/// Reads a whole content, within 10 seconds.
pub async fn read(
    stream: StreamReader<u8>,
    ended: FutureReader<Result<Option<Trailers>, ErrorCode>>,
    bytes_max: usize,
) -> Result<Vec<u8>, Unread> {
    let reading = pin!(read_to_end(stream, ended, bytes_max));
    match select(reading, pin!(wait_for(BODY_NS_MAX))).await {
        Either::Left((bytes, _)) => bytes,
        Either::Right(_) => Err(Unread::Incomplete),
    }
}

async fn read_to_end(
    mut stream: StreamReader<u8>,
    ended: FutureReader<Result<Option<Trailers>, ErrorCode>>,
    bytes_max: usize,
) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    loop {
        bytes.reserve(PART_BYTES);
        let (result, read) = stream.read(bytes).await;
        bytes = read;
        if bytes.len() > bytes_max {
            return Err(Unread::TooLarge);
        }
        if let StreamResult::Dropped | StreamResult::Cancelled = result {
            break;
        }
    }
    drop(stream);
    ended.await.map_err(|_| Unread::Incomplete)?;
    Ok(bytes)
}

/// Returns the header fields of field lines, each `name: value` with a line feed. Skips lines that are no fields.
pub fn fields(lines: &str) -> impl Iterator<Item = (&str, &[u8])> {
    lines.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name, value.as_bytes()))
}

/// Builds a response. Leaves out a header field that the runtime refuses, because the rest is worth more.
pub fn response<'a>(
    status: u16,
    fields: impl Iterator<Item = (&'a str, &'a [u8])>,
    content: Content,
) -> Response {
    let headers = Fields::new();
    for (name, value) in fields {
        let _ = headers.append(name, value);
    }
    let (stream, ended) = match content {
        Content::None => (None, ended()),
        Content::Bytes(bytes) if bytes.is_empty() => (None, ended()),
        Content::Bytes(bytes) => (Some(stream(bytes)), ended()),
        Content::Forwarded(stream, ended) => (Some(stream), ended),
        Content::Later(stream) => (Some(stream), ended()),
    };
    let (response, _) = Response::new(headers, stream, ended);
    let _ = response.set_status_code(status);
    response
}

/// Returns an end of a content without trailers.
pub fn ended() -> FutureReader<Result<Option<Trailers>, ErrorCode>> {
    let (_, ended) = wit_future::new(|| Ok(None));
    ended
}

thread_local! {
    static UNDER_WAY: Cell<usize> = const { Cell::new(0) };
}

/// Something that this instance is doing, until it is dropped, also if its task is cancelled.
pub struct UnderWay(());

impl UnderWay {
    /// Begins it.
    pub fn begin() -> Self {
        UNDER_WAY.set(UNDER_WAY.get() + 1);
        Self(())
    }

    /// Returns how much this instance is doing: requests that were begun so, and bodies that are being written.
    pub fn count() -> usize {
        UNDER_WAY.get()
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.set(UNDER_WAY.get() - 1);
    }
}

/// Returns a stream of bytes, which a task writes until the client has them all, or takes too long.
pub fn stream(bytes: Vec<u8>) -> StreamReader<u8> {
    let (mut writer, stream) = wit_stream::new();
    let under_way = UnderWay::begin();
    spawn(async move {
        write(&mut writer, bytes).await;
        drop(under_way);
    });
    stream
}

/// Writes bytes. Returns false if the client is gone or takes too long.
pub async fn write(writer: &mut StreamWriter<u8>, bytes: Vec<u8>) -> bool {
    let ns_max = SEND_NS_MAX + SEND_NS_MAX_PER_BYTE * bytes.len() as u64;
    let writing = pin!(writer.write_all(bytes));
    match select(writing, pin!(wait_for(ns_max))).await {
        Either::Left((unwritten, _)) => unwritten.is_empty(),
        Either::Right(_) => false,
    }
}
