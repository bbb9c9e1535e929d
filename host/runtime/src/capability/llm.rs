//! The language model.

use std::sync::Arc;

use capabilities::llm as llm_backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::llm;
use crate::context::Cause;

model::conversions!(enum llm_backend::Cause as llm::Cause {
    Auth, Model, Quota, Rate, Refusal, Length, Thinking, Filter, Format, Unreachable, Timeout
});
model::conversions!(enum llm_backend::Ending as llm::Ending { Complete, Length, Filter });
model::conversions!(struct llm_backend::Failed as llm::Failed { cause, said, retry_after_ms });
model::conversions!(enum llm_backend::Error as llm::Error { NotConfigured, Failed(failed) });
model::conversions!(struct llm_backend::Completion as llm::Completion { text, model, tokens_in, tokens_out, ending });

impl From<llm::Request> for llm_backend::Request {
    fn from(request: llm::Request) -> Self {
        let message = |message: llm::Message| llm_backend::Message {
            role: match message.role {
                llm::Role::System => llm_backend::Role::System,
                llm::Role::User => llm_backend::Role::User,
                llm::Role::Assistant => llm_backend::Role::Assistant,
            },
            text: message.text,
        };
        Self {
            messages: request.messages.into_iter().map(message).collect(),
            schema: request.schema,
            schema_name: request.schema_name,
            tokens_max: request.tokens_max,
        }
    }
}

struct View<'a> {
    backend: &'a dyn llm_backend::Llm,
    cause: &'a Cause,
}

view!(llm, View, |context| View { backend: &*context.capabilities.llm, cause: &context.cause });

impl llm::Host for View<'_> {
    async fn complete(&mut self, request: llm::Request) -> Result<Result<llm::Completion, llm::Error>> {
        let spent = match self.cause {
            Cause::Job(_, spent) => spent.clone(),
            Cause::Request(..) | Cause::Operator => Arc::default(),
        };
        let completion = self.backend.complete(request.into(), &spent).await;
        Ok(completion.map(Into::into).map_err(Into::into))
    }
}
