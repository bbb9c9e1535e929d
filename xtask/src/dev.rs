//! `cargo xtask dev`.

use std::process::Command;

use clap::Args;

use crate::shell;

/// Build everything and serve the demo shop on 127.0.0.1, in development mode.
#[derive(Args)]
pub struct Dev {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: String,
    /// The folder for databases and pages.
    #[arg(long, default_value = "data")]
    data_dir: String,
}

impl Dev {
    pub fn run(self) -> anyhow::Result<()> {
        shell::build_release()?;
        shell::step("serving; stop with Ctrl-C");
        let mut serve = Command::new(shell::target_dir().join("release/wandstore"));
        serve.args(["serve", "--listen", &self.listen, "--data-dir", &self.data_dir]);
        if std::env::var_os("ENVIRONMENT").is_none() {
            serve.env("ENVIRONMENT", "development");
        }
        shell::check(&mut serve, "wandstore serve")
    }
}
