//! The language model.

use capabilities::llm as llm_backend;
use wasmtime::Result;

use crate::bindings::wandstore::capabilities::llm;
use crate::context::{Cause, Context};

impl From<llm_backend::Error> for llm::Error {
    fn from(error: llm_backend::Error) -> Self {
        match error {
            llm_backend::Error::NotConfigured => Self::NotConfigured,
            llm_backend::Error::RateLimited(after_ms) => Self::RateLimited(after_ms),
            llm_backend::Error::Unavailable(after_ms) => Self::Unavailable(after_ms),
            llm_backend::Error::Timeout => Self::Timeout,
            llm_backend::Error::OverBudget => Self::OverBudget,
            llm_backend::Error::Rejected(reason) => Self::Rejected(reason),
        }
    }
}

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

impl llm::Host for Context {
    async fn complete(&mut self, request: llm::Request) -> Result<Result<llm::Completion, llm::Error>> {
        let completion = self.capabilities.llm.complete(request.into()).await;
        if let (Ok(completion), Cause::Job(_, spent)) = (&completion, &self.cause) {
            spent.add(completion.tokens_in, completion.tokens_out);
        }
        Ok(match completion {
            Ok(completion) => Ok(llm::Completion {
                text: completion.text,
                model: completion.model,
                tokens_in: completion.tokens_in,
                tokens_out: completion.tokens_out,
                complete: completion.complete,
            }),
            Err(error) => Err(error.into()),
        })
    }
}
