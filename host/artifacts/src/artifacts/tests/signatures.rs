//! Signatures at the tag of cosign 2 and in the bundles of cosign 3: those of OpenSSL, and what sigstore's own libraries
//! stored in a registry. `tests/signature/sources.txt` says how they were made.

use std::collections::BTreeMap;

use super::*;
use crate::signature::{ANNOTATION, PAYLOAD, referrers_tag, tag};

/// The key of `tests/signature` signed the digest of these bytes, which are no manifest.
const SIGNED: &[u8] = b"a manifest";
/// The component that sigstore's libraries signed, which is empty, and the digest of its manifest.
const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const EMPTY_MANIFEST: &str = "sha256:e7433e12c6a689a2a8ac1d0785ebd9cbf188172c93dbcab91fc3aaea8f52351e";
const SIGSTORE_RS: &str = include_str!("../../../tests/signature/sigstore-rs.json");
const SIGSTORE_JS: &str = include_str!("../../../tests/signature/sigstore-js.json");

/// Returns a registry that has what another had.
fn recorded(record: &str) -> Registry {
    let registry = Registry::default();
    let parts: BTreeMap<String, String> = serde_json::from_str(record).unwrap();
    for (path, text) in parts {
        registry.sends(&path, Sends::Bytes(text.into_bytes()));
    }
    let layer = format!("blobs/{}", Digest::of(EMPTY_COMPONENT).named());
    registry.sends(&layer, Sends::Bytes(EMPTY_COMPONENT.into()));
    registry
}

fn sigstores_key() -> Key {
    Key::parse(include_bytes!("../../../tests/signature/sigstore.pub")).unwrap()
}

fn others_key() -> Key {
    Key::parse(include_bytes!("../../../tests/signature/cosign.pub")).unwrap()
}

async fn pull(registry: &Registry, key: &Key) -> Result<Pulled, Why> {
    let folder = tempfile::tempdir().unwrap();
    let address = registry.clone().open().await;
    let reference = reference(address, Digest::parse_named(EMPTY_MANIFEST).unwrap());
    artifacts(&folder, "").pull(&reference, Some(key)).await.map_err(|error| error.why)
}

#[tokio::test]
async fn what_sigstores_libraries_signed_is_pulled_with_their_key_and_with_no_other() {
    for record in [SIGSTORE_RS, SIGSTORE_JS] {
        let registry = recorded(record);
        assert_eq!(pull(&registry, &sigstores_key()).await.unwrap().bytes, EMPTY_COMPONENT);
        let refusal = pull(&registry, &others_key()).await.err().unwrap();
        assert!(matches!(refusal, Why::NotSigned { found: 1, .. }), "{refusal}");
    }
}

/// Moves the index of referrers to where a registry has it that knows referrers.
fn with_referrers(registry: &Registry, change: impl Fn(&mut serde_json::Value)) {
    let manifest = Digest::parse_named(EMPTY_MANIFEST).unwrap();
    let index = registry.paths.lock().unwrap().remove(&format!("manifests/{}", referrers_tag(manifest)));
    let Some(Sends::Bytes(index)) = index else { panic!("the record has an index") };
    let mut index = serde_json::from_slice(&index).unwrap();
    change(&mut index);
    let index = serde_json::to_vec(&index).unwrap();
    registry.sends(&format!("referrers/{EMPTY_MANIFEST}"), Sends::Index(index));
}

#[tokio::test]
async fn a_bundle_is_found_among_other_referrers_however_broken_these_are() {
    let registry = recorded(SIGSTORE_JS);
    with_referrers(&registry, |index| {
        let referrers = index["manifests"].as_array_mut().unwrap();
        let bundle = referrers[0].clone();
        let other = |digest: &str, kind: &str| {
            let mut other = bundle.clone();
            other["digest"] = digest.into();
            other["artifactType"] = kind.into();
            other
        };
        let kind = "application/vnd.dev.sigstore.bundle.v0.3+json";
        let broken = [
            other(&Digest::of(b"missing").named(), kind),
            other("sha512:12", kind),
            other(&Digest::of(b"not the digest of a component").named(), kind),
            serde_json::Value::Null,
        ];
        referrers.splice(0..0, broken);
        // More than are looked at, but of another type.
        referrers.splice(0..0, (0..40).map(|_| other(&Digest::of(b"sbom").named(), "application/spdx+json")));
    });
    let false_digest = format!("manifests/{}", Digest::of(b"not the digest of a component").named());
    registry.sends(&false_digest, Sends::Bytes(b"{}".into()));
    assert!(pull(&registry, &sigstores_key()).await.is_ok());
    let asked = registry.asked.lock().unwrap().clone();
    assert!(!asked.iter().any(|path| path.contains(&Digest::of(b"sbom").named())), "{asked:?}");
}

/// Registries that know no referrers answer in different ways.
#[tokio::test]
async fn the_tag_is_asked_for_where_a_registry_knows_no_referrers() {
    let registry = recorded(SIGSTORE_JS);
    registry.sends(&format!("referrers/{EMPTY_MANIFEST}"), Sends::Bytes(b"<html>".into()));
    assert!(pull(&registry, &sigstores_key()).await.is_ok());
    registry.sends(&format!("referrers/{EMPTY_MANIFEST}"), Sends::Unavailable);
    let refusal = pull(&registry, &sigstores_key()).await.err().unwrap().to_string();
    assert!(refusal.contains("answered 503"), "{refusal}");
}

#[tokio::test]
async fn an_index_of_several_manifests_is_refused_by_its_kind() {
    let index = serde_json::json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string();
    let registry = Registry::default();
    let digest = registry.has(index.as_bytes(), Sends::Nothing);
    let said = refusal(&registry, digest).await;
    assert!(said.contains("its type is `application/vnd.oci.image.index.v1+json`"), "{said}");
}

/// Serves a signature for `about` at the tag of `manifest`.
fn sign(registry: &Registry, manifest: Digest, payload: &[u8], signature: &str) {
    let layer = Descriptor {
        annotations: [(ANNOTATION.to_owned(), signature.trim().to_owned())].into(),
        ..Descriptor::of(PAYLOAD, payload)
    };
    let mut signed = Manifest::of_component(b"", b"");
    signed.layers = vec![layer];
    registry.sends(&format!("manifests/{}", tag(manifest)), Sends::Bytes(signed.bytes()));
    registry.sends(&format!("blobs/{}", Digest::of(payload).named()), Sends::Bytes(payload.to_owned()));
}

/// The signed digest is that of bytes that are no manifest: whoever gets as far as reading them has verified the
/// signature. `tests/stories/registry.rs` pulls a signed component.
#[tokio::test]
async fn a_signature_is_verified_where_there_is_a_key_and_kept() {
    let key = Key::parse(include_bytes!("../../../tests/signature/cosign.pub")).unwrap();
    let payload = include_bytes!("../../../tests/signature/payload.json");
    let signature = include_str!("../../../tests/signature/payload.sig");
    let (registry, folder) = (Registry::default(), tempfile::tempdir().unwrap());
    let digest = registry.has(SIGNED, Sends::Nothing);
    let address = registry.clone().open().await;
    let pull = async |artifacts: &Artifacts, address| {
        artifacts.pull(&reference(address, digest), Some(&key)).await.err().expect("it is no manifest").why
    };
    let artifacts = artifacts(&folder, "");
    assert!(
        matches!(pull(&artifacts, address).await, Why::NotSigned { found: 0, .. }),
        "there is no signature"
    );
    sign(&registry, digest, payload, &signature.replace('A', "B"));
    assert!(matches!(pull(&artifacts, address).await, Why::NotSigned { found: 1, .. }), "it is false");
    sign(&registry, digest, payload, signature);
    assert!(matches!(pull(&artifacts, address).await, Why::NotAComponent(_)), "it is verified");
    let gone = "127.0.0.1:1".parse().unwrap();
    let why = pull(&artifacts, gone).await;
    assert!(matches!(why, Why::Registry(client::Error::Unreachable { .. })), "the signature is kept: {why}");
}
