//! Components that others published: `wandstore components search`, `add`, `try` and `publish`.

use anyhow::{Context as _, bail};
use artifacts::index::{Entry, Stated};
use artifacts::{Artifacts, Index, Reference, Why};
use clap::Args;
use host::components::{self, artifacts, read_key};
use host::config::Config;
use host::tryout::{self, Tried};
use runtime::component::{Binary, Role};

use super::super::output::print;
use super::{component, parse_role};

/// Where components are looked for.
#[derive(Args)]
pub struct Place {
    /// The index, such as ghcr.io/acme/components [default: `server.component_index`].
    #[arg(long, value_name = "REFERENCE")]
    index: Option<String>,
    /// The public key of cosign that the index must be signed with.
    #[arg(long, value_name = "FILE")]
    index_key: Option<std::path::PathBuf>,
}

impl Place {
    fn reference(&self, config: &Config) -> anyhow::Result<Reference> {
        let text = self.index.as_ref().or(config.file.server.component_index.as_ref());
        let text = text.context("name an index with --index, or in server.component_index")?;
        Ok(Reference::parse(text)?)
    }

    async fn read(&self, config: &Config) -> anyhow::Result<Index> {
        let key = self.index_key.as_deref().map(read_key).transpose()?;
        Ok(artifacts(config)?.index(&self.reference(config)?, key.as_ref()).await?)
    }
}

/// The description of a component that is published.
#[derive(Args)]
pub struct About {
    /// Its name, such as acme/tea-catalog.
    #[arg(long)]
    name: String,
    /// The role that it plays.
    #[arg(long)]
    role: String,
    /// Its version.
    #[arg(long, default_value = "")]
    version: String,
    /// Its licence, as an SPDX expression.
    #[arg(long, default_value = "")]
    licence: String,
    /// What it does, in a line.
    #[arg(long, default_value = "")]
    description: String,
}

/// Prints the components of an index in which all words are found.
pub async fn search(config: &Config, place: &Place, words: &[String]) -> anyhow::Result<()> {
    let index = place.read(config).await?;
    let found = index.search(words);
    if found.is_empty() {
        bail!("no component of the index has all of these words");
    }
    for entry in found {
        let parts = [entry.name(), entry.version(), entry.role(), entry.licence()];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        print(parts.join("  "))?;
        if !entry.description().is_empty() {
            print(format_args!("    {}", entry.description()))?;
        }
        print(format_args!("    {}", entry.reference()))?;
    }
    note_unusable(&index)
}

fn note_unusable(index: &Index) -> anyhow::Result<()> {
    match index.unusable() {
        0 => Ok(()),
        count => Ok(print(format_args!("left out {count} invalid entries of the index"))?),
    }
}

/// Fetches, verifies and tries a component of an index, and prints the configuration that uses it.
pub async fn add(config: &Config, place: &Place, name: &str) -> anyhow::Result<()> {
    let index = place.read(config).await?;
    let entry = index.find(name);
    let entry = entry.with_context(|| {
        format!(
            "the index has no component `{}`; `wandstore components search` lists them",
            name.escape_debug()
        )
    })?;
    let (role, reference) = (parse_role(entry.role())?, entry.reference());
    let binary = tokio::task::block_in_place(|| components::pull(config, role, reference))?;
    report(role, &tryout::run(config, role, binary).await.with_context(|| reference.to_string())?)?;
    print(format_args!("\nTo use it from the next start on, write into wandstore.toml:\n"))?;
    print(format_args!("[components.{role}]\noci = \"{reference}\"\n"))?;
    Ok(print(format_args!("To use it now: wandstore components swap {role}=oci://{reference}"))?)
}

/// Tries a component on the demo shop.
pub async fn attempt(config: &Config, text: &str) -> anyhow::Result<()> {
    let (role, source) =
        text.split_once('=').context("name a role and a component, such as catalog=file.wasm@sha256:…")?;
    let role = parse_role(role)?;
    let binary = tokio::task::block_in_place(|| component(config, role, source))?;
    let origin = binary.origin.clone();
    report(role, &tryout::run(config, role, binary).await.context(origin)?)
}

fn report(role: Role, tried: &Tried) -> anyhow::Result<()> {
    let Tried { fallback_bytes, pages, took } = tried;
    print(format_args!("{role}: made the demo shop's pages in {} ms", took.as_millis()))?;
    print(format_args!("    fallback page: {fallback_bytes} bytes"))?;
    for (persona, bytes) in pages {
        print(format_args!("    {}: {bytes} bytes", persona.name()))?;
    }
    Ok(())
}

/// Adds a component of a registry to an index, in the place of the one with its name. It must play its role.
pub async fn publish(config: &Config, place: &Place, about: About, reference: &str) -> anyhow::Result<()> {
    let role = parse_role(&about.role)?;
    let reference = Reference::parse(reference)?;
    let binary: Binary = tokio::task::block_in_place(|| components::pull(config, role, &reference))?;
    tokio::task::block_in_place(|| components::check(config, role, binary))?;
    let About { name, role, version, licence, description } = about;
    let entry = Entry::try_from(Stated {
        name,
        role,
        version,
        licence,
        description,
        reference: reference.to_string(),
    })?;
    let (artifacts, place_reference) = (artifacts(config)?, place.reference(config)?);
    let mut index = existing(&artifacts, &place_reference).await?;
    if index.unusable() > 0 {
        bail!(
            "{place_reference} has {} invalid entries, which would be lost: remove them first",
            index.unusable()
        );
    }
    index.put(entry)?;
    let digest = artifacts.push_index(&place_reference, &index).await?;
    Ok(print(place_reference.at(digest))?)
}

/// Returns an index, or an empty one if there is none yet.
async fn existing(artifacts: &Artifacts, reference: &Reference) -> anyhow::Result<Index> {
    match artifacts.index(reference, None).await {
        Err(error) if matches!(error.why, Why::Missing) => Ok(Index::default()),
        index => Ok(index?),
    }
}
