//! `cargo xtask dev` and `cargo xtask dev-shop`, and the helpers that they share with the other commands of `xtask`.
//!
//! They are a package of their own with few dependencies, because these are what a newcomer waits for first.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer's command depends on the developer's environment"
)]
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

mod dev;
mod dev_shop;
mod quick;
pub mod shell;

use clap::Subcommand;

/// The commands that serve.
#[derive(Subcommand)]
pub enum Serve {
    /// Build everything and serve the demo shop on 127.0.0.1, in development mode.
    Dev(dev::Dev),
    /// Build everything and run the plugin with a simulated Shopify shop on 127.0.0.1.
    DevShop(dev_shop::DevShop),
}

impl Serve {
    /// Builds, and serves until it is stopped.
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Dev(dev) => dev.run(),
            Self::DevShop(dev_shop) => dev_shop.run(),
        }
    }
}
