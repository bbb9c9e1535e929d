//! The source of a page's plan.

use serde::{Deserialize, Serialize};

/// The planner of a page. Stored by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The language model.
    Llm,
    /// The local planner.
    Local,
}

impl Source {
    /// Both sources.
    pub const ALL: [Self; 2] = [Self::Llm, Self::Local];

    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Llm => "llm",
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
        assert_eq!(Source::ALL.map(Source::name), ["llm", "local"]);
        for source in Source::ALL {
            let stored = format!("\"{}\"", source.name());
            assert_eq!(serde_json::to_string(&source).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Source>(&stored).unwrap(), source);
            assert_eq!(Source::named(source.name()), Some(source));
        }
        assert_eq!(Source::named("LLM"), None);
    }
}
