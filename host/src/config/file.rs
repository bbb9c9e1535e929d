//! `wandstore.toml`: every key, its unit and its default.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use capabilities::document::Document;
use capabilities::kind::Selection;
use capabilities::{blob, jobs, kv};
use model::shop::ShopSettings;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::keys;
use runtime::component::{Builtin, Limits, Role};

/// The file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// The part that does not depend on the platform: `environment`, `[cache]`, `[pool]`, `[llm]`, `[shopify]`,
    /// `[shops]`.
    #[serde(flatten, skip_deserializing)]
    pub document: Document,
    /// The settings of the server.
    pub server: Server,
    /// The backends of the capabilities.
    pub backends: Backends,
    /// The components, by role. A role that is not named here is played by the component in this binary.
    pub components: BTreeMap<Role, Component>,
}

/// The settings of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address and port; port 0 takes a free one. `WANDSTORE_LISTEN`, `--listen`.
    pub listen: String,
    /// The folder for databases, pages and compiled components, relative to the working folder. `WANDSTORE_DATA_DIR`,
    /// `--data-dir`.
    pub data_dir: PathBuf,
    /// The most connections at once. A new one takes the place of one that is idle, slow or only waits. Half of them at
    /// most wait for a page to be made; more get the current state at once.
    pub connections_max: usize,
    /// The origin at which browsers reach Wandstore, such as `https://wandstore.example`. Addresses are made from it, and
    /// never from the `Host` of a request. Required in production with `SHOPIFY_API_KEY`. `WANDSTORE_PUBLIC_URL`.
    pub public_url: Option<String>,
    /// The most connections at once from one address (of IPv6: one network of 64 bits), not counting those of proxies
    /// (see `trust_forwarded`), and the most requests of one client that wait at once.
    pub connections_per_address_max: usize,
    /// Whether `x-forwarded-for` is trusted from every peer, and not only from this machine and private networks: for a
    /// proxy with a public address that sets the field itself. A shop's API gets the shopper's address.
    pub trust_forwarded: bool,
    /// Whether the unsigned routes `/s/…` and `/api/…` serve shops whose merchants installed the app. They always serve
    /// shops that the operator named, and all shops in development.
    pub unsigned_routes: bool,
}

/// The backend of each capability, in a section of its own such as `[backends.kv]`: its `kind`, and the options of that
/// kind. The current kinds have no options. `memory` is for development: nothing survives a restart, and
/// no other process sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Backends {
    /// Key-value storage. Its kind is `sqlite`, the file `kv.db` in the data folder, or `memory`.
    pub kv: Selection,
    /// Blob storage. Its kind is `folder`, the folder `blobs` in the data folder, or `memory`.
    pub blob: Selection,
    /// Durable jobs. Their kind is `sqlite`, the file `jobs.db` in the data folder, or `memory`.
    pub jobs: Selection,
}

impl Default for Backends {
    fn default() -> Self {
        let default = |kinds: &[&str]| Selection::of(kinds[0]);
        Self { kv: default(kv::KINDS), blob: default(blob::KINDS), jobs: default(jobs::KINDS) }
    }
}

/// The component that plays a role (`routing`, `caching`, `queueing`, `generation` or `catalog`), and its limits.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Component {
    /// Which of the components in the binary to use; only the catalog has two: `demo`, products that are built in, and
    /// `shopify`, the Storefront API of each shop. Without it, it is `shopify` if `SHOPIFY_STORE` or `SHOPIFY_API_KEY` is
    /// set, and else `demo`.
    pub builtin: Option<Builtin>,
    /// A `.wasm` component to use in place of the one in the binary; relative to the file.
    pub path: Option<PathBuf>,
    /// Its SHA-256 in hex. A file that differs is refused.
    pub sha256: Option<String>,
    /// The calls that an instance serves before it is replaced; 1 isolates every call.
    pub calls_per_instance: Option<u32>,
    /// The most instances at once.
    pub instances: Option<usize>,
    /// The most computing time of a call. Waiting does not count.
    pub compute_ms: Option<u64>,
    /// The most time of a call, waiting included.
    pub wall_ms: Option<u64>,
    /// The most memory of an instance, in MiB.
    pub memory_mib: Option<usize>,
}

impl File {
    /// Parses the file. An unknown key is an error that names the nearest known one.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let table: toml::Table = text.parse()?;
        keys::check(&table, &Self::with_every_key())?;
        let document = serde_path_to_error::deserialize(toml::Value::Table(table.clone()))
            .map_err(|error| anyhow!("{}: {}", error.path(), error.inner().message()))?;
        let mut file = Self { document, ..table.try_into()? };
        file.document.shops.iter_mut().for_each(|(id, shop)| complete(id, shop));
        Ok(file)
    }

    /// Returns what the file says about a role's component.
    pub fn component(&self, role: Role) -> Component {
        self.components.get(&role).cloned().unwrap_or_default()
    }

    /// Returns a file in which every known key has a value; `*` stands for any id.
    pub(super) fn with_every_key() -> toml::Table {
        let component = Component {
            builtin: Some(Builtin::Demo),
            path: Some(PathBuf::new()),
            sha256: Some(String::new()),
            calls_per_instance: Some(1),
            instances: Some(1),
            compute_ms: Some(1),
            wall_ms: Some(1),
            memory_mib: Some(1),
        };
        let mut file =
            Self { components: Role::ALL.map(|role| (role, component.clone())).into(), ..Self::default() };
        // Each kind checks its own options.
        let options = Map::from_iter([(keys::ANY.into(), true.into())]);
        let backend = Selection { kind: Some(String::new()), options };
        file.backends = Backends { kv: backend.clone(), blob: backend.clone(), jobs: backend };
        file.server.public_url = Some(String::new());
        file.document.llm.base_url = Some(String::new());
        file.document.shopify.origin = Some(String::new());
        file.document.llm.extra = Some(Map::from_iter([(keys::ANY.into(), true.into())]));
        file.document.shops = BTreeMap::from([(keys::ANY.into(), ShopSettings::default())]);
        toml::Table::try_from(file).unwrap_or_default()
    }
}

/// Names a shop by its id if it has no name.
fn complete(id: &str, shop: &mut ShopSettings) {
    if shop.name.trim().is_empty() {
        id.clone_into(&mut shop.name);
    }
    for word in &mut shop.banned_words {
        *word = word.to_lowercase();
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8787".into(),
            data_dir: "data".into(),
            connections_max: 10_000,
            public_url: None,
            connections_per_address_max: 500,
            trust_forwarded: false,
            unsigned_routes: false,
        }
    }
}

/// Returns the default limits of a component.
pub(super) fn limits(role: Role) -> Limits {
    // A generation waits for the language model, twice at worst, and a catalog for a shop, several times;
    // nothing else waits for long.
    let wall = Duration::from_secs(match role {
        Role::Generation => 180,
        Role::Catalog => 30,
        Role::Routing | Role::Caching | Role::Queueing => 5,
    });
    let instances = if role == Role::Generation { 1_000 } else { 256 };
    Limits {
        calls_per_instance: 10_000,
        instances,
        compute: Duration::from_millis(500),
        wall,
        memory_bytes: 32 << 20,
    }
}
