//! The settings of registries: who asks, and whose certificates are trusted.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use artifacts::{Credentials, Reference};

use super::Config;

impl Config {
    /// Returns the credentials for registries.
    pub fn credentials(&self) -> anyhow::Result<Credentials> {
        let credentials = self.secrets.registry_credentials.as_ref().map(Credentials::parse).transpose();
        Ok(credentials.context("REGISTRY_CREDENTIALS")?.unwrap_or_default())
    }

    /// Returns the registries that have an authority of their own, each with the file of its certificate.
    pub fn authorities(&self) -> impl Iterator<Item = (&str, PathBuf)> {
        let registries = self.file.registries.iter();
        registries.filter_map(|(name, of)| Some((name.as_str(), self.folder.join(of.ca.as_ref()?))))
    }

    /// Fails if a registry is named otherwise than in references, where its settings would not be found.
    pub(super) fn check_registries(&self) -> anyhow::Result<()> {
        for name in self.file.registries.keys() {
            let reference = Reference::parse(&format!("{name}/any"));
            ensure!(
                reference.is_ok_and(|reference| reference.registry() == name),
                "registries.{name:?}: write the registry as in references, such as [registries.\"registry.example:5000\"]"
            );
        }
        Ok(())
    }
}
