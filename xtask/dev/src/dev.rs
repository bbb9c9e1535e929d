//! `cargo xtask dev`.

use std::process::Command;

use clap::Args;

use crate::{quick, shell};

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
        let programs = quick::build(&["host"])?;
        shell::step(&format!("3 of 3: serving http://{}; stop with Ctrl-C", self.listen));
        let mut serve = Command::new(programs.join("wandstore"));
        serve.args(["serve", "--listen", &self.listen, "--data-dir", &self.data_dir]);
        if std::env::var_os("ENVIRONMENT").is_none() {
            serve.env("ENVIRONMENT", "development");
        }
        shell::check(&mut serve, "wandstore serve")
    }
}
