//! A merchant's choices.

use capabilities::settings::Shop;
use serde::{Deserialize, Serialize};

/// A merchant's choices, which override the operator's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The shop's tone of voice.
    pub tone: String,
    /// The brand's accent colour, `#rrggbb` or empty.
    pub accent: String,
    /// The brand's background colour, likewise.
    pub surface: String,
    /// Words that pages must not use.
    pub banned_words: Vec<String>,
    /// Promises that pages may make.
    pub promises: Vec<String>,
    /// Personas without generated pages.
    pub personas_off: Vec<String>,
    /// Whether pages for shoppers are turned off.
    pub paused: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self::of(&Shop::default())
    }
}

impl Choices {
    /// Returns the choices that correspond to a shop's settings.
    pub fn of(shop: &Shop) -> Self {
        Self {
            tone: shop.tone.clone(),
            accent: shop.accent.clone(),
            surface: shop.surface.clone(),
            banned_words: shop.banned_words.clone(),
            promises: shop.promises.clone(),
            personas_off: shop.personas_off.clone(),
            paused: shop.paused,
        }
    }

    /// Applies them to a shop's settings.
    pub fn over(self, shop: Shop) -> Shop {
        let Self { tone, accent, surface, banned_words, promises, personas_off, paused } = self;
        Shop { tone, accent, surface, banned_words, promises, personas_off, paused, ..shop }
    }
}
