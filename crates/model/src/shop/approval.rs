//! Which of the model's plans a merchant looks at before shoppers see them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which of the language model's plans wait for the merchant's approval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// None: plans are shown once they pass the check.
    #[default]
    Automatic,
    /// The first of each audience, and the first after a change of the settings.
    First,
    /// All of them.
    Everything,
}

/// The error for a text that is none of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("approval is `automatic`, `first` or `everything`, not {0:?}")]
pub struct InvalidApproval(String);

impl Approval {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::First, Self::Everything];

    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::First => "first",
            Self::Everything => "everything",
        }
    }
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Approval {
    type Err = InvalidApproval;

    fn from_str(text: &str) -> Result<Self, InvalidApproval> {
        let named = Self::ALL.into_iter().find(|approval| approval.name() == text);
        named.ok_or_else(|| InvalidApproval(text.to_owned()))
    }
}
