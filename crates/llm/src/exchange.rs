//! The address of an endpoint, and the limit on its responses.

use url::Url;

/// The largest part of a response that is read, in bytes: a stream has some 300 bytes for each token, and a model that
/// thinks aloud sends thousands of them.
pub const RESPONSE_BYTES_MAX: usize = 4 << 20;
/// The end of every endpoint's address.
const OPERATION: &str = "/chat/completions";

/// Returns the address of the operation under a base address, which may already end in it. Returns `None` if that is no
/// http or https address, or holds a user name or password.
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
}
