//! Errors of registries. Each is one line; text from the registry in it is short and printable.

use reqwest::StatusCode;
use serde::Deserialize;

use crate::digest::Digest;

/// The most characters of a registry's message.
const SAID_CHARS_MAX: usize = 200;
/// What to do about a connection that fails, by a word in the reason.
const ADVICE: [(&str, &str); 4] = [
    ("UnknownIssuer", "name the file of its authority with `ca` in [registries.\"…\"] of wandstore.toml"),
    ("expired", "renew its certificate, or correct the clock of this machine"),
    ("not valid for name", "name the registry as its certificate does"),
    ("InvalidContentType", "it does not speak TLS at this port"),
];

/// Why a registry did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or broke off.
    #[error("cannot reach the registry {registry}: {reason}{}", advice(reason))]
    Unreachable {
        /// The registry.
        registry: String,
        /// The innermost reason.
        reason: String,
    },
    /// It refuses.
    #[error("the registry {registry} answered {status}{said}")]
    Refused {
        /// The registry.
        registry: String,
        /// The status.
        status: u16,
        /// What it said, after a colon.
        said: String,
    },
    /// The registry wants credentials, and none are configured for it.
    #[error(
        "the registry {registry} wants a user and a password: set REGISTRY_CREDENTIALS to user:password@{registry}"
    )]
    NoCredentials {
        /// The registry.
        registry: String,
    },
    /// It does not follow the protocol.
    #[error("the registry {registry} does not follow the protocol: {what}")]
    Unexpected {
        /// The registry.
        registry: String,
        /// The problem.
        what: &'static str,
    },
    /// It sends more than it may.
    #[error("{what} has more than {max} bytes")]
    TooLarge {
        /// The part of the artifact.
        what: &'static str,
        /// The limit.
        max: u64,
    },
    /// It sends something else.
    #[error("{what} has the digest sha256:{found}, but sha256:{wanted} is required")]
    Digest {
        /// The part of the artifact.
        what: &'static str,
        /// What it sent.
        found: Digest,
        /// The thing that was requested.
        wanted: Digest,
    },
    /// The file that is named as its authority holds no certificate.
    #[error("the authority of the registry {registry} is no valid certificate: correct `ca` in its section")]
    Authority {
        /// The registry.
        registry: String,
    },
    /// TLS could not be initialized.
    #[error("cannot set up TLS")]
    NoTls,
}

/// The body of a refusal.
#[derive(Deserialize)]
struct Refusal {
    errors: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Error {
    /// Reports the innermost source of an error, which says more than that a request failed.
    pub(super) fn unreachable(registry: &str, error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut reason: &dyn std::error::Error = &error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        Self::Unreachable { registry: registry.to_owned(), reason: printable(&reason.to_string()) }
    }

    /// Reports a refusal with what the registry says about it.
    pub(super) fn refused(registry: &str, status: StatusCode, body: &[u8]) -> Self {
        let reason =
            serde_json::from_slice(body).ok().and_then(|refusal: Refusal| refusal.errors.into_iter().next());
        let said = reason.map(|Reason { code, message }| format!(": {code}: {message}"));
        let said = said.or_else(|| plain(body).map(|line| format!(": {line}")));
        Self::Refused {
            registry: registry.to_owned(),
            status: status.as_u16(),
            said: printable(&said.unwrap_or_default()),
        }
    }
}

/// Returns what a proxy, or a server that speaks TLS only, says in plain text.
fn plain(body: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(body).ok()?.trim().lines().next()?;
    (!line.starts_with(['<', '{'])).then_some(line)
}

fn advice(reason: &str) -> String {
    let advice = ADVICE.into_iter().find(|(word, _)| reason.contains(word));
    advice.map(|(_, advice)| format!(": {advice}")).unwrap_or_default()
}

/// Shortens a text, and removes what would control a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect()
}
