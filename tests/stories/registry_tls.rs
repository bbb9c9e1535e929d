//! Registries over TLS, with certificates of an authority of the test's own.

use std::path::{Path, PathBuf};

use artifacts::Digest;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

use crate::harness::Process;
use crate::harness::broken::{self, Ending};
use crate::harness::process::{command, warm};
use crate::registry::{Registry, push, refused};

/// An authority, and the file of its certificate.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(folder: &Path, name: &str) -> Self {
        let key = KeyPair::generate().expect("there is randomness");
        let mut about = CertificateParams::default();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = about.self_signed(&key).expect("it is valid");
        let file = folder.join(name).with_extension("pem");
        std::fs::write(&file, certificate.pem()).expect("the folder is there");
        Self { issuer: Issuer::new(about, key), file }
    }

    /// Returns the files of a certificate for a host and of its key.
    fn certify(
        &self,
        folder: &Path,
        host: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> [PathBuf; 2] {
        let key = KeyPair::generate().expect("there is randomness");
        let mut about = CertificateParams::new([host.to_owned()]).expect("it is a name");
        change(&mut about);
        let certificate = about.signed_by(&key, &self.issuer).expect("it is valid");
        let files = ["server.pem", "server.key"].map(|name| folder.join(name));
        let [certificate_file, key_file] = &files;
        std::fs::write(certificate_file, certificate.pem()).expect("the folder is there");
        std::fs::write(key_file, key.serialize_pem()).expect("the folder is there");
        files
    }
}

/// A registry with a certificate, by the name `localhost`, and the folder of its files.
async fn registry(folder: &Path, [certificate, key]: &[PathBuf; 2]) -> Option<(Registry, String)> {
    let registry = Registry::start_with_tls(folder, certificate, key).await?;
    let port = registry.address.rsplit(':').next().expect("it has a port");
    let name = format!("localhost:{port}");
    Some((registry, name))
}

/// Trusts an authority for a registry, and returns the configuration.
fn trust(folder: &Path, registry: &str, authority: &Path) -> String {
    let config = format!("[registries.{registry:?}]\nca = {:?}\n", authority.display().to_string());
    std::fs::write(folder.join("wandstore.toml"), &config).expect("the folder is there");
    config
}

#[tokio::test]
async fn a_component_is_pushed_and_served_from_a_registry_with_an_authority_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let authority = Authority::new(folder, "authority");
    let files = authority.certify(folder, "localhost", |_| ());
    let Some((registry, name)) = registry(folder, &files).await else { return };
    warm(folder);
    let catalog = broken::counting_catalog(Ending::Clean);
    let reference = format!("{name}/acme/catalog:1");

    // Without its authority, a registry on this machine is not asked over TLS.
    let file = catalog.display().to_string();
    let refusal = refused(folder, &["components", "push", &file, &reference]);
    assert!(refusal.contains("answered 400: Client sent an HTTP request to an HTTPS server"), "{refusal}");

    let config = trust(folder, &name, &authority.file);
    let pinned = push(folder, &catalog, &reference);
    std::fs::write(
        folder.join("wandstore.toml"),
        format!("{config}[components.catalog]\noci = {pinned:?}\n"),
    )
    .expect("the folder is there");
    let server = Process::start(folder, &[]);
    let components = server.get("/health").await.expect("it serves").json("components");
    assert_eq!(components[4]["origin"], pinned);
    drop(registry);
    assert!(command(folder, &["check"]).contains(&pinned), "what was pulled is kept");
}

/// A change of a certificate before it is signed.
type Change<'a> = &'a dyn Fn(&mut CertificateParams);

#[tokio::test]
async fn a_certificate_that_is_not_in_order_is_refused_in_a_line_and_the_running_version_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (authority, other) = (Authority::new(folder, "authority"), Authority::new(folder, "other"));
    warm(folder);
    let server = Process::start(folder, &[]);
    let before = server.get("/health").await.expect("it serves").body;

    let expired = |about: &mut CertificateParams| about.not_after = date_time_ymd(2020, 1, 1);
    let cases: [(&Authority, &str, Change<'_>, &str); 3] = [
        (&other, "localhost", &|_| (), "UnknownIssuer: name the file of its authority with `ca`"),
        (&authority, "localhost", &expired, ": renew its certificate"),
        (&authority, "registry.example", &|_| (), ": name the registry as its certificate does"),
    ];
    for (issuer, host, change, why) in cases {
        let files = issuer.certify(folder, host, change);
        let Some((_registry, name)) = registry(folder, &files).await else { return };
        trust(folder, &name, &authority.file);
        let component = format!("catalog=oci://{name}/acme/catalog@{}", Digest::of(b"any").named());
        let refusal = refused(folder, &["components", "swap", &component]);
        assert!(refusal.contains("cannot reach the registry localhost:"), "{refusal}");
        assert!(refusal.trim_end().contains(why), "{refusal}");
        assert_eq!(server.get("/health").await.expect("it serves").body, before);
    }
}

#[tokio::test]
async fn a_registry_with_an_authority_must_speak_tls_and_the_authority_must_be_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let Some(registry) = Registry::start(folder).await else { return };
    let authority = Authority::new(folder, "authority");
    trust(folder, &registry.address, &authority.file);
    let reference = format!("{}/acme/catalog", registry.address);
    let refusal = refused(folder, &["components", "inspect", &reference]);
    assert!(refusal.contains("it does not speak TLS at this port"), "{refusal}");

    for (file, text, why) in [
        ("missing.pem", None, "missing.pem: No such file"),
        ("empty.pem", Some(""), "it has no certificate in PEM"),
        (
            "other.pem",
            Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "is no valid certificate",
        ),
    ] {
        let path = folder.join(file);
        if let Some(text) = text {
            std::fs::write(&path, text).expect("the folder is there");
        }
        trust(folder, &registry.address, &path);
        let refusal = refused(folder, &["components", "inspect", &reference]);
        assert!(refusal.contains(why), "{refusal}");
    }
}
