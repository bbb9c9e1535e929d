//! Checks the products file before it is built into the component. A mistake in it fails the build, and cargo
//! reports its place in the file.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use component::catalog::Catalog;

#[path = "src"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the component asks the catalog for products, the build only reads it"
)]
mod component {
    pub mod catalog;
}

fn main() {
    println!("cargo::rerun-if-env-changed=CATALOG_JSON");
    let sample = || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("sample.json");
    let file = env::var_os("CATALOG_JSON").map_or_else(sample, PathBuf::from);
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rustc-env=CATALOG_JSON={}", file.display());
    for problem in problems(&file) {
        // This line is enough to fail the build.
        println!("cargo::error={}: {}", file.display(), problem.replace('\n', " "));
    }
}

fn problems(file: &Path) -> Vec<String> {
    match fs::read_to_string(file) {
        Err(error) => vec![format!("cannot be read: {error}")],
        Ok(text) => match Catalog::parse(&text) {
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
            Ok(_) => Vec::new(),
        },
    }
}
