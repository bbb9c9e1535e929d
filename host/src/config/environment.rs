//! Environment variables. They have the names of the original deployment where it had them.

use std::collections::BTreeMap;

use capabilities::{Secret, kind, llm, secrets};

use super::file::File;
use super::secret_files;
use super::set::set;

/// The known variables, as they were when the process started.
#[derive(Default)]
pub struct Environment(BTreeMap<&'static str, String>);

/// The settings that come from the environment only.
#[derive(Debug, Default)]
pub struct Secrets {
    /// The key of the language model: the second name is an alias, which counts only if the first is not set.
    /// `LLM_API_KEY`, `KIMI_API_KEY`.
    pub llm_key: Option<llm::Key>,
    /// The secrets that components check against, by name: for webhooks the app's secret, unless `WEBHOOK_SECRET` is
    /// set, and the token that opens `/debug/…` in production. `WEBHOOK_SECRET`, `DEBUG_TOKEN`.
    pub named: Vec<(String, Vec<Secret>)>,
    /// The events that are logged, in the syntax of `EnvFilter` of tracing-subscriber; without it, those of level `info`
    /// and above. `RUST_LOG`.
    pub log_filter: Option<String>,
    /// The secrets of backends: the key of the bucket for `[backends.blob]` of the kind `s3`. `S3_ACCESS_KEY_ID`,
    /// `S3_SECRET_ACCESS_KEY`.
    pub backends: BTreeMap<&'static str, Secret>,
    /// The database of the backends of the kind `postgres`, and of keys that must not be lost beside the kind `redis`,
    /// with its credentials, such as `postgres://user:password@host:5432/database?sslmode=verify-full`. `DATABASE_URL`.
    pub database_url: Option<Secret>,
    /// The server of Redis or Valkey for `[backends.kv]` of the kind `redis`, with its credentials, such as
    /// `rediss://user:password@host:6379/0`. `REDIS_URL`.
    pub redis_url: Option<Secret>,
    /// The users and passwords for OCI registries with components, such as `robot:s3cret@ghcr.io`; several are separated
    /// by commas. Each is sent to its registry only. `REGISTRY_CREDENTIALS`.
    pub registry_credentials: Option<Secret>,
    /// The header fields that are sent to the collector, such as `api-key=…`; several are separated by commas,
    /// and values are percent-encoded. `OTEL_EXPORTER_OTLP_HEADERS`.
    pub otlp_headers: Option<Secret>,
    /// The operator's credentials from Shopify.
    pub shopify: Shopify,
}

/// The operator's credentials from Shopify: of an app that merchants install, or of a single shop.
#[derive(Debug, Default)]
pub struct Shopify {
    /// The app's client id, which is no secret. With it, merchants can install the app. `SHOPIFY_API_KEY`.
    pub api_key: Option<String>,
    /// The app's secret, which signs app proxy requests and webhooks. `SHOPIFY_API_SECRET`.
    pub api_secret: Option<Secret>,
    /// The previous app secret, during a rotation. `SHOPIFY_API_SECRET_PREVIOUS`.
    pub api_secret_previous: Option<Secret>,
    /// The shop that is connected without an installation, by its domain at Shopify, such as
    /// `magic-wands.myshopify.com`. It is added to the shops; the demo shop is then not served. `SHOPIFY_STORE`.
    pub shop: Option<String>,
    /// The private Storefront token of that shop. Without it, products are read without a token, and have no tags.
    /// `SHOPIFY_ACCESS_TOKEN`.
    pub access_token: Option<Secret>,
    /// The key that encrypts merchants' tokens: 32 bytes in base64. Of several, separated by commas, the first encrypts
    /// and all decrypt. Without it, a key is made that ends with the process. `WANDSTORE_ENCRYPTION_KEY`.
    pub encryption_key: Option<Secret>,
}

/// The known variables without secrets.
pub(super) const VARIABLES: [&str; 29] = [
    "RUST_LOG",
    "ENVIRONMENT",
    "WANDSTORE_LISTEN",
    "WANDSTORE_ADMIN_LISTEN",
    "WANDSTORE_COMPONENT_INDEX",
    "WANDSTORE_DATA_DIR",
    "WANDSTORE_PUBLIC_URL",
    "CACHE_TTL_SECONDS",
    "POOL_SIZE",
    "MAX_QUEUE_DEPTH",
    "CONTAINER_INACTIVITY_TIMEOUT_MS",
    "LIMITS",
    "AI_GATEWAY_URL",
    "LLM_BASE_URL",
    "LLM_MODEL",
    "PLANS_PER",
    "SHOPIFY_API_KEY",
    "SHOPIFY_STORE",
    "SHOPIFY_ORIGIN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_LOGS_EXPORTER",
    "OTEL_METRICS_EXPORTER",
    "OTEL_METRIC_EXPORT_INTERVAL",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_SERVICE_NAME",
    "OTEL_TRACES_EXPORTER",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
];

/// The variables with secrets, each of which may be in a file instead ([`secret_files`]).
pub(super) fn secret_variables() -> impl Iterator<Item = &'static str> {
    const OWN: [&str; 6] = [
        "DATABASE_URL",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "REDIS_URL",
        "REGISTRY_CREDENTIALS",
        "SHOPIFY_ACCESS_TOKEN",
        "WANDSTORE_ENCRYPTION_KEY",
    ];
    OWN.into_iter().chain(llm::KEY_VARIABLES).chain(secrets::VARIABLES).chain(kind::VARIABLES)
}

impl Environment {
    /// Reads the variables of this process, and the files that they name. An empty variable counts as not set.
    #[expect(clippy::disallowed_methods, reason = "this is where configuration reads the environment")]
    pub fn of_process() -> anyhow::Result<Self> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads the variables with `lookup`, and the files that they name.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut known = BTreeMap::new();
        for name in VARIABLES {
            let value = lookup(name).map(|value| value.trim().to_owned());
            known.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
        }
        for name in secret_variables() {
            known.extend(secret_files::value(name, &lookup)?.map(|value| (name, value)));
        }
        Ok(Self(known))
    }

    /// Overrides the file with the variables.
    pub(super) fn lay_over(&self, file: &mut File) -> anyhow::Result<Secrets> {
        file.document.lay_over(|name| self.text(name))?;
        set(&mut file.server.listen, self.text("WANDSTORE_LISTEN"));
        set(&mut file.server.admin_listen, self.text("WANDSTORE_ADMIN_LISTEN").map(Some));
        set(&mut file.server.component_index, self.text("WANDSTORE_COMPONENT_INDEX").map(Some));
        set(&mut file.server.data_dir, self.text("WANDSTORE_DATA_DIR").map(Into::into));
        set(&mut file.server.public_url, self.text("WANDSTORE_PUBLIC_URL").map(Some));
        file.telemetry.lay_over(|name| self.text(name))?;
        Ok(Secrets {
            llm_key: llm::Key::read(|name| self.text(name)),
            named: secrets::named(|name| self.text(name)),
            log_filter: self.text("RUST_LOG"),
            backends: kind::VARIABLES
                .into_iter()
                .filter_map(|name| Some((name, self.secret(name)?)))
                .collect(),
            database_url: self.secret("DATABASE_URL"),
            redis_url: self.secret("REDIS_URL"),
            registry_credentials: self.secret("REGISTRY_CREDENTIALS"),
            otlp_headers: self.secret("OTEL_EXPORTER_OTLP_HEADERS"),
            shopify: Shopify {
                api_key: self.text("SHOPIFY_API_KEY"),
                api_secret: self.secret("SHOPIFY_API_SECRET"),
                api_secret_previous: self.secret("SHOPIFY_API_SECRET_PREVIOUS"),
                shop: self.text("SHOPIFY_STORE"),
                access_token: self.secret("SHOPIFY_ACCESS_TOKEN"),
                encryption_key: self.secret("WANDSTORE_ENCRYPTION_KEY"),
            },
        })
    }

    fn secret(&self, name: &str) -> Option<Secret> {
        self.text(name).map(Secret::new)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}
