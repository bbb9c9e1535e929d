//! Pulls, pushes and inspects artifacts.

mod signatures;

use std::io;
use std::time::Duration;

use bytes::Bytes;

use crate::client::{self, Client, Repository};
use crate::digest::Digest;
use crate::index::{EMPTY, INDEX_BYTES_MAX, Index, NotAnIndex};
use crate::manifest::{Annotations, Config, Descriptor, Manifest, NotAComponent};
use crate::reference::{NotPinned, Reference};
use crate::signature::Key;
use crate::store::Store;

/// The tag of a reference that names neither a tag nor a digest.
const LATEST: &str = "latest";

/// The artifacts of registries, and a store of those that were pulled, which need no registry again.
pub struct Artifacts {
    client: Client,
    store: Store,
}

/// A component of a registry.
#[derive(Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The digest of the component.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Bytes,
}

/// An artifact without its component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The digest of the manifest.
    pub manifest: Digest,
    /// The component.
    pub component: Descriptor,
    /// What its config says about it.
    pub config: Config,
    /// How many signatures there are. They are not verified.
    pub signatures: usize,
}

/// An artifact cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("{reference}: {why}")]
pub struct Error {
    reference: Reference,
    /// Why not.
    pub why: Why,
}

/// Why an artifact cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// The reference has no digest.
    #[error(transparent)]
    NotPinned(#[from] NotPinned),
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] client::Error),
    /// The registry was too slow.
    #[error("the registry took longer than {} s: try again later", .0.as_secs_f32())]
    Late(Duration),
    /// The registry does not have it.
    #[error("the registry has no such artifact: push it first, or correct the reference")]
    Missing,
    /// It is another kind of artifact.
    #[error(transparent)]
    NotAComponent(#[from] NotAComponent),
    /// It is no index.
    #[error(transparent)]
    NotAnIndex(#[from] NotAnIndex),
    /// No signature fits the key.
    #[error(
        "no signature at the tag {tag} or in a bundle was made for this digest with the configured key ({found} found)"
    )]
    NotSigned {
        /// The tag of its signatures.
        tag: String,
        /// How many signatures of other keys or other artifacts there are.
        found: usize,
    },
    /// The folder of pulled artifacts cannot be written.
    #[error("cannot store it: {0}")]
    Store(#[from] io::Error),
}

impl Artifacts {
    /// Creates the artifacts of `client`, which are kept in `store`.
    pub fn new(client: Client, store: Store) -> Self {
        Self { client, store }
    }

    /// Returns a component whose manifest has the digest in `reference`, and which was signed with `key` if there is
    /// one: from the store, or else from the registry.
    pub async fn pull(&self, reference: &Reference, key: Option<&Key>) -> Result<Pulled, Error> {
        self.bounded(reference, self.pull_within_time(reference, key)).await
    }

    /// Stores a component in a registry, at the tag of `reference`, or else at its digest. Returns the digest of its
    /// manifest.
    pub async fn push(
        &self,
        reference: &Reference,
        component: Vec<u8>,
        config: &Config,
    ) -> Result<Digest, Error> {
        let manifest = Manifest::of_component(&config.bytes(), &component);
        let push = async {
            manifest.component()?;
            let bytes = manifest.bytes();
            let digest = Digest::of(&bytes);
            let repository = self.client.repository(reference);
            repository.push_blob(component.into()).await?;
            repository.push_blob(config.bytes().into()).await?;
            let name = reference.tag().map_or_else(|| digest.named(), str::to_owned);
            repository.push_manifest(&name, bytes.into()).await?;
            Ok(digest)
        };
        self.bounded(reference, push).await
    }

    /// Returns the index at a tag or a digest, which was signed with `key` if there is one.
    pub async fn index(&self, reference: &Reference, key: Option<&Key>) -> Result<Index, Error> {
        let read = async {
            let repository = self.client.repository(reference);
            let bytes = repository.manifest(&name(reference)).await?.ok_or(Why::Missing)?;
            let digest = Digest::of(&bytes);
            verify(digest, reference.digest().unwrap_or(digest))?;
            if let Some(key) = key {
                signatures::by(key, &repository, digest).await?;
            }
            let manifest = Manifest::parse(&bytes)?;
            let layer = bounded(Index::layer(&manifest)?, INDEX_BYTES_MAX)?;
            Ok(Index::parse(&repository.blob(&layer).await?)?)
        };
        self.bounded(reference, read).await
    }

    /// Stores an index in a registry, at the tag of `reference`. Returns the digest of its manifest.
    pub async fn push_index(&self, reference: &Reference, index: &Index) -> Result<Digest, Error> {
        let push = async {
            let bytes = index.manifest().bytes();
            let digest = Digest::of(&bytes);
            let repository = self.client.repository(reference);
            repository.push_blob(index.bytes().into()).await?;
            repository.push_blob(EMPTY.1.into()).await?;
            repository.push_manifest(reference.tag().unwrap_or(LATEST), bytes.into()).await?;
            Ok(digest)
        };
        self.bounded(reference, push).await
    }

    /// Asks the registry about an artifact, by its digest or its tag.
    pub async fn inspect(&self, reference: &Reference) -> Result<Inspected, Error> {
        let inspect = async {
            let repository = self.client.repository(reference);
            let bytes = repository.manifest(&name(reference)).await?.ok_or(Why::Missing)?;
            let digest = Digest::of(&bytes);
            verify(digest, reference.digest().unwrap_or(digest))?;
            let manifest = Manifest::parse(&bytes)?;
            let component = manifest.component()?.clone();
            let config = repository.blob(&bounded(manifest.config(), client::MANIFEST_BYTES_MAX)?).await?;
            let config = Config::parse(&config)?;
            let signatures = signatures::all(&repository, digest).await?.len();
            Ok(Inspected { manifest: digest, component, config, signatures })
        };
        self.bounded(reference, inspect).await
    }

    async fn bounded<T>(
        &self,
        reference: &Reference,
        work: impl Future<Output = Result<T, Why>>,
    ) -> Result<T, Error> {
        let whole = self.client.times().whole;
        let done = tokio::time::timeout(whole, work).await.unwrap_or(Err(Why::Late(whole)));
        done.map_err(|why| Error { reference: reference.clone(), why })
    }

    async fn pull_within_time(&self, reference: &Reference, key: Option<&Key>) -> Result<Pulled, Why> {
        let digest = reference.pinned()?;
        let repository = self.client.repository(reference);
        if let Some(key) = key {
            self.verify_signature(&repository, digest, key).await?;
        }
        let manifest = self.manifest(&repository, digest).await?;
        let component = manifest.component()?;
        if let Some(bytes) = self.kept(component.digest) {
            return Ok(Pulled { digest: component.digest, bytes: bytes.into() });
        }
        let bytes = repository.blob(component).await?;
        let digest = self.store.write(&bytes)?;
        Ok(Pulled { digest, bytes: bytes.into() })
    }

    async fn manifest(&self, repository: &Repository<'_>, digest: Digest) -> Result<Manifest, Why> {
        if let Some(bytes) = self.kept(digest) {
            return Ok(Manifest::parse(&bytes)?);
        }
        tracing::info!(%digest, "pulling a component");
        let bytes = repository.manifest(&digest.named()).await?.ok_or(Why::Missing)?;
        verify(Digest::of(&bytes), digest)?;
        let manifest = Manifest::parse(&bytes)?;
        // Bytes that are not a component are not kept.
        manifest.component()?;
        self.store.write(&bytes)?;
        Ok(manifest)
    }

    async fn verify_signature(
        &self,
        repository: &Repository<'_>,
        digest: Digest,
        key: &Key,
    ) -> Result<(), Why> {
        if key.vouches(&self.store.signatures(digest).unwrap_or_default(), digest) {
            return Ok(());
        }
        let signed = signatures::by(key, repository, digest).await?;
        Ok(self.store.write_signatures(digest, &signed)?)
    }

    /// Returns bytes from the store. If it cannot be read, they are pulled.
    fn kept(&self, digest: Digest) -> Option<Vec<u8>> {
        let kept = self.store.read(digest);
        kept.inspect_err(|error| tracing::warn!(%digest, %error, "cannot read a stored component")).ok()?
    }
}

/// Returns what an artifact is asked for by: its digest, or else its tag.
fn name(reference: &Reference) -> String {
    let digest = reference.digest().map(|digest| digest.named());
    digest.unwrap_or_else(|| reference.tag().unwrap_or(LATEST).to_owned())
}

fn verify(found: Digest, wanted: Digest) -> Result<(), client::Error> {
    if found == wanted { Ok(()) } else { Err(client::Error::Digest { what: "the manifest", found, wanted }) }
}

/// Refuses a part that says that it has more bytes than it may.
fn bounded(part: &Descriptor, max: u64) -> Result<Descriptor, client::Error> {
    if part.size > max {
        return Err(client::Error::TooLarge { what: "a part of the artifact", max });
    }
    Ok(Descriptor { annotations: Annotations::new(), ..part.clone() })
}

#[cfg(test)]
mod tests;
