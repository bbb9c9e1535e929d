//! Errors of registries. Each is one line; text from the registry in it is short and printable.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::Times;

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
    /// It cannot be reached.
    #[error("cannot reach the registry {registry}: {reason}{}", advice(reason))]
    Unreachable {
        /// The registry.
        registry: String,
        /// The innermost reason.
        reason: String,
    },
    /// It accepted a connection or began an answer, and then sent nothing.
    #[error("the registry {registry} sent nothing for {} s: try again later", .idle.as_secs_f32())]
    Silent {
        /// The registry.
        registry: String,
        /// How long it may be silent.
        idle: Duration,
    },
    /// It ended the connection before its answer was complete.
    #[error("the registry {registry} broke off in the middle of an answer ({reason}): try again later")]
    BrokeOff {
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
    #[error("{what} has more than the {max} bytes that it may have")]
    TooLarge {
        /// The part of the artifact.
        what: &'static str,
        /// The limit.
        max: u64,
    },
    /// It has the manifest only.
    #[error("the registry has the manifest but not {what}: push the component again")]
    Incomplete {
        /// The part of the artifact.
        what: &'static str,
    },
    /// It sends less than the manifest says.
    #[error("{what} has {found} bytes, but its manifest says {wanted}: push the component again")]
    TooShort {
        /// The part of the artifact.
        what: &'static str,
        /// How many bytes it sent.
        found: u64,
        /// How many it should have sent.
        wanted: u64,
    },
    /// It sends something else.
    #[error(
        "{what} has the digest sha256:{found}, but sha256:{wanted} is required: push the component again, or correct the digest"
    )]
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
    /// Reports that a request failed. The innermost source of its error says why.
    pub(super) fn failed(registry: &str, error: reqwest::Error, times: Times) -> Self {
        let registry = registry.to_owned();
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => {
                let reason = format!("no connection within {} s", times.connect.as_secs_f32());
                Self::Unreachable { registry, reason }
            }
            (false, true) => Self::Silent { registry, idle: times.idle },
            _ if error.is_connect() || error.is_redirect() => {
                Self::Unreachable { registry, reason: innermost(error) }
            }
            _ => Self::BrokeOff { registry, reason: innermost(error) },
        }
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

fn innermost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason: &dyn std::error::Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    printable(&reason.to_string())
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
