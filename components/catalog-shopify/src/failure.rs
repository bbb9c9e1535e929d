//! Why Shopify was not asked, or gave no answer that is one, and how long it is then left alone.

use crate::capabilities::NoAnswer;

/// A pause is at least so long, whatever Shopify says.
const REST_MS_MIN: u64 = 1_000;
/// It is at most so long, whatever Shopify says.
const REST_MS_MAX: u64 = 600_000;
/// After what may be over at once.
const SHORT_MS: u64 = 5_000;
/// After what somebody has to put right.
const LONG_MS: u64 = 60_000;
/// After a rejection for security, and for a shop that is closed.
const SECURITY_MS: u64 = 300_000;

/// Why there is no answer. As text it is for the log: it holds no word of a shopper's and no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It failed a moment ago, and is left alone for so many more milliseconds.
    #[error("Shopify is left alone for another {0} ms")]
    Resting(u64),
    /// It was not asked: whoever waits would not have waited for the answer. That says nothing of Shopify.
    #[error("no time was left to ask")]
    NoTimeLeft,
    /// The deployment has no Storefront API for the shop.
    #[error("the deployment has no Storefront API for this shop")]
    NoSuchUpstream,
    /// Not in time.
    #[error("no answer in time")]
    Timeout,
    /// More than is read, in bytes.
    #[error("an answer of more than {0} bytes")]
    TooLarge(u64),
    /// Not reached.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// Asked too often: left alone for so many milliseconds.
    #[error("asked too often; it wants {0} ms of quiet")]
    Throttled(u64),
    /// Status 430: Shopify takes us for somebody who means harm.
    #[error("rejected for security (430)")]
    Security,
    /// The shop is closed, frozen or gone.
    #[error("the shop is closed (status {0})")]
    Closed(u16),
    /// Our token is not accepted.
    #[error("our token for the shop's Storefront API is not accepted (status {0})")]
    Unauthorized(u16),
    /// Another status than 200, and how long it wants to be left alone.
    #[error("status {0}")]
    Status(u16, u64),
    /// No answer of a Storefront API.
    #[error("what came is no answer of a Storefront API")]
    Garbage,
    /// A field is not for us: our token lacks a permission, or there is no token.
    #[error("a field is not for us (ACCESS_DENIED)")]
    Denied,
    /// The query was refused, with this code.
    #[error("the query was refused ({0})")]
    Refused(String),
}

impl Failure {
    /// What a status other than 200 says.
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

    /// What the code of an error in an answer says.
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

    /// Whether only this question failed, and others may be asked.
    pub fn is_of_question(&self) -> bool {
        matches!(self, Self::Denied | Self::Refused(_) | Self::TooLarge(_) | Self::Garbage)
    }

    /// Whether it may be about the one shopper for whom Shopify was asked: it is told their address.
    pub fn may_be_of_shopper(&self) -> bool {
        matches!(self, Self::Throttled(_) | Self::Security)
    }

    /// How long Shopify is left alone after it, in milliseconds.
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
    fn shopify_is_left_alone_for_as_long_as_it_wants_within_reason() {
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
