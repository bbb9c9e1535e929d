//! The form of settings in files and in storage: an absent value is an empty text.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::LanguageTag;
use super::selector::{self, InvalidLine, Selector};
use crate::Persona;

/// A value that an empty text stands for if it is absent.
pub(super) mod or_empty {
    use serde::de::Error as _;

    use super::{Deserialize as _, Deserializer, Display, FromStr, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(in super::super) fn serialize<T: Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_str(""),
        }
    }

    pub(in super::super) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(D::Error::custom) }
    }
}

/// Reads the names of personas, in any case.
pub(super) fn personas<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Persona>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let persona = |name: &String| {
        let known = Persona::ALL.map(Persona::name).join(", ");
        Persona::named(&name.to_lowercase()).ok_or_else(|| {
            D::Error::custom(format_args!("{name:?} is not a persona; the personas are {known}"))
        })
    };
    names.iter().map(persona).collect()
}

/// Reads what is excluded, one line each.
pub(super) fn excluded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Selector>, D::Error> {
    selectors(deserializer, |lines| selector::excluded(lines.iter().map(String::as_str)))
}

/// Reads what is pinned, one line each.
pub(super) fn pinned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Selector>, D::Error> {
    selectors(deserializer, |lines| selector::pinned(lines.iter().map(String::as_str)))
}

fn selectors<'de, D: Deserializer<'de>>(
    deserializer: D,
    read: impl FnOnce(&[String]) -> Result<Vec<Selector>, InvalidLine>,
) -> Result<Vec<Selector>, D::Error> {
    read(&Vec::<String>::deserialize(deserializer)?).map_err(D::Error::custom)
}

impl Serialize for Selector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Ok(Self::default()) } else { text.parse().map_err(D::Error::custom) }
    }
}
