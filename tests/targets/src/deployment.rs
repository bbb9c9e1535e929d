//! A deployment, which any host can serve: its variables and its folder.

use std::path::{Path, PathBuf};

/// A deployment.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Variables and secrets, under the names of docs/configuration.md.
    pub variables: Vec<(String, String)>,
    /// A folder for its data, its log, and nothing else.
    pub folder: PathBuf,
    /// Whether the deployment uses compiled code of earlier ones, which makes its start fast.
    pub shares_compiled: bool,
    /// Whether its products come from a shop at Shopify. The native host decides that at its start; for the
    /// others it was decided when they were built.
    pub of_shopify: bool,
}

impl Deployment {
    /// Returns a deployment with its data in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self {
            variables: vec![("LIMITS".to_owned(), "off".to_owned())],
            folder: folder.to_owned(),
            shares_compiled: false,
            of_shopify: false,
        }
    }

    /// Takes the products from a shop at Shopify.
    #[must_use]
    pub fn of_shopify(self) -> Self {
        Self { of_shopify: true, ..self }
    }

    /// Shares compiled code with other deployments.
    #[must_use]
    pub fn sharing_compiled(self) -> Self {
        Self { shares_compiled: true, ..self }
    }

    /// Sets a variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Returns the path of its log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("serve.log")
    }
}
