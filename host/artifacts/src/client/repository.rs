//! A repository of a registry: its manifests and blobs.

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use secrets::Secret;
use tokio::sync::Mutex;
use url::Url;

use super::authorization::{self, Challenge};
use super::error::Error;
use super::{Client, MANIFEST_BYTES_MAX, is_local, is_safe};
use crate::digest::Digest;
use crate::manifest::{CONFIG, Descriptor, INDEX, MANIFEST};
use crate::reference::Reference;

/// What is accepted: an index too, so that one that is no component is refused by its kind.
const ACCEPTED: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
/// The most bytes of an answer that carries an error or a token.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// A repository, and what its registry was told about who asks.
pub struct Repository<'a> {
    client: &'a Client,
    reference: &'a Reference,
    authorization: Mutex<Option<HeaderValue>>,
}

/// What is sent with a request.
#[derive(Clone)]
struct Content {
    media_type: &'static str,
    bytes: Bytes,
}

impl<'a> Repository<'a> {
    pub(super) fn new(client: &'a Client, reference: &'a Reference) -> Self {
        Self { client, reference, authorization: Mutex::new(None) }
    }

    /// Returns a manifest by its tag or its digest, or `None` if there is none. It is not verified.
    pub async fn manifest(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let url = self.url(&format!("manifests/{name}"))?;
        let answer = self.ask(Method::GET, &url, None).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = self.succeeded(answer).await?;
        self.read(answer, MANIFEST_BYTES_MAX, "the manifest").await.map(Some)
    }

    /// Returns the index of the artifacts that refer to a manifest, or `None` if the registry does not know referrers. Some
    /// of these answer with something else than 404.
    pub async fn referrers(&self, manifest: Digest) -> Result<Option<Vec<u8>>, Error> {
        let url = self.url(&format!("referrers/{}", manifest.named()))?;
        let answer = self.ask(Method::GET, &url, None).await?;
        let is_index = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == INDEX);
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST | StatusCode::NOT_ACCEPTABLE => Ok(None),
            status if status.is_success() && !is_index => Ok(None),
            _ => {
                let answer = self.succeeded(answer).await?;
                self.read(answer, MANIFEST_BYTES_MAX, "the index of referrers").await.map(Some)
            }
        }
    }

    /// Returns a part of an artifact, whose size and digest are those in its descriptor.
    pub async fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        let url = self.url(&format!("blobs/{}", descriptor.digest.named()))?;
        let what = if descriptor.media_type == CONFIG { "the config" } else { "the layer" };
        let answer = self.ask(Method::GET, &url, None).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Err(Error::Incomplete { what });
        }
        let answer = self.succeeded(answer).await?;
        let bytes = self.read(answer, descriptor.size, what).await?;
        if (bytes.len() as u64) < descriptor.size {
            return Err(Error::TooShort { what, found: bytes.len() as u64, wanted: descriptor.size });
        }
        let found = Digest::of(&bytes);
        if found != descriptor.digest {
            return Err(Error::Digest { what, found, wanted: descriptor.digest });
        }
        Ok(bytes)
    }

    /// Stores a part of an artifact unless it is there.
    pub async fn push_blob(&self, bytes: Bytes) -> Result<(), Error> {
        let digest = Digest::of(&bytes).named();
        let there = self.ask(Method::HEAD, &self.url(&format!("blobs/{digest}"))?, None).await?;
        if there.status().is_success() {
            return Ok(());
        }
        let begun = self.ask(Method::POST, &self.url("blobs/uploads/")?, None).await?;
        let begun = self.succeeded(begun).await?;
        let location = begun.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let location = location.and_then(|location| begun.url().join(location).ok());
        let mut location = location.ok_or_else(|| self.unexpected("it names no place for an upload"))?;
        location.query_pairs_mut().append_pair("digest", &digest);
        let content = Content { media_type: "application/octet-stream", bytes };
        let stored = self.ask(Method::PUT, &location, Some(content)).await?;
        self.succeeded(stored).await.map(drop)
    }

    /// Stores a manifest under a tag or its digest.
    pub async fn push_manifest(&self, name: &str, bytes: Bytes) -> Result<(), Error> {
        let url = self.url(&format!("manifests/{name}"))?;
        let content = Content { media_type: MANIFEST, bytes };
        let stored = self.ask(Method::PUT, &url, Some(content)).await?;
        self.succeeded(stored).await.map(drop)
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        // The registry of Docker Hub has another host.
        let host = match self.reference.registry() {
            "docker.io" => "registry-1.docker.io",
            host => host,
        };
        let url = |scheme| format!("{scheme}://{host}/v2/{}/{path}", self.reference.repository());
        let unusable = |_| self.unexpected("its address is not valid");
        let url_by_http = Url::parse(&url("http")).map_err(unusable)?;
        let is_plain = is_local(&url_by_http) && !self.client.has_authority(self.reference.registry());
        if is_plain { Ok(url_by_http) } else { Url::parse(&url("https")).map_err(unusable) }
    }

    /// Sends a request, and once more with credentials or a token if the registry asks for them.
    async fn ask(&self, method: Method, url: &Url, content: Option<Content>) -> Result<Response, Error> {
        let answer = self.send(method.clone(), url, content.clone()).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let header = answer.headers().get(WWW_AUTHENTICATE).and_then(|header| header.to_str().ok());
        let challenge = header.and_then(Challenge::parse);
        let challenge = challenge.ok_or_else(|| self.unexpected("it says 401, but not how to sign in"))?;
        *self.authorization.lock().await = Some(self.authorize(challenge).await?);
        self.send(method, url, content).await
    }

    async fn send(&self, method: Method, url: &Url, content: Option<Content>) -> Result<Response, Error> {
        let own = self.url("")?;
        if !is_safe(url, is_local(&own)) {
            return Err(self.unexpected("it names an address without TLS"));
        }
        let mut request = self.http().request(method, url.clone());
        // An upload may go to another host, whose place is secret enough.
        let is_own = url.host_str() == own.host_str();
        if let Some(authorization) = self.authorization.lock().await.clone().filter(|_| is_own) {
            request = request.header(AUTHORIZATION, authorization);
        }
        request = match content {
            Some(Content { media_type, bytes }) => request.header(CONTENT_TYPE, media_type).body(bytes),
            None => request.header(ACCEPT, HeaderValue::from_static(ACCEPTED)),
        };
        self.sent(request).await
    }

    fn http(&self) -> &reqwest::Client {
        self.client.http(self.reference.registry())
    }

    async fn sent(&self, request: RequestBuilder) -> Result<Response, Error> {
        request.send().await.map_err(|error| self.failed(error))
    }

    /// Reads a body of at most `max` bytes.
    async fn read(&self, mut answer: Response, max: u64, what: &'static str) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| self.failed(error))? {
            if (body.len() + part.len()) as u64 > max {
                return Err(Error::TooLarge { what, max });
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    fn failed(&self, error: reqwest::Error) -> Error {
        Error::failed(self.reference.registry(), error, self.client.times())
    }

    /// Answers a challenge with credentials, or with a token of the service that it names.
    async fn authorize(&self, challenge: Challenge) -> Result<HeaderValue, Error> {
        let registry = self.reference.registry();
        let credentials = self.client.credentials.of(registry);
        let authorization = match challenge {
            Challenge::Basic => {
                let credentials =
                    credentials.ok_or_else(|| Error::NoCredentials { registry: registry.to_owned() })?;
                credentials.basic()
            }
            Challenge::Bearer { realm, query } => {
                let mut url = Url::parse(&realm)
                    .map_err(|_| self.unexpected("it names no valid address for tokens"))?;
                if !is_safe(&url, is_local(&self.url("")?)) {
                    return Err(self.unexpected("it names an address for tokens without TLS"));
                }
                url.query_pairs_mut().extend_pairs(query);
                let mut request = self.http().get(url);
                if let Some(credentials) = credentials {
                    request = request.header(AUTHORIZATION, self.header(&credentials.basic())?);
                }
                let answer = self.succeeded(self.sent(request).await?).await?;
                let answer = self.read(answer, ANSWER_BYTES_MAX, "the token").await?;
                authorization::token(&answer).ok_or_else(|| self.unexpected("it gives no token"))?
            }
        };
        self.header(&authorization)
    }

    fn header(&self, secret: &Secret) -> Result<HeaderValue, Error> {
        let header = HeaderValue::from_str(secret.expose());
        let mut header = header.map_err(|_| self.unexpected("it is answered with what cannot be sent"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// Turns an answer that refuses into an error.
    async fn succeeded(&self, answer: Response) -> Result<Response, Error> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let said = self.read(answer, ANSWER_BYTES_MAX, "the error").await.unwrap_or_default();
        Err(Error::refused(self.reference.registry(), status, &said))
    }

    fn unexpected(&self, what: &'static str) -> Error {
        Error::Unexpected { registry: self.reference.registry().to_owned(), what }
    }
}
