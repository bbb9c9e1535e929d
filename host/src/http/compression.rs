//! Compresses answers for clients that accept it (RFC 9110, section 12.5.3).
//!
//! A page is compressed once for as long as it is in memory: the compressed bytes are remembered for the page's own
//! buffer. The memory of compressed answers keeps that buffer alive, so no other page can be at its address.

use brotli::CompressorWriter;
use bytes::Bytes;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use moka::sync::Cache;
use std::io::{self, Write as _};

use super::answer::Answer;

/// Shorter bodies are sent as they are: they fit into one packet.
const BYTES_MIN: usize = 1_024;
/// Longer bodies are sent as they are, because to compress one would take milliseconds.
const BYTES_MAX: usize = 512 << 10;
/// The most memory of pages and their compressed forms, in bytes.
const CACHE_BYTES_MAX: u64 = 32 << 20;
/// How well Brotli compresses, from 0 to 11: a page in about half a millisecond.
const BROTLI_QUALITY: u32 = 4;
/// Brotli's window, as a power of two: larger than most pages.
const BROTLI_WINDOW: u32 = 18;
/// The content types that are worth it.
const TYPES: [&str; 4] = ["text/html", "text/plain", "application/json", "text/javascript"];

/// Compresses answers, and remembers the compressed pages.
pub struct Compression {
    cache: Cache<Key, Compressed>,
}

/// A buffer, by its place in memory, and a coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    address: usize,
    bytes: usize,
    coding: Coding,
}

/// A compressed body, with the body that it was made of.
#[derive(Debug, Clone)]
struct Compressed {
    whole: Bytes,
    coded: Bytes,
}

/// A content coding, the preferred one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Coding {
    Brotli,
    Gzip,
}

impl Compression {
    /// Creates an empty memory.
    pub fn new() -> Self {
        let weigh = |_: &Key, Compressed { whole, coded }: &Compressed| {
            u32::try_from(whole.len() + coded.len()).unwrap_or(u32::MAX)
        };
        Self { cache: Cache::builder().max_capacity(CACHE_BYTES_MAX).weigher(weigh).build() }
    }

    /// Compresses an answer if the client accepts it and if it is worth it.
    pub fn apply(&self, request: &HeaderMap, mut answer: Answer) -> Answer {
        let Some(coding) = Coding::accepted(request).filter(|_| is_worth_it(&answer)) else { return answer };
        let Ok(coded) = self.coded(&answer.body, coding) else { return answer };
        if coded.len() >= answer.body.len() {
            return answer;
        }
        answer.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        answer.headers.append(header::VARY, HeaderValue::from_name(ACCEPT_ENCODING));
        answer.headers.remove(header::CONTENT_LENGTH);
        answer.body = coded;
        answer
    }

    fn coded(&self, whole: &Bytes, coding: Coding) -> io::Result<Bytes> {
        let key = Key { address: whole.as_ptr() as usize, bytes: whole.len(), coding };
        if let Some(Compressed { coded, .. }) = self.cache.get(&key) {
            return Ok(coded);
        }
        let coded = Bytes::from(coding.compress(whole)?);
        self.cache.insert(key, Compressed { whole: whole.clone(), coded: coded.clone() });
        Ok(coded)
    }
}

const ACCEPT_ENCODING: HeaderName = header::ACCEPT_ENCODING;

fn is_worth_it(answer: &Answer) -> bool {
    let content_type =
        answer.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    answer.status == StatusCode::OK
        && (BYTES_MIN..=BYTES_MAX).contains(&answer.body.len())
        && !answer.headers.contains_key(header::CONTENT_ENCODING)
        && TYPES.iter().any(|known| content_type.starts_with(known.as_bytes()))
}

impl Coding {
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Returns the first coding that a request accepts by name. Clients that only write `*` get the body as it is.
    fn accepted(request: &HeaderMap) -> Option<Self> {
        let lines = || request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        Self::ALL.into_iter().find(|coding| {
            lines().flat_map(|line| line.split(',')).any(|choice| {
                let mut parts = choice.split(';').map(str::trim);
                let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding.name()));
                is_named && parts.all(|parameter| !is_zero(parameter))
            })
        })
    }

    fn compress(self, body: &[u8]) -> io::Result<Vec<u8>> {
        let coded = Vec::with_capacity(body.len() / 3);
        match self {
            Self::Brotli => {
                let mut writer = CompressorWriter::new(coded, 4_096, BROTLI_QUALITY, BROTLI_WINDOW);
                writer.write_all(body)?;
                Ok(writer.into_inner())
            }
            Self::Gzip => {
                let mut writer = GzEncoder::new(coded, Level::default());
                writer.write_all(body)?;
                writer.finish()
            }
        }
    }
}

/// Returns whether a parameter is a weight of zero: not acceptable.
fn is_zero(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn request(accepts: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(accepts).unwrap())])
    }

    fn page(text: &str) -> Answer {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, html)]);
        Answer { status: StatusCode::OK, headers, body: Bytes::from(text.to_owned()) }
    }

    fn read(answer: &Answer) -> String {
        let mut text = String::new();
        match answer.headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            Some(b"br") => brotli::Decompressor::new(&answer.body[..], 4_096).read_to_string(&mut text),
            Some(b"gzip") => flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut text),
            _ => answer.body.as_ref().read_to_string(&mut text),
        }
        .unwrap();
        text
    }

    fn coding(accepts: &str) -> Option<&'static str> {
        Coding::accepted(&request(accepts)).map(Coding::name)
    }

    #[test]
    fn a_client_gets_what_it_accepts() {
        assert_eq!(coding("gzip, deflate, br, zstd"), Some("br"));
        assert_eq!(coding("GZIP;q=0.5"), Some("gzip"));
        assert_eq!(coding("br;q=0, gzip; q=1.0"), Some("gzip"));
        for nothing in ["", "identity", "*", "deflate", "br;q=0.000", "brotli", "gzip;Q=0"] {
            assert_eq!(coding(nothing), None, "{nothing}");
        }
        assert_eq!(Coding::accepted(&HeaderMap::new()), None);
    }

    #[test]
    fn a_page_is_compressed_once_and_is_the_same_page() {
        let (compression, text) = (Compression::new(), "<p>A wand, and another wand.</p>".repeat(200));
        let whole = page(&text);
        for accepts in ["br", "gzip"] {
            let [first, again] = [(); 2].map(|()| compression.apply(&request(accepts), whole.clone()));
            assert_eq!((read(&first), read(&again)), (text.clone(), text.clone()));
            assert_eq!(first.body.as_ptr(), again.body.as_ptr(), "it is remembered");
            assert!(first.body.len() * 10 < text.len() && first.headers[header::VARY] == "accept-encoding");
        }
        assert_eq!(compression.apply(&HeaderMap::new(), whole.clone()).body, whole.body);
    }

    /// Another page may be at the address of one that is gone.
    #[test]
    fn no_page_is_taken_for_another() {
        let compression = Compression::new();
        for number in 0..2_000 {
            let text = format!("<p>Page {number:04} of a shopper.</p>").repeat(60);
            assert_eq!(read(&compression.apply(&request("gzip"), page(&text))), text);
        }
    }

    #[test]
    fn short_bodies_and_those_without_text_are_sent_as_they_are() {
        let (compression, text) = (Compression::new(), "wand ".repeat(1_000));
        let picture = HeaderValue::from_static("image/png");
        let coded = HeaderValue::from_static("zstd");
        let with = |name, value: &HeaderValue| {
            let mut answer = page(&text);
            answer.headers.insert(name, value.clone());
            answer
        };
        for answer in [
            page("<p>Short.</p>"),
            with(header::CONTENT_TYPE, &picture),
            with(header::CONTENT_ENCODING, &coded),
            Answer { status: StatusCode::NOT_FOUND, ..page(&text) },
        ] {
            let sent = compression.apply(&request("br"), answer.clone());
            assert_eq!((sent.body, sent.headers), (answer.body, answer.headers));
        }
    }
}
