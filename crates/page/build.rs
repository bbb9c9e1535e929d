//! Prepares the style and the script that every page contains: collects the styles of blocks from their templates,
//! strips comments and indentation, and computes the hashes by which the content security policy allows them.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The place for the styles of blocks in `wand.css`.
const PLACE: &str = "/* Here stand the styles that are in the templates of blocks. */";

/// The line by which the theme's script takes the countdown, which stands in front of the page's script here.
const EXPORT: &str = "export { announce };\n";

fn main() {
    let of_blocks = block_styles();
    let style = |files: &[&str]| close_up(&code_lines(&read(files).replace(PLACE, &of_blocks)).concat());
    embed("page.css", Some("WAND_STYLE_SHA256"), &style(&["wand.css", "looks.css", "frame.css"]));
    embed("theme.css", None, &in_theme(&style(&["wand.css", "looks.css", "theme.css"])));
    let script = code_lines(&read(&["countdown.js", "wand.js"])).join("\n").replace(EXPORT, "");
    embed("wand.js", Some("WAND_SCRIPT_SHA256"), &script);
    println!("cargo::rustc-env=WAND_RENDERER={}", renderer());
}

/// Returns the digest of everything in this crate that decides the bytes of a document, in 16 hexadecimal digits.
fn renderer() -> String {
    let mut files = Vec::new();
    for folder in ["assets", "src", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    files.sort_unstable();
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file.to_str().expect("our file names are UTF-8"));
        hasher.update(fs::read(&file).expect("the file can be read"));
    }
    let bytes = hasher.finalize();
    let first = bytes.first_chunk().copied().expect("a digest has 32 bytes");
    format!("{:016x}", u64::from_be_bytes(first))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// Returns the styles in the templates of blocks, each in a comment `{#- style … -#}`, in the catalogue's order.
fn block_styles() -> String {
    println!("cargo::rerun-if-changed=templates/blocks");
    let catalogue = read_file(Path::new("src/blocks.rs"));
    let list =
        between(&catalogue, "\ncatalogue! {\n", "\n}").expect("the catalogue is a list of `name: Kind,`");
    let names = list.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name);
    let templates = names.map(|name| Path::new("templates/blocks").join(name).with_extension("html"));
    let templates = templates.filter(|template| template.exists()).map(|template| read_file(&template));
    templates.filter_map(|template| between(&template, "{#- style\n", "-#}").map(str::to_owned)).collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

fn read(assets: &[&str]) -> String {
    assets.iter().map(|asset| read_file(&Path::new("assets").join(asset))).collect()
}

fn read_file(source: &Path) -> String {
    println!("cargo::rerun-if-changed={}", source.display());
    fs::read_to_string(source).expect("the file can be read")
}

fn embed(name: &str, hash: Option<&str>, text: &str) {
    if let Some(variable) = hash {
        println!("cargo::rustc-env={variable}={}", STANDARD.encode(Sha256::digest(text)));
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join(name), text).expect("OUT_DIR can be written to");
}

/// Converts lengths to pixels for a theme's page. There the root element and its font size belong to the theme,
/// and themes scale their own lengths by it. A browser's default font size is 16 pixels.
fn in_theme(style: &str) -> String {
    let mut out = String::new();
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("rem") {
        let number =
            before.len() - before.bytes().rev().take_while(|&b| b.is_ascii_digit() || b == b'.').count();
        let (text, number) = before.split_at(number);
        match number.parse::<f64>() {
            Ok(rem) => out.extend([text, &(rem * 16.0).to_string(), "px"]),
            Err(_) => out.extend([before, "rem"]),
        }
        rest = after;
    }
    (out + rest).replace(":root{", ":host{")
}

/// Drops indentation, empty lines, and comments on lines of their own. No asset has a literal that spans lines.
fn code_lines(source: &str) -> Vec<&str> {
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//") && !line.starts_with("/*");
    source.lines().map(str::trim).filter(is_code).collect()
}

/// Drops spaces that a style does not need. No literal of ours contains such a pair.
fn close_up(style: &str) -> String {
    let pairs = [(" {", "{"), ("{ ", "{"), (" }", "}"), (": ", ":"), ("; ", ";"), (", ", ","), (" > ", ">")];
    pairs.iter().fold(style.to_owned(), |style, (loose, close)| style.replace(loose, close))
}
