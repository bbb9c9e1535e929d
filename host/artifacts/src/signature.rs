//! Signatures of artifacts, as cosign makes them with a key of its own (`cosign sign --key`): ECDSA with P-256 and SHA-256
//! over a payload that names the digest of a manifest. They are layers of an artifact at the tag
//! `sha256-<digest>.sig` of the same repository
//! (<https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The media type of a payload.
pub const PAYLOAD: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation with the signature of a payload.
pub const ANNOTATION: &str = "dev.cosignproject.cosign/signature";
/// The most bytes of a payload.
pub const PAYLOAD_BYTES_MAX: u64 = 64 << 10;
/// The most signatures of an artifact that are looked at.
pub const SIGNATURES_MAX: usize = 16;

/// The type that a payload must have.
const TYPE: &str = "cosign container image signature";

/// A public key.
pub struct Key(ParsedPublicKey);

/// A file that has no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a public key for ECDSA with P-256 in PEM, as `cosign generate-key-pair` writes it to cosign.pub"
)]
pub struct NoKey;

/// A signed payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The payload, byte for byte, in base64.
    payload: String,
    /// The signature of it in base64.
    signature: String,
}

/// The part of a payload that is checked.
#[derive(Deserialize)]
struct Payload {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    image: Image,
    r#type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Image {
    docker_manifest_digest: Digest,
}

impl Key {
    /// Reads a key in PEM.
    pub fn parse(pem: &[u8]) -> Result<Self, NoKey> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| NoKey)?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).map(Self).map_err(|_| NoKey)
    }

    /// Returns whether one of these payloads was signed with this key's private half and is about the manifest with
    /// this digest.
    pub fn vouches(&self, signed: &[Signed], manifest: Digest) -> bool {
        signed.iter().any(|signed| self.verifies(signed, manifest))
    }

    fn verifies(&self, Signed { payload, signature }: &Signed, manifest: Digest) -> bool {
        let (Ok(payload), Ok(signature)) =
            (BASE64_STANDARD.decode(payload), BASE64_STANDARD.decode(signature))
        else {
            return false;
        };
        if self.0.verify_sig(&payload, &signature).is_err() {
            return false;
        }
        serde_json::from_slice(&payload).is_ok_and(|Payload { critical }| {
            critical.r#type == TYPE && critical.image.docker_manifest_digest == manifest
        })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Signed {
    /// Joins a payload and its signature, which is in base64.
    pub fn new(payload: &[u8], signature: &str) -> Self {
        Self { payload: BASE64_STANDARD.encode(payload), signature: signature.to_owned() }
    }
}

/// Returns the tag at which the signatures of a manifest are.
pub fn tag(manifest: Digest) -> String {
    format!("sha256-{manifest}.sig")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with OpenSSL: `openssl dgst -sha256 -sign key.pem payload.json | base64 -w0`.
    const PEM: &str = include_str!("../tests/signature/cosign.pub");
    const OTHERS_PEM: &str = include_str!("../tests/signature/other.pub");
    const SIGNED: &[u8] = include_bytes!("../tests/signature/payload.json");
    const SIGNATURE: &str = include_str!("../tests/signature/payload.sig");
    const OTHER_TYPE: &[u8] = include_bytes!("../tests/signature/other-type.json");
    const OTHER_TYPE_SIGNATURE: &str = include_str!("../tests/signature/other-type.sig");

    fn manifest() -> Digest {
        Digest::of(b"a manifest")
    }

    #[test]
    fn a_signature_vouches_for_its_manifest_only() {
        let key = Key::parse(PEM.as_bytes()).unwrap();
        let signed = [Signed::new(b"{}", "AAAA"), Signed::new(SIGNED, SIGNATURE.trim())];
        assert!(key.vouches(&signed, manifest()));
        assert!(!key.vouches(&signed, Digest::of(b"another manifest")));
        assert!(!key.vouches(&signed[..1], manifest()));
        assert!(!Key::parse(OTHERS_PEM.as_bytes()).unwrap().vouches(&signed, manifest()));
    }

    #[test]
    fn a_payload_that_was_changed_or_is_of_another_type_vouches_for_nothing() {
        let key = Key::parse(PEM.as_bytes()).unwrap();
        let text = String::from_utf8(SIGNED.to_vec()).unwrap();
        let changed = text.replace("null", "{}");
        assert_ne!(changed, text);
        assert!(!key.vouches(&[Signed::new(changed.as_bytes(), SIGNATURE.trim())], manifest()));
        // The key signed it, but as something else.
        let of_other_type = Signed::new(OTHER_TYPE, OTHER_TYPE_SIGNATURE.trim());
        assert!(!key.vouches(&[of_other_type], manifest()));
        for signature in ["", "not base64", "AAAA"] {
            assert!(!key.vouches(&[Signed::new(SIGNED, signature)], manifest()), "{signature}");
        }
    }

    #[test]
    fn other_files_are_no_key() {
        const P384: &str = include_str!("../tests/signature/p384.pub");
        let certificate = PEM.replace("PUBLIC KEY", "CERTIFICATE");
        for text in ["", "ssh-ed25519 AAAA", &certificate, &PEM.replace("MFk", "MFj"), P384] {
            assert_eq!(Key::parse(text.as_bytes()).err(), Some(NoKey), "{text}");
        }
    }
}
