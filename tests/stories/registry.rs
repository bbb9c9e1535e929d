//! Components from OCI registries, with Debian's `docker-registry` as the registry.

use std::path::{Path, PathBuf};
use std::process::Command;

use artifacts::client::Times;
use artifacts::{Authorities, Client, Credentials, Digest, Reference};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use capabilities::postgres::server::Schema;
use runtime::component::Role;
use tempfile::TempDir;

use crate::harness::Process;
use crate::harness::broken::{self, Ending, Flaw};
use crate::harness::process::{command, run, wandstore, warm};
use crate::harness::programs::{Program, free_address};
use crate::swap::other_bytes;

/// A registry that runs until this is dropped.
pub struct Registry {
    _program: Program,
    pub address: String,
}

impl Registry {
    /// Starts a registry with its data in `folder`. Returns `None` if there is none on this machine.
    pub async fn start(folder: &Path) -> Option<Self> {
        Self::start_with(folder, "").await
    }

    /// Starts a registry that speaks TLS with the certificate and the key in these files.
    pub async fn start_with_tls(folder: &Path, certificate: &Path, key: &Path) -> Option<Self> {
        let tls = format!("  tls:\n    certificate: {}\n    key: {}\n", certificate.display(), key.display());
        Self::start_with(folder, &tls).await
    }

    async fn start_with(folder: &Path, http: &str) -> Option<Self> {
        let address = free_address();
        let (config, data) = (folder.join("registry.yml"), folder.join("registry"));
        let text = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n{http}",
            data.display()
        );
        std::fs::write(&config, text).expect("the folder is there");
        let mut server = Command::new("docker-registry");
        server.arg("serve").arg(config);
        let program = Program::start(&mut server, &folder.join("registry.log"), &address).await?;
        Some(Self { _program: program, address })
    }
}

/// Pushes a component, and returns its reference with its digest.
pub fn push(folder: &Path, file: &Path, reference: &str) -> String {
    command(folder, &["components", "push", &file.display().to_string(), reference]).trim().to_owned()
}

pub fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.lines().count() == 1, "{arguments:?}: {said}");
    said
}

fn configure(folder: &Path, lines: &str) {
    std::fs::write(folder.join("wandstore.toml"), format!("[components.catalog]\n{lines}\n"))
        .expect("the folder is there");
}

fn catalog() -> PathBuf {
    broken::counting_catalog(Ending::Clean)
}

#[tokio::test]
async fn a_component_is_pushed_inspected_and_served_also_when_the_registry_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    warm(folder);
    let tagged = format!("{}/acme/catalog:1.2", registry.address);
    let pinned = push(folder, &catalog(), &tagged);
    assert_eq!(pinned, push(folder, &catalog(), &tagged), "the same component has the same digest");
    let digest = Digest::of(&std::fs::read(catalog()).expect("it is there"));

    let about = command(folder, &["components", "inspect", &tagged]);
    assert!(about.starts_with(&pinned) && about.contains(&digest.named()), "{about}");
    assert!(about.contains("exports     wandstore:storefront/catalog@0.1.0"), "{about}");

    let refusal = refused(folder, &["components", "pull", &tagged]);
    assert!(refusal.starts_with(&format!("error: {tagged} names no digest: append @sha256:…")), "{refusal}");
    let missing = Reference::parse(&tagged).expect("it is one").at(Digest::of(b"another")).to_string();
    let refusal = refused(folder, &["components", "pull", &missing]);
    assert!(refusal.contains("the registry has no such artifact"), "{refusal}");

    configure(folder, &format!("oci = {pinned:?}"));
    let health = async |server: &Process| {
        let catalog = server.get("/health").await.expect("it serves").json("components")[4].clone();
        [&catalog["sha256"], &catalog["origin"]].map(|value| value.as_str().unwrap_or_default().to_owned())
    };
    let server = Process::start(folder, &[]);
    assert_eq!(health(&server).await, [digest.to_string(), pinned.clone()]);
    drop((server, registry));
    let server = Process::start(folder, &[]);
    assert_eq!(health(&server).await, [digest.to_string(), pinned]);
}

#[tokio::test]
async fn an_artifact_that_is_no_component_of_the_role_is_refused_and_the_running_one_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    warm(folder);
    let text = folder.join("text.wasm");
    std::fs::write(&text, "no component").expect("the folder is there");
    let reference = format!("{}/acme/generation", registry.address);
    let refusal = refused(folder, &["components", "push", "text.wasm", &reference]);
    assert!(refusal.contains("text.wasm is not a WebAssembly component"), "{refusal}");
    assert!(refusal.trim_end().ends_with("bad magic number"), "{refusal}");

    let of_other_world = push(folder, &broken::component(Role::Generation, Flaw::Traps), &reference);
    configure(folder, &format!("oci = {of_other_world:?}"));
    let refusal = refused(folder, &["check"]);
    assert!(
        refusal.contains("the catalog component imports `wandstore:capabilities/llm@0.1.0`"),
        "{refusal}"
    );

    std::fs::remove_file(folder.join("wandstore.toml")).expect("it is there");
    let server = Process::start(folder, &[]);
    let before = server.get("/health").await.expect("it serves").body;
    let swap = format!("catalog=oci://{of_other_world}");
    let refusal = refused(folder, &["components", "swap", &swap]);
    assert!(refusal.contains("which its role does not allow"), "{refusal}");
    drop(registry);
    let other = Reference::parse(&of_other_world).expect("it is one").at(Digest::of(b"another"));
    let refusal = refused(folder, &["components", "swap", &format!("catalog=oci://{other}")]);
    assert!(refusal.contains("cannot reach the registry"), "{refusal}");
    assert_eq!(server.get("/health").await.expect("it serves").body, before);
}

#[tokio::test]
async fn a_component_of_a_role_with_a_public_key_must_be_signed_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    warm(folder);
    let pinned = push(folder, &catalog(), &format!("{}/acme/catalog:1", registry.address));
    let (key, other) = (generate(folder, "cosign.pub"), generate(folder, "other.pub"));

    configure(folder, &format!("oci = {pinned:?}\npublic_key = \"cosign.pub\""));
    let refusal = refused(folder, &["check"]);
    assert!(refusal.contains("with the configured key (0 found)"), "{refusal}");
    sign(&pinned, &other).await;
    let refusal = refused(folder, &["check"]);
    assert!(refusal.contains("with the configured key (1 found)"), "{refusal}");
    sign(&pinned, &key).await;
    let said = command(folder, &["check"]);
    assert!(said.contains(&pinned), "{said}");
    assert!(command(folder, &["components", "inspect", &pinned]).contains("signatures  1"));
    // The signature is kept like the component, and another key is not satisfied with it.
    drop(registry);
    command(folder, &["check"]);
    let refusal = refused(folder, &["components", "pull", "--public-key", "other.pub", &pinned]);
    assert!(refusal.contains("cannot reach the registry"), "{refusal}");
    // Whoever wants signatures does not take an unsigned file.
    let swap = format!("catalog={}@{}", catalog().display(), Digest::of(b"").named());
    let refusal = refused(folder, &["components", "swap", &swap]);
    assert!(refusal.contains("only a signed component of a registry is taken"), "{refusal}");
}

/// Two hosts with data folders of their own and one database.
struct Hosts {
    both: [Process; 2],
    folders: [TempDir; 2],
    schema: Schema,
}

impl Hosts {
    /// Returns none if there is no server.
    async fn start() -> Option<Self> {
        let schema = Schema::create().await?;
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let url = schema.url().to_string();
        let both = [0, 1].map(|host: usize| {
            let config = "[backends]\nkv.kind = 'postgres'\njobs.kind = 'postgres'\n";
            std::fs::write(folders[host].path().join("wandstore.toml"), config).expect("the folder is there");
            warm(folders[host].path());
            Process::start(folders[host].path(), &[("DATABASE_URL", &url)])
        });
        Some(Self { both, folders, schema })
    }

    /// Returns the digest of the component that each host calls for caching.
    async fn caching(&self) -> [String; 2] {
        let [one, two] = &self.both;
        let digest = async |host: &Process| {
            let components = host.get("/health").await.expect("it serves").json("components");
            components[1]["sha256"].as_str().expect("a digest").to_owned()
        };
        [digest(one).await, digest(two).await]
    }

    /// Swaps a component while shoppers visit both hosts, and returns what the command said and whether it succeeded.
    async fn swap(&self, component: &str) -> (bool, String) {
        let mut command = wandstore(self.folders[0].path());
        command.args(["components", "swap", &format!("caching={component}")]);
        command.env("DATABASE_URL", self.schema.url().to_string());
        let swapping = tokio::task::spawn_blocking(move || command.output().expect("the binary is built"));
        let visits = async {
            for visit in 0.. {
                let target = format!("/s/magic-wands?shopper=shopper-{}", visit % 50);
                for host in &self.both {
                    let page = host.get(&target).await.expect("it serves");
                    assert!(
                        page.status == 200 && page.body.contains("</html>"),
                        "{}: {}",
                        page.status,
                        page.body
                    );
                }
            }
        };
        tokio::select! {
            output = swapping => {
                let output = output.expect("it does not panic");
                let said = [output.stdout, output.stderr].concat();
                (output.status.success(), String::from_utf8_lossy(&said).into_owned())
            }
            () = visits => unreachable!("they visit for ever"),
        }
    }
}

#[tokio::test]
async fn hosts_take_a_component_up_one_by_one_and_none_does_once_it_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    let Some(hosts) = Hosts::start().await else { return };
    let [own, same] = hosts.caching().await;
    assert_eq!(own, same);
    let file = folder.join("other.wasm");
    std::fs::write(&file, other_bytes(Role::Caching)).expect("the folder is there");
    let repository = format!("{}/acme/caching", registry.address);
    let other = Digest::of(&other_bytes(Role::Caching)).to_string();

    let pinned = push(folder, &file, &repository);
    let (is_done, said) = hosts.swap(&format!("oci://{pinned}")).await;
    assert!(is_done && said.contains("caching: swapped by 2 of 2 hosts\n"), "{said}");
    assert_eq!(hosts.caching().await, [other.clone(), other.clone()]);

    let flawed = push(folder, &broken::component(Role::Caching, Flaw::Traps), &repository);
    let (is_done, said) = hosts.swap(&format!("oci://{flawed}")).await;
    assert!(!is_done && said.contains("3 of the first 3 calls failed (the component trapped)"), "{said}");
    assert_eq!(hosts.caching().await, [other.clone(), other], "the former one goes on");

    let (is_done, said) = hosts.swap("other.wasm").await;
    assert!(!is_done && said.contains("push the component to a registry"), "{said}");
    let (is_done, said) = hosts.swap("configured").await;
    assert!(is_done && said.ends_with("hosts that start later take it up too\n"), "{said}");
    assert_eq!(hosts.caching().await, [own.clone(), own]);
}

/// Generates a key pair, and writes the public key as cosign does.
pub fn generate(folder: &Path, file: &str) -> EcdsaKeyPair {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("there is randomness");
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("it has a form");
    let body = BASE64_STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
    std::fs::write(folder.join(file), pem).expect("the folder is there");
    pair
}

/// Stores a signature as cosign does, in the place of an earlier one.
pub async fn sign(pinned: &str, pair: &EcdsaKeyPair) {
    let reference = Reference::parse(pinned).expect("it is one");
    let digest = reference.digest().expect("it has one");
    let payload = serde_json::json!({
        "critical": {
            "identity": {"docker-reference": ""},
            "image": {"docker-manifest-digest": digest.named()},
            "type": "cosign container image signature",
        },
        "optional": null,
    });
    let payload = serde_json::to_vec(&payload).expect("it is JSON");
    let signature = pair.sign(&SystemRandom::new(), &payload).expect("it signs");
    let part = |kind: &str, bytes: &[u8]| serde_json::json!({"mediaType": kind, "digest": Digest::of(bytes).named(), "size": bytes.len()});
    let mut layer = part("application/vnd.dev.cosign.simplesigning.v1+json", &payload);
    let signature = BASE64_STANDARD.encode(signature.as_ref());
    layer["annotations"] = serde_json::json!({"dev.cosignproject.cosign/signature": signature});
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": part("application/vnd.oci.image.config.v1+json", b"{}"),
        "layers": [layer],
    });
    let client =
        Client::new(Credentials::default(), Authorities::default(), Times::default()).expect("TLS is there");
    let repository = client.repository(&reference);
    for blob in [payload, b"{}".to_vec()] {
        repository.push_blob(blob.into()).await.expect("it is stored");
    }
    let (tag, manifest) =
        (format!("sha256-{digest}.sig"), serde_json::to_vec(&manifest).expect("it is JSON"));
    repository.push_manifest(&tag, manifest.into()).await.expect("it is stored");
}
