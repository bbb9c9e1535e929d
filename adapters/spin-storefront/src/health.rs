//! The health of a storefront's backends: the native host's document, without its list of components.

use serde::Serialize;

/// A backend that was written this recently is not written again, because anybody may ask and a write costs something.
const WRITTEN_MS: u64 = 2_000;

/// Returns the mark that is written to test a backend: the time.
pub fn mark(now_ms: u64) -> Vec<u8> {
    now_ms.to_string().into_bytes()
}

/// Returns whether a backend is due to be written again; `found` is the last mark, if there is one.
pub fn is_due(found: Option<&[u8]>, now_ms: u64) -> bool {
    let written_ms = found.and_then(|mark| std::str::from_utf8(mark).ok()?.parse::<u64>().ok());
    written_ms.is_none_or(|written_ms| now_ms.abs_diff(written_ms) >= WRITTEN_MS)
}

/// The backends that answered.
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

/// Returns the health document of a deployment with or without a language model. Its status is always 200: shoppers are
/// served either way, and a restart repairs no backend.
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
    fn a_backend_is_written_once_in_two_seconds() {
        let now_ms = 1_700_000_000_000;
        for (found, expected) in [(None, true), (Some(now_ms - 1_999), false), (Some(now_ms - 2_000), true)] {
            assert_eq!(is_due(found.map(mark).as_deref(), now_ms), expected, "{found:?}");
        }
        assert!(is_due(Some(b"no mark"), now_ms));
        assert!(is_due(Some(&mark(now_ms + 60_000)), now_ms), "a clock was set back");
    }

    #[test]
    fn a_model_is_not_needed() {
        let document = read(Checks { kv: true, blob: true, jobs: true }, false);
        assert_eq!(document["status"], "ok");
        assert_eq!(document["checks"]["llm"], "local planner");
    }
}
