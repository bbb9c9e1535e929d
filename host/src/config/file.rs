//! `wandstore.toml`: every key, its unit and its default.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use admin::Billing;
use anyhow::anyhow;
use capabilities::document::Document;
use capabilities::kind::Selection;
use capabilities::llm::budget;
use capabilities::{blob, jobs, kv, shops};
use model::shop::{Dollars, ShopSettings};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::keys;
use super::telemetry::Telemetry;
use crate::client::TrustedProxies;
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
    /// How long unused data is kept, and how much of it.
    pub retention: Retention,
    /// The app's plans in Shopify App Pricing.
    pub billing: Billing,
    /// Where traces are sent.
    pub telemetry: Telemetry,
    /// The backends of the capabilities.
    pub backends: Backends,
    /// The components, by role. A role that is not named here is played by the component in this binary.
    pub components: BTreeMap<Role, Component>,
    /// Registries of components that need settings, by host and port.
    pub registries: BTreeMap<String, Registry>,
}

/// The settings of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// The name of this deployment. Hosts that share a database must have the same one; the database refuses others, so
    /// that a second deployment does not take it for its own by mistake.
    pub deployment: String,
    /// Address and port; port 0 takes a free one. `WANDSTORE_LISTEN`, `--listen`.
    pub listen: String,
    /// Address and port for the operator alone. If it is set, `/metrics` and the details of `/health` are only there, and
    /// `/health` at `listen` says `ok` or `degraded`. Do not make it public. `WANDSTORE_ADMIN_LISTEN`.
    pub admin_listen: Option<String>,
    /// The folder for databases, pages and compiled components, relative to the working folder. `WANDSTORE_DATA_DIR`,
    /// `--data-dir`.
    pub data_dir: PathBuf,
    /// The most connections at once. A new one takes the place of one that is idle, slow or only waits. Half of them at
    /// most wait for a page to be made; more get the current state at once.
    pub connections_max: usize,
    /// The memory that this process may use, in MiB. From 80 % on no page is planned, from 90 % on no request waits for
    /// one, from 95 % on reports of events are refused; stored pages are always served. 0 stands for the limit of the
    /// process's control group (version 2), if it has one.
    pub memory_mib_max: u64,
    /// The origin at which browsers reach Wandstore, such as `https://wandstore.example`. Addresses are made from it, and
    /// never from the `Host` of a request. Required in production with `SHOPIFY_API_KEY`. `WANDSTORE_PUBLIC_URL`.
    pub public_url: Option<String>,
    /// Where merchants find help, `https://…` or `mailto:…`. The admin links to it; without it, to no help.
    pub support_url: Option<String>,
    /// The privacy policy of this deployment, `https://…`. The admin links to it; without it, to none.
    pub privacy_url: Option<String>,
    /// The address of the changelog for merchants, `https://…`. Without it, the admin links to none.
    pub changelog_url: Option<String>,
    /// The most connections at once from one address (of IPv6: one network of 64 bits), not counting those of trusted
    /// proxies, and the most requests of one client that wait at once.
    pub connections_per_address_max: usize,
    /// The addresses and networks of your own proxies, such as `["127.0.0.1", "10.0.0.0/8"]`. Each must append its
    /// client's address to `x-forwarded-for`. The client is the rightmost address there that is not a trusted proxy's;
    /// limits count by it, and a shop's API gets it. The field of any other peer is ignored.
    pub trusted_proxies: TrustedProxies,
    /// The index in which `wandstore components search` and `add` look, such as `ghcr.io/acme/components`.
    /// `WANDSTORE_COMPONENT_INDEX`.
    pub component_index: Option<String>,
    /// Whether the unsigned routes `/s/…` and `/api/…` serve shops whose merchants installed the app. They always serve
    /// shops that the operator named, and all shops in development.
    pub unsigned_routes: bool,
}

/// How long unused data is kept, and how much of it. A shopper whose page was deleted gets a new one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// How long an unread page and its plan are kept in blob storage. In a bucket, this counts from their last write,
    /// which is repeated when they are read after `cache.fresh_seconds`.
    pub pages_unread_days: u64,
    /// The most that pages and plans take in blob storage, in MiB. Beyond that, those that were unread for the longest
    /// are deleted first. Checked every ten minutes, for blobs of the kind `folder`; a bucket has no such limit.
    pub pages_mib_max: u64,
    /// The most that the pages and plans of one shop take there, likewise.
    pub pages_mib_per_shop_max: u64,
    /// The most that `kv.db` takes, in MiB, or that the values take in PostgreSQL. Of more, the pages go that were stored
    /// there the longest ago, which blob storage still has, and then likewise sessions. Checked every ten minutes, for
    /// key-value storage of the kinds `sqlite` and `postgres`. Redis has a limit of its own, `maxmemory`.
    pub kv_mib_max: u64,
    /// How long dead letters are kept.
    pub dead_letters_days: u64,
    /// While less than this is free on the disk of the data folder, no page is planned and no report stored, so that
    /// the disk does not get full; `/health` says so. 0 watches no disk.
    pub disk_free_mib_min: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            pages_unread_days: 90,
            pages_mib_max: 10_240,
            pages_mib_per_shop_max: 2_048,
            kv_mib_max: 4_096,
            dead_letters_days: 90,
            disk_free_mib_min: 256,
        }
    }
}

impl Retention {
    /// Returns the retention of pages and plans.
    pub fn pages(&self) -> blob::Retention {
        blob::Retention {
            unread: days(self.pages_unread_days),
            bytes_max: mib(self.pages_mib_max),
            bytes_per_owner_max: mib(self.pages_mib_per_shop_max),
        }
    }

    /// Returns the most bytes of key-value storage.
    pub fn kv_bytes_max(&self) -> u64 {
        mib(self.kv_mib_max)
    }

    /// Returns how long dead letters are kept.
    pub fn dead_letters(&self) -> Duration {
        days(self.dead_letters_days)
    }
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days.saturating_mul(86_400))
}

fn mib(mib: u64) -> u64 {
    mib.saturating_mul(1 << 20)
}

/// The backend of each capability, in a section of its own such as `[backends.kv]`: its `kind`, and the options of that
/// kind. Only `s3` and `redis` have options. `postgres` is the database at `DATABASE_URL`, which several hosts may share.
/// `redis` is the server of Redis or Valkey at `REDIS_URL`, likewise; what must not be lost is in the database at
/// `DATABASE_URL` nevertheless, and limits are counted among all hosts. `memory` is for development: nothing survives a
/// restart, and no other process sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Backends {
    /// Key-value storage. Its kind is `sqlite`, the file `kv.db` in the data folder, `postgres`, `redis` or `memory`.
    pub kv: Selection,
    /// Blob storage. Its kind is `folder`, the folder `blobs` in the data folder, `s3`, a bucket, or `memory`.
    pub blob: Selection,
    /// Durable jobs. Their kind is `sqlite`, the file `jobs.db` in the data folder, `postgres` or `memory`.
    pub jobs: Selection,
    /// Shops whose merchants installed the app: tokens, settings, usage. Their kind is `sqlite`, the file `shops.db` in the
    /// data folder, or `postgres`.
    pub shops: Selection,
    /// The budgets of the language model. Their kind is `sqlite`, the file `budget.db` in the data folder, `postgres` or
    /// `memory`.
    pub budget: Selection,
}

impl Default for Backends {
    fn default() -> Self {
        let default = |kinds: &[&str]| Selection::of(kinds[0]);
        Self {
            kv: default(kv::KINDS),
            blob: default(blob::KINDS),
            jobs: default(jobs::KINDS),
            shops: default(shops::KINDS),
            budget: default(budget::KINDS),
        }
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
    /// A component in an OCI registry to use in place of the one in the binary, such as
    /// `ghcr.io/acme/catalog:1.2@sha256:…`. The digest is that of its manifest and is required; `wandstore components
    /// inspect` prints it. It is kept in the data folder, so that the next start needs no registry.
    pub oci: Option<String>,
    /// The public key of cosign, in a file in PEM, that a component of a registry must be signed with in this role, also
    /// when it is swapped in; relative to the file. Files are then refused.
    pub public_key: Option<PathBuf>,
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

/// A registry of components, by its name in references, such as `[registries."registry.example:5000"]`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Registry {
    /// The certificates of authorities that the registry's certificate may be from, besides those that the machine trusts,
    /// in a file in PEM; relative to `wandstore.toml`. With it, a registry on this machine is asked over TLS too.
    pub ca: Option<PathBuf>,
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
            oci: Some(String::new()),
            public_key: Some(PathBuf::new()),
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
        file.backends = Backends {
            kv: backend.clone(),
            blob: backend.clone(),
            jobs: backend.clone(),
            shops: backend.clone(),
            budget: backend,
        };
        file.server.admin_listen = Some(String::new());
        file.server.component_index = Some(String::new());
        for url in [
            &mut file.server.public_url,
            &mut file.server.support_url,
            &mut file.server.privacy_url,
            &mut file.server.changelog_url,
        ] {
            *url = Some(String::new());
        }
        file.telemetry.endpoint = Some(String::new());
        file.document.llm.base_url = Some(String::new());
        file.document.llm.budget_per_day = Some(Dollars::default());
        file.document.llm.budget_per_month = Some(Dollars::default());
        file.document.shopify.origin = Some(String::new());
        file.document.llm.extra = Some(Map::from_iter([(keys::ANY.into(), true.into())]));
        file.document.shops = BTreeMap::from([(keys::ANY.into(), ShopSettings::default())]);
        file.registries = BTreeMap::from([(keys::ANY.into(), Registry { ca: Some(PathBuf::new()) })]);
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
            deployment: "wandstore".into(),
            listen: "127.0.0.1:8787".into(),
            admin_listen: None,
            data_dir: "data".into(),
            connections_max: 10_000,
            memory_mib_max: 0,
            public_url: None,
            support_url: None,
            privacy_url: None,
            changelog_url: None,
            connections_per_address_max: 500,
            trusted_proxies: TrustedProxies::default(),
            component_index: None,
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
