//! The configuration: the environment overrides `wandstore.toml`, and the command line overrides both.
//!
//! Only `environment.rs` knows the names of environment variables. Secrets come from the environment, or from files that
//! it names, and are never printed.

mod environment;
mod file;
mod keys;
mod links;
mod public_url;
#[cfg(test)]
mod reference;
mod registries;
mod secret_files;
mod set;
mod telemetry;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use admin::App;
use anyhow::{Context as _, bail};
use artifacts::{Digest, Reference};
use capabilities::clock::{Clock, millis};
use capabilities::fetch::{NoTokens, OneToken, Tokens};
use capabilities::kind::Selection;
use capabilities::postgres::Deployment;
use capabilities::random::Random;
use capabilities::settings::Settings;
use capabilities::{kv, llm, postgres, redis};
use http::HeaderMap;
use model::ShopId;
use runtime::component::{Builtin, Limits, Role, Source};

pub use environment::{Environment, Secrets, Shopify};
pub use file::{Backends, File, Retention};
pub use telemetry::{Sampler, Telemetry, Traceparent};

use file::Component;

/// The file that is read if none is named.
pub const FILE: &str = "wandstore.toml";

/// The configuration of a deployment.
#[derive(Debug)]
pub struct Config {
    /// The file, overridden by the environment.
    pub file: File,
    /// The settings that come from the environment only.
    pub secrets: Secrets,
    /// The folder of the file, where relative component paths start.
    pub folder: PathBuf,
}

impl Config {
    /// Reads `path`, or `wandstore.toml` in the working folder if there is one, or nothing.
    pub fn load(path: Option<&Path>, environment: &Environment) -> anyhow::Result<Self> {
        let (text, folder) = match path {
            Some(path) => (read(path)?, folder_of(path)),
            None if Path::new(FILE).exists() => (read(Path::new(FILE))?, PathBuf::from(".")),
            None => (String::new(), PathBuf::from(".")),
        };
        let name = path.map_or(FILE.into(), |path| path.display().to_string());
        Self::parse(&text, folder, environment).with_context(|| format!("{name} and the environment"))
    }

    /// Parses and validates the configuration.
    pub fn parse(text: &str, folder: PathBuf, environment: &Environment) -> anyhow::Result<Self> {
        let mut file = File::parse(text)?;
        let secrets = environment.lay_over(&mut file)?;
        let public_url = file.server.public_url.as_deref().map(public_url::parse);
        file.server.public_url = public_url.transpose()?;
        let config = Self { file, secrets, folder };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> anyhow::Result<()> {
        self.file.document.validate()?;
        let Backends { kv, blob, jobs, shops, budget } = &self.file.backends;
        capabilities::kv::check(kv)?;
        capabilities::blob::check(blob)?;
        capabilities::jobs::check(jobs)?;
        capabilities::shops::check(shops)?;
        llm::budget::check(budget)?;
        self.database()?;
        self.require_lasting_keys()?;
        self.redis()?;
        self.credentials()?;
        self.check_registries()?;
        self.file.telemetry.validate()?;
        self.otlp_headers()?;
        let server = &self.file.server;
        links::links(server)?;
        at_least_one(&[
            ("server.connections_max", server.connections_max as u64),
            ("retention.pages_unread_days", self.file.retention.pages_unread_days),
            ("retention.pages_mib_max", self.file.retention.pages_mib_max),
            ("server.connections_per_address_max", server.connections_per_address_max as u64),
        ])?;
        for (id, shop) in &self.file.document.shops {
            ShopId::parse(id).with_context(|| format!("shops.{id}"))?;
            if let Some(url) =
                shop.url.as_ref().filter(|url| !url.starts_with("https://") || url.ends_with('/'))
            {
                bail!("shops.{id}.url is {url:?}: it must be https://…, with no slash at the end, or empty");
            }
        }
        for role in Role::ALL {
            let limits = self.limits(role);
            at_least_one(&[
                (&format!("components.{role}.calls_per_instance"), limits.calls_per_instance.into()),
                (&format!("components.{role}.instances"), limits.instances as u64),
                (&format!("components.{role}.compute_ms"), millis(limits.compute)),
                (&format!("components.{role}.wall_ms"), millis(limits.wall)),
                (&format!("components.{role}.memory_mib"), limits.memory_bytes as u64),
            ])?;
            self.source(role)?;
        }
        Ok(())
    }

    /// Returns the folder in which processes register that work on the data.
    pub fn processes_folder(&self) -> PathBuf {
        self.file.server.data_dir.join("processes")
    }

    /// Returns the folder of compiled components.
    pub fn compiled_folder(&self) -> PathBuf {
        self.file.server.data_dir.join("compiled")
    }

    /// Returns the folder of the sockets at which commands reach servers.
    pub fn control_folder(&self) -> PathBuf {
        self.file.server.data_dir.join("control")
    }

    /// Returns where the component of a role comes from.
    pub fn source(&self, role: Role) -> anyhow::Result<Chosen> {
        let component = self.file.component(role);
        if component.builtin.is_some() && component.path.is_some() {
            bail!("components.{role}: set `path` or `builtin`, not both");
        }
        if component.builtin.is_some() && role != Role::Catalog {
            bail!("components.{role}.builtin is set: remove it, only the catalog has built-in alternatives");
        }
        if component.path.is_some() && component.public_key.is_some() {
            bail!(
                "components.{role}: set `path` or `public_key`, not both; only a component of a registry is signed"
            );
        }
        if let Some(reference) = &component.oci {
            return chosen_artifact(role, &component, reference);
        }
        match (&component.path, &component.sha256) {
            (None, None) => {
                let builtin = component.builtin.unwrap_or_else(|| self.usual_builtin());
                Ok(Chosen::Here(Source::Embedded(builtin)))
            }
            (None, Some(_)) => bail!(
                "components.{role}.sha256 is set, but components.{role}.path is not: set both or neither"
            ),
            (Some(path), sha256) => {
                let sha256 = sha256.as_deref().map(Digest::parse).transpose();
                let sha256 = sha256.with_context(|| format!("components.{role}.sha256"))?;
                Ok(Chosen::Here(Source::File { path: self.folder.join(path), sha256 }))
            }
        }
    }

    /// Returns the file of the key that a component of a registry must be signed with in this role.
    pub fn public_key(&self, role: Role) -> Option<PathBuf> {
        self.file.component(role).public_key.map(|path| self.folder.join(path))
    }

    /// Returns the header fields that are sent to the collector.
    pub fn otlp_headers(&self) -> anyhow::Result<HeaderMap> {
        let headers = self.secrets.otlp_headers.as_ref().map(telemetry::otlp_headers).transpose();
        Ok(headers.context("OTEL_EXPORTER_OTLP_HEADERS")?.unwrap_or_default())
    }

    /// Returns the default catalog: Shopify's if there is a shop on Shopify or an app, else the demo.
    fn usual_builtin(&self) -> Builtin {
        let Shopify { shop, api_key, .. } = &self.secrets.shopify;
        if shop.is_some() || api_key.is_some() { Builtin::Shopify } else { Builtin::Demo }
    }

    /// Returns the token of the shop that is connected without an installation.
    pub fn tokens(&self) -> Arc<dyn Tokens> {
        match &self.secrets.shopify {
            Shopify { shop: Some(shop), access_token: Some(token), .. } => {
                Arc::new(OneToken { shop: shop.clone(), token: token.clone() })
            }
            _ => Arc::new(NoTokens),
        }
    }

    /// Returns the app as Shopify knows it, or `None` if `SHOPIFY_API_KEY` is not set. If the app cannot be served, the
    /// error says what is missing.
    pub fn app(&self) -> anyhow::Result<Option<App>> {
        let shopify = &self.secrets.shopify;
        let Some(key) = shopify.api_key.clone() else { return Ok(None) };
        let secret = shopify
            .api_secret
            .clone()
            .context("SHOPIFY_API_KEY is set, but SHOPIFY_API_SECRET is not: set both")?;
        let public_url = self.file.server.public_url.clone();
        if public_url.is_none() && !self.settings().development {
            bail!(
                "server.public_url is not set, and the admin of SHOPIFY_API_KEY needs it: set it, or \
                 WANDSTORE_PUBLIC_URL, to where browsers reach Wandstore, such as https://wandstore.example"
            );
        }
        let origin = self.file.document.shopify.origin.clone();
        let (links, billing) = (links::links(&self.file.server)?, self.file.billing.clone());
        Ok(Some(App { key, secret, public_url: public_url.unwrap_or_default(), origin, links, billing }))
    }

    /// Returns the limits of a role's component.
    pub fn limits(&self, role: Role) -> Limits {
        let component = self.file.component(role);
        let defaults = file::limits(role);
        Limits {
            calls_per_instance: component.calls_per_instance.unwrap_or(defaults.calls_per_instance),
            instances: component.instances.unwrap_or(defaults.instances),
            compute: component.compute_ms.map_or(defaults.compute, Duration::from_millis),
            wall: component.wall_ms.map_or(defaults.wall, Duration::from_millis),
            memory_bytes: component.memory_mib.map_or(defaults.memory_bytes, |mib| mib << 20),
        }
    }

    /// Returns the address of the database, if a backend needs one.
    pub fn database(&self) -> anyhow::Result<Option<postgres::Address>> {
        let Backends { kv, blob: _, jobs, shops, budget } = &self.file.backends;
        let by_name = [("kv", kv), ("jobs", jobs), ("shops", shops), ("budget", budget)];
        let in_postgres = by_name.into_iter().find(|(_, selected)| is_in_postgres(selected));
        let why = match in_postgres {
            Some((name, _)) => format!("`backends.{name}.kind` is `postgres`, but DATABASE_URL is not set"),
            None if kv.kind(kv::KINDS) == "redis" => {
                "`backends.kv.kind` is `redis`, but DATABASE_URL is not set. Redis may lose its data, so closed \
                 shops, catalog versions, redactions, webhooks that were seen and audit records are in PostgreSQL"
                    .to_owned()
            }
            None => return Ok(None),
        };
        let url = self.secrets.database_url.as_ref().with_context(|| {
            format!("{why}: set it, such as to postgres://user:password@host:5432/database")
        })?;
        Ok(Some(postgres::Address::parse(url).context("DATABASE_URL")?))
    }

    /// Returns the address of the server of Redis and the prefix of the keys there, if a backend needs them.
    pub fn redis(&self) -> anyhow::Result<Option<(redis::Address, String)>> {
        let Some(prefix) = kv::redis_prefix(&self.file.backends.kv)? else { return Ok(None) };
        let url = self.secrets.redis_url.as_ref().context(
            "`backends.kv.kind` is `redis`, but REDIS_URL is not set: set it, such as to \
             redis://:password@host:6379",
        )?;
        Ok(Some((redis::Address::parse(url).context("REDIS_URL")?, prefix)))
    }

    /// Returns what the hosts of this deployment have in common, by which a database tells it from others.
    pub fn deployment(&self) -> Deployment {
        let environment = if self.settings().development { "development" } else { "production" };
        Deployment::default()
            .with("name", Some(&self.file.server.deployment))
            .with("environment", Some(environment))
            .with("app", self.secrets.shopify.api_key.as_deref())
    }

    /// Fails if several hosts would share tokens of merchants that only one can decrypt.
    fn require_lasting_keys(&self) -> anyhow::Result<()> {
        let shopify = &self.secrets.shopify;
        if is_in_postgres(&self.file.backends.shops)
            && shopify.api_key.is_some()
            && shopify.encryption_key.is_none()
        {
            bail!(
                "`backends.shops.kind` is `postgres`, but WANDSTORE_ENCRYPTION_KEY is not set: set it to the same key on \
                 every host, such as one of `openssl rand -base64 32`"
            );
        }
        Ok(())
    }

    /// Returns the settings that components read through the `settings` capability.
    pub fn settings(&self) -> Settings {
        let unsigned_routes = self.file.server.unsigned_routes;
        Settings { unsigned_routes, ..self.file.document.settings() }
    }

    /// Returns the settings of the language model, if there is one; with `None`, pages are planned locally.
    pub fn llm(&self) -> Option<&llm::Settings> {
        let llm = &self.file.document.llm;
        llm.address(self.secrets.llm_key.is_some()).map(|_| llm)
    }

    /// Returns a client of the language model; with `None`, pages are planned locally.
    pub fn llm_client(
        &self,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Option<llm::Client>, llm::NoClient> {
        let key = self.secrets.llm_key.as_ref().map(|key| &key.secret);
        llm::Client::new(&self.file.document.llm, key, clock, random)
    }
}

/// Where the component of a role comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// This binary, or a file.
    Here(Source),
    /// A registry.
    Artifact(Reference),
}

fn chosen_artifact(role: Role, component: &Component, reference: &str) -> anyhow::Result<Chosen> {
    if component.path.is_some() || component.builtin.is_some() {
        bail!("components.{role}: set one of `oci`, `path` and `builtin`");
    }
    if component.sha256.is_some() {
        bail!("components.{role}.sha256 is set: remove it, the digest is in components.{role}.oci");
    }
    let reference = Reference::parse(reference).with_context(|| format!("components.{role}.oci"))?;
    reference.pinned().with_context(|| format!("components.{role}.oci"))?;
    Ok(Chosen::Artifact(reference))
}

fn is_in_postgres(selection: &Selection) -> bool {
    selection.kind.as_deref() == Some("postgres")
}

fn at_least_one(values: &[(&str, u64)]) -> anyhow::Result<()> {
    match values.iter().find(|(_, value)| *value == 0) {
        Some((name, _)) => bail!("{name} is 0; it must be at least 1"),
        None => Ok(()),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}
