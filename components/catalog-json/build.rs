//! Holds the products file to its rules before it becomes part of the component: a mistake in it
//! stops the build, and cargo says where in the file it is.

use std::path::{Path, PathBuf};
use std::{env, fs};

use catalog::Catalog;

#[path = "src/catalog/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the component asks the catalog for products, the build only reads it"
)]
mod catalog;

fn main() {
    println!("cargo::rerun-if-env-changed=CATALOG_JSON");
    let sample = || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("sample.json");
    let file = env::var_os("CATALOG_JSON").map_or_else(sample, PathBuf::from);
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rustc-env=CATALOG_JSON={}", file.display());
    for problem in problems(&file) {
        // This alone fails the build.
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
