//! Who shares a plan of the language model.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The shoppers who share a plan of the language model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlansPer {
    /// One plan for all shoppers of a segment, which is rendered for each of them.
    #[default]
    Segment,
    /// A plan for each shopper.
    Shopper,
}

/// The error for a text that is not one of the two.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plans are per `segment` or per `shopper`, not per {0:?}")]
pub struct InvalidPlansPer(String);

impl PlansPer {
    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Shopper => "shopper",
        }
    }
}

impl fmt::Display for PlansPer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PlansPer {
    type Err = InvalidPlansPer;

    fn from_str(text: &str) -> Result<Self, InvalidPlansPer> {
        [Self::Segment, Self::Shopper]
            .into_iter()
            .find(|per| per.name() == text)
            .ok_or_else(|| InvalidPlansPer(text.to_owned()))
    }
}
