//! Finds the signatures of a manifest in its repository. cosign 2 stores them at a tag, and cosign 3 in bundles that refer
//! to the manifest. A registry may offer anything there, so what is no signature is skipped.

use serde::Deserialize;
use serde_json::Value;

use super::{Why, bounded, verify};
use crate::client::{self, Repository};
use crate::digest::Digest;
use crate::index::EMPTY;
use crate::manifest::Manifest;
use crate::signature::{self, ANNOTATION, BUNDLE, Key, PAYLOAD, SIGNATURE_BYTES_MAX, SIGNATURES_MAX, Signed};

/// An index of the artifacts that refer to a manifest.
#[derive(Deserialize)]
struct Index {
    manifests: Vec<Value>,
}

/// An artifact that refers to a manifest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Referrer {
    digest: Digest,
    artifact_type: Option<String>,
}

/// Returns all signatures of a manifest. None is verified.
pub(super) async fn all(repository: &Repository<'_>, manifest: Digest) -> Result<Vec<Signed>, Why> {
    let mut signed = at_tag(repository, manifest).await?;
    signed.extend(in_bundles(repository, manifest).await?);
    Ok(signed)
}

/// Returns the signatures of a manifest. At least one of them is by `key`. A registry need not know bundles if the signature is at
/// the tag.
pub(super) async fn by(key: &Key, repository: &Repository<'_>, manifest: Digest) -> Result<Vec<Signed>, Why> {
    let mut signed = at_tag(repository, manifest).await?;
    if !key.vouches(&signed, manifest) {
        signed.extend(in_bundles(repository, manifest).await?);
    }
    if key.vouches(&signed, manifest) {
        return Ok(signed);
    }
    Err(Why::NotSigned { tag: signature::tag(manifest), found: signed.len() })
}

async fn at_tag(repository: &Repository<'_>, manifest: Digest) -> Result<Vec<Signed>, Why> {
    let Some(bytes) = repository.manifest(&signature::tag(manifest)).await? else { return Ok(Vec::new()) };
    let mut signed = Vec::new();
    let layers = Manifest::parse(&bytes)?.layers;
    for layer in layers.iter().filter(|layer| layer.media_type == PAYLOAD).take(SIGNATURES_MAX) {
        let Some(signature) = layer.annotations.get(ANNOTATION) else { continue };
        let payload = repository.blob(&bounded(layer, SIGNATURE_BYTES_MAX)?).await?;
        signed.push(Signed::new(&payload, signature));
    }
    Ok(signed)
}

async fn in_bundles(repository: &Repository<'_>, manifest: Digest) -> Result<Vec<Signed>, Why> {
    let mut signed = Vec::new();
    for referrer in referrers(repository, manifest).await?.into_iter().take(SIGNATURES_MAX) {
        match in_bundle(repository, referrer).await {
            Ok(more) => signed.extend(more),
            Err(Why::Registry(
                error @ (client::Error::Unreachable { .. } | client::Error::Refused { .. }),
            )) => {
                return Err(error.into());
            }
            // Whoever may write to the repository may also add what is no bundle, and hides no signature by that.
            Err(why) => tracing::debug!(%referrer, %why, "skipped a manifest that refers to a component"),
        }
    }
    Ok(signed)
}

/// Returns what may be a bundle. A registry that does not know referrers has an index of them at a tag, in which the type of
/// an artifact may be that of its config.
async fn referrers(repository: &Repository<'_>, manifest: Digest) -> Result<Vec<Digest>, Why> {
    let index = match repository.referrers(manifest).await? {
        Some(index) => Some(index),
        None => repository.manifest(&signature::referrers_tag(manifest)).await?,
    };
    let index = index.and_then(|index| serde_json::from_slice(&index).ok());
    let Index { manifests } = index.unwrap_or(Index { manifests: Vec::new() });
    let is_bundle = |kind: &str| kind.starts_with(BUNDLE) || kind == EMPTY.0;
    let referrers = manifests.into_iter().filter_map(|one| serde_json::from_value::<Referrer>(one).ok());
    let bundles = referrers.filter(|referrer| referrer.artifact_type.as_deref().is_none_or(is_bundle));
    Ok(bundles.map(|referrer| referrer.digest).collect())
}

async fn in_bundle(repository: &Repository<'_>, referrer: Digest) -> Result<Vec<Signed>, Why> {
    let bytes = repository.manifest(&referrer.named()).await?.ok_or(Why::Missing)?;
    verify(Digest::of(&bytes), referrer)?;
    let layers = Manifest::parse(&bytes)?.layers;
    let Some(layer) = layers.iter().find(|layer| layer.media_type.starts_with(BUNDLE)) else {
        return Ok(Vec::new());
    };
    let bundle = repository.blob(&bounded(layer, SIGNATURE_BYTES_MAX)?).await?;
    Ok(Signed::of_bundle(&bundle))
}
