//! `cargo xtask book`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::Args;
use xtask_dev::shell::{self, step};

use crate::documents::{self, Document};

/// mdBook's version, as it is on crates.io.
const MDBOOK: &str = "0.5.4";

/// The book's configuration, its script, and the npm package that draws its diagrams.
const SETUP: &str = "docs/book";

/// Build the documents as a book, with mdBook.
#[derive(Args)]
pub struct Book {
    /// The folder for the book.
    #[arg(long, value_parser = shell::absolute)]
    out: Option<PathBuf>,
}

impl Book {
    pub fn run(self) -> anyhow::Result<()> {
        let mdbook = mdbook()?;
        step("packages of the book");
        shell::npm(SETUP, &["ci", "--no-fund", "--no-audit"])?;
        step("the book");
        let folder = std::path::absolute(shell::target_dir().join("book"))?;
        let out = self.out.unwrap_or_else(|| folder.join("html"));
        stage(&folder)?;
        shell::check(
            Command::new(mdbook).arg("build").arg(&folder).arg("--dest-dir").arg(&out),
            "mdbook build",
        )?;
        println!("\nThe book starts at {}", out.join("index.html").display());
        Ok(())
    }
}

/// Returns mdBook, and installs it in the target folder if it is missing.
fn mdbook() -> anyhow::Result<PathBuf> {
    if shell::has("mdbook") {
        return Ok("mdbook".into());
    }
    let root = std::path::absolute(shell::target_dir().join("tools"))?;
    let installed = root.join("bin/mdbook");
    if !installed.exists() {
        step("installing mdBook (this takes minutes)");
        let mut cargo = Command::new("cargo");
        cargo.args(["install", "mdbook", "--version", MDBOOK, "--locked", "--root"]).arg(&root);
        cargo.args(["--no-default-features", "--features", "search"]);
        shell::check(&mut cargo, "cargo install mdbook")?;
    }
    Ok(installed)
}

/// Lays out what mdBook reads: all documents and the files that they link to, in the places that they have in the
/// repository, because links between them are relative.
fn stage(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let documents = documents::all()?;
    let lost = documents::lost_links(&documents);
    ensure!(lost.is_empty(), "broken links: {}", lost.join(", "));
    let pages = folder.join("pages");
    for document in documents {
        copy(&document.path, &pages.join(&document.path))?;
        for link in document.links() {
            copy(&link.file, &pages.join(&link.file))?;
        }
    }
    fs::write(pages.join("SUMMARY.md"), summary()?)?;
    for (from, to) in [
        ("book.toml", "book.toml"),
        ("book.css", "book.css"),
        ("diagrams.js", "diagrams.js"),
        ("node_modules/mermaid/dist/mermaid.min.js", "mermaid.min.js"),
    ] {
        copy(&Path::new(SETUP).join(from), &folder.join(to))?;
    }
    Ok(())
}

/// Returns the summary with links that start at the root of the repository, where mdBook looks for it.
fn summary() -> anyhow::Result<String> {
    let summary = Document::read(documents::SUMMARY.into())?;
    let mut text = summary.text.clone();
    for link in summary.links().into_iter().rev() {
        let from_root = text[link.range.clone()]
            .replace(&format!("]({})", link.address), &format!("]({})", link.file.display()));
        text.replace_range(link.range, &from_root);
    }
    Ok(text)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let folder = to.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
