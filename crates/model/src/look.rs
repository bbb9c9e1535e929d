//! How a page is arranged. Colours, fonts and radii are the merchant's on every page; what differs is the opening, how
//! close things stand, and how large pictures and words are.

use crate::Persona;

/// An arrangement. Its styles are in `crates/page/assets/looks.css`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Words beside a picture, and tiles of medium size: suits everybody.
    Balanced,
    /// One picture, a few words below it, and much room.
    Calm,
    /// A wide opening from edge to edge, large words, and a grid that begins with a large tile.
    Varied,
    /// A small opening, and many small tiles with their prices first.
    Compact,
    /// Words on a card that overlaps the picture, and rows.
    Personal,
}

impl Look {
    /// Every look.
    pub const ALL: [Self; 5] = [Self::Balanced, Self::Calm, Self::Varied, Self::Compact, Self::Personal];

    /// Returns its name in the style.
    pub fn name(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::Calm => "calm",
            Self::Varied => "varied",
            Self::Compact => "compact",
            Self::Personal => "personal",
        }
    }

    /// Returns the look of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.name() == name)
    }
}

impl From<Persona> for Look {
    fn from(persona: Persona) -> Self {
        match persona {
            Persona::Minimalist => Self::Calm,
            Persona::Explorer => Self::Varied,
            Persona::Dealhunter => Self::Compact,
            Persona::Loyalist => Self::Personal,
        }
    }
}
