//! What the payloads of all tasks have in common: a field that names their form, and the reasons why one is invalid.

use model::{InvalidId, InvalidMarket};
use serde::Deserialize;

/// The reason why a payload is not a task. The message goes into the journal, so it does not repeat the payload.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidPayload {
    #[error("invalid task: wrong JSON in line {}, column {}", .0.line(), .0.column())]
    Json(#[from] serde_json::Error),
    #[error("invalid task: this release does not know form {0}")]
    Form(u32),
    #[error("{0}")]
    Id(#[from] InvalidId),
    #[error("invalid task: {0}")]
    Market(#[from] InvalidMarket),
}

/// The field that every payload has.
#[derive(Deserialize)]
struct Form {
    form: u32,
}

/// Returns the form of a payload.
pub(crate) fn form(bytes: &[u8]) -> Result<u32, InvalidPayload> {
    let Form { form } = serde_json::from_slice(bytes)?;
    Ok(form)
}
