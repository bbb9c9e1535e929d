//! Keys as paths: each key has one path, no two share one, and none leads out of its bucket.

use object_store::path::{Path, PathPart};

/// What stands for an empty segment; nothing that is encoded ever reads so.
const EMPTY: &str = "%";

/// The path of `key` in `bucket`: the bucket, then the key's segments, with everything encoded
/// that a file system or object store could take amiss.
pub fn path(bucket: &str, key: &str) -> Path {
    std::iter::once(bucket).chain(key.split('/')).map(part).collect()
}

/// The key at `path` in `bucket`; `None` if no key has that path.
pub fn key(bucket: &str, path: &Path) -> Option<String> {
    let within = path.as_ref().strip_prefix(part(bucket).as_ref())?.strip_prefix('/')?;
    let segments: Option<Vec<_>> = within.split('/').map(decode).collect();
    Some(segments?.join("/"))
}

/// The deepest folder of `bucket` that holds every key that starts with `prefix`.
pub fn folder(bucket: &str, prefix: &str) -> Path {
    match prefix.rsplit_once('/') {
        Some((folder, _)) => path(bucket, folder),
        None => Path::from_iter([part(bucket)]),
    }
}

fn part(segment: &str) -> PathPart<'_> {
    match segment {
        "" => PathPart::parse(EMPTY).unwrap_or_default(),
        segment => segment.into(),
    }
}

/// Percent-decoding (RFC 3986, section 2.1).
fn decode(segment: &str) -> Option<String> {
    if segment == EMPTY {
        return Some(String::new());
    }
    let mut decoded = Vec::with_capacity(segment.len());
    let mut pieces = segment.split('%');
    decoded.extend_from_slice(pieces.next()?.as_bytes());
    for piece in pieces {
        decoded.push(u8::from_str_radix(piece.get(..2)?, 16).ok()?);
        decoded.extend_from_slice(piece.get(2..)?.as_bytes());
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_have_the_path_that_the_original_deployment_gave_them() {
        let path = path("UI_STORAGE", "generated/magic-wands:abc.html");
        assert_eq!(path.as_ref(), "UI_STORAGE/generated/magic-wands:abc.html");
    }

    #[test]
    fn no_key_leads_out_of_its_bucket() {
        for hostile in ["..", "../x", "a/../../x", "/etc/passwd", ".", "./..", "\\..\\x", "%2e%2e/x", "\0"] {
            let path = path("B", hostile);
            assert!(path.as_ref().starts_with("B/"), "{path}");
            assert!(
                path.as_ref().split('/').all(|part| part != ".." && part != "." && !part.is_empty()),
                "{path}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_key_is_read_back_from_its_path(bucket in "[A-Z%/.]{0,3}", key in "(.|[/%.]){0,12}") {
            prop_assert_eq!(super::key(&bucket, &path(&bucket, &key)), Some(key));
        }

        #[test]
        fn a_folder_holds_every_key_under_its_prefix(prefix in "[a/.%]{0,6}", rest in "[a/.%]{0,6}") {
            let path = path("B", &format!("{prefix}{rest}"));
            prop_assert!(path.prefix_matches(&folder("B", &prefix)));
        }
    }
}
