//! Reads the messages of a folder of [Fluent](https://projectfluent.org) files for build scripts, which compile them into
//! tables.
//!
//! Each file is a language, and `en.ftl` says which messages there are: a language that lacks a message, has one too many
//! or uses other variables than English is an error. Of Fluent, files use texts, variables and choices by a count. The
//! crate decides no form of the tables and knows no message.

mod difference;
mod pseudo;
mod syntax;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use difference::Difference;
pub use pseudo::{PSEUDO, pseudo};
pub use syntax::{CATEGORIES, Message, Messages, OTHER, Piece, SyntaxError};

/// The language that says which messages there are.
const ENGLISH: &str = "en";
/// The ending of the files' names.
const EXTENSION: &str = "ftl";

/// The messages of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// Its tag (BCP 47), which is the name of its file.
    pub tag: String,
    /// Its messages, in the order of the file.
    pub messages: Messages,
}

/// Why the files of a folder cannot be compiled. Each error names the file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// What cannot be read.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is not written in the part of Fluent that is supported.
    #[error("{}: {error}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: SyntaxError,
    },
    /// A language differs from English.
    #[error("{}: {}", path.display(), joined(differences))]
    Different {
        /// The file.
        path: PathBuf,
        /// How it differs.
        differences: Vec<Difference>,
    },
}

fn joined(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Reads every file of a folder. English is the first language, and the others follow in the order of their tags.
pub fn read(folder: &Path) -> Result<Vec<Language>, Error> {
    let mut languages = vec![language(folder, ENGLISH)?];
    for tag in tags(folder)?.into_iter().filter(|tag| tag != ENGLISH) {
        let language = language(folder, &tag)?;
        let differences = difference::between(&languages[0].messages, &language.messages);
        if !differences.is_empty() {
            return Err(Error::Different { path: file(folder, &tag), differences });
        }
        languages.push(language);
    }
    Ok(languages)
}

fn tags(folder: &Path) -> Result<Vec<String>, Error> {
    let unreadable = |error| Error::Unreadable { path: folder.to_owned(), error };
    let mut tags = Vec::new();
    for file in fs::read_dir(folder).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            tags.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    tags.sort_unstable();
    Ok(tags)
}

fn language(folder: &Path, tag: &str) -> Result<Language, Error> {
    let path = file(folder, tag);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return Err(Error::Unreadable { path, error }),
    };
    let messages = syntax::read(&text).map_err(|error| Error::Syntax { path, error })?;
    Ok(Language { tag: tag.to_owned(), messages })
}

fn file(folder: &Path, tag: &str) -> PathBuf {
    folder.join(tag).with_extension(EXTENSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn english_is_the_first_language_and_other_files_are_ignored() {
        let files =
            [("de.ftl", "new = Neu"), ("ar.ftl", "new = جديد"), ("en.ftl", "new = New"), ("notes", "?")];
        let languages = read(folder(&files).path()).unwrap();
        let tags: Vec<_> = languages.iter().map(|language| &*language.tag).collect();
        assert_eq!(tags, ["en", "ar", "de"]);
    }

    #[test]
    fn an_error_names_the_file_and_what_is_wrong() {
        for (name, german, expected) in [
            ("de.ftl", "", "de.ftl: new is missing"),
            ("de.ftl", "new = Neu\nold = Alt", "de.ftl: old is not in English"),
            ("de.ftl", "new = { $count } neu", "de.ftl: new has other variables than in English"),
            ("de.ftl", "new = { -brand }", "de.ftl: new uses more than variables"),
            ("de.ftl", "-brand = Neu", "de.ftl: -brand: terms are not supported"),
        ] {
            let folder = folder(&[("en.ftl", "new = New"), (name, german)]);
            let error = read(folder.path()).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error}");
        }
    }
}
