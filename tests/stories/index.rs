//! Components that others published: found in an index, verified, tried and added, and indexes that lie.

use std::path::Path;

use artifacts::client::Times;
use artifacts::{Authorities, Client, Credentials, Digest, Reference};
use model::Persona;
use runtime::component::Role;

use crate::harness::Process;
use crate::harness::broken::{self, Flaw};
use crate::harness::process::{command, run, warm};
use crate::registry::{Registry, generate, push, refused, sign};
use crate::swap::other_bytes;

const INDEX: &str = "application/vnd.wandstore.components.index.v1+json";

/// Publishes a component under a name.
fn publish(folder: &Path, index: &str, name: &str, role: &str, pinned: &str) -> String {
    let description = format!("--description=What {name} sells");
    let arguments = ["components", "publish", pinned, "--index", index, "--name", name, "--role", role];
    command(folder, &[&arguments[..], &["--version=1.2.0", "--licence=MIT", &description]].concat())
}

#[tokio::test]
async fn a_component_is_published_found_tried_and_added() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    warm(folder);
    let index = format!("{}/acme/components", registry.address);
    let file = folder.join("other.wasm");
    std::fs::write(&file, other_bytes(Role::Catalog)).expect("the folder is there");
    let pinned = push(folder, &file, &format!("{}/acme/catalog:1.2", registry.address));
    let said = publish(folder, &index, "acme/counting", "catalog", &pinned);
    assert!(said.starts_with(&format!("{index}@sha256:")), "{said}");

    let found = command(folder, &["components", "search", "COUNTING", "catalog", "--index", &index]);
    let expected =
        format!("acme/counting  1.2.0  catalog  MIT\n    What acme/counting sells\n    {pinned}\n");
    assert_eq!(found, expected);
    let nothing = refused(folder, &["components", "search", "lamp", "--index", &index]);
    assert!(nothing.contains("no component of the index has all of these words"), "{nothing}");

    let said = command(folder, &["components", "add", "acme/counting", "--index", &index]);
    assert!(said.contains("catalog: made the demo shop's pages in "), "{said}");
    assert!(
        said.contains("    explorer: ") && said.contains("wandstore components swap catalog=oci://"),
        "{said}"
    );
    let lines: Vec<_> = said.lines().skip_while(|line| !line.starts_with('[')).take(2).collect();
    assert_eq!(lines, ["[components.catalog]".to_owned(), format!("oci = {pinned:?}")]);
    std::fs::write(folder.join("wandstore.toml"), lines.join("\n")).expect("the folder is there");
    let server = Process::start(folder, &[]);
    let health = server.get("/health").await.expect("it serves").body;
    assert!(health.contains(&pinned), "the lines are what it needs: {health}");
    let refusal = refused(folder, &["components", "add", "acme/none", "--index", &index]);
    assert!(refusal.contains("the index has no component `acme/none`"), "{refusal}");
}

#[tokio::test]
async fn a_generation_component_is_added_and_swapped_into_a_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    warm(folder);
    let index = format!("{}/acme/components", registry.address);
    let file = folder.join("other.wasm");
    std::fs::write(&file, other_bytes(Role::Generation)).expect("the folder is there");
    let pinned = push(folder, &file, &format!("{}/acme/generation:2.0", registry.address));
    publish(folder, &index, "acme/writer", "generation", &pinned);

    let said = command(folder, &["components", "add", "acme/writer", "--index", &index]);
    assert!(said.contains("generation: made the demo shop's pages in "), "{said}");
    for persona in Persona::ALL {
        assert!(said.contains(&format!("    {}: ", persona.name())), "{said}");
    }
    let swap = said.split_whitespace().find(|word| word.starts_with("generation=oci://"));
    let swap = swap.expect("it says how to swap it in").to_owned();
    assert_eq!(swap, format!("generation=oci://{pinned}"));

    let server = Process::start(folder, &[]);
    let generation = async || {
        let health = server.get("/health").await.expect("it serves");
        let of_role = |component: &&serde_json::Value| component["role"] == "generation";
        let all = health.json("components");
        let found = all.as_array().expect("it is a list").iter().find(of_role).expect("there is one");
        [&found["sha256"], &found["origin"]].map(|value| value.as_str().unwrap_or_default().to_owned())
    };
    let before = generation().await;
    let swapping = tokio::task::spawn_blocking({
        let folder = folder.to_owned();
        move || command(&folder, &["components", "swap", &swap])
    });
    // Each newcomer's page is a call of the component on trial.
    let newcomers = async {
        for round in 0.. {
            let visits = (0..8).map(async |newcomer| {
                let shopper = format!("newcomer-{round}-{newcomer}");
                server.visit_until_made(&shopper).await;
            });
            futures_util::future::join_all(visits).await;
        }
    };
    let said = tokio::select! {
        said = swapping => said.expect("it does not panic"),
        () = newcomers => unreachable!("they come for ever"),
    };
    assert!(said.contains("generation: swapped") && said.contains("generation: kept; 0 of "), "{said}");
    let after = generation().await;
    assert!(before != after && after[1].contains(&pinned), "{before:?} {after:?}");
    server.visit_until_made("the-last").await;
}

#[tokio::test]
async fn a_component_that_does_not_do_what_its_role_needs_is_not_added() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    warm(folder);
    let index = format!("{}/acme/components", registry.address);
    let pushed = |role, flaw, name: &str| {
        push(folder, &broken::component(role, flaw), &format!("{}/acme/{name}", registry.address))
    };
    let traps = pushed(Role::Catalog, Flaw::Traps, "traps");
    publish(folder, &index, "acme/traps", "catalog", &traps);
    let refusal = refused(folder, &["components", "add", "acme/traps", "--index", &index]);
    assert!(refusal.contains(&traps), "{refusal}");
    let other = pushed(Role::Generation, Flaw::Traps, "other");
    let arguments =
        ["components", "publish", &other, "--index", &index, "--name", "acme/other", "--role", "catalog"];
    let refusal = refused(folder, &arguments);
    assert!(
        refusal.contains("the catalog component imports `wandstore:capabilities/llm@0.1.0`"),
        "{refusal}"
    );
}

/// Stores an index as somebody writes it.
async fn store_index(reference: &str, media_type: &str, index: &[u8]) -> Digest {
    let reference = Reference::parse(reference).expect("it is one");
    let part = |kind: &str, bytes: &[u8]| serde_json::json!({"mediaType": kind, "digest": Digest::of(bytes).named(), "size": bytes.len()});
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": part("application/vnd.oci.empty.v1+json", b"{}"),
        "layers": [part(media_type, index)],
    });
    let client =
        Client::new(Credentials::default(), Authorities::default(), Times::default()).expect("TLS is there");
    let repository = client.repository(&reference);
    for blob in [index.to_vec(), b"{}".to_vec()] {
        repository.push_blob(blob.into()).await.expect("it is stored");
    }
    let manifest = serde_json::to_vec(&manifest).expect("it is JSON");
    let digest = Digest::of(&manifest);
    repository.push_manifest("latest", manifest.into()).await.expect("it is stored");
    digest
}

#[tokio::test]
async fn an_index_that_lies_does_nothing_to_a_terminal_and_is_refused_with_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    let at = |name: &str| format!("{}/acme/{name}", registry.address);
    let reference = format!("{}@{}", at("catalog"), Digest::of(b"none").named());
    let entry = |name: &str, description: &str| serde_json::json!({"name": name, "role": "catalog", "description": description, "reference": reference});
    let mixed = serde_json::json!({"form": 1, "components": [
        entry("acme/red", "\u{1b}[31mred\u{7}"),
        entry("acme/\u{202e}moc", "backwards"),
        entry("acme/honest", "It says what it is."),
        "no object", 7,
    ]});
    store_index(&at("mixed"), INDEX, &serde_json::to_vec(&mixed).expect("it is JSON")).await;
    let output = run(folder, &["components", "search", "--index", &at("mixed")]);
    let said = String::from_utf8(output.stdout).expect("it is text");
    assert!(
        said.contains("acme/honest") && said.contains("left out 4 invalid entries of the index"),
        "{said}"
    );
    assert!(!said.chars().any(|each| each != '\n' && each.is_control()), "{said:?}");

    let search = |index: String| refused(folder, &["components", "search", "--index", &index]);
    store_index(&at("html"), INDEX, b"<html>").await;
    assert!(search(at("html")).contains("its layer is not an index in JSON"));
    store_index(&at("later"), INDEX, br#"{"form": 9, "components": []}"#).await;
    assert!(
        search(at("later")).contains("the index has form 9: read it with a newer version of this program")
    );
    store_index(&at("huge"), INDEX, &vec![b' '; (1 << 20) + 1]).await;
    assert!(search(at("huge")).contains("has more than the 1048576 bytes that it may have"));
    store_index(&at("wasm"), "application/wasm", b"\0asm").await;
    assert!(search(at("wasm")).contains("not an index of components"));
    assert!(search(at("missing")).contains("the registry has no such artifact"));
    let refusal = refused(folder, &["components", "search"]);
    assert!(refusal.contains("name an index with --index, or in server.component_index"), "{refusal}");
}

#[tokio::test]
async fn an_index_with_a_key_must_be_signed_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    let index = format!("{}/acme/components", registry.address);
    let reference = format!("{}/acme/catalog@{}", registry.address, Digest::of(b"none").named());
    let entries = serde_json::json!({"form": 1, "components": [{"name": "acme/a", "role": "catalog", "reference": reference}]});
    let digest = store_index(&index, INDEX, &serde_json::to_vec(&entries).expect("it is JSON")).await;
    let key = generate(folder, "cosign.pub");
    let arguments = ["components", "search", "--index", &index, "--index-key", "cosign.pub"];
    assert!(refused(folder, &arguments).contains("no signature at the tag sha256-"));
    sign(&format!("{index}@{}", digest.named()), &key).await;
    assert!(command(folder, &arguments).contains("acme/a"));
}
