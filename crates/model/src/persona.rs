//! The persona that a page is made for.

use serde::{Deserialize, Serialize};

/// The way a shopper shops. Stored by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Persona {
    /// Wants one good answer and no noise.
    Minimalist,
    /// Looks around and likes to be surprised.
    Explorer,
    /// Compares prices and waits for the deal.
    Dealhunter,
    /// Comes back and buys again.
    Loyalist,
}

impl Persona {
    /// All personas.
    pub const ALL: [Self; 4] = [Self::Minimalist, Self::Explorer, Self::Dealhunter, Self::Loyalist];

    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        self.texts().0
    }

    /// Returns what merchants know it by: its shoppers, in the plural.
    pub const fn label(self) -> &'static str {
        self.texts().1
    }

    /// Returns a sentence for merchants about its shoppers.
    pub const fn description(self) -> &'static str {
        self.texts().2
    }

    /// Returns its name, its label and its description.
    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Minimalist => ("minimalist", "Minimalists", "Want one good answer and no noise."),
            Self::Explorer => ("explorer", "Explorers", "Look around and like to be surprised."),
            Self::Dealhunter => ("dealhunter", "Deal hunters", "Compare prices and wait for the deal."),
            Self::Loyalist => ("loyalist", "Loyal customers", "Come back and buy again."),
        }
    }

    /// Returns the persona of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|persona| persona.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_under_which_personas_are_stored() {
        let names = ["minimalist", "explorer", "dealhunter", "loyalist"];
        assert_eq!(Persona::ALL.map(Persona::name), names);
        for persona in Persona::ALL {
            let stored = format!("\"{}\"", persona.name());
            assert_eq!(serde_json::to_string(&persona).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Persona>(&stored).unwrap(), persona);
            assert_eq!(Persona::named(persona.name()), Some(persona));
        }
    }

    #[test]
    fn what_is_no_name_names_nobody() {
        for other in ["", "Explorer", "explorer ", "wizard"] {
            assert_eq!(Persona::named(other), None, "{other}");
            assert!(serde_json::from_str::<Persona>(&format!("\"{other}\"")).is_err(), "{other}");
        }
    }
}
