//! `cargo xtask gallery`: every catalog in every look, laid out in a browser, judged and photographed.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use xtask_dev::shell::{self, step};

use crate::test::{BROWSER_FOLDER, browser_packages};

/// Lay out hostile and usual catalogs in every look, width, colour scheme and direction, and write contact sheets.
#[derive(Args)]
pub struct Gallery {
    /// The folder for the contact sheets.
    #[arg(long, default_value = "target/gallery")]
    output: PathBuf,
}

impl Gallery {
    pub fn run(self) -> anyhow::Result<()> {
        browser_packages()?;
        step("building the pages");
        shell::run("cargo", &["build", "--package", "page", "--example", "gallery"])?;
        step("looking at the pages");
        let output = std::path::absolute(self.output)?;
        let mut node = Command::new("node");
        shell::check(node.arg("gallery.js").arg(output).current_dir(BROWSER_FOLDER), "node gallery.js")
    }
}
