//! Encryption of tokens at rest: XChaCha20-Poly1305 with a random nonce, bound to the place where
//! the token is stored, so that it cannot be moved to another shop's row.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use capabilities::Secret;
use capabilities::random::{self, Random};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// The version of the encryption format, in case it ever changes.
const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Why keys cannot be used. The message does not repeat them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    /// There is no key.
    #[error("no encryption key is set")]
    None,
    /// The key at this position is invalid.
    #[error("encryption key {0} must be 32 bytes in base64")]
    NoKey(usize),
}

/// The keys of a deployment: the first encrypts, all decrypt.
pub struct Keys {
    current: XChaCha20Poly1305,
    former: Vec<XChaCha20Poly1305>,
}

/// A decrypted text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The text.
    pub secret: Secret,
    /// Whether a former key was needed; if so, encrypt the text again.
    pub former: bool,
}

impl Keys {
    /// Parses keys in the operator's notation: base64 of 32 bytes each, separated by commas.
    pub fn parse(text: &str) -> Result<Self, InvalidKeys> {
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        let ciphers =
            texts.enumerate().map(|(index, text)| cipher(text).ok_or(InvalidKeys::NoKey(index + 1)));
        let mut former = ciphers.collect::<Result<Vec<_>, _>>()?;
        if former.is_empty() {
            return Err(InvalidKeys::None);
        }
        let current = former.remove(0);
        Ok(Self { current, former })
    }

    /// Returns a key that lasts as long as the process, for deployments without a key. After a restart, tokens that it
    /// encrypted count as absent, and new ones are requested when the merchant opens the app.
    pub fn ephemeral(random: &dyn Random) -> Self {
        Self { current: XChaCha20Poly1305::new(&random::key(random).into()), former: Vec::new() }
    }

    /// Encrypts a text for a place.
    pub(crate) fn seal(&self, secret: &Secret, place: &str, random: &dyn Random) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        nonce.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&random.next_u64().to_le_bytes()));
        let payload = Payload { msg: secret.expose().as_bytes(), aad: place.as_bytes() };
        let sealed = self.current.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("only texts of many gigabytes cannot be encrypted");
        [&[FORMAT][..], &nonce, &sealed].concat()
    }

    /// Decrypts a text for a place; returns `None` if it was changed or moved, or its key is gone.
    pub(crate) fn open(&self, sealed: &[u8], place: &str) -> Option<Opened> {
        let (&FORMAT, sealed) = sealed.split_first()? else { return None };
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let open = |cipher: &XChaCha20Poly1305| {
            let payload = Payload { msg: sealed, aad: place.as_bytes() };
            let bytes = cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
            String::from_utf8(bytes).ok().map(Secret::new)
        };
        let current = open(&self.current).map(|secret| Opened { secret, former: false });
        current.or_else(|| Some(Opened { secret: self.former.iter().find_map(open)?, former: true }))
    }
}

fn cipher(text: &str) -> Option<XChaCha20Poly1305> {
    let bytes = STANDARD.decode(text).ok()?;
    let key: [u8; KEY_BYTES] = bytes.try_into().ok()?;
    Some(XChaCha20Poly1305::new(&key.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(numbers: &[u8]) -> Keys {
        let texts: Vec<_> = numbers.iter().map(|&number| STANDARD.encode([number; KEY_BYTES])).collect();
        Keys::parse(&texts.join(", ")).unwrap()
    }

    fn sealed(keys: &Keys) -> Vec<u8> {
        keys.seal(&Secret::new("shpat_1"), "a.myshopify.com access", &random::System)
    }

    #[test]
    fn a_text_is_read_back_in_its_place_only() {
        let keys = keys(&[1]);
        let sealed = sealed(&keys);
        let opened = keys.open(&sealed, "a.myshopify.com access").unwrap();
        assert_eq!(opened, Opened { secret: Secret::new("shpat_1"), former: false });
        assert_eq!(keys.open(&sealed, "b.myshopify.com access"), None);
        assert_eq!(keys.open(&sealed, "a.myshopify.com refresh"), None);
    }

    #[test]
    fn no_byte_can_be_changed_or_left_out() {
        let keys = keys(&[1]);
        let sealed = sealed(&keys);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(keys.open(&changed, "a.myshopify.com access"), None, "byte {index}");
            assert_eq!(keys.open(&sealed[..index], "a.myshopify.com access"), None, "{index} bytes");
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        let keys = keys(&[1]);
        assert_ne!(sealed(&keys), sealed(&keys));
        assert!(!sealed(&keys).windows(7).any(|bytes| bytes == b"shpat_1"));
    }

    #[test]
    fn a_former_key_still_reads_and_says_so() {
        let old = sealed(&keys(&[1]));
        assert!(keys(&[2, 1]).open(&old, "a.myshopify.com access").unwrap().former);
        assert_eq!(keys(&[2]).open(&old, "a.myshopify.com access"), None);
    }

    #[test]
    fn invalid_keys_are_refused_without_showing_them() {
        assert_eq!(Keys::parse(" , ").err(), Some(InvalidKeys::None));
        let good = STANDARD.encode([1; KEY_BYTES]);
        for text in [format!("{good},c2hvcnQ="), format!("{good},not base64!")] {
            assert_eq!(Keys::parse(&text).err(), Some(InvalidKeys::NoKey(2)), "{text}");
        }
    }
}
