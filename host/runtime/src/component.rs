//! The components of a deployment: where they come from, what they may import, and how calls
//! reach them.

pub mod fit;
mod fuse;
mod pool;
mod record;
mod source;
mod storefront;
mod trial;
mod version;
pub mod world;

use std::sync::Arc;

use model::Access;

pub use artifacts::Digest;
pub use pool::{Held, Limits, NotSwapped, Pool, within};
pub use record::Failure;
pub use source::{Binary, Builtin, ComponentConfig, Source};
pub use trial::{TRIAL, TRIAL_CALLS, Verdict, Watched};

use crate::bindings::exports::wandstore::storefront::{
    cache, cache_control, catalog, catalog_version, generator, handler, leases, maintenance, queue, reviewer,
};
use crate::changes::Changes;

/// The role of a component in a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers shoppers.
    Routing,
    /// Keeps pages.
    Caching,
    /// Keeps jobs.
    Queueing,
    /// Makes pages.
    Generation,
    /// Supplies products.
    Catalog,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Routing, Self::Caching, Self::Queueing, Self::Generation, Self::Catalog];

    /// Returns the role with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Returns the name in configuration, logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Routing => "routing",
            Self::Caching => "caching",
            Self::Queueing => "queueing",
            Self::Generation => "generation",
            Self::Catalog => "catalog",
        }
    }

    /// Returns the keys that the role may access. Generation has neither key-value storage nor blobs.
    pub fn access(self) -> &'static Access {
        match self {
            Self::Routing => &Access::ROUTING,
            Self::Caching => &Access::CACHING,
            Self::Queueing => &Access::QUEUEING,
            Self::Generation => &Access::NONE,
            Self::Catalog => &Access::CATALOG,
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A component as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Its role.
    pub role: Role,
    /// Where it comes from.
    pub origin: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// What it imports.
    pub imports: Vec<String>,
}

/// A component's export, as the host calls it.
pub trait Export: Sized + Send + Sync + 'static {
    /// The indices of the functions in the component.
    type Indices: Send + Sync + 'static;

    /// Finds the functions in a component.
    fn find(
        pre: &wasmtime::component::InstancePre<crate::context::Context>,
    ) -> wasmtime::Result<Self::Indices>;

    /// Binds them to an instance.
    fn bind(
        indices: &Self::Indices,
        store: &mut wasmtime::Store<crate::context::Context>,
        instance: &wasmtime::component::Instance,
    ) -> wasmtime::Result<Self>;
}

macro_rules! export {
    ($interface:ident) => {
        impl Export for $interface::Guest {
            type Indices = $interface::GuestIndices;

            fn find(
                pre: &wasmtime::component::InstancePre<crate::context::Context>,
            ) -> wasmtime::Result<Self::Indices> {
                $interface::GuestIndices::new(pre)
            }

            fn bind(
                indices: &Self::Indices,
                store: &mut wasmtime::Store<crate::context::Context>,
                instance: &wasmtime::component::Instance,
            ) -> wasmtime::Result<Self> {
                indices.load(store, instance)
            }
        }
    };
}

export!(catalog);

/// Several exports of one component, bound together.
macro_rules! exports {
    ($type:ident { $($field:ident: $interface:ident),+ }) => {
        impl Export for $type {
            type Indices = ($($interface::GuestIndices,)+);

            fn find(
                pre: &wasmtime::component::InstancePre<crate::context::Context>,
            ) -> wasmtime::Result<Self::Indices> {
                Ok(($($interface::GuestIndices::new(pre)?,)+))
            }

            fn bind(
                ($($field,)+): &Self::Indices,
                store: &mut wasmtime::Store<crate::context::Context>,
                instance: &wasmtime::component::Instance,
            ) -> wasmtime::Result<Self> {
                Ok(Self { $($field: $field.load(&mut *store, instance)?),+ })
            }
        }
    };
}

/// The exports of routing.
pub struct Front {
    /// Answers requests.
    pub handler: handler::Guest,
    /// Runs maintenance tasks.
    pub maintenance: maintenance::Guest,
}

/// The exports of queueing.
pub struct Jobs {
    /// Takes generation requests and maintenance tasks.
    pub queue: queue::Guest,
    /// Hands jobs to the members of the pool.
    pub leases: leases::Guest,
}

/// The exports of generation.
pub struct Makers {
    /// Makes pages.
    pub generator: generator::Guest,
    /// Shows plans to merchants.
    pub reviewer: reviewer::Guest,
}

/// The exports of caching.
pub struct Pages {
    /// Keeps pages.
    pub cache: cache::Guest,
    /// Changes more than one page.
    pub control: cache_control::Guest,
    /// Knows catalog versions.
    pub version: catalog_version::Guest,
}

exports!(Front { handler: handler, maintenance: maintenance });
exports!(Jobs { queue: queue, leases: leases });
exports!(Makers { generator: generator, reviewer: reviewer });
exports!(Pages { cache: cache, control: cache_control, version: catalog_version });

/// The pools of the five roles.
pub type Handler = Pool<Front>;
/// See [`Handler`].
pub type Cache = Pool<Pages>;
/// See [`Handler`].
pub type Queue = Pool<Jobs>;
/// See [`Handler`].
pub type Generator = Pool<Makers>;
/// See [`Handler`].
pub type Catalog = Pool<catalog::Guest>;

/// The components behind a component's imports. A component that its world does not import is `None`.
#[derive(Clone)]
pub struct Links {
    /// Where changes are announced.
    pub changes: Arc<Changes>,
    /// For routing and generation. The catalog uses it for the shop's catalog version only.
    pub cache: Option<Arc<Cache>>,
    /// For routing.
    pub queue: Option<Arc<Queue>>,
    /// For routing and generation.
    pub catalog: Option<Arc<Catalog>>,
}

impl Links {
    /// Creates links to no component.
    pub fn new(changes: &Arc<Changes>) -> Self {
        Self { changes: changes.clone(), cache: None, queue: None, catalog: None }
    }
}
