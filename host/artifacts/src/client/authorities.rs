//! The authorities of registries whose certificates are of none that this machine trusts. Each vouches for its own registry,
//! and for the hosts to which that one redirects.

use std::collections::BTreeMap;

use reqwest::Certificate;

/// The authorities of each registry.
#[derive(Debug, Default)]
pub struct Authorities(BTreeMap<String, Vec<Certificate>>);

/// A file that has no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")]
pub struct NoAuthority;

impl Authorities {
    /// Trusts the certificates in a file of PEM for a registry, besides those that the machine trusts.
    pub fn add(&mut self, registry: &str, pem: &[u8]) -> Result<(), NoAuthority> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| NoAuthority)?;
        if certificates.is_empty() {
            return Err(NoAuthority);
        }
        self.0.insert(registry.to_owned(), certificates);
        Ok(())
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (String, Vec<Certificate>)> {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_no_authority() {
        const KEY: &[u8] = include_bytes!("../../tests/signature/cosign.pub");
        for text in [&b""[..], b"no certificate", KEY, b"-----BEGIN CERTIFICATE-----\n"] {
            assert_eq!(Authorities::default().add("ghcr.io", text), Err(NoAuthority), "{text:?}");
        }
    }
}
