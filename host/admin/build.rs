//! Compiles the files in `languages/` into tables. A file that lacks a message, has one too many, or uses other
//! variables than English fails the build.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

#[path = "build/message.rs"]
mod message;
#[path = "build/tables.rs"]
mod tables;

use std::path::{Path, PathBuf};
use std::{env, fs};

use message::Messages;

/// The language that says which messages there are.
const MODEL: &str = "en";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=languages");
    println!("cargo::rerun-if-changed=templates");
    let english = read(MODEL);
    let others: Vec<String> = tags().into_iter().filter(|tag| tag != MODEL).collect();
    let mut languages = vec![(MODEL.to_owned(), english.clone())];
    languages.extend(others.into_iter().map(|tag| {
        let messages = read(&tag);
        let problems = message::problems(&english, &messages);
        assert!(problems.is_empty(), "host/admin/languages/{tag}.ftl: {}", problems.join("; "));
        (tag, messages)
    }));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("words.rs"), tables::tables(&languages))
        .expect("OUT_DIR can be written to");
}

/// Returns the language tags of all files, sorted.
fn tags() -> Vec<String> {
    let files = fs::read_dir("languages").expect("the folder can be read");
    let paths = files.map(|file| file.expect("the folder can be read").path());
    let of_fluent = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "ftl");
    let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let mut tags: Vec<_> = paths.filter(of_fluent).filter_map(stem).collect();
    tags.sort_unstable();
    tags
}

fn read(tag: &str) -> Messages {
    let path = Path::new("languages").join(tag).with_extension("ftl");
    let text = fs::read_to_string(&path).expect("the file can be read");
    message::read(&text).unwrap_or_else(|problem| panic!("host/admin/{}: {problem}", path.display()))
}
