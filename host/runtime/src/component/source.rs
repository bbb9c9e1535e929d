//! The source of a component's bytes, and the check that they are the intended ones.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use artifacts::Digest;
use bytes::Bytes;

use super::{Limits, Role};

/// The component that plays a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentConfig {
    /// The role.
    pub role: Role,
    /// Where the component comes from.
    pub source: Source,
    /// Its limits.
    pub limits: Limits,
}

/// Where a component comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// This binary.
    Embedded(Builtin),
    /// A file, which must have this digest if one is given.
    File {
        /// The file.
        path: PathBuf,
        /// Its digest.
        sha256: Option<Digest>,
    },
    /// What the host has fetched and verified.
    Fetched(Binary),
}

/// The components in this binary. The name matters only for a role that has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Builtin {
    /// The only component of the role; for the catalog, the products of a demo shop.
    Demo,
    /// The catalog of shops on Shopify.
    Shopify,
}

/// A component's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Where they come from, for messages.
    pub origin: String,
    /// The bytes.
    pub bytes: Bytes,
    /// Their digest.
    pub digest: Digest,
    /// What [`compile`](crate::engine::ahead::compile) returned when this executable was built; empty if it was not
    /// called, or if the component comes from a file.
    pub ahead: &'static [u8],
}

impl Source {
    /// Reads the component of `role`.
    pub fn read(&self, role: Role) -> anyhow::Result<Binary> {
        match self {
            Self::Embedded(builtin) => {
                let Embedded { bytes, ahead } = embedded(role, *builtin);
                Ok(Binary { ahead, ..Binary::new("this binary".into(), Bytes::from_static(bytes)) })
            }
            Self::File { path, sha256 } => {
                let bytes = std::fs::read(path)
                    .with_context(|| format!("components.{role}.path: cannot read {}", path.display()))?;
                let binary = Binary::new(path.display().to_string(), bytes.into());
                match sha256 {
                    Some(expected) if *expected != binary.digest => bail!(
                        "components.{role}: {} has the SHA-256 {}, but {expected} is required",
                        path.display(),
                        binary.digest
                    ),
                    _ => Ok(binary),
                }
            }
            Self::Fetched(binary) => Ok(binary.clone()),
        }
    }
}

impl Binary {
    /// Describes the bytes of a component.
    pub fn new(origin: String, bytes: Bytes) -> Self {
        let digest = Digest::of(&bytes);
        Self { origin, bytes, digest, ahead: &[] }
    }
}

/// A component in this executable.
struct Embedded {
    bytes: &'static [u8],
    ahead: &'static [u8],
}

/// Returns the component whose files the build script named in variables.
macro_rules! embed {
    ($name:literal) => {
        Embedded {
            bytes: include_bytes!(env!(concat!("COMPONENT_", $name))),
            ahead: include_bytes!(env!(concat!("AHEAD_", $name))),
        }
    };
}

fn embedded(role: Role, builtin: Builtin) -> Embedded {
    match role {
        Role::Routing => embed!("ROUTING"),
        Role::Caching => embed!("CACHING"),
        Role::Queueing => embed!("QUEUEING"),
        Role::Generation => embed!("GENERATION"),
        Role::Catalog => match builtin {
            Builtin::Demo => embed!("CATALOG_DEMO"),
            Builtin::Shopify => embed!("CATALOG_SHOPIFY"),
        },
    }
}

impl Builtin {
    /// Returns the components in this executable, each with its package's name.
    pub fn all() -> impl Iterator<Item = (&'static str, Binary)> {
        let roles = Role::ALL.iter().filter(|role| **role != Role::Catalog);
        let of_roles = roles.map(|role| (role.name(), *role, Self::Demo));
        let catalogs =
            [("catalog-demo", Role::Catalog, Self::Demo), ("catalog-shopify", Role::Catalog, Self::Shopify)];
        of_roles.chain(catalogs).map(|(package, role, builtin)| {
            (package, Binary::new("this binary".into(), Bytes::from_static(embedded(role, builtin).bytes)))
        })
    }
}
