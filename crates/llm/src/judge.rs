//! Judges a refusal: its cause, and what to do about it.
//!
//! Endpoints report the same cause in many words and under many statuses. An error code counts first, then words about
//! a member that was sent, then other words, then the status.

use std::time::Duration;

use crate::Cause;
use crate::dialect::{MAX_COMPLETION_TOKENS, MAX_TOKENS, Part, RESPONSE_FORMAT};
use crate::explanation::Explanation;
use crate::policy::{Certainty, Failure, Remedy};
use crate::question::Question;

/// Members without which a request is invalid.
const NEEDED: [&str; 2] = ["model", "messages"];
/// Names for the form of an answer.
const FORM: [&str; 13] = [
    "response_format",
    "response format",
    "json_schema",
    "json schema",
    "json_object",
    "json mode",
    "json-mode",
    "structured output",
    "structured_output",
    "structured-output",
    "guided",
    "grammar",
    "requested parameters",
];
/// Ways to say that a member is not accepted.
const NOT_TAKEN: [&str; 22] = [
    "unsupported",
    "not support",
    "n't support",
    "unrecognized",
    "unrecognised",
    "not recognized",
    "unknown",
    "unexpected",
    "not permitted",
    "not allowed",
    "forbidden",
    "extra input",
    "extra field",
    "invalid",
    "deprecated",
    "instead",
    "only the default",
    "no longer",
    "additional propert",
    "not available",
    "not implemented",
    "cannot be",
];
/// Ways to say that a number is too large, which is no objection to the member itself.
const TOO_MUCH: [&str; 8] =
    ["too large", "too high", "too long", "range", "exceed", "at most", "less than", "maximum value"];
/// Statuses under which endpoints refuse members.
const FORM_STATUSES: [u16; 6] = [400, 404, 415, 422, 500, 501];

/// Judges an endpoint's refusal.
pub(crate) fn judge(
    status: u16,
    after: Option<Duration>,
    explanation: &Explanation,
    sent: &Question,
) -> Failure {
    let certain = by_code(status, explanation);
    if let Some(part) = refused_part(status, explanation, sent).filter(|_| certain.is_none()) {
        return Failure::new(Cause::Format, Remedy::AskWithout { part, certainty: Certainty::Said });
    }
    let cause = certain.or_else(|| by_words(status, explanation)).unwrap_or_else(|| by_status(status));
    let perhaps_form = |certainty| Remedy::AskWithout { part: Part::Form, certainty };
    let remedy = match (cause, status) {
        (Cause::Unreachable, 500) if after.is_none() => perhaps_form(Certainty::Unlikely),
        (Cause::Unreachable, 501) => perhaps_form(Certainty::Likely),
        (Cause::Unreachable, 300..=399) => Remedy::Nothing,
        (Cause::Unreachable | Cause::Rate | Cause::Timeout, _) => Remedy::Wait(after),
        (Cause::Refusal, _) | (Cause::Model, 404) if is_vague(status, explanation) => {
            perhaps_form(Certainty::Likely)
        }
        _ => Remedy::Nothing,
    };
    Failure::new(cause, remedy)
}

/// Returns the cause, if a code or a status is unambiguous.
fn by_code(status: u16, explanation: &Explanation) -> Option<Cause> {
    let is_named = |cause, parts: &[&str]| explanation.is(parts).then_some(cause);
    let quota =
        ["insufficient_quota", "quota", "billing", "insufficient_balance", "insufficient_funds", "credits"];
    let auth = [
        "invalid_api_key",
        "api_key_invalid",
        "authentication",
        "unauthenticated",
        "unauthorized",
        "invalid_token",
    ];
    let filter = [
        "content_filter",
        "content_policy",
        "responsibleaipolicy",
        "data_inspection",
        "moderation",
        "safety",
    ];
    let model =
        ["model_not_found", "model_not_available", "invalid_model", "unknown_model", "model_not_exist"];
    let length = ["context_length", "string_above_max_length", "context_window"];
    if status == 401 {
        return Some(Cause::Auth);
    }
    if status == 402 {
        return Some(Cause::Quota);
    }
    is_named(Cause::Quota, &quota)
        .or_else(|| is_named(Cause::Auth, &auth))
        .or_else(|| is_named(Cause::Model, &model))
        .or_else(|| is_named(Cause::Filter, &filter))
        .or_else(|| is_named(Cause::Length, &length))
        .or_else(|| is_named(Cause::Rate, &["rate_limit", "ratelimit", "too_many_requests", "throttl"]))
        .or_else(|| (status == 429 && !is_about_money(explanation)).then_some(Cause::Rate))
}

/// Returns the part of the request that is refused, if the endpoint says so.
fn refused_part(status: u16, explanation: &Explanation, sent: &Question) -> Option<Part> {
    if !FORM_STATUSES.contains(&status) {
        return None;
    }
    let is_sent = |name: &str| sent.members.contains_key(name) && !NEEDED.contains(&name);
    let part = |name: &str| match name {
        RESPONSE_FORMAT => Part::Form,
        name => Part::Member(name.to_owned()),
    };
    let limits = [MAX_TOKENS, MAX_COMPLETION_TOKENS];
    let is_too_much = |name: &str| limits.contains(&name) && explanation.says(&TOO_MUCH);
    if let Some(name) = explanation.member.as_deref().filter(|name| is_sent(name) && !is_too_much(name)) {
        return Some(part(name));
    }
    let is_not_taken = explanation.says(&NOT_TAKEN);
    let may_be = |name: &&String| is_sent(name) && explanation.names(name) && !is_too_much(name);
    let named = sent.members.keys().filter(may_be).max_by_key(|name| name.len());
    // The form has many names, and a refusal of its schema need not use the words of a refusal.
    let is_about_form = is_sent(RESPONSE_FORMAT) && explanation.says(&FORM);
    match named {
        Some(name) if is_not_taken && (name != RESPONSE_FORMAT && !is_about_form) => Some(part(name)),
        _ if is_about_form && !explanation.says(&["model not found", "does not exist"]) => Some(Part::Form),
        Some(name) if is_not_taken => Some(part(name)),
        _ => None,
    }
}

fn is_about_money(explanation: &Explanation) -> bool {
    let money = [
        "billing",
        "insufficient",
        "balance",
        "credit",
        "exceeded your current quota",
        "spending",
        "payment",
    ];
    explanation.says(&money)
}

fn by_words(status: u16, explanation: &Explanation) -> Option<Cause> {
    // A gateway that cannot reach an endpoint knows nothing about models.
    if status >= 502 || status == 408 {
        return None;
    }
    let auth = [
        "api key",
        "api-key",
        "apikey",
        "authentication",
        "unauthorized",
        "unauthenticated",
        "not authorized",
        "auth credentials",
        "invalid token",
        "access token",
    ];
    let filter = [
        "content filter",
        "content management policy",
        "content policy",
        "moderation",
        "flagged",
        "safety",
        "inappropriate",
    ];
    let length = [
        "context length",
        "context window",
        "context size",
        "maximum context",
        "too many tokens",
        "prompt is too long",
        "input is too long",
        "reduce the length",
        "token limit",
    ];
    let passing = [
        "overloaded",
        "temporarily",
        "try again",
        "timed out",
        "timeout",
        "unavailable",
        "capacity",
        "busy",
        "bad gateway",
        "upstream",
        "provider returned error",
        "internal error",
        "internal server error",
        "server_error",
    ];
    let is_limit = [MAX_TOKENS, MAX_COMPLETION_TOKENS].iter().any(|name| explanation.names(name));
    if is_about_money(explanation) || status != 429 && explanation.says(&["quota"]) {
        Some(Cause::Quota)
    } else if explanation.says(&["rate limit", "rate-limit", "too many requests"]) {
        Some(Cause::Rate)
    } else if is_about_model(explanation) {
        Some(Cause::Model)
    } else if explanation.says(&filter) {
        Some(Cause::Filter)
    } else if explanation.says(&auth) {
        Some(Cause::Auth)
    } else if explanation.says(&length) || is_limit && explanation.says(&TOO_MUCH) {
        Some(Cause::Length)
    } else if explanation.says(&passing) && status != 500 {
        Some(Cause::Unreachable)
    } else {
        None
    }
}

fn is_about_model(explanation: &Explanation) -> bool {
    let unknown = [
        "not found",
        "not exist",
        "n't exist",
        "no such",
        "unknown",
        "not a valid",
        "invalid model",
        "no endpoints",
        "have access",
        "decommissioned",
        "deprecated",
        "no longer",
        "not loaded",
        "try pulling",
        "not available",
        "not supported",
    ];
    explanation.names("model") && explanation.says(&unknown) || explanation.says(&["no endpoints found for"])
}

fn by_status(status: u16) -> Cause {
    match status {
        403 => Cause::Auth,
        404 | 405 | 410 => Cause::Model,
        408 => Cause::Timeout,
        413 => Cause::Length,
        451 => Cause::Filter,
        300..=399 | 409 | 425 | 500.. => Cause::Unreachable,
        _ => Cause::Refusal,
    }
}

/// Returns whether a refusal is so vague that it may be about the form of the answer.
fn is_vague(status: u16, explanation: &Explanation) -> bool {
    let able = ["support", "capab", "feature", "parameter", "not available", "not implemented"];
    match status {
        400 | 415 | 422 => true,
        404 => explanation.says(&able) && !explanation.names("model"),
        _ => false,
    }
}
