//! How a plan and a page of it were made: what generation writes into a stored plan beside the plan itself, and what the
//! command line and the admin read.
//!
//! [`Origin`] is about the plan. A segment shares it with the plan, so it has nothing of any shopper. [`Made`] is about one
//! shopper's page: it is stored with that page's plan only, and deleted with it.

mod words;

use serde::{Deserialize, Serialize};

use crate::Cause;

pub use words::{Row, Value};

/// The most bytes of a question to the model that are stored with its plan: the questions of two calls fit.
pub const QUESTION_BYTES_MAX: usize = 48 * 1024;

/// The members of a stored plan that say how it was made. Those of a plan of an earlier release, or of another component,
/// may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// How the plan was made.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// What the language model was asked. The plan that a segment shares has it; the copies with its shoppers' pages do not.
    #[serde(default)]
    pub question: Option<Vec<Turn>>,
    /// How the page was made.
    #[serde(default)]
    pub page: Option<Made>,
}

/// How a plan was made, and what the model was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// How the plan was made.
    pub origin: Origin,
    /// The conversation with the model; empty if it gave no answer.
    pub question: Vec<Turn>,
}

/// How a plan was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The release of the component that made it.
    pub release: String,
    /// When it was made, in milliseconds since the epoch.
    pub planned_ms: u64,
    /// Who planned it.
    pub planner: Planner,
    /// The segment that shares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// What the language model did; `None` if it gave no answer or was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Asked>,
    /// Why the language model did not plan, if it should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    /// Whether the merchant edited its copy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// Who approved the plan, if anybody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Approved>,
}

/// Who planned a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Planner {
    /// The language model.
    Model,
    /// The local planner.
    #[default]
    Rules,
}

/// What the language model was asked, what it cost, and what became of its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The model that answered, as the endpoint reports it.
    pub answered: String,
    /// The model that the deployment asks for.
    pub configured: String,
    /// The version of the prompt: a digest of its instructions.
    pub prompt: String,
    /// The digest of everything that was sent: instructions, question and schema.
    pub sent: String,
    /// The number of calls that may have cost something.
    pub calls: u32,
    /// Tokens of the questions.
    pub tokens_in: u64,
    /// Tokens of the answers.
    pub tokens_out: u64,
    /// The cost at the prices that were configured then, in millionths of a dollar.
    pub cost_microdollars: u64,
    /// The repairs of the last answer, by code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<String>,
    /// Where the check refused something in the last answer. A place has no text of the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// The number of blocks that are the model's, and of all that count.
    pub blocks: (usize, usize),
}

/// One turn of a question to the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// The reason.
    pub text: String,
}

/// Why there is no plan by the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The cause, if the model is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The problem in words.
    pub reason: String,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Who approved the plan.
    pub by: String,
    /// When, in milliseconds since the epoch.
    pub at_ms: u64,
}

/// How a page was made of its plan for one shopper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The release of the component that rendered it.
    pub release: String,
    /// The digest of the code that rendered it: another one may render the same page otherwise.
    #[serde(default)]
    pub renderer: String,
    /// When it was rendered, in milliseconds since the epoch.
    pub made_ms: u64,
    /// Why the shopper counts as this persona, the strongest reason first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_of_an_earlier_release_says_nothing() {
        for stored in ["{}", r#"{"format":1,"brief":"00","plan":{}}"#] {
            assert_eq!(serde_json::from_str::<Told>(stored).unwrap(), Told::default());
        }
    }

    #[test]
    fn members_of_a_later_release_are_left_out() {
        let stored = r#"{"origin":{"release":"9","planned_ms":1,"planner":"rules","x":1},"page":{"release":"9","made_ms":2,"y":[]}}"#;
        let told: Told = serde_json::from_str(stored).unwrap();
        assert_eq!(told.origin.map(|origin| origin.planner), Some(Planner::Rules));
        assert_eq!(told.page.map(|page| (page.made_ms, page.reasons)), Some((2, Vec::new())));
    }
}
