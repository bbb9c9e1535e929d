//! Failures of questions to Shopify, and how long Shopify is not asked after each of them.

use crate::capabilities::NoAnswer;

/// The shortest pause, whatever Shopify says.
const REST_MS_MIN: u64 = 1_000;
/// The longest pause, whatever Shopify says.
const REST_MS_MAX: u64 = 600_000;
/// The pause after a failure that may pass soon.
const SHORT_MS: u64 = 5_000;
/// The pause after a failure that a person has to fix.
const LONG_MS: u64 = 60_000;
/// The pause after a rejection for security, and for a closed shop.
const SECURITY_MS: u64 = 300_000;

/// Why there is no answer. Its text is for the log, and contains no words of a shopper and no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Shopify failed recently, and is not asked for this many more milliseconds.
    #[error("Shopify failed recently; retry after {0} ms")]
    Resting(u64),
    /// Shopify was not asked, because its answer would come too late for the caller. This says nothing about Shopify.
    #[error("no time left for a request")]
    NoTimeLeft,
    /// The deployment has no Storefront API for the shop.
    #[error("the deployment has no Storefront API for this shop")]
    NoSuchUpstream,
    /// The answer did not arrive in time.
    #[error("no answer in time")]
    Timeout,
    /// The answer exceeds this limit, in bytes.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// Shopify was not reached.
    #[error("cannot reach Shopify: {0}")]
    Unreachable(String),
    /// Shopify throttled us. No request is sent for this many milliseconds.
    #[error("too many requests; retry after {0} ms")]
    Throttled(u64),
    /// Status 430: Shopify considers the request malicious.
    #[error("rejected for security (430)")]
    Security,
    /// The shop is closed, frozen or gone.
    #[error("the shop is closed (status {0})")]
    Closed(u16),
    /// Shopify does not accept our token.
    #[error("Shopify rejected our Storefront API token (status {0})")]
    Unauthorized(u16),
    /// Any other status than 200, and how long Shopify is then not asked, in milliseconds.
    #[error("status {0}")]
    Status(u16, u64),
    /// The answer is not from a Storefront API.
    #[error("the answer is not from a Storefront API")]
    Garbage,
    /// We may not read a field: our token lacks a permission, or there is no token.
    #[error("Shopify denied access to a field (ACCESS_DENIED)")]
    Denied,
    /// Shopify refused the query, with this code.
    #[error("the query was refused ({0})")]
    Refused(String),
}

impl Failure {
    /// Returns the failure for a status other than 200.
    pub fn of_status(status: u16, retry_after_ms: Option<u64>) -> Self {
        match status {
            429 => Self::Throttled(retry_after_ms.unwrap_or(SHORT_MS)),
            430 => Self::Security,
            401 | 403 => Self::Unauthorized(status),
            402 | 404 | 410 | 423 => Self::Closed(status),
            500..=599 => Self::Status(status, retry_after_ms.unwrap_or(SHORT_MS)),
            _ => Self::Status(status, LONG_MS),
        }
    }

    /// Returns the failure for an error code in an answer.
    pub fn of_code(code: &str) -> Self {
        match code {
            "THROTTLED" => Self::Throttled(SHORT_MS),
            "ACCESS_DENIED" => Self::Denied,
            "SHOP_INACTIVE" => Self::Closed(200),
            "UNAUTHORIZED" => Self::Unauthorized(200),
            "INTERNAL_SERVER_ERROR" => Self::Status(200, SHORT_MS),
            other => {
                let is_of_code = |c: &char| c.is_ascii_alphabetic() || *c == '_';
                Self::Refused(other.chars().take_while(is_of_code).take(40).collect())
            }
        }
    }

    /// Returns whether only this question failed, so that others may still be asked.
    pub fn is_of_question(&self) -> bool {
        matches!(self, Self::Denied | Self::Refused(_) | Self::TooLarge(_) | Self::Garbage)
    }

    /// Returns whether the failure may concern only one shopper, whose address Shopify gets with the question.
    pub fn may_be_of_shopper(&self) -> bool {
        matches!(self, Self::Throttled(_) | Self::Security)
    }

    /// Returns how long Shopify is not asked after this failure, in milliseconds.
    pub fn rest_ms(&self) -> u64 {
        let ms = match self {
            Self::Resting(ms) | Self::Throttled(ms) | Self::Status(_, ms) => *ms,
            Self::NoTimeLeft => REST_MS_MIN,
            Self::Timeout | Self::Unreachable(_) | Self::Garbage => SHORT_MS,
            Self::NoSuchUpstream
            | Self::Unauthorized(_)
            | Self::TooLarge(_)
            | Self::Denied
            | Self::Refused(_) => LONG_MS,
            Self::Security | Self::Closed(_) => SECURITY_MS,
        };
        ms.clamp(REST_MS_MIN, REST_MS_MAX)
    }
}

impl From<NoAnswer> for Failure {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::NoSuchUpstream => Self::NoSuchUpstream,
            NoAnswer::Timeout => Self::Timeout,
            NoAnswer::TooLarge(bytes) => Self::TooLarge(bytes),
            NoAnswer::Unavailable(text) => Self::Unreachable(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_follow_shopify_within_limits() {
        for (status, retry_after_ms, rest_ms) in [
            (429, Some(2_500), 2_500),
            (429, Some(0), 1_000),
            (429, Some(u64::MAX), 600_000),
            (429, None, 5_000),
            (430, Some(1), 300_000),
            (503, None, 5_000),
            (503, Some(30_000), 30_000),
            (401, Some(1), 60_000),
            (403, None, 60_000),
            (418, None, 60_000),
            (302, None, 60_000),
            (404, None, 300_000),
        ] {
            assert_eq!(Failure::of_status(status, retry_after_ms).rest_ms(), rest_ms, "{status}");
        }
    }

    #[test]
    fn a_code_is_logged_and_nothing_else() {
        let failure = Failure::of_code("INVALID_VARIABLE\n<script>secret</script>");
        assert_eq!(failure.to_string(), "the query was refused (INVALID_VARIABLE)");
        let failure = Failure::of_code("argumentLiteralsIncompatible");
        assert_eq!(failure.to_string(), "the query was refused (argumentLiteralsIncompatible)");
    }
}
