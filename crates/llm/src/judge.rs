//! Judges a refusal: its cause, and what to do about it.
//!
//! Endpoints report the same cause in many words and under many statuses. An error code counts first, then words about
//! a member that was sent, then other words, then the status.

use std::time::Duration;

use crate::Cause;
use crate::dialect::Part;
use crate::explanation::Explanation;
use crate::phrases::{
    ABILITY, AUTH, CODES, FILTER, LENGTH, MONEY, NO_ENDPOINTS, NO_MODEL, NOT_ACCEPTED, RATE, TOO_LARGE,
    TRANSIENT, UNKNOWN,
};
use crate::question::Question;
use crate::retries::{Certainty, Failure, Remedy};
use crate::wire::Parts;

/// Statuses under which endpoints refuse members.
const FORM_STATUSES: [u16; 6] = [400, 404, 415, 422, 500, 501];
/// The least limit of tokens that is worth asking with: a small page has 200.
const TOKENS_LEAST: u32 = 256;

/// Judges an endpoint's refusal.
pub(crate) fn judge(
    status: u16,
    after: Option<Duration>,
    explanation: &Explanation,
    sent: &Question,
    parts: &Parts,
) -> Failure {
    let certain = by_code(status, explanation);
    if let Some(part) = refused_part(status, explanation, sent, parts).filter(|_| certain.is_none()) {
        return Failure::new(Cause::Format, Remedy::AskWithout { part, certainty: Certainty::Said });
    }
    let cause = certain.or_else(|| by_words(status, explanation, parts)).unwrap_or_else(|| by_status(status));
    if let Some(tokens) = explanation.largest_below(sent.tokens_out_max).filter(|it| *it >= TOKENS_LEAST)
        && cause == Cause::Length
    {
        let part = Part::Limit(tokens);
        return Failure::new(cause, Remedy::AskWithout { part, certainty: Certainty::Said });
    }
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
    match status {
        401 => return Some(Cause::Auth),
        402 => return Some(Cause::Quota),
        _ => {}
    }
    let coded = CODES.into_iter().find(|(_, codes)| explanation.is(codes)).map(|(cause, _)| cause);
    coded.or_else(|| (status == 429 && !explanation.says(MONEY)).then_some(Cause::Rate))
}

/// Returns the part of the request that is refused, if the endpoint says so.
fn refused_part(status: u16, explanation: &Explanation, sent: &Question, parts: &Parts) -> Option<Part> {
    if !FORM_STATUSES.contains(&status) {
        return None;
    }
    let may_be = |name: &str| {
        let is_too_large = parts.limits.contains(&name) && explanation.says(TOO_LARGE);
        sent.members.contains_key(name) && !parts.required.contains(&name) && !is_too_large
    };
    let part = |name: &str| if name == parts.form { Part::Form } else { Part::Member(name.to_owned()) };
    if let Some(name) = explanation.member.as_deref().filter(|name| may_be(name)) {
        return Some(part(name));
    }
    let is_not_accepted = explanation.says(NOT_ACCEPTED);
    let candidates = sent.members.keys().filter(|name| may_be(name) && explanation.names(name));
    let named = candidates.max_by_key(|name| name.len());
    // The form has many names, and a refusal of its schema need not use the words of a refusal.
    let is_about_form = may_be(parts.form) && explanation.says(parts.form_names);
    match named {
        Some(name) if is_not_accepted && name != parts.form && !is_about_form => Some(part(name)),
        _ if is_about_form && !explanation.says(NO_MODEL) => Some(Part::Form),
        Some(name) if is_not_accepted => Some(part(name)),
        _ => None,
    }
}

/// Returns the cause that the explanation's words name. If they name several, the first in this order counts.
fn by_words(status: u16, explanation: &Explanation, parts: &Parts) -> Option<Cause> {
    // A gateway that cannot reach an endpoint knows nothing about models.
    if status >= 502 || status == 408 {
        return None;
    }
    let says = |phrases| explanation.says(phrases);
    let is_meant = |name: &&str| explanation.names(name) || explanation.member.as_deref() == Some(name);
    let is_limit = parts.limits.iter().any(is_meant);
    let causes = [
        (Cause::Quota, says(MONEY) || status != 429 && says(&["quota"])),
        (Cause::Rate, says(RATE)),
        (Cause::Model, explanation.names("model") && says(UNKNOWN) || says(NO_ENDPOINTS)),
        (Cause::Filter, says(FILTER)),
        (Cause::Auth, says(AUTH)),
        (Cause::Context, says(LENGTH)),
        (Cause::Length, is_limit && says(TOO_LARGE)),
        (Cause::Unreachable, says(TRANSIENT) && status != 500),
    ];
    causes.into_iter().find(|(_, is_named)| *is_named).map(|(cause, _)| cause)
}

fn by_status(status: u16) -> Cause {
    match status {
        403 => Cause::Auth,
        404 | 405 | 410 => Cause::Model,
        408 => Cause::Timeout,
        413 => Cause::Context,
        451 => Cause::Filter,
        300..=399 | 409 | 425 | 500.. => Cause::Unreachable,
        _ => Cause::Refusal,
    }
}

/// Returns whether a refusal is so vague that it may be about the form of the answer.
fn is_vague(status: u16, explanation: &Explanation) -> bool {
    match status {
        400 | 415 | 422 => true,
        404 => explanation.says(ABILITY) && !explanation.names("model"),
        _ => false,
    }
}
