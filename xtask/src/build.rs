//! `cargo xtask build` and `cargo xtask proof`.

use std::path::PathBuf;

use clap::Args;
use xtask_dev::shell;

use crate::bundle;

/// Build for release.
#[derive(Args)]
pub struct Build {
    /// The configuration whose components and settings go to Spin and Workers [default: wandstore.toml,
    /// if there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Build the host without optimisation, which is faster. Components stay the same.
    #[arg(long)]
    debug: bool,
}

impl Build {
    /// Returns what is built for a release.
    pub fn release() -> Self {
        Self { config: None, debug: false }
    }

    pub fn run(self) -> anyhow::Result<()> {
        let profile = if self.debug {
            shell::add_target()?;
            shell::step("building the components and the host");
            shell::run("cargo", &["build", "--workspace"])?;
            "debug"
        } else {
            shell::build_release()?;
            "release"
        };
        let wandstore = shell::target_dir().join(profile).join("wandstore");
        bundle::bundle(&wandstore, self.config.as_deref(), bundle::DEPLOYED)
    }
}

/// Prove that all hosts run the same components.
#[derive(Default, Args)]
pub struct Proof {
    /// The configuration that was built.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The native host.
    #[arg(long, value_name = "FILE")]
    wandstore: Option<PathBuf>,
}

impl Proof {
    pub fn run(self) -> anyhow::Result<()> {
        let wandstore = self.wandstore.unwrap_or_else(|| shell::target_dir().join("release/wandstore"));
        bundle::proof::prove(&wandstore, self.config.as_deref())
    }
}
