//! The codes and phrases by which endpoints name the cause of a refusal, in lower case. A text is matched if it contains
//! one of them.

use crate::Cause;

/// Alternative phrases. One of them must be there.
pub(crate) type Phrases = &'static [&'static str];

/// Codes and types of errors, the most telling first.
pub(crate) const CODES: [(Cause, Phrases); 6] = [
    (
        Cause::Quota,
        &["insufficient_quota", "quota", "billing", "insufficient_balance", "insufficient_funds", "credits"],
    ),
    (
        Cause::Auth,
        &[
            "invalid_api_key",
            "api_key_invalid",
            "authentication",
            "unauthenticated",
            "unauthorized",
            "invalid_token",
        ],
    ),
    (
        Cause::Model,
        &["model_not_found", "model_not_available", "invalid_model", "unknown_model", "model_not_exist"],
    ),
    (
        Cause::Filter,
        &[
            "content_filter",
            "content_policy",
            "responsibleaipolicy",
            "data_inspection",
            "moderation",
            "safety",
        ],
    ),
    (Cause::Context, &["context_length", "string_above_max_length", "context_window"]),
    (Cause::Rate, &["rate_limit", "ratelimit", "too_many_requests", "throttl"]),
];

/// The account has no money left.
pub(crate) const MONEY: Phrases =
    &["billing", "insufficient", "balance", "credit", "exceeded your current quota", "spending", "payment"];

/// Requests come too often.
pub(crate) const RATE: Phrases = &["rate limit", "rate-limit", "too many requests"];

/// The key is missing or not accepted.
pub(crate) const AUTH: Phrases = &[
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

/// A content filter held the question back.
pub(crate) const FILTER: Phrases = &[
    "content filter",
    "content management policy",
    "content policy",
    "moderation",
    "flagged",
    "safety",
    "inappropriate",
];

/// The question is too long for the model.
pub(crate) const LENGTH: Phrases = &[
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

/// The endpoint failed, and may work again soon.
pub(crate) const TRANSIENT: Phrases = &[
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

/// A thing is unknown; about a model if the text has that word.
pub(crate) const UNKNOWN: Phrases = &[
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

/// A gateway has no endpoint for the model.
pub(crate) const NO_ENDPOINTS: Phrases = &["no endpoints found for"];

/// A model is unknown, whatever else the text says.
pub(crate) const NO_MODEL: Phrases = &["model not found", "does not exist"];

/// A member of the request is not accepted.
pub(crate) const NOT_ACCEPTED: Phrases = &[
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

/// A number is too large, which is no objection to the member itself.
pub(crate) const TOO_LARGE: Phrases = &[
    "too large",
    "too high",
    "too long",
    "range",
    "exceed",
    "at most",
    "less than",
    "maximum value",
    "maximum allowed",
];

/// The model or the endpoint lacks an ability.
pub(crate) const ABILITY: Phrases =
    &["support", "capab", "feature", "parameter", "not available", "not implemented"];
