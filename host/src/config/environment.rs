//! Environment variables, by the names of the original deployment where it had them.

use std::collections::BTreeMap;

use capabilities::Secret;

use super::file::File;

/// The variables that we know, as they were when the process started.
#[derive(Default)]
pub struct Environment(BTreeMap<&'static str, String>);

/// What only the environment says.
#[derive(Debug, Default)]
pub struct Secrets {
    /// `KIMI_API_KEY`.
    pub llm_key: Option<Secret>,
    /// What the `signatures` capability knows, by name.
    pub named: BTreeMap<&'static str, Secret>,
}

/// Variables that are kept from components and logs, and that components may check against.
const NAMED_SECRETS: [&str; 1] = ["DEBUG_TOKEN"];

const VARIABLES: [&str; 12] = [
    "ENVIRONMENT",
    "WANDSTORE_LISTEN",
    "WANDSTORE_DATA_DIR",
    "CACHE_TTL_SECONDS",
    "POOL_SIZE",
    "MAX_QUEUE_DEPTH",
    "CONTAINER_INACTIVITY_TIMEOUT_MS",
    "AI_GATEWAY_URL",
    "LLM_BASE_URL",
    "LLM_MODEL",
    "KIMI_API_KEY",
    "DEBUG_TOKEN",
];

impl Environment {
    /// The variables of this process. One that is empty counts as not set.
    pub fn of_process() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// The variables that `lookup` knows.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let known = VARIABLES.into_iter().filter_map(|name| {
            let value = lookup(name)?.trim().to_owned();
            (!value.is_empty()).then_some((name, value))
        });
        Self(known.collect())
    }

    /// Lays the variables over the file.
    pub(super) fn lay_over(&self, file: &mut File) -> anyhow::Result<Secrets> {
        file.document.lay_over(|name| self.text(name))?;
        set(&mut file.server.listen, self.text("WANDSTORE_LISTEN"));
        set(&mut file.server.data_dir, self.text("WANDSTORE_DATA_DIR").map(Into::into));
        let secret = |name: &'static str| Some((name, Secret::new(self.text(name)?)));
        Ok(Secrets {
            llm_key: self.text("KIMI_API_KEY").map(Secret::new),
            named: NAMED_SECRETS.into_iter().filter_map(secret).collect(),
        })
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
