//! Registries that lie, break off or are gone, while a server serves: the running component goes on, one line says why, and
//! nothing false is kept.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use artifacts::manifest::Manifest;
use artifacts::{Config, Digest};
use runtime::component::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::Process;
use crate::harness::process::{command, warm};
use crate::harness::programs::free_address;
use crate::registry::refused;
use crate::swap::other_bytes;

/// What the registry does after it has sent its bytes.
#[derive(Clone, Copy)]
enum Then {
    /// It closes the connection.
    Close,
    /// It sends more until the client leaves.
    SendMore,
}

/// What the registry sends for a path: a head and a body, as they are.
type Answer = (Vec<u8>, Then);

/// Starts a registry with these answers, and returns its address.
async fn registry(answers: HashMap<String, Answer>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let answers = Arc::new(answers);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that leaves is no failure.
            tokio::spawn(answer(stream, answers.clone()));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, answers: Arc<HashMap<String, Answer>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let missing = (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(), Then::Close);
    let (bytes, then) = answers.get(path).cloned().unwrap_or(missing);
    stream.write_all(&bytes).await?;
    while let Then::SendMore = then {
        stream.write_all(&vec![b' '; 64 << 10]).await?;
    }
    Ok(())
}

/// Returns an answer whose head announces `length` bytes.
fn sent(length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn whole(body: &[u8]) -> Answer {
    (sent(body.len(), body), Then::Close)
}

/// A change of a manifest.
type Change = fn(&mut Value);

/// A manifest, and what is sent for the component that it names.
struct Artifact {
    manifest: Vec<u8>,
    layer: Answer,
}

impl Artifact {
    /// Starts a registry that has it, and returns its reference.
    async fn served(self, component: &[u8]) -> String {
        let digest = Digest::of(&self.manifest).named();
        let answers = HashMap::from([
            (format!("/v2/acme/caching/manifests/{digest}"), whole(&self.manifest)),
            (format!("/v2/acme/caching/blobs/{}", Digest::of(component).named()), self.layer),
        ]);
        format!("{}/acme/caching@{digest}", registry(answers).await)
    }
}

/// Returns a manifest of a component that was changed.
fn manifest(component: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut manifest = serde_json::to_value(Manifest::of_component(&Config::default().bytes(), component))
        .expect("it is JSON");
    change(&mut manifest);
    serde_json::to_vec(&manifest).expect("it is JSON")
}

/// Returns how many files of a folder are components.
fn components_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let is_component = |path: &Path| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"\0asm"));
    entries.filter(|entry| is_component(&entry.as_ref().expect("it is listed").path())).count()
}

#[tokio::test]
async fn a_registry_that_lies_or_breaks_off_or_is_gone_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    warm(folder);
    let server = Process::start(folder, &[]);
    let health = async || server.get("/health").await.expect("it serves").body;
    let before = health().await;

    let component = other_bytes(Role::Caching);
    let true_manifest = manifest(&component, |_| ());
    let flipped = {
        let mut bytes = component.clone();
        bytes[1_000] ^= 1;
        bytes
    };
    let half = &component[..component.len() / 2];
    let endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    let lies: [(&str, Answer, &str); 4] = [
        ("another component", whole(&flipped), "the layer has the digest sha256:"),
        ("a part of it", whole(half), "but its manifest says"),
        (
            "dies in the middle",
            (sent(component.len(), half), Then::Close),
            "broke off in the middle of an answer",
        ),
        ("endless", (endless, Then::SendMore), "the layer has more than the"),
    ];
    let mut cases = Vec::new();
    for (what, layer, why) in lies {
        let artifact = Artifact { manifest: true_manifest.clone(), layer };
        cases.push((what, artifact.served(&component).await, why));
    }
    let kinds: [(&str, Change, &str); 3] = [
        (
            "an index",
            |json| json["mediaType"] = json!("application/vnd.oci.image.index.v1+json"),
            "its type is `application/vnd.oci.image.index.v1+json`",
        ),
        (
            "a container image",
            |json| json["config"]["mediaType"] = json!("application/vnd.oci.image.config.v1+json"),
            "its config is `application/vnd.oci.image.config.v1+json`",
        ),
        (
            "two layers",
            |json| {
                let layer = json["layers"][0].clone();
                json["layers"].as_array_mut().expect("it has layers").push(layer);
            },
            "it has 2 layers; a component has exactly one",
        ),
    ];
    for (what, change, why) in kinds {
        let artifact = Artifact { manifest: manifest(&component, change), layer: whole(&component) };
        cases.push((what, artifact.served(&component).await, why));
    }
    let [known, unknown] = [&true_manifest[..], b"another"].map(|manifest| Digest::of(manifest).named());
    let has_nothing = registry(HashMap::new()).await;
    cases.extend([
        ("gone", format!("{}/acme/caching@{unknown}", free_address()), "Connection refused"),
        (
            "without it",
            format!("{has_nothing}/acme/caching@{unknown}"),
            "has no such artifact: push it first",
        ),
        ("without its layer", format!("{has_nothing}/acme/caching@{known}"), "but not the layer"),
    ]);

    for (what, reference, why) in &cases {
        let swap = format!("caching=oci://{reference}");
        let folder = folder.to_owned();
        let refusal = tokio::task::spawn_blocking(move || refused(&folder, &["components", "swap", &swap]));
        let refusal = refusal.await.expect("it does not panic");
        assert!(refusal.contains(why), "{what}: {refusal}");
        assert!(refusal.starts_with(&format!("error: {reference}: ")), "{what}: {refusal}");
        assert_eq!(health().await, before, "{what}");
        let page = server.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
        assert!(page.status == 200 && page.body.contains("</html>"), "{what}: {}", page.status);
    }
    assert_eq!(components_in(&folder.join("data/components")), 0, "nothing false is kept");
    assert!(!folder.join("data/swapped").exists(), "no later start takes any of it");

    // The same component is taken from a registry that tells the truth.
    let artifact = Artifact { manifest: true_manifest, layer: whole(&component) };
    let reference = artifact.served(&component).await;
    let pull = {
        let folder = folder.to_owned();
        move || command(&folder, &["components", "pull", &reference])
    };
    let said = tokio::task::spawn_blocking(pull).await.expect("it does not panic");
    assert!(said.starts_with(&Digest::of(&component).to_string()), "{said}");
}
