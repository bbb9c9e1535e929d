//! The source of a page's plan.

use serde::{Deserialize, Serialize};

/// Where a page's plan comes from. Stored by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The language model, which planned it in this page's job.
    Llm,
    /// A plan by the language model that the shopper's segment shares.
    Shared,
    /// A plan by the language model that the merchant approved, or that the merchant's choice lets through after an
    /// approved one.
    Approved,
    /// The local planner.
    Local,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 4] = [Self::Llm, Self::Shared, Self::Approved, Self::Local];

    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Shared => "shared",
            Self::Approved => "approved",
            Self::Local => "local",
        }
    }

    /// Returns the source of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_under_which_sources_are_stored() {
        assert_eq!(Source::ALL.map(Source::name), ["llm", "shared", "approved", "local"]);
        for source in Source::ALL {
            let stored = format!("\"{}\"", source.name());
            assert_eq!(serde_json::to_string(&source).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Source>(&stored).unwrap(), source);
            assert_eq!(Source::named(source.name()), Some(source));
        }
        assert_eq!(Source::named("LLM"), None);
    }
}
