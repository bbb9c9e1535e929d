//! Secrets in files, as orchestrators mount them: `<VARIABLE>_FILE` names a file that holds the value of a variable.

use std::fs::File;
use std::io::Read as _;

use anyhow::{Context as _, bail, ensure};

/// The suffix of a variable's name.
pub(super) const SUFFIX: &str = "_FILE";
/// The largest file that is read as a secret. A certificate chain fits, and the wrong file does not fill the memory.
const BYTES_MAX: u64 = 64 << 10;

/// Returns the value of a variable that holds a secret: its own, or the content of the file that the variable with
/// [`SUFFIX`] names, without white space around it. Returns `None` if neither is set.
pub(super) fn value(name: &str, lookup: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<String>> {
    let set =
        |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let in_file = format!("{name}{SUFFIX}");
    match (set(name), set(&in_file)) {
        (Some(_), Some(_)) => bail!("{name} and {in_file} are both set: set one of them"),
        (None, Some(path)) => Ok(Some(content(&path).with_context(|| in_file)?)),
        (own, None) => Ok(own),
    }
}

fn content(path: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let file = File::open(path).with_context(|| format!("cannot open {path}"))?;
    file.take(BYTES_MAX + 1).read_to_string(&mut text).with_context(|| format!("cannot read {path}"))?;
    ensure!(
        text.len() as u64 <= BYTES_MAX,
        "{path} has more than {BYTES_MAX} bytes: name a file with the secret alone"
    );
    let secret = text.trim();
    ensure!(!secret.is_empty(), "{path} is empty: write the secret into it");
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the secret `KEY` where these variables are set.
    fn read(variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let lookup = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        value("KEY", lookup).map_err(|error| format!("{error:#}"))
    }

    fn file(content: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    fn in_file(file: &tempfile::NamedTempFile) -> Result<Option<String>, String> {
        read(&[("KEY_FILE", file.path().to_str().unwrap())])
    }

    #[test]
    fn a_secret_is_the_content_of_its_file_without_the_newline_at_its_end() {
        for content in ["sk-hush", "sk-hush\n", "sk-hush\r\n"] {
            assert_eq!(in_file(&file(content)), Ok(Some("sk-hush".to_owned())), "{content:?}");
        }
        assert_eq!(in_file(&file("first\nsecond\n")), Ok(Some("first\nsecond".to_owned())));
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("KEY", " "), ("KEY_FILE", "")]), Ok(None));
        assert_eq!(read(&[("KEY", "sk-hush"), ("KEY_FILE", " ")]), Ok(Some("sk-hush".to_owned())));
        let file = file("sk-hush");
        assert_eq!(
            read(&[("KEY", ""), ("KEY_FILE", file.path().to_str().unwrap())]),
            Ok(Some("sk-hush".to_owned()))
        );
    }

    #[test]
    fn a_secret_that_is_set_twice_is_refused() {
        let refused = read(&[("KEY", "sk-hush"), ("KEY_FILE", "/run/secrets/key")]);
        assert_eq!(refused, Err("KEY and KEY_FILE are both set: set one of them".to_owned()));
    }

    #[test]
    fn a_file_without_a_secret_is_refused_with_its_name_and_that_of_the_variable() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        for (path, reason) in [(missing.as_path(), "cannot open"), (folder.path(), "cannot read")] {
            let path = path.to_str().unwrap();
            let refused = read(&[("KEY_FILE", path)]).unwrap_err();
            assert!(refused.starts_with(&format!("KEY_FILE: {reason} {path}: ")), "{refused}");
        }
        let too_large = vec![b'k'; (64 << 10) + 1];
        for (content, reason) in [
            (&b" \n"[..], "is empty"),
            (&too_large, "has more than 65536 bytes"),
            (b"\xff\xfe", "cannot read"),
        ] {
            let file = file(content);
            let refused = in_file(&file).unwrap_err();
            let path = file.path().to_str().unwrap();
            assert!(
                refused.starts_with("KEY_FILE: ") && refused.contains(path) && refused.contains(reason),
                "{refused}"
            );
        }
    }
}
