//! `docs/experiments.md` names a test for each kind of bad input. Each of them exists.

use std::fs;
use std::path::Path;

const DOCUMENT: &str = include_str!("../../../docs/experiments.md");

/// The folders of tests, by the letter that stands before their names.
fn folder(letter: &str) -> &'static str {
    match letter {
        "r" => "components/routing/src/tests",
        "e" => "crates/experiments",
        "m" => "crates/model",
        "s" => "tests/stories",
        "b" => "tests/browser",
        _ => panic!("{letter} stands for no folder"),
    }
}

/// Returns the tests of a row, as letters and names.
fn tests(row: &str) -> Vec<(&str, &str)> {
    let last = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
    last.split(',').filter_map(|test| test.trim().trim_end_matches('`').split_once(" `")).collect()
}

fn holds(folder: &Path, function: &str) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return path.file_name().is_some_and(|name| name != "node_modules") && holds(&path, function);
        }
        fs::read_to_string(&path).is_ok_and(|text| text.contains(function))
    })
}

#[test]
fn the_table_of_bad_input_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (_, table) = DOCUMENT.split_once("| what happens | outcome | test |").unwrap();
    let rows: Vec<_> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= 25, "{rows:?}");
    for row in rows {
        let tests = tests(row);
        assert!(!tests.is_empty(), "no test in {row}");
        for (letter, name) in tests {
            assert!(holds(&root.join(folder(letter)), &format!("fn {name}(")), "{letter} {name}");
        }
    }
}
