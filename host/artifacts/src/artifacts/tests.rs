//! A registry in this process that lies: it serves what a test tells it, and sees what it is asked.

mod signatures;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use secrets::Secret;

use super::*;
use crate::client::{Authorities, Credentials, Times};
use crate::manifest::INDEX;

const COMPONENT: &[u8] = b"a component";

/// What the registry sends for a path.
#[derive(Clone)]
enum Sends {
    Bytes(Vec<u8>),
    /// An index, with its media type.
    Index(Vec<u8>),
    /// The same part again and again, after a pause each.
    Endlessly(usize, Duration),
    Nothing,
    RedirectTo(String),
    Unavailable,
}

#[derive(Clone, Default)]
struct Registry {
    paths: Arc<Mutex<HashMap<String, Sends>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// The value of the field `authorization` that it wants, and how it asks for that.
    wants: Option<(String, String)>,
}

impl Registry {
    async fn open(self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn sends(&self, path: &str, what: Sends) {
        self.paths.lock().unwrap().insert(path.to_owned(), what);
    }

    /// Serves an artifact, and returns the digest of its manifest.
    fn has(&self, manifest: &[u8], layer: Sends) -> Digest {
        let digest = Digest::of(manifest);
        self.sends(&format!("manifests/{}", digest.named()), Sends::Bytes(manifest.to_owned()));
        self.sends(&format!("blobs/{}", Digest::of(COMPONENT).named()), layer);
        digest
    }
}

async fn answer(State(registry): State<Registry>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches("/v2/acme/catalog/").to_owned();
    registry.asked.lock().unwrap().push(format!("{path}?{}", uri.query().unwrap_or_default()));
    if let Some((wanted, challenge)) = &registry.wants
        && !path.starts_with("/token")
        && headers.get(header::AUTHORIZATION).is_none_or(|sent| sent != wanted)
    {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge.clone())]).into_response();
    }
    let sends = registry.paths.lock().unwrap().get(&path).cloned();
    match sends {
        Some(Sends::Bytes(bytes)) => bytes.into_response(),
        Some(Sends::Index(bytes)) => ([(header::CONTENT_TYPE, INDEX)], bytes).into_response(),
        Some(Sends::Endlessly(bytes, pause)) => {
            let parts = stream::unfold((), move |()| async move {
                tokio::time::sleep(pause).await;
                Some((Ok::<_, std::io::Error>(vec![b' '; bytes]), ()))
            });
            Body::from_stream(parts).into_response()
        }
        Some(Sends::Nothing) => std::future::pending().await,
        Some(Sends::RedirectTo(place)) => Redirect::temporary(&place).into_response(),
        Some(Sends::Unavailable) => {
            let said = r#"{"errors":[{"code":"UNAVAILABLE","message":"come back \u001b[31mlater"}]}"#;
            (StatusCode::SERVICE_UNAVAILABLE, said).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn manifest() -> Vec<u8> {
    Manifest::of_component(&Config::default().bytes(), COMPONENT).bytes()
}

fn reference(address: SocketAddr, digest: Digest) -> Reference {
    Reference::parse(&format!("{address}/acme/catalog:1@{}", digest.named())).unwrap()
}

/// The artifacts with a store of their own and little patience.
fn artifacts(folder: &tempfile::TempDir, credentials: &str) -> Artifacts {
    let times = Times {
        connect: Duration::from_secs(1),
        idle: Duration::from_millis(300),
        whole: Duration::from_millis(1_500),
    };
    let credentials = match credentials {
        "" => Credentials::default(),
        text => Credentials::parse(&Secret::new(text)).unwrap(),
    };
    Artifacts::new(
        Client::new(credentials, Authorities::default(), times).unwrap(),
        Store::new(folder.path().join("store")),
    )
}

async fn refusal(registry: &Registry, digest: Digest) -> String {
    let folder = tempfile::tempdir().unwrap();
    let address = registry.clone().open().await;
    let pulled = artifacts(&folder, "").pull(&reference(address, digest), None).await;
    let refusal = pulled.err().expect("it is refused").to_string();
    assert!(refusal.starts_with(&address.to_string()) && !refusal.contains('\n'), "{refusal}");
    assert!(
        std::fs::read_dir(folder.path().join("store")).map_or(0, Iterator::count) <= 1,
        "nothing false is kept"
    );
    refusal
}

#[tokio::test]
async fn a_component_is_pulled_once_and_then_read_from_the_store() {
    let (registry, folder) = (Registry::default(), tempfile::tempdir().unwrap());
    let digest = registry.has(&manifest(), Sends::Bytes(COMPONENT.into()));
    let address = registry.clone().open().await;
    for _ in 0..2 {
        let pulled = artifacts(&folder, "").pull(&reference(address, digest), None).await.unwrap();
        assert!(pulled.bytes == COMPONENT && pulled.digest == Digest::of(COMPONENT));
    }
    assert_eq!(registry.asked.lock().unwrap().len(), 2, "a manifest and a layer");
    // Nobody listens there.
    let gone = reference("127.0.0.1:1".parse().unwrap(), digest);
    assert!(
        artifacts(&folder, "").pull(&gone, None).await.is_ok(),
        "a registry that is gone prevents nothing"
    );
    let unknown = artifacts(&folder, "").pull(&gone.at(Digest::of(b"other")), None).await.err().unwrap();
    assert!(unknown.to_string().contains("cannot reach the registry 127.0.0.1:1"), "{unknown}");
}

#[tokio::test]
async fn a_registry_that_sends_something_else_is_not_believed() {
    let registry = Registry::default();
    let digest = registry.has(&manifest(), Sends::Bytes(b"b component".into()));
    let said = refusal(&registry, digest).await;
    assert!(said.contains("the layer has the digest sha256:") && said.contains("is required"), "{said}");

    let registry = Registry::default();
    registry.sends(&format!("manifests/{}", digest.named()), Sends::Bytes(b"{}".into()));
    let said = refusal(&registry, digest).await;
    assert!(said.contains("the manifest has the digest sha256:"), "{said}");

    let registry = Registry::default();
    registry.has(&manifest(), Sends::Bytes(b"a compo".into()));
    let said = refusal(&registry, digest).await;
    assert!(said.contains("the layer has 7 bytes, but its manifest says 11"), "{said}");

    let said = refusal(&Registry::default(), digest).await;
    assert!(said.contains("the registry has no such artifact: push it first"), "{said}");
}

#[tokio::test]
async fn more_than_one_layer_is_refused() {
    let mut two: serde_json::Value = serde_json::from_slice(&manifest()).unwrap();
    let layer = two["layers"][0].clone();
    two["layers"].as_array_mut().unwrap().push(layer);
    let registry = Registry::default();
    let digest = registry.has(&serde_json::to_vec(&two).unwrap(), Sends::Bytes(COMPONENT.into()));
    let said = refusal(&registry, digest).await;
    assert!(said.ends_with("it has 2 layers; a component has exactly one"), "{said}");
}

#[tokio::test]
async fn a_registry_that_sends_too_much_or_too_slowly_is_left() {
    let registry = Registry::default();
    let digest = registry.has(&manifest(), Sends::Endlessly(64 << 10, Duration::ZERO));
    let said = refusal(&registry, digest).await;
    assert!(said.ends_with("the layer has more than the 11 bytes that it may have"), "{said}");

    let path = format!("manifests/{}", digest.named());
    registry.sends(&path, Sends::Endlessly(64 << 10, Duration::ZERO));
    let said = refusal(&registry, digest).await;
    assert!(said.ends_with("the manifest has more than the 1048576 bytes that it may have"), "{said}");

    registry.sends(&path, Sends::Endlessly(1, Duration::from_millis(50)));
    let began = Instant::now();
    let said = refusal(&registry, digest).await;
    assert!(said.ends_with("the registry took longer than 1.5 s: try again later"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(10));

    registry.sends(&path, Sends::Nothing);
    let said = refusal(&registry, digest).await;
    assert!(said.contains("sent nothing for 0.3 s: try again later"), "{said}");

    registry.sends(&path, Sends::Unavailable);
    let said = refusal(&registry, digest).await;
    assert!(said.ends_with("answered 503: UNAVAILABLE: come back [31mlater"), "{said:?}");
}

#[tokio::test]
async fn redirections_are_followed_on_this_machine_and_with_tls_only() {
    let (registry, folder) = (Registry::default(), tempfile::tempdir().unwrap());
    let digest = registry.has(&manifest(), Sends::RedirectTo("/elsewhere".into()));
    registry.sends("/elsewhere", Sends::Bytes(COMPONENT.into()));
    let address = registry.clone().open().await;
    assert!(artifacts(&folder, "").pull(&reference(address, digest), None).await.is_ok());

    for (place, why) in [
        ("http://registry.example/blob", "it redirects to an address without TLS"),
        ("/v2/acme/catalog/around", "it redirects too often"),
    ] {
        let registry = Registry::default();
        registry.has(&manifest(), Sends::RedirectTo(place.into()));
        registry.sends("around", Sends::RedirectTo(place.into()));
        let said = refusal(&registry, digest).await;
        assert!(said.ends_with(why), "{said}");
    }
}

#[tokio::test]
async fn credentials_go_to_their_registry_and_its_service_of_tokens() {
    let listener = Registry::default();
    let digest = listener.has(&manifest(), Sends::Bytes(COMPONENT.into()));
    listener.sends("/token", Sends::Bytes(br#"{"token": "a-token"}"#.to_vec()));
    let tokens = listener.clone().open().await;

    let basic = "Basic bWU6c2VjcmV0".to_owned();
    let bearer =
        format!(r#"Bearer realm="http://{tokens}/token",service="s",scope="repository:acme/catalog:pull""#);
    for (wanted, challenge) in
        [(basic, r#"Basic realm="r""#.to_owned()), ("Bearer a-token".to_owned(), bearer)]
    {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry { wants: Some((wanted, challenge)), ..listener.clone() };
        let address = registry.open().await;
        let own = artifacts(&folder, &format!("me:secret@{address}"));
        assert!(own.pull(&reference(address, digest), None).await.is_ok());
    }
    let asked = listener.asked.lock().unwrap().clone();
    let token = "/token?service=s&scope=repository%3Aacme%2Fcatalog%3Apull".to_owned();
    assert!(asked.contains(&token), "{asked:?}");

    let registry = Registry { wants: Some(("Basic x".into(), "Basic realm=r".into())), ..listener.clone() };
    let address = registry.open().await;
    let folder = tempfile::tempdir().unwrap();
    let others = artifacts(&folder, "me:secret@ghcr.io");
    let said = others.pull(&reference(address, digest), None).await.err().unwrap().to_string();
    assert!(said.ends_with(&format!("set REGISTRY_CREDENTIALS to user:password@{address}")), "{said}");
}

/// What a registry sends in the place of an index is bounded like everything else.
#[tokio::test]
async fn an_index_is_read_within_its_size_and_in_time() {
    let (registry, folder) = (Registry::default(), tempfile::tempdir().unwrap());
    let address = registry.clone().open().await;
    let reference = Reference::parse(&format!("{address}/acme/catalog")).unwrap();
    let index = Index::default();
    let path = format!("blobs/{}", Digest::of(&index.bytes()).named());
    registry.sends("manifests/latest", Sends::Bytes(index.manifest().bytes()));
    registry.sends(&path, Sends::Bytes(index.bytes()));
    let artifacts = artifacts(&folder, "");
    assert_eq!(artifacts.index(&reference, None).await.unwrap(), index);
    let refusal = async || artifacts.index(&reference, None).await.unwrap_err().to_string();
    registry.sends(&path, Sends::Bytes(b"something else".into()));
    assert!(refusal().await.contains("the layer has"), "{}", refusal().await);
    registry.sends(&path, Sends::Endlessly(64 << 10, Duration::ZERO));
    assert!(refusal().await.contains("the layer has more than"), "{}", refusal().await);
    registry.sends(&path, Sends::Endlessly(1, Duration::from_millis(50)));
    let began = Instant::now();
    refusal().await;
    assert!(began.elapsed() < Duration::from_secs(10));
    registry.sends(&path, Sends::Nothing);
    assert!(refusal().await.contains("sent nothing for 0.3 s"));
}
