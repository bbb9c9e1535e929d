//! Whether what a storefront needs is there: the native host's document, without its list of components.

use serde::Serialize;

/// Which backends answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Short-term storage.
    pub kv: bool,
    /// Long-term storage.
    pub blob: bool,
    /// The queue.
    pub jobs: bool,
}

#[derive(Serialize)]
struct Document {
    status: &'static str,
    version: &'static str,
    checks: Named,
}

#[derive(Serialize)]
struct Named {
    kv: &'static str,
    blob: &'static str,
    jobs: &'static str,
    llm: &'static str,
}

/// The document, of a deployment with a language model or without. Shoppers are served either way, and a restart mends no backend: it is always a 200.
pub fn health(Checks { kv, blob, jobs }: Checks, has_model: bool) -> Vec<u8> {
    let named = |answered| if answered { "ok" } else { "failing" };
    let document = Document {
        status: if kv && blob && jobs { "ok" } else { "degraded" },
        version: env!("CARGO_PKG_VERSION"),
        checks: Named {
            kv: named(kv),
            blob: named(blob),
            jobs: named(jobs),
            llm: if has_model { "configured" } else { "local planner" },
        },
    };
    serde_json::to_vec(&document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(checks: Checks, has_model: bool) -> serde_json::Value {
        serde_json::from_slice(&health(checks, has_model)).unwrap()
    }

    #[test]
    fn one_that_fails_is_named() {
        let document = read(Checks { kv: true, blob: false, jobs: true }, true);
        assert_eq!(document["status"], "degraded");
        assert_eq!(document["checks"]["blob"], "failing");
        assert_eq!(document["checks"]["llm"], "configured");
    }

    #[test]
    fn a_model_is_not_needed() {
        let document = read(Checks { kv: true, blob: true, jobs: true }, false);
        assert_eq!(document["status"], "ok");
        assert_eq!(document["checks"]["llm"], "local planner");
    }
}
