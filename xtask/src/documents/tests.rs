use xtask_dev::shell;

use super::*;

fn documents() -> Vec<Document> {
    shell::in_workspace().expect("the workspace is there");
    all().expect("git lists the documents")
}

#[test]
fn every_relative_link_leads_to_a_file_and_to_a_heading_in_it() {
    let lost = lost_links(&documents());
    assert!(lost.is_empty(), "these links lead nowhere, or to a folder: {lost:#?}");
}

#[test]
fn the_summary_lists_every_document_once() {
    let documents = documents();
    let summary = documents.iter().find(|one| one.path == Path::new(SUMMARY)).expect("there is a summary");
    let mut listed: Vec<_> = summary.links().into_iter().map(|link| link.file).collect();
    listed.sort();
    let others = documents.iter().map(|one| &one.path).filter(|path| **path != summary.path);
    assert_eq!(listed, others.cloned().collect::<Vec<_>>());
}

#[test]
fn the_documents_name_paths_that_exist() {
    let documents = documents();
    let tops: BTreeSet<_> =
        tracked("*/*").expect("git lists files").iter().filter_map(|path| top(path)).collect();
    let is_path = |span: &String| {
        let folder = span.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| tops.contains(folder)) && !span.contains(['*', '{', '<', ' ', '\n'])
    };
    let mut lost = Vec::new();
    // The changelog names what there was.
    for document in documents.iter().filter(|one| one.path != Path::new("CHANGELOG.md")) {
        let folder = document.path.parent().expect("a file is in a folder");
        let paths = code_spans(document).into_iter().filter(is_path);
        let paths = paths.filter(|path| !Path::new(path).exists() && !folder.join(path).exists());
        lost.extend(paths.map(|path| format!("{}: {path}", document.path.display())));
    }
    assert!(lost.is_empty(), "these paths do not exist: {lost:#?}");
}

/// Returns the texts between backticks outside of blocks of code.
fn code_spans(document: &Document) -> Vec<String> {
    let spans = parser(&document.text).filter_map(|event| match event {
        Event::Code(text) => Some(text.into_string()),
        _ => None,
    });
    spans.collect()
}

fn top(path: &Path) -> Option<String> {
    path.components().next().and_then(|first| first.as_os_str().to_str()).map(str::to_owned)
}

#[test]
fn every_invariant_is_held_by_tests_that_exist() {
    shell::in_workspace().expect("the workspace is there");
    let invariants = fs::read_to_string("docs/invariants.md").expect("it is there");
    let sources = tracked("*.rs").expect("git lists the sources");
    let sources: String = sources.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    let mut count = 0;
    for invariant in invariants.split("\n- **").skip(1) {
        let invariant = invariant.split("\n## ").next().unwrap_or_default();
        let text = invariant.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, held_by) = text.split_once("*Held by*").unwrap_or_else(|| panic!("nothing holds: {text}"));
        let held_by = Document { path: PathBuf::new(), text: held_by.to_owned() };
        let is_test = |span: &String| !span.contains([' ', '.', '/']);
        for test in code_spans(&held_by).into_iter().filter(is_test) {
            assert!(sources.contains(&format!("fn {test}(")), "there is no test {test}: {text}");
            count += 1;
        }
    }
    assert!(count > 20, "the invariants name their tests: {count}");
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let document = Document { path: "docs/a.md".into(), text: text.to_owned() };
    assert_eq!(document.anchors().iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn a_heading_is_linked_to_by_its_words() {
    check(
        "# Shopify's requirements\n\n## `GET /s/{store}`, and why",
        &["get-sstore-and-why", "shopifys-requirements"],
    );
    check("# Twice\n\n# Twice\n", &["twice", "twice-1"]);
    check("    # code, and no heading\n", &[]);
}

#[test]
fn a_link_starts_in_its_documents_folder() {
    let text = "[a](../README.md#test-it) ![b](b.png) [c](#c) [d](https://example.com/d.md)".to_owned();
    let document = Document { path: "docs/a.md".into(), text };
    let links = document.links().into_iter().map(|link| (link.file, link.anchor));
    let expected = [("README.md", Some("test-it")), ("docs/b.png", None), ("docs/a.md", Some("c"))];
    let expected = expected.map(|(file, anchor)| (PathBuf::from(file), anchor.map(str::to_owned)));
    assert_eq!(links.collect::<Vec<_>>(), expected);
}
