//! ARCHITECTURE.md names the tests that hold each invariant: they exist.

use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn every_invariant_is_held_by_tests_that_exist() {
    let document = include_str!("../../../ARCHITECTURE.md");
    let (_, rest) = document.split_once("\n## Invariants\n").expect("the section is there");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let sources = sources(Path::new(ROOT));
    for invariant in section.split("\n- **").skip(1) {
        let (title, text) = invariant.split_once("**").expect("a title ends");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, held_by) =
            text.split_once("*Held by*").unwrap_or_else(|| panic!("{title} is held by nothing"));
        // Every second piece is between two backticks.
        let tests = held_by.split('`').skip(1).step_by(2).filter(|name| !name.contains([' ', '.', '/']));
        for test in tests {
            assert!(sources.contains(&format!("fn {test}(")), "{title}: there is no test {test}");
        }
    }
}

/// Every Rust source of the workspace.
fn sources(root: &Path) -> String {
    let folders = ["adapters", "components", "crates", "host", "tests", "xtask"].map(|name| root.join(name));
    let mut unread = Vec::from(folders);
    let mut text = String::new();
    while let Some(path) = unread.pop() {
        if path.is_dir() && !path.ends_with("node_modules") {
            let entries = std::fs::read_dir(&path).expect("a folder can be read");
            unread.extend(entries.map(|entry| entry.expect("it is listed").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("a source is text"));
        }
    }
    text
}
