//! Signatures that OpenSSL made, and those of sigstore's own libraries.

use super::*;

// Made with OpenSSL: `openssl dgst -sha256 -sign key.pem payload.json | base64 -w0`.
const PEM: &str = include_str!("../../tests/signature/cosign.pub");
const OTHERS_PEM: &str = include_str!("../../tests/signature/other.pub");
const SIGNED: &[u8] = include_bytes!("../../tests/signature/payload.json");
const SIGNATURE: &str = include_str!("../../tests/signature/payload.sig");
const OTHER_TYPE: &[u8] = include_bytes!("../../tests/signature/other-type.json");
const OTHER_TYPE_SIGNATURE: &str = include_str!("../../tests/signature/other-type.sig");

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
    const P384: &str = include_str!("../../tests/signature/p384.pub");
    let certificate = PEM.replace("PUBLIC KEY", "CERTIFICATE");
    for text in ["", "ssh-ed25519 AAAA", &certificate, &PEM.replace("MFk", "MFj"), P384] {
        assert_eq!(Key::parse(text.as_bytes()).err(), Some(NoKey), "{text}");
    }
}

/// A statement that the key signed as something else, such as a list of what is in a component.
#[test]
fn an_attestation_is_no_signature() {
    const KEY: &[u8] = include_bytes!("../../tests/signature/sigstore.pub");
    const ATTESTATION: &[u8] = include_bytes!("../../tests/signature/attestation.json");
    let key = Key::parse(KEY).unwrap();
    let about = Digest::parse("e7433e12c6a689a2a8ac1d0785ebd9cbf188172c93dbcab91fc3aaea8f52351e").unwrap();
    let [signed] = &Signed::of_bundle(ATTESTATION)[..] else { panic!("it is a bundle with one signature") };
    let payload = BASE64_STANDARD.decode(&signed.payload).unwrap();
    let enveloped = enveloped(STATEMENT, &payload);
    assert!(key.0.verify_sig(&enveloped, &BASE64_STANDARD.decode(&signed.signature).unwrap()).is_ok());
    assert!(!key.vouches(std::slice::from_ref(signed), about));
}

/// The signature in an envelope is of the type too, so that a payload cannot be passed off as one of another type.
#[test]
fn a_payload_is_not_taken_out_of_its_envelope() {
    let record: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../../tests/signature/sigstore-js.json")).unwrap();
    let key = Key::parse(include_bytes!("../../tests/signature/sigstore.pub")).unwrap();
    let about = Digest::parse("e7433e12c6a689a2a8ac1d0785ebd9cbf188172c93dbcab91fc3aaea8f52351e").unwrap();
    let found: Vec<Signed> = record.values().flat_map(|text| Signed::of_bundle(text.as_bytes())).collect();
    assert!(key.vouches(&found, about) && !key.vouches(&found, Digest::of(b"another manifest")));
    for payload_type in [None, Some("text/plain".to_owned())] {
        let other = Signed { payload_type, ..found[0].clone() };
        assert!(!key.vouches(&[other], about));
    }
    for text in ["", "{}", r#"{"dsseEnvelope": null}"#, r#"{"messageSignature": {}}"#] {
        assert_eq!(Signed::of_bundle(text.as_bytes()), [], "{text}");
    }
}

/// What earlier versions stored has no type.
#[test]
fn a_stored_signature_of_an_earlier_version_is_read() {
    let stored =
        serde_json::json!({"payload": BASE64_STANDARD.encode(SIGNED), "signature": SIGNATURE.trim()});
    let signed: Signed = serde_json::from_value(stored.clone()).unwrap();
    assert!(Key::parse(PEM.as_bytes()).unwrap().vouches(std::slice::from_ref(&signed), manifest()));
    assert_eq!(serde_json::to_value(&signed).unwrap(), stored);
}
