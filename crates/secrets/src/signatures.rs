//! Checks against secrets that the caller never sees.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Secret;

/// How a message authentication code is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256 (RFC 2104, FIPS 180-4): 32 bytes.
    HmacSha256,
}

/// The deployment has no secret of that name: refuse the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deployment has no such secret")]
pub struct NoSuchSecret;

/// Checks in constant time.
pub trait Signatures: Send + Sync {
    /// Returns whether `mac` is the code of `message` under the secret.
    fn verify(
        &self,
        secret: &str,
        algorithm: Algorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<bool, NoSuchSecret>;

    /// Returns whether `candidate` is the secret itself.
    fn matches(&self, secret: &str, candidate: &str) -> Result<bool, NoSuchSecret>;
}

/// The secrets of a deployment. A name may have several, such as the current and the previous one during a rotation.
/// The secrets' texts are not kept.
pub struct Secrets {
    named: HashMap<String, Vec<Check>>,
    fingerprints: Hmac<Sha256>,
}

/// The algorithm of a secret's check.
struct Check {
    keyed: Hmac<Sha256>,
    fingerprint: Hmac<Sha256>,
}

impl Secrets {
    /// Takes secrets by name. An empty secret is ignored, because anybody could know it. Fingerprints are made with
    /// `key`, which must be unguessable.
    pub fn new(key: [u8; 32], secrets: impl IntoIterator<Item = (String, Vec<Secret>)>) -> Self {
        let fingerprints = keyed(&key);
        let check = |secret: &Secret| {
            let bytes = secret.expose().as_bytes();
            let fingerprint = fingerprints.clone().chain_update(bytes);
            (!bytes.is_empty()).then(|| Check { keyed: keyed(bytes), fingerprint })
        };
        let named = secrets
            .into_iter()
            .map(|(name, secrets)| (name, secrets.iter().filter_map(check).collect()))
            .collect();
        Self { named, fingerprints }
    }

    /// Checks every secret of that name, so that the time does not reveal which one fits.
    fn any(&self, name: &str, fits: impl Fn(&Check) -> bool) -> Result<bool, NoSuchSecret> {
        match self.named.get(name) {
            Some(checks) if !checks.is_empty() => {
                Ok(checks.iter().fold(false, |any, check| any | fits(check)))
            }
            _ => Err(NoSuchSecret),
        }
    }
}

impl Signatures for Secrets {
    fn verify(
        &self,
        secret: &str,
        algorithm: Algorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<bool, NoSuchSecret> {
        match algorithm {
            Algorithm::HmacSha256 => {
                self.any(secret, |check| check.keyed.clone().chain_update(message).verify_slice(mac).is_ok())
            }
        }
    }

    /// Compares fingerprints under a random key. All have the same length, so that not even the secret's length is
    /// revealed.
    fn matches(&self, secret: &str, candidate: &str) -> Result<bool, NoSuchSecret> {
        let candidate = self.fingerprints.clone().chain_update(candidate).finalize();
        self.any(secret, |check| check.fingerprint.clone().finalize() == candidate)
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new(
            [7; 32],
            [
                ("TOKEN".to_owned(), vec![Secret::new("Jefe"), Secret::new("the one before")]),
                ("EMPTY".to_owned(), vec![Secret::new("")]),
            ],
        )
    }

    /// RFC 4231, test case 2.
    const MESSAGE: &[u8] = b"what do ya want for nothing?";
    const MAC: [u8; 32] = [
        0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a,
        0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
    ];

    fn verify(message: &[u8], mac: &[u8]) -> Result<bool, NoSuchSecret> {
        secrets().verify("TOKEN", Algorithm::HmacSha256, message, mac)
    }

    #[test]
    fn the_published_code_is_verified() {
        assert_eq!(verify(MESSAGE, &MAC), Ok(true));
    }

    #[test]
    fn a_code_that_differs_in_one_bit_or_in_length_is_not() {
        let mut flipped = MAC;
        flipped[31] ^= 1;
        for mac in [&flipped[..], &MAC[..31], &[MAC.as_slice(), &[0]].concat(), &[]] {
            assert_eq!(verify(MESSAGE, mac), Ok(false), "{mac:?}");
        }
        assert_eq!(verify(b"what do ya want for nothing!", &MAC), Ok(false));
    }

    #[test]
    fn current_and_previous_secret_match_and_nothing_else_does() {
        for (candidate, expected) in
            [("Jefe", true), ("the one before", true), ("", false), ("jefe", false), ("Jef", false)]
        {
            assert_eq!(secrets().matches("TOKEN", candidate), Ok(expected), "{candidate:?}");
        }
    }

    #[test]
    fn an_unknown_or_empty_secret_is_no_secret() {
        for name in ["OTHER", "EMPTY", ""] {
            assert_eq!(secrets().matches(name, ""), Err(NoSuchSecret));
            assert_eq!(secrets().verify(name, Algorithm::HmacSha256, b"", &[]), Err(NoSuchSecret));
        }
    }
}
