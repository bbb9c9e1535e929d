//! Holds the products file to its rules before it becomes part of the component: a mistake in it
//! stops the build, and cargo says where in the file it is.

use std::path::PathBuf;
use std::{env, fs, process};

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
    match fs::read_to_string(&file) {
        Err(error) => fail([format!("cannot read {}: {error}", file.display())]),
        Ok(text) => {
            if let Err(problems) = Catalog::parse(&text) {
                fail(problems.iter().map(|problem| format!("{}: {problem}", file.display())));
            }
        }
    }
    println!("cargo::rustc-env=CATALOG_JSON={}", file.display());
}

fn fail(messages: impl IntoIterator<Item = String>) -> ! {
    for message in messages {
        println!("cargo::error={}", message.replace('\n', " "));
    }
    process::exit(1)
}
