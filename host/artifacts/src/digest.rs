//! SHA-256 digests.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The name of the algorithm in a registry, before the digits.
const ALGORITHM: &str = "sha256:";

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDigest {
    /// Not 64 hexadecimal digits.
    #[error("a SHA-256 digest is 64 hexadecimal digits")]
    Digits,
    /// Another algorithm, or none.
    #[error("a digest begins with `sha256:`")]
    Algorithm,
}

impl Digest {
    /// Computes the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Parses 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NoDigest> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoDigest::Digits);
        }
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| NoDigest::Digits)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoDigest::Digits)?;
        }
        Ok(Self(digest))
    }

    /// Parses the form that registries use, `sha256:` and the digits.
    pub fn parse_named(text: &str) -> Result<Self, NoDigest> {
        Self::parse(text.strip_prefix(ALGORITHM).ok_or(NoDigest::Algorithm)?)
    }

    /// Returns the form that registries use.
    pub fn named(&self) -> String {
        format!("{ALGORITHM}{self}")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// In JSON, a digest has the form that registries use.
impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.named()
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        Self::parse_named(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest of "abc" from FIPS 180-4's examples.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        assert_eq!(Digest::of(b"abc").to_string(), ABC);
        assert_eq!(Digest::parse(ABC), Ok(Digest::of(b"abc")));
        assert_eq!(Digest::parse_named(&Digest::of(b"abc").named()), Ok(Digest::of(b"abc")));
    }

    #[test]
    fn other_texts_are_no_digest() {
        for text in ["", &ABC[1..], &ABC.replace('b', "g"), "+a7816bf", &format!("{ABC}0")] {
            assert_eq!(Digest::parse(text), Err(NoDigest::Digits), "{text}");
        }
        assert_eq!(Digest::parse_named(ABC), Err(NoDigest::Algorithm));
        assert_eq!(Digest::parse_named(&format!("sha512:{ABC}")), Err(NoDigest::Algorithm));
    }
}
