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

    /// Returns its label for operators: its shoppers, in the plural. Merchants read one in their own language.
    pub const fn label(self) -> &'static str {
        self.texts().1
    }

    /// Returns its name and its label.
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Minimalist => ("minimalist", "Minimalists"),
            Self::Explorer => ("explorer", "Explorers"),
            Self::Dealhunter => ("dealhunter", "Deal hunters"),
            Self::Loyalist => ("loyalist", "Loyal customers"),
        }
    }

    /// Returns the persona of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|persona| persona.name() == name)
    }
}

/// Implements the conversions for `persona` of `wit/storefront` in both directions. The caller names the type that its
/// bindings generated.
#[macro_export]
macro_rules! persona_conversions {
    ($wit:ty) => {
        $crate::conversions!(enum $crate::Persona as $wit { Minimalist, Explorer, Dealhunter, Loyalist });
    };
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
    fn an_unknown_name_names_no_persona() {
        for other in ["", "Explorer", "explorer ", "wizard"] {
            assert_eq!(Persona::named(other), None, "{other}");
            assert!(serde_json::from_str::<Persona>(&format!("\"{other}\"")).is_err(), "{other}");
        }
    }
}
