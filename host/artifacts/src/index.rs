//! Indexes: lists of components that others published, in a registry like the components themselves.
//!
//! An index is an artifact with an empty config and one layer of the type [`INDEX`], which is JSON:
//!
//! ```json
//! {"form": 1, "components": [{
//!     "name": "acme/tea-catalog", "role": "catalog", "version": "1.2.0", "licence": "MIT",
//!     "description": "The products of a tea shop.",
//!     "reference": "ghcr.io/acme/tea-catalog:1.2@sha256:5c9fd1d0…"
//! }]}
//! ```
//!
//! Anybody may be able to write to an index, so nothing in it is trusted: a component is what its digest says, and a
//! text is one line without control characters. An entry that is not as it must be is left out and counted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::{Descriptor, Manifest};
use crate::reference::Reference;

/// The media type of an index.
pub const INDEX: &str = "application/vnd.wandstore.components.index.v1+json";
/// The most bytes of an index: about a thousand components.
pub const INDEX_BYTES_MAX: u64 = 1 << 20;
/// The media type of an empty config, and its bytes
/// (<https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidance-for-an-empty-descriptor>).
pub(crate) const EMPTY: (&str, &[u8]) = ("application/vnd.oci.empty.v1+json", b"{}");
/// The form of an index that this version knows.
const FORM: u64 = 1;
/// The most components of an index.
const COMPONENTS_MAX: usize = 1_000;
const NAME_BYTES_MAX: usize = 64;
const LABEL_CHARS_MAX: usize = 40;
const DESCRIPTION_CHARS_MAX: usize = 200;

/// A list of components.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    entries: Vec<Entry>,
    unusable: usize,
}

/// A component that somebody published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stated", into = "Stated")]
pub struct Entry {
    name: String,
    role: String,
    version: String,
    licence: String,
    description: String,
    reference: Reference,
}

/// What an entry says, before anything is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Who published it and what it is, such as `acme/tea-catalog`.
    pub name: String,
    /// The role that it plays.
    pub role: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// Its licence, as an SPDX expression.
    #[serde(default)]
    pub licence: String,
    /// What it does, in a line.
    #[serde(default)]
    pub description: String,
    /// Where it is, with its digest.
    pub reference: String,
}

/// Why an artifact is no index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIndex {
    /// It is another artifact.
    #[error("not an index of components: its only layer must be `{INDEX}`")]
    Kind,
    /// It has another form.
    #[error("its layer is not an index in JSON")]
    Unreadable,
    /// It is of a later version.
    #[error("the index has form {0}: read it with a newer version of this program")]
    Newer(u64),
    /// It is too long.
    #[error("the index has {0} components; the limit is {COMPONENTS_MAX}")]
    Long(usize),
}

/// Why an entry cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEntry {
    /// The name has other characters.
    #[error(
        "the name must be at most {NAME_BYTES_MAX} lower-case letters, digits and . _ - in parts between slashes"
    )]
    Name,
    /// A text is too long, or has control characters.
    #[error("the {0} must be one line of at most {1} characters")]
    Text(&'static str, usize),
    /// It cannot be fetched.
    #[error("the reference: {0}")]
    Reference(String),
}

impl TryFrom<Stated> for Entry {
    type Error = NoEntry;

    fn try_from(stated: Stated) -> Result<Self, NoEntry> {
        let Stated { name, role, version, licence, description, reference } = stated;
        if !is_name(&name) {
            return Err(NoEntry::Name);
        }
        for (what, text, max) in [
            ("role", &role, LABEL_CHARS_MAX),
            ("version", &version, LABEL_CHARS_MAX),
            ("licence", &licence, LABEL_CHARS_MAX),
            ("description", &description, DESCRIPTION_CHARS_MAX),
        ] {
            if text.chars().count() > max || text.chars().any(moves_text) {
                return Err(NoEntry::Text(what, max));
            }
        }
        let refused = |error: &dyn std::fmt::Display| NoEntry::Reference(error.to_string());
        let reference = Reference::parse(&reference).map_err(|error| refused(&error))?;
        reference.pinned().map_err(|error| refused(&error))?;
        Ok(Self { name, role, version, licence, description, reference })
    }
}

impl From<Entry> for Stated {
    fn from(entry: Entry) -> Self {
        let Entry { name, role, version, licence, description, reference } = entry;
        Self { name, role, version, licence, description, reference: reference.to_string() }
    }
}

fn is_name(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
            })
    };
    text.len() <= NAME_BYTES_MAX && text.split('/').all(is_part)
}

/// Returns whether a character could make a terminal do something, or show a text in another order or another line.
fn moves_text(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl Entry {
    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the role that it says it plays.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Returns its version, which may be empty.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns its licence, which may be empty.
    pub fn licence(&self) -> &str {
        &self.licence
    }

    /// Returns what it says it does.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Returns where it is, with its digest.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    fn matches(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        [&self.name, &self.role, &self.description].iter().any(|text| text.to_lowercase().contains(&word))
    }
}

impl Index {
    /// Reads an index.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAnIndex> {
        #[derive(Deserialize)]
        struct Whole {
            form: u64,
            components: Vec<Value>,
        }
        let whole: Whole = serde_json::from_slice(bytes).map_err(|_| NotAnIndex::Unreadable)?;
        if whole.form > FORM {
            return Err(NotAnIndex::Newer(whole.form));
        }
        if whole.components.len() > COMPONENTS_MAX {
            return Err(NotAnIndex::Long(whole.components.len()));
        }
        let mut index = Self::default();
        for stated in whole.components {
            match serde_json::from_value::<Entry>(stated) {
                Ok(entry) if index.find(&entry.name).is_none() => index.entries.push(entry),
                _ => index.unusable += 1,
            }
        }
        Ok(index)
    }

    /// Returns the layer of an artifact that is an index.
    pub(crate) fn layer(manifest: &Manifest) -> Result<&Descriptor, NotAnIndex> {
        match manifest.layers.as_slice() {
            [layer] if layer.media_type == INDEX => Ok(layer),
            _ => Err(NotAnIndex::Kind),
        }
    }

    /// Returns how many entries were left out.
    pub fn unusable(&self) -> usize {
        self.unusable
    }

    /// Returns the component with this name.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Returns the components in which each word is found, by name.
    pub fn search(&self, words: &[String]) -> Vec<&Entry> {
        let mut found: Vec<_> =
            self.entries.iter().filter(|entry| words.iter().all(|word| entry.matches(word))).collect();
        found.sort_by_key(|entry| &entry.name);
        found
    }

    /// Adds a component, in the place of the one with its name.
    pub fn put(&mut self, entry: Entry) -> Result<(), NotAnIndex> {
        self.entries.retain(|other| other.name != entry.name);
        self.entries.push(entry);
        let count = self.entries.len();
        if count > COMPONENTS_MAX { Err(NotAnIndex::Long(count)) } else { Ok(()) }
    }

    /// Returns the bytes that are pushed.
    pub fn bytes(&self) -> Vec<u8> {
        let whole = serde_json::json!({"form": FORM, "components": self.entries});
        serde_json::to_vec(&whole).unwrap_or_default()
    }

    /// Returns the manifest of the artifact that is this index.
    pub(crate) fn manifest(&self) -> Manifest {
        Manifest::of(Descriptor::of(EMPTY.0, EMPTY.1), Descriptor::of(INDEX, &self.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::digest::Digest;

    fn entry() -> Value {
        json!({
            "name": "acme/tea-catalog", "role": "catalog", "version": "1.2.0", "licence": "MIT",
            "description": "The products of a tea shop.",
            "reference": format!("ghcr.io/acme/tea-catalog:1.2@{}", Digest::of(b"manifest").named()),
        })
    }

    fn index(components: &Value) -> Result<Index, NotAnIndex> {
        Index::parse(&serde_json::to_vec(&json!({"form": 1, "components": components})).unwrap())
    }

    #[test]
    fn an_index_is_read_as_it_is_written_and_a_name_stands_once() {
        let mut read = index(&json!([entry()])).unwrap();
        assert_eq!(Index::parse(&read.bytes()), Ok(read.clone()));
        let newer = Entry { version: "1.3.0".into(), ..read.entries[0].clone() };
        read.put(newer.clone()).unwrap();
        assert_eq!(read.entries, [newer]);
    }

    #[test]
    fn every_word_must_be_found_whatever_its_case() {
        let mut other = entry();
        other["name"] = json!("acme/wands");
        other["description"] = json!("Wands, not TEA.");
        let index = index(&json!([other, entry()])).unwrap();
        let names = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            index.search(&words).into_iter().map(Entry::name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["acme/tea-catalog", "acme/wands"]);
        assert_eq!(names(&["Tea", "shop"]), ["acme/tea-catalog"]);
        assert_eq!(names(&["generation"]), [""; 0]);
    }

    #[test]
    fn an_entry_that_lies_is_left_out_and_the_others_stay() {
        let long = "x".repeat(DESCRIPTION_CHARS_MAX + 1);
        let wrong = [
            ("name", json!("acme/\u{1b}[2J")),
            ("name", json!("Acme/Tea")),
            ("name", json!("acme//tea")),
            ("name", json!("x".repeat(NAME_BYTES_MAX + 1))),
            ("name", json!(7)),
            ("role", json!("catalog\n")),
            ("version", json!("1.0\u{7}")),
            ("description", json!("\u{1b}]0;owned\u{7}")),
            ("description", json!("safe\u{202e}exe")),
            ("description", json!(long)),
            ("reference", json!("ghcr.io/acme/tea-catalog:1.2")),
            ("reference", json!("https://evil.example/x")),
            ("reference", json!(["a"])),
        ];
        for (member, value) in wrong {
            let mut bad = entry();
            bad[member] = value.clone();
            bad["name"] = if member == "name" { value.clone() } else { json!("acme/bad") };
            let read = index(&json!([bad, entry(), "text", null])).unwrap();
            assert_eq!((read.entries.len(), read.unusable()), (1, 3), "{member}: {value}");
        }
        let twice = index(&json!([entry(), entry()])).unwrap();
        assert_eq!((twice.entries.len(), twice.unusable()), (1, 1));
    }

    #[test]
    fn an_invalid_index_is_refused() {
        let refusal = |bytes: &[u8]| Index::parse(bytes).unwrap_err().to_string();
        for bytes in [&b"<html>"[..], b"[]", b"{}", br#"{"form": "1", "components": []}"#, b"\xff"] {
            assert_eq!(refusal(bytes), "its layer is not an index in JSON");
        }
        assert!(refusal(br#"{"form": 2, "components": []}"#).contains("a newer version"));
        let many: Vec<_> = std::iter::repeat_n(json!(null), COMPONENTS_MAX + 1).collect();
        assert_eq!(index(&json!(many)), Err(NotAnIndex::Long(COMPONENTS_MAX + 1)));
        assert_eq!(Index::layer(&Manifest::of_component(b"config", b"component")), Err(NotAnIndex::Kind));
        assert!(Index::layer(&Index::default().manifest()).is_ok());
    }
}
