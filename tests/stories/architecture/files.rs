//! The files of a crate use each other in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::dependencies::members;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// An instance's context holds the pools of the components that it may call, and each of their instances has a context:
/// the types are recursive.
const EXCEPTIONS: [&str; 2] =
    ["host/runtime: component uses context", "host/runtime: context uses component"];

/// A file, by the path of its module in the crate. The path of `lib.rs` and `main.rs` is empty.
type Module = Vec<String>;

/// What a file uses of its own children does not count, because it is made of them. Code for tests does not count
/// either.
#[test]
fn no_two_files_of_a_crate_use_each_other() {
    let mut circles = Vec::new();
    for (folder, _) in members() {
        let uses = uses(&texts(&Path::new(ROOT).join(&folder).join("src")));
        for (user, used) in uses.iter().flat_map(|(user, all)| all.iter().map(move |used| (user, used))) {
            if reaches(&uses, used, user) {
                circles.push(format!("{folder}: {} uses {}", user.join("/"), used.join("/")));
            }
        }
    }
    assert_eq!(circles, EXCEPTIONS);
}

fn reaches(uses: &BTreeMap<Module, BTreeSet<Module>>, from: &Module, to: &Module) -> bool {
    let (mut seen, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(module) = left.pop() {
        if seen.insert(module) {
            left.extend(uses.get(module).into_iter().flatten());
        }
    }
    seen.contains(to)
}

/// Returns what each file uses.
fn uses(texts: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let exports: BTreeMap<_, _> = texts.iter().flat_map(|(module, text)| exports(module, text)).collect();
    let used = |module: &Module, text: &str| {
        let all = paths(module, text).into_iter().filter_map(|path| file(&path, texts, &exports));
        all.filter(|used| !used.starts_with(module)).collect()
    };
    let files = texts.iter().filter(|(module, _)| !module.is_empty());
    files.map(|(module, text)| (module.clone(), used(module, text))).collect()
}

/// Returns the file in which the item at `path` is, if it is not `lib.rs`: that uses every file by declaring it.
fn file(
    path: &[String],
    texts: &BTreeMap<Module, String>,
    exports: &BTreeMap<Module, Module>,
) -> Option<Module> {
    let starts = (1..=path.len()).rev().map(|length| &path[..length]);
    for start in starts {
        if texts.contains_key(start) {
            return Some(start.to_vec());
        }
        if let Some(origin) = exports.get(start) {
            return file(origin, texts, exports);
        }
    }
    None
}

/// Returns the names that a file exports from other files, with the paths of the items.
fn exports(module: &Module, text: &str) -> Vec<(Module, Module)> {
    let mut origins = Vec::new();
    for (at, word) in text.match_indices(" use ") {
        if text[..at].ends_with("pub") || text[..at].ends_with(')') {
            read_paths(&text[at + word.len()..], module.clone(), &mut origins);
        }
    }
    let named = |origin: Module| Some((module.iter().chain(origin.last()).cloned().collect(), origin));
    origins.into_iter().filter_map(named).filter(|(name, origin)| name != origin).collect()
}

/// Returns the paths in a file that begin with `crate`, `self` or `super`.
fn paths(module: &Module, text: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for (at, _) in ["crate::", "self::", "super::"].into_iter().flat_map(|word| text.match_indices(word)) {
        if !text[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c)) {
            read_paths(&text[at..], module.clone(), &mut found);
        }
    }
    found
}

/// Reads a path, or a list of them in braces, which continues `base`. Returns the rest of the text.
fn read_paths<'a>(text: &'a str, mut base: Module, found: &mut Vec<Module>) -> &'a str {
    if let Some(mut list) = text.strip_prefix('{') {
        while !list.trim_start().is_empty() && !list.trim_start().starts_with('}') {
            let rest = read_paths(list.trim_start(), base.clone(), found);
            list = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
            list = list.strip_prefix(',').unwrap_or(list);
        }
        return list.trim_start().strip_prefix('}').unwrap_or_default();
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match name {
        "crate" => base.clear(),
        "super" => drop(base.pop()),
        "self" | "" => {}
        name => base.push(name.to_owned()),
    }
    let Some(further) = rest.strip_prefix("::") else {
        found.push(base);
        return rest;
    };
    read_paths(further, base, found)
}

/// Returns the texts of a crate's files, without comments and code for tests.
fn texts(folder: &Path) -> BTreeMap<Module, String> {
    let mut texts = BTreeMap::new();
    collect(folder, &Module::new(), &mut texts);
    let test_only = |text: &String| {
        let modules = text
            .split("#[cfg(test)]\n")
            .skip(1)
            .filter_map(|rest| rest.split_once(';')?.0.split_once("mod "));
        modules.map(|(_, name)| name.to_owned()).collect::<Vec<_>>()
    };
    let test_only: BTreeSet<String> = texts.values().flat_map(test_only).collect();
    texts.retain(|module, _| !module.iter().any(|name| test_only.contains(name)));
    for text in texts.values_mut() {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        *text =
            code.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    }
    texts
}

/// Reads every file in `folder`, which has the children of `parent`.
fn collect(folder: &Path, parent: &Module, texts: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_root = parent.is_empty() && ["lib", "main"].contains(&name.as_str());
        let module: Module = parent.iter().cloned().chain((!is_root).then_some(name)).collect();
        if path.is_dir() {
            collect(&path, &module, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.insert(module, fs::read_to_string(&path).expect("a source is text"));
        }
    }
}
