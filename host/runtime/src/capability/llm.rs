//! The language model.

use std::sync::Arc;

use capabilities::llm as llm_backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::llm;
use crate::context::Cause;
use crate::trace::{Span, Trace};

model::llm_conversions!(llm);
// The workers tell from a job's outcome whether an answer was useful.
model::cause_conversions!(crate::bindings::wandstore::storefront::job_types::Cause);

struct View<'a> {
    backend: &'a dyn llm_backend::Llm,
    cause: &'a Cause,
}

view!(llm, View, |context| View { backend: &*context.capabilities.llm, cause: &context.cause });

impl llm::Host for View<'_> {
    async fn is_configured(&mut self) -> Result<bool> {
        let is_excluded = matches!(self.cause, Cause::Job(_, spent, _) if spent.is_excluded());
        Ok(self.backend.is_configured() && !is_excluded)
    }

    async fn complete(&mut self, request: llm::Request) -> Result<Result<llm::Completion, llm::Error>> {
        let spent = match self.cause {
            Cause::Job(_, spent, _) => spent.clone(),
            Cause::Request(..) | Cause::Operator => Arc::default(),
        };
        if spent.is_excluded() {
            return Ok(Err(llm_backend::Error::NotConfigured.into()));
        }
        if let Some(failed) = spent.held() {
            return Ok(Err(llm_backend::Error::Failed(failed.clone()).into()));
        }
        let mut span = self.cause.trace().map(Trace::model);
        let completion = self.backend.complete(request.into(), &spent).await;
        if let Some(span) = &mut span {
            describe(span, &completion);
        }
        Ok(completion.map(Into::into).map_err(Into::into))
    }
}

/// Writes how a question ended into its span.
fn describe(span: &mut Span, outcome: &std::result::Result<llm_backend::Completion, llm_backend::Error>) {
    match outcome {
        Ok(completion) => {
            span.set("gen_ai.response.model", completion.model.clone());
            span.set("gen_ai.usage.input_tokens", i64::from(completion.tokens_in));
            span.set("gen_ai.usage.output_tokens", i64::from(completion.tokens_out));
        }
        Err(llm_backend::Error::Failed(failed)) => span.fail(failed.cause.name()),
        Err(llm_backend::Error::NotConfigured) => span.fail("not_configured"),
    }
}
