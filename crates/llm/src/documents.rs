//! Extracts the JSON documents from the body of a response, whatever surrounds them.
//!
//! Gateways send unrequested streams, comments that keep a connection open, byte order marks and compressed bytes. None
//! of that belongs to the model's answer, so none of it may cause the answer to be lost.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use serde_json::{Deserializer, Value};

/// The largest part of a response that is read, in bytes: a stream has some 300 bytes for each token, and a model that
/// thinks aloud sends thousands of them.
pub const RESPONSE_BYTES_MAX: usize = 4 << 20;
/// The first bytes of gzip (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The most documents of a stream that are read.
const DOCUMENTS_MAX: usize = 100_000;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The content of a body.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Documents {
    /// The JSON documents: one, or the chunks of a stream.
    pub(crate) found: Vec<Value>,
    /// Whether it is a stream with an end marker.
    pub(crate) is_over: bool,
    /// The text, if there is no document.
    pub(crate) text: String,
}

/// Reads server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), one JSON document or
/// several, whatever precedes them.
pub(crate) fn read(body: &[u8]) -> Documents {
    let unpacked = if body.starts_with(&GZIP) { unpack(body) } else { Vec::new() };
    let body = if unpacked.is_empty() { body } else { &unpacked };
    let text = String::from_utf8_lossy(body);
    let text = text.trim_matches(|c: char| c == BYTE_ORDER_MARK || c.is_whitespace());
    let (payload, is_over) = payload(text);
    // A document has to be an object or an array: a line of prose may start with a number.
    let start = payload.find(['{', '[']).unwrap_or(payload.len());
    let documents = Deserializer::from_str(&payload[start..]).into_iter::<Value>();
    let found: Vec<Value> = documents.map_while(Result::ok).take(DOCUMENTS_MAX).flat_map(unwrapped).collect();
    let text = if found.is_empty() { text.to_owned() } else { String::new() };
    Documents { found, is_over, text }
}

/// Unpacks at most [`RESPONSE_BYTES_MAX`]. Returns what precedes damage.
fn unpack(body: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    // On an error, the bytes that were unpacked before the damage remain.
    let _ = MultiGzDecoder::new(body).take(RESPONSE_BYTES_MAX as u64).read_to_end(&mut unpacked);
    unpacked
}

/// Returns the concatenated data of events, and whether the last event was `[DONE]`. Returns a text without events
/// unchanged, except for its comments.
fn payload(text: &str) -> (String, bool) {
    let is_comment = |line: &&str| line.starts_with(':');
    let data = || text.lines().filter_map(|line| line.strip_prefix("data:"));
    if data().next().is_none() || text.starts_with(['{', '[']) {
        let lines: Vec<&str> =
            text.lines().skip_while(|line| is_comment(line) || line.trim().is_empty()).collect();
        return (lines.join("\n"), false);
    }
    let is_end = |line: &&str| line.trim() == "[DONE]";
    let lines: Vec<&str> = data().filter(|line| !is_end(line)).collect();
    (lines.join("\n"), data().any(|line| is_end(&line)))
}

/// Unwraps a document: Gemini puts errors into an array, and gateways put answers into `result`.
fn unwrapped(document: Value) -> Vec<Value> {
    match document {
        Value::Array(documents) => documents.into_iter().filter(Value::is_object).collect(),
        Value::Object(mut members) => {
            let wraps =
                !members.contains_key("choices") && members.get("result").is_some_and(Value::is_object);
            let inner = if wraps { members.remove("result") } else { None };
            vec![inner.unwrap_or(Value::Object(members))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn a_document_is_found_whatever_is_around_it() {
        let one = vec![json!({ "a": 1 })];
        let two = vec![json!({ "a": 1 }), json!({ "a": 2 })];
        for (body, expected, is_over) in [
            ("{\"a\":1}", &one, false),
            ("\u{feff}\r\n {\"a\":1}\n", &one, false),
            (": PROCESSING\n\n: PROCESSING\n\n{\"a\":\n1}", &one, false),
            ("{\"a\":0,\"a\":1}", &one, false),
            ("{\"a\":1} and more", &one, false),
            ("[{\"a\":1}]", &one, false),
            ("{\"result\":{\"a\":1},\"success\":true}", &one, false),
            ("{\"a\":1}\n{\"a\":2}\n", &two, false),
            ("data: {\"a\":1}\n\ndata: {\"a\":2}\n\ndata: [DONE]\n\n", &two, true),
            (": c\nevent: x\nid: 7\ndata:{\"a\":\ndata: 1}\r\n\r\nretry: 3\ndata: {\"a\":2}\n", &two, false),
            (")]}',\n{\"a\":1}", &one, false),
        ] {
            let read = read(body.as_bytes());
            assert_eq!((&read.found, read.is_over), (expected, is_over), "{body}");
        }
        assert_eq!(read(&packed("{\"a\":1}")).found, one);
        assert_eq!(read(b"{\"a\":1,\"b\":\"\xff\"}").found, [json!({ "a": 1, "b": "\u{fffd}" })]);
    }

    #[test]
    fn a_body_without_a_document_is_text() {
        for body in ["", "<html>{</html>", "no", "12", "\"text\"", "{\"a\":"] {
            let read = read(body.as_bytes());
            assert_eq!((read.found, read.text.as_str()), (vec![], body), "{body}");
        }
    }

    #[test]
    fn compressed_bytes_are_unpacked_only_so_far() {
        let bomb = packed(&" ".repeat(RESPONSE_BYTES_MAX * 4));
        assert!(bomb.len() < RESPONSE_BYTES_MAX / 100);
        assert!(unpack(&bomb).len() <= RESPONSE_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&body);
        }
    }
}
