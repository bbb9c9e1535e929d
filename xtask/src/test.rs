//! `cargo xtask test`.

use std::process::Command;

use anyhow::Context as _;
use clap::Args;

use crate::shell::{self, step};

/// Run every test there is.
#[derive(Args)]
pub struct Test {
    /// Leave out the browser test, which needs Chromium and Node.js.
    #[arg(long)]
    no_browser: bool,
}

impl Test {
    pub fn run(self) -> anyhow::Result<()> {
        shell::add_target()?;
        step("formatting");
        shell::run("cargo", &["fmt", "--all", "--check"])?;
        step("lints");
        shell::run("cargo", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
        step("lints of the components as WebAssembly");
        shell::run("cargo", &COMPONENT_LINTS)?;
        if shell::has("cargo-deny") {
            step("licences and sources of dependencies");
            shell::run("cargo", &["deny", "--all-features", "check", "licenses", "bans", "sources"])?;
        }
        step("tests");
        shell::run("cargo", &["test", "--workspace"])?;
        if !self.no_browser {
            browser()?;
        }
        step("everything passed");
        Ok(())
    }
}

const COMPONENT_LINTS: [&str; 16] = [
    "clippy",
    "--target",
    "wasm32-unknown-unknown",
    "--package",
    "routing",
    "--package",
    "caching",
    "--package",
    "queueing",
    "--package",
    "generation",
    "--package",
    "catalog-demo",
    "--",
    "--deny",
    "warnings",
];

/// The browser test drives the binary that `cargo test` built.
fn browser() -> anyhow::Result<()> {
    shell::install("chromium", "chromium")?;
    shell::install("node", "nodejs")?;
    shell::install("npm", "npm")?;
    step("packages of the browser test");
    let folder = "tests/browser";
    shell::check(Command::new("npm").args(["ci", "--no-fund", "--no-audit"]).current_dir(folder), "npm ci")
        .context("in tests/browser")?;
    step("browser test");
    shell::check(
        Command::new("node").args(["--test", "--test-reporter=spec"]).current_dir(folder),
        "node --test",
    )
}
