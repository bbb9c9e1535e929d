//! The source of a component's bytes, and the check that they are the intended ones.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

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

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

/// A component's bytes.
#[derive(Debug, Clone)]
pub struct Binary {
    /// Where they come from, for messages.
    pub origin: String,
    /// The bytes.
    pub bytes: std::borrow::Cow<'static, [u8]>,
    /// Their digest.
    pub digest: Digest,
}

impl Source {
    /// Reads the component of `role`.
    pub fn read(&self, role: Role) -> anyhow::Result<Binary> {
        match self {
            Self::Embedded(builtin) => Ok(Binary::new("this binary".into(), embedded(role, *builtin).into())),
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
        }
    }
}

impl Binary {
    fn new(origin: String, bytes: std::borrow::Cow<'static, [u8]>) -> Self {
        let digest = Digest(Sha256::digest(&bytes).into());
        Self { origin, bytes, digest }
    }
}

fn embedded(role: Role, builtin: Builtin) -> &'static [u8] {
    match role {
        Role::Routing => include_bytes!(env!("COMPONENT_ROUTING")),
        Role::Caching => include_bytes!(env!("COMPONENT_CACHING")),
        Role::Queueing => include_bytes!(env!("COMPONENT_QUEUEING")),
        Role::Generation => include_bytes!(env!("COMPONENT_GENERATION")),
        Role::Catalog => match builtin {
            Builtin::Demo => include_bytes!(env!("COMPONENT_CATALOG_DEMO")),
            Builtin::Shopify => include_bytes!(env!("COMPONENT_CATALOG_SHOPIFY")),
        },
    }
}

impl Digest {
    /// Parses 64 hexadecimal digits.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            bail!("a SHA-256 digest is 64 hexadecimal digits");
        }
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits)?, 16)?;
        }
        Ok(Self(digest))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
