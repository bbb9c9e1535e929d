//! Why the language model gave no plan, as a code.

use serde::{Deserialize, Serialize};

/// Why the language model gave no plan. Stored, counted and shown by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The endpoint does not accept the key.
    Auth,
    /// The endpoint knows no such model, or there is no endpoint at the address.
    Model,
    /// The account or the deployment's own budget is spent.
    Quota,
    /// The endpoint's rate limit was exceeded.
    Rate,
    /// The endpoint refuses the request, or the model declines to answer it.
    Refusal,
    /// The answer was cut off at the limit of tokens, or that limit is not accepted.
    Length,
    /// The question is too long for the model.
    Context,
    /// The model spent the tokens of its answer on thinking.
    Thinking,
    /// A content filter held the question or the answer back.
    Filter,
    /// The answer does not follow the endpoint's protocol, or holds no plan that can be used.
    Format,
    /// The plan's copy says what may not be said.
    Claims,
    /// The endpoint was not reached, failed, or is known to be down.
    Unreachable,
    /// The complete answer did not arrive in time.
    Timeout,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 13] = [
        Self::Auth,
        Self::Model,
        Self::Quota,
        Self::Rate,
        Self::Refusal,
        Self::Length,
        Self::Context,
        Self::Thinking,
        Self::Filter,
        Self::Format,
        Self::Claims,
        Self::Unreachable,
        Self::Timeout,
    ];

    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Model => "model",
            Self::Quota => "quota",
            Self::Rate => "rate",
            Self::Refusal => "refusal",
            Self::Length => "length",
            Self::Context => "context",
            Self::Thinking => "thinking",
            Self::Filter => "filter",
            Self::Format => "format",
            Self::Claims => "claims",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
        }
    }

    /// Returns its meaning, for an operator.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Auth => "the language model's endpoint does not accept the key",
            Self::Model => "the language model's endpoint knows no such model or address",
            Self::Quota => "the budget for the language model is spent",
            Self::Rate => "the language model was asked too often",
            Self::Refusal => "the language model refused the request",
            Self::Length => "the language model's answer was cut off at the limit of tokens",
            Self::Context => "the question is too long for the language model",
            Self::Thinking => "the language model spent the tokens of its answer on thinking",
            Self::Filter => "a content filter held the language model's answer back",
            Self::Format => "the language model's answer cannot be used",
            Self::Claims => "the language model's copy says what may not be said",
            Self::Unreachable => "the language model is not available",
            Self::Timeout => "the language model did not answer in time",
        }
    }
}

/// Implements the conversions between [`Cause`] and one of the enums of WIT that mirror it.
#[macro_export]
macro_rules! cause_conversions {
    ($cause:ty) => {
        $crate::conversions!(enum $crate::Cause as $cause {
            Auth, Model, Quota, Rate, Refusal, Length, Context, Thinking, Filter, Format, Claims, Unreachable, Timeout
        });
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_under_which_causes_are_stored() {
        for cause in Cause::ALL {
            let stored = format!("\"{}\"", cause.name());
            assert_eq!(serde_json::to_string(&cause).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Cause>(&stored).unwrap(), cause);
        }
    }
}
