//! Credentials for registries. Each is sent to its own registry only, and to the service of tokens that it names.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use secrets::Secret;

/// The credentials of each registry.
#[derive(Debug, Default)]
pub struct Credentials(BTreeMap<String, UserAndPassword>);

/// A user and a password, joined by a colon.
#[derive(Debug)]
pub struct UserAndPassword(Secret);

/// A text that is no list of credentials. The text is secret, so the error does not quote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be user:password@registry, such as robot:s3cret@ghcr.io; several are separated by commas")]
pub struct NoCredentials;

impl Credentials {
    /// Parses `user:password@registry`, several separated by commas.
    pub fn parse(text: &Secret) -> Result<Self, NoCredentials> {
        let each = text.expose().split(',').map(|one| {
            let (login, registry) = one.trim().rsplit_once('@').ok_or(NoCredentials)?;
            let is_login = login.split_once(':').is_some_and(|(user, _)| !user.is_empty());
            if !is_login || registry.is_empty() || registry.contains('/') {
                return Err(NoCredentials);
            }
            Ok((registry.to_owned(), UserAndPassword(Secret::new(login))))
        });
        each.collect::<Result<_, _>>().map(Self)
    }

    /// Returns those of a registry.
    pub(super) fn of(&self, registry: &str) -> Option<&UserAndPassword> {
        self.0.get(registry)
    }
}

impl UserAndPassword {
    /// Returns the value of the field `authorization`.
    pub(super) fn basic(&self) -> Secret {
        Secret::new(format!("Basic {}", BASE64_STANDARD.encode(self.0.expose())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_of_one_registry_each() {
        let text = Secret::new("me:pass@word@ghcr.io, you:secret@localhost:5000");
        let credentials = Credentials::parse(&text).unwrap();
        let basic = |registry| credentials.of(registry).map(|found| found.basic().expose().to_owned());
        // `printf me:pass@word | base64`
        assert_eq!(basic("ghcr.io").as_deref(), Some("Basic bWU6cGFzc0B3b3Jk"));
        assert!(basic("localhost:5000").is_some() && basic("docker.io").is_none());
        assert!(!format!("{credentials:?}").contains("secret"));
    }

    #[test]
    fn other_texts_are_no_credentials() {
        for text in ["", "me:secret", "me@ghcr.io", ":secret@ghcr.io", "me:secret@ghcr.io/acme", "me:secret@"]
        {
            assert_eq!(Credentials::parse(&Secret::new(text)).err(), Some(NoCredentials), "{text}");
        }
    }
}
