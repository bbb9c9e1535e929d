//! Personas in the merchant's language.

use model::Persona;

use crate::wording::Words;

/// A persona as merchants choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered {
    /// Its name in forms and addresses.
    pub name: &'static str,
    /// Its label: its shoppers, in the plural.
    pub label: &'static str,
    /// A sentence about its shoppers.
    pub description: &'static str,
    /// Whether its box is ticked.
    pub on: bool,
}

/// Returns personas as merchants choose them.
pub(crate) fn offered(personas: &[(Persona, bool)], words: &Words) -> Vec<Offered> {
    let offered = |(persona, on): &(Persona, bool)| Offered {
        name: persona.name(),
        label: label(*persona, words),
        description: description(*persona, words),
        on: *on,
    };
    personas.iter().map(offered).collect()
}

/// Returns a persona's label: its shoppers, in the plural.
pub(crate) fn label(persona: Persona, words: &Words) -> &'static str {
    match persona {
        Persona::Minimalist => words.minimalists(),
        Persona::Explorer => words.explorers(),
        Persona::Dealhunter => words.dealhunters(),
        Persona::Loyalist => words.loyalists(),
    }
}

/// Returns a sentence about a persona's shoppers.
fn description(persona: Persona, words: &Words) -> &'static str {
    match persona {
        Persona::Minimalist => words.minimalists_want(),
        Persona::Explorer => words.explorers_want(),
        Persona::Dealhunter => words.dealhunters_want(),
        Persona::Loyalist => words.loyalists_want(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_english_personas_are_called_what_the_command_line_calls_them() {
        let words = Words::of("en");
        for persona in Persona::ALL {
            assert_eq!(label(persona, words), persona.label());
        }
    }
}
