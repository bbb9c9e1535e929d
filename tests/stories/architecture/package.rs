//! `crates/shopify` can be published: its package is complete, and says nothing of this project.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/shopify");

#[test]
fn the_shopify_package_contains_every_file_that_its_sources_include() {
    let packaged = packaged();
    let sources = packaged.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let included: BTreeSet<_> = sources.flat_map(|source| files_included_by(source)).collect();
    assert!(included.len() >= 3, "the README and the vectors are included");
    let beside = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"].map(PathBuf::from);
    let missing: Vec<_> =
        included.into_iter().chain(beside).filter(|file| !packaged.contains(file)).collect();
    assert!(missing.is_empty(), "not in the package: {missing:?}");
}

/// The licences name the authors.
#[test]
fn the_shopify_package_does_not_name_this_project() {
    for file in packaged().into_iter().filter(|file| !file.to_string_lossy().starts_with("LICENSE")) {
        // Cargo writes some files itself.
        let Ok(text) = std::fs::read_to_string(Path::new(FOLDER).join(&file)) else { continue };
        let line = text.lines().find(|line| line.to_ascii_lowercase().contains("wand"));
        assert_eq!(line, None, "{}", file.display());
    }
}

/// The files of the package, as paths in the crate.
fn packaged() -> BTreeSet<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(FOLDER);
    let output = cargo.output().expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("paths are text").lines().map(PathBuf::from).collect()
}

fn files_included_by(source: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(source)).expect("a source is text");
    let named = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    named.map(|name| plain(&source.with_file_name(name))).collect()
}

/// Resolves `..`. A path that leaves the crate is not in its package.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir if !plain.pop() => plain.push(".."),
            Component::ParentDir => {}
            other => plain.push(other),
        }
        plain
    })
}
