//! Compiles the files in `languages/` into tables. A file that lacks a message, has one too many, or uses other
//! variables than English fails the build.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

#[path = "build/tables.rs"]
mod tables;

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=languages");
    println!("cargo::rerun-if-changed=templates");
    let languages = fluent_messages::read(Path::new("languages"));
    let languages = languages.unwrap_or_else(|error| panic!("host/admin/{error}"));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("words.rs"), tables::tables(&languages))
        .expect("OUT_DIR can be written to");
}
