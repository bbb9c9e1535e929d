//! Prepares the one style and the one script that every page carries: without what only their
//! authors need, and with the hashes by which the content security policy allows them.

use std::path::Path;
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

fn main() {
    embed("wand.css", "WAND_STYLE_SHA256", |source| close_up(&code_lines(source).concat()));
    embed("wand.js", "WAND_SCRIPT_SHA256", |source| code_lines(source).join("\n"));
}

fn embed(asset: &str, variable: &str, squeeze: fn(&str) -> String) {
    let source = Path::new("assets").join(asset);
    println!("cargo::rerun-if-changed={}", source.display());
    let text = squeeze(&fs::read_to_string(&source).expect("the asset can be read"));
    println!("cargo::rustc-env={variable}={}", STANDARD.encode(Sha256::digest(&text)));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join(asset), text).expect("OUT_DIR can be written to");
}

/// Drops indentation, empty lines, and comments that have lines of their own: no asset has a
/// literal that spans lines.
fn code_lines(source: &str) -> Vec<&str> {
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//") && !line.starts_with("/*");
    source.lines().map(str::trim).filter(is_code).collect()
}

/// Drops the spaces that a style does not need: no literal of ours holds such a pair.
fn close_up(style: &str) -> String {
    let pairs = [(" {", "{"), ("{ ", "{"), (" }", "}"), (": ", ":"), ("; ", ";"), (", ", ","), (" > ", ">")];
    pairs.iter().fold(style.to_owned(), |style, (loose, close)| style.replace(loose, close))
}
