//! The protocols in which a model can be asked, by name.

mod chat_completions;
mod messages;

use serde::{Deserialize, Serialize};

use crate::wire::Wire;

/// The protocol of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// `OpenAI`'s chat completions, which most endpoints support.
    #[default]
    ChatCompletions,
    /// Anthropic's Messages.
    Messages,
}

impl Protocol {
    /// Returns whose protocol it is, as OpenTelemetry's semantic conventions name providers.
    pub fn provider(self) -> &'static str {
        match self {
            Self::ChatCompletions => "openai",
            Self::Messages => "anthropic",
        }
    }

    /// Returns the protocol's wire format.
    pub(crate) fn wire(self) -> &'static dyn Wire {
        match self {
            Self::ChatCompletions => &chat_completions::ChatCompletions,
            Self::Messages => &messages::Messages,
        }
    }
}
