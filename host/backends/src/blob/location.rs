//! Maps keys to paths: each key has one path, no two keys share a path, and no path leads out of its bucket.
//!
//! A key's first `:` ends the name of its owner. Each owner has a folder, whose name ends with that `:`, with 256
//! subfolders called shelves. So listing an owner's keys reads no other owner's objects, and no folder grows too large
//! to read. `generated/magic-wands:abc.html` is at `generated/magic-wands:/4b/abc.html`. The shelf is a hash of the
//! name up to its first `.` or `_`, so all objects of one shopper are on the same shelf.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use object_store::path::{Path, PathPart};

/// The encoding of an empty segment; no other segment is encoded like this.
const EMPTY: &str = "%";
/// The character that ends an owner's name, in keys and in folder names.
const OWNER_END: char = ':';

/// The folders that may contain the keys with a prefix.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere under this folder: the prefix has no owner.
    Under(Path),
    /// On any shelf of this owner's folder.
    Owner(Path),
    /// On this shelf.
    Shelf(Path),
}

/// Returns the path of `key` in `bucket`: the bucket, then the key's segments, percent-encoded where
/// a file system or object store could misread them.
pub fn path(bucket: &str, key: &str) -> Path {
    match key.split_once(OWNER_END) {
        Some((_, name)) => shelf_of(bucket, key).join(part(name)),
        None => plain(bucket, key),
    }
}

/// Returns the shelf of `key` in `bucket`, or the bucket if the key has no owner.
pub fn shelf_of(bucket: &str, key: &str) -> Path {
    match key.split_once(OWNER_END) {
        Some((owner, name)) => shelf(&owner_folder(bucket, owner), name),
        None => Path::from_iter([part(bucket)]),
    }
}

/// Returns the path of a key without an owner.
fn plain(bucket: &str, key: &str) -> Path {
    std::iter::once(bucket).chain(key.split('/')).map(part).collect()
}

/// Returns the key at `path` in `bucket`; `None` if no key has that path.
pub fn key(bucket: &str, path: &Path) -> Option<String> {
    let within = path.as_ref().strip_prefix(part(bucket).as_ref())?.strip_prefix('/')?;
    let mut key = String::with_capacity(within.len());
    let mut segments = within.split('/');
    while let Some(segment) = segments.next() {
        let Some(owner) = segment.strip_suffix(OWNER_END) else {
            key.push_str(&decode(segment)?);
            key.push('/');
            continue;
        };
        let (_shelf, name, None) = (segments.next()?, segments.next()?, segments.next()) else { return None };
        key.push_str(&decode(owner)?);
        key.push(OWNER_END);
        key.push_str(&decode(name)?);
        return Some(key);
    }
    key.pop();
    Some(key)
}

/// Returns the folder of the owner of the object at `path`; `None` if it has no owner.
pub fn owner_folder_of(path: &Path) -> Option<Path> {
    let end = path.as_ref().find(":/")?;
    Path::parse(&path.as_ref()[..=end]).ok()
}

/// Returns where the keys of `bucket` that start with `prefix` may be.
pub fn place(bucket: &str, prefix: &str) -> Place {
    match (prefix.split_once(OWNER_END), prefix.rsplit_once('/')) {
        (Some((owner, name)), _) => {
            let folder = owner_folder(bucket, owner);
            if name.contains(ends_stem) { Place::Shelf(shelf(&folder, name)) } else { Place::Owner(folder) }
        }
        (None, Some((folder, _))) => Place::Under(plain(bucket, folder)),
        (None, None) => Place::Under(Path::from_iter([part(bucket)])),
    }
}

fn owner_folder(bucket: &str, owner: &str) -> Path {
    let (folder, owner) =
        owner.rsplit_once('/').map_or((None, owner), |(folder, owner)| (Some(folder), owner));
    let folder = folder.map_or_else(|| Path::from_iter([part(bucket)]), |folder| plain(bucket, folder));
    // The encoded name holds nothing that would have to be encoded again.
    let named = format!("{}{OWNER_END}", part(owner).as_ref());
    folder.join(PathPart::parse(&named).unwrap_or_default())
}

/// Returns the shelf of a name, or of a name's prefix if it includes the end of the stem.
fn shelf(owner: &Path, name: &str) -> Path {
    let stem = name.split(ends_stem).next().unwrap_or_default();
    let mut hasher = FnvHasher::default();
    hasher.write(stem.as_bytes());
    owner.clone().join(format!("{:02x}", hasher.finish() & 0xff))
}

/// Returns whether `c` ends the stem of an object's name, which is the shopper's id.
fn ends_stem(c: char) -> bool {
    matches!(c, '.' | '_')
}

fn part(segment: &str) -> PathPart<'_> {
    match segment {
        "" => PathPart::parse(EMPTY).unwrap_or_default(),
        segment => segment.into(),
    }
}

/// Percent-decodes a segment (RFC 3986, section 2.1).
pub fn decode(segment: &str) -> Option<String> {
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
    fn the_paths_of_pages_are_not_to_change() {
        for (key, expected) in [
            ("generated/magic-wands:abc.html", "UI_STORAGE/generated/magic-wands:/4b/abc.html"),
            ("generated/magic-wands:abc_DE-DE.json", "UI_STORAGE/generated/magic-wands:/4b/abc_DE-DE.json"),
            ("generated/a.myshopify.com:abc.html", "UI_STORAGE/generated/a.myshopify.com:/4b/abc.html"),
            ("generated/plain", "UI_STORAGE/generated/plain"),
        ] {
            assert_eq!(path("UI_STORAGE", key).as_ref(), expected);
        }
    }

    #[test]
    fn a_prefix_says_how_much_has_to_be_looked_at() {
        let owner = || Path::from("B/generated/magic-wands:");
        let shelf = || Place::Shelf(owner().join("4b"));
        assert_eq!(place("B", "generated/magic-wands:abc."), shelf());
        assert_eq!(place("B", "generated/magic-wands:abc_DE"), shelf());
        assert_eq!(place("B", "generated/magic-wands:ab"), Place::Owner(owner()));
        assert_eq!(place("B", "generated/magic-wands:"), Place::Owner(owner()));
        assert_eq!(place("B", "generated/magic"), Place::Under(Path::from("B/generated")));
        assert_eq!(place("B", ""), Place::Under(Path::from("B")));
    }

    #[test]
    fn no_key_leads_out_of_its_bucket() {
        for hostile in [
            "..",
            "../x",
            "a/../../x",
            "/etc/passwd",
            ".",
            "./..",
            "\\..\\x",
            "%2e%2e/x",
            "\0",
            "..:..",
            ":",
            "../:/..",
        ] {
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
        fn a_key_is_read_back_from_its_path(bucket in "[A-Z%/.]{0,3}", key in "(.|[/%.:_]){0,12}") {
            prop_assert_eq!(super::key(&bucket, &path(&bucket, &key)), Some(key));
        }

        #[test]
        fn every_key_under_a_prefix_is_in_its_place(prefix in "[a/.%:_]{0,6}", rest in "[a/.%:_]{0,6}") {
            let path = path("B", &format!("{prefix}{rest}"));
            let (Place::Under(folder) | Place::Owner(folder) | Place::Shelf(folder)) = place("B", &prefix);
            prop_assert!(path.prefix_matches(&folder), "{} {}", path, folder);
        }
    }
}
