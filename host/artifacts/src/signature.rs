//! Signatures of artifacts, as cosign makes them with a key of its own (`cosign sign --key`): ECDSA with P-256 and SHA-256
//! over a payload that names the digest of a manifest. cosign 2 stores payload and signature as a layer of an artifact at
//! the tag `sha256-<digest>.sig` of the same repository
//! (<https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>). cosign 3 stores both in an envelope of DSSE in
//! a bundle, which refers to the manifest (<https://docs.sigstore.dev/about/bundle/>).
//!
//! What transparency logs and certificates say is not looked at: the key alone decides.

use std::collections::BTreeMap;

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
/// How the media type of a bundle begins. Its version follows.
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// The most bytes of a payload or a bundle.
pub const SIGNATURE_BYTES_MAX: u64 = 64 << 10;
/// The most signatures of an artifact that are looked at, at its tag and in bundles.
pub const SIGNATURES_MAX: usize = 16;

/// The type that a payload must have.
const TYPE: &str = "cosign container image signature";
/// The type of a payload in an envelope, which is a statement of in-toto
/// (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>).
const STATEMENT: &str = "application/vnd.in-toto+json";
/// The type that a statement must have.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// What a statement must say about its subject: an attestation of the same key is no signature.
const SIGNS: &str = "https://sigstore.dev/cosign/sign/v1";

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
    /// The type of a payload in an envelope, which the signature is of too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload_type: Option<String>,
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

/// The part of a bundle that is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    sig: String,
}

/// The part of a statement that is checked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    r#type: String,
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Deserialize)]
struct Subject {
    /// The digits of its digests, by algorithm.
    digest: BTreeMap<String, String>,
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

    fn verifies(&self, signed: &Signed, manifest: Digest) -> bool {
        let (Ok(payload), Ok(signature)) =
            (BASE64_STANDARD.decode(&signed.payload), BASE64_STANDARD.decode(&signed.signature))
        else {
            return false;
        };
        match &signed.payload_type {
            None => self.0.verify_sig(&payload, &signature).is_ok() && names(&payload, manifest),
            Some(kind) => {
                self.0.verify_sig(&enveloped(kind, &payload), &signature).is_ok()
                    && kind == STATEMENT
                    && states(&payload, manifest)
            }
        }
    }
}

/// Returns whether a payload is about a manifest.
fn names(payload: &[u8], manifest: Digest) -> bool {
    serde_json::from_slice(payload).is_ok_and(|Payload { critical }| {
        critical.r#type == TYPE && critical.image.docker_manifest_digest == manifest
    })
}

/// Returns whether a statement is a signature of a manifest.
fn states(payload: &[u8], manifest: Digest) -> bool {
    serde_json::from_slice(payload).is_ok_and(|statement: Statement| {
        let is_it = |subject: &Subject| subject.digest.get("sha256") == Some(&manifest.to_string());
        statement.r#type == STATEMENT_TYPE
            && statement.predicate_type == SIGNS
            && statement.subject.iter().any(is_it)
    })
}

/// Returns what the signature in an envelope is of: a payload and its type
/// (<https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>).
fn enveloped(kind: &str, payload: &[u8]) -> Vec<u8> {
    [format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).as_bytes(), payload].concat()
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Signed {
    /// Joins a payload and its signature, which is in base64.
    pub fn new(payload: &[u8], signature: &str) -> Self {
        Self { payload: BASE64_STANDARD.encode(payload), signature: signature.to_owned(), payload_type: None }
    }

    /// Returns the signatures in a bundle. The list is empty if the bytes are no bundle, or if it has no envelope.
    pub fn of_bundle(bundle: &[u8]) -> Vec<Self> {
        let Ok(Bundle { dsse_envelope }) = serde_json::from_slice(bundle) else { return Vec::new() };
        let Envelope { payload, payload_type, signatures } = dsse_envelope;
        let signed = |Signature { sig }| Self {
            payload: payload.clone(),
            signature: sig,
            payload_type: Some(payload_type.clone()),
        };
        signatures.into_iter().take(SIGNATURES_MAX).map(signed).collect()
    }
}

/// Returns the tag at which the signatures of a manifest are.
pub fn tag(manifest: Digest) -> String {
    format!("{}.sig", referrers_tag(manifest))
}

/// Returns the tag at which the referrers of a manifest are in a registry that does not know these
/// (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema>).
pub fn referrers_tag(manifest: Digest) -> String {
    format!("sha256-{manifest}")
}

#[cfg(test)]
mod tests;
