//! References to artifacts in a registry: `registry/repository:tag@sha256:digest`.

use std::fmt;

use url::Url;

use crate::digest::{Digest, NoDigest};

/// A reference may begin with this.
const SCHEME: &str = "oci://";
const REPOSITORY_BYTES_MAX: usize = 255;
const TAG_BYTES_MAX: usize = 128;

/// A reference to an artifact. Its parts can stand in a URL as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The first part is not the name of a host.
    #[error("`{0}` does not begin with a registry, such as ghcr.io/acme/catalog")]
    Registry(String),
    /// The repository has other characters.
    #[error("`{0}`: a repository is lower-case letters, digits and . _ - in parts between slashes")]
    Repository(String),
    /// The tag has other characters.
    #[error("`{0}`: a tag is at most 128 letters, digits and . _ -")]
    Tag(String),
    /// What follows `@` is no digest.
    #[error("`{0}`: {1}")]
    Digest(String, NoDigest),
}

/// A reference without the digest that it needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} names no digest: append @sha256:…, which `wandstore components inspect {0}` prints")]
pub struct NotPinned(Reference);

impl Reference {
    /// Parses a reference. Tag and digest are optional.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let whole = text.strip_prefix(SCHEME).unwrap_or(text);
        let (rest, digest) = match whole.split_once('@') {
            Some((rest, digest)) => {
                let digest =
                    Digest::parse_named(digest).map_err(|error| Malformed::Digest(whole.into(), error))?;
                (rest, Some(digest))
            }
            None => (whole, None),
        };
        let (registry, rest) = rest.split_once('/').ok_or_else(|| Malformed::Registry(whole.into()))?;
        let (repository, tag) = match rest.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (rest, None),
        };
        if !is_registry(registry) {
            return Err(Malformed::Registry(whole.into()));
        }
        if !is_repository(repository) {
            return Err(Malformed::Repository(whole.into()));
        }
        if !tag.is_none_or(is_tag) {
            return Err(Malformed::Tag(whole.into()));
        }
        let (registry, repository) = (registry.to_owned(), repository.to_owned());
        Ok(Self { registry, repository, tag: tag.map(str::to_owned), digest })
    }

    /// Returns whether a text says that it is a reference, by beginning with `oci://`.
    pub fn is_announced(text: &str) -> bool {
        text.starts_with(SCHEME)
    }

    /// Returns the registry: a host, and a port if it is not the usual one.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Returns the repository.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the tag.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest of the manifest.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Returns the digest, or an error that says how to find it.
    pub fn pinned(&self) -> Result<Digest, NotPinned> {
        self.digest.ok_or_else(|| NotPinned(self.clone()))
    }

    /// Returns the reference with a digest.
    #[must_use]
    pub fn at(&self, digest: Digest) -> Self {
        Self { digest: Some(digest), ..self.clone() }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.map_or(Ok(()), |digest| write!(f, "@{}", digest.named()))
    }
}

/// Returns whether the first part is a host: a name with a dot or a port, or `localhost`. Without this, `acme/catalog`
/// would be asked for at a host `acme`. A URL must have the same host: some numbers are other ways to write an address.
fn is_registry(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit());
    let url = Url::parse(&format!("https://{host}/"));
    let is_same = url.is_ok_and(|url| url.host_str().is_some_and(|found| found.eq_ignore_ascii_case(host)));
    is_same && port.is_none_or(is_port) && (text == "localhost" || text.contains(['.', ':']))
}

fn is_repository(text: &str) -> bool {
    let is_named =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-');
    let is_part = |part: &str| {
        let ends = [part.bytes().next(), part.bytes().last()];
        ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
            && part.bytes().all(is_named)
            && !part.contains("..")
    };
    text.len() <= REPOSITORY_BYTES_MAX && text.split('/').all(is_part)
}

fn is_tag(text: &str) -> bool {
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    begins && text.len() <= TAG_BYTES_MAX && text.bytes().all(is_named)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_read_and_written() {
        let digest = Digest::of(b"manifest");
        let long = format!("localhost:5000/acme/catalog-json:1.2@{}", digest.named());
        let reference = Reference::parse(&long).unwrap();
        assert_eq!((reference.registry(), reference.repository()), ("localhost:5000", "acme/catalog-json"));
        assert_eq!((reference.tag(), reference.digest()), (Some("1.2"), Some(digest)));
        assert_eq!(reference.to_string(), long);
        for short in ["ghcr.io/a/b", "127.0.0.1:5000/a", "ghcr.io/a_b/c.d:latest", "localhost/a"] {
            assert_eq!(Reference::parse(short).map(|reference| reference.to_string()).as_deref(), Ok(short));
            assert_eq!(Reference::parse(&format!("oci://{short}")), Reference::parse(short));
        }
    }

    #[test]
    fn texts_that_would_be_another_address_are_refused() {
        for (text, why) in [
            ("catalog", "a registry"),
            ("acme/catalog", "a registry"),
            ("user@ghcr.io/acme/catalog", "begins with `sha256:`"),
            ("ghcr.io:port/a", "a registry"),
            (":5000/a", "a registry"),
            ("0x7f.1/a", "a registry"),
            ("ghcr.io%2e/a", "a registry"),
            ("ghcr.io/../v2", "a repository"),
            ("ghcr.io/a//b", "a repository"),
            ("ghcr.io/a?b", "a repository"),
            ("ghcr.io/Acme/catalog", "a repository"),
            ("ghcr.io/a:", "a tag"),
            ("ghcr.io/a:1:2", "a tag"),
            ("ghcr.io/a@sha256:12", "64 hexadecimal digits"),
            ("ghcr.io/a@sha512:12", "begins with `sha256:`"),
        ] {
            let refusal = Reference::parse(text).expect_err(text).to_string();
            assert!(refusal.contains(why), "{refusal}");
        }
    }

    proptest! {
        /// A reference that changed the address it stands in could reach another repository or host.
        #[test]
        fn a_reference_stands_in_a_url_as_it_is(text in "[a-z0-9A-Z._:/@%#?\\\\-]{1,8}[./:][a-z0-9._:/@%#?-]{1,12}") {
            if let Ok(reference) = Reference::parse(&text) {
                let (registry, repository) = (reference.registry(), reference.repository());
                let path = format!("/v2/{repository}/manifests/{}", reference.tag().unwrap_or("latest"));
                let url = Url::parse(&format!("http://{registry}{path}")).expect("it is valid");
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                let host = format!("{}{port}", url.host_str().unwrap_or_default());
                prop_assert_eq!(url.path(), path);
                let same = registry.eq_ignore_ascii_case(&host) || registry.ends_with(":80") || registry.contains(":0");
                prop_assert!(same, "{} is {}", registry, host);
            }
        }
    }
}
