//! The operator's settings, as plain data. The caller reads them from files or the environment.
//!
//! ```
//! use settings::document::Document;
//!
//! let mut document = Document::default();
//! document.lay_over(|name| (name == "POOL_SIZE").then(|| "4".to_owned()))?;
//! document.validate()?;
//! assert_eq!(document.settings().pool.size, 4);
//! # Ok::<(), settings::document::InvalidSettings>(())
//! ```

pub mod document;

use std::collections::BTreeMap;

use model::Persona;
use serde::{Deserialize, Serialize};

/// The settings of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether this is a developer's own machine, without shoppers.
    pub development: bool,
    /// The pool of generation workers.
    pub pool: PoolLimits,
    /// The lifetimes of pages.
    pub lifetimes: PageLifetimes,
    /// Whether unsigned routes serve the shops whose merchants installed the app.
    pub unsigned_routes: bool,
    /// The shops this deployment serves, by id.
    pub shops: BTreeMap<String, Shop>,
}

/// The limits of the pool of generation workers and its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// Members: `pool-0` to `pool-{size - 1}`.
    pub size: u32,
    /// A member with this many live jobs is full.
    pub depth_max: u32,
    /// A job is claimed at most this many times.
    pub attempts_max: u32,
    /// How long a claim holds unless it is extended.
    pub lease_ms: u32,
    /// The first pause before another attempt; it doubles from there.
    pub backoff_ms: u32,
    /// The longest pause.
    pub backoff_ms_max: u32,
}

impl PoolLimits {
    /// Returns the members' names.
    pub fn members(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.size).map(|index| format!("pool-{index}"))
    }
}

/// How long pages last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLifetimes {
    /// How long a page stays in short-term storage.
    pub kv_ttl_seconds: u32,
    /// How long after its generation a page counts as fresh.
    pub fresh_seconds: u32,
}

/// A merchant's shop. A configuration that names no shop serves the demo shop, `magic-wands`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shop {
    /// The name that shoppers see; without it, the id.
    pub name: String,
    /// The base address of its theme's own pages, `https://…` without a slash at the end; empty if the shop has none.
    /// A shop at Shopify has `https://<id>`.
    pub url: String,
    /// BCP 47 language tag of its texts.
    pub language: String,
    /// How the merchant wants to sound, in a few words.
    pub tone: String,
    /// Words that its pages must not use, in lower case.
    pub banned_words: Vec<String>,
    /// The promises that pages may make. They make no others.
    pub promises: Vec<String>,
    /// Names of personas for which no page is made; not all of them.
    pub personas_off: Vec<String>,
    /// The brand's accent colour, `#rrggbb`; if empty, pages have their own.
    pub accent: String,
    /// The brand's background colour, `#rrggbb`; if empty, pages have their own.
    pub surface: String,
    /// Whether the merchant turned personal pages off: every shopper gets the fallback page, and nothing is made or
    /// stored.
    pub paused: bool,
    /// Whether the shop is served because its merchant installed the app, and not because the operator named it.
    #[serde(skip)]
    pub is_installed: bool,
}

/// The status of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopStatus {
    /// This deployment serves no such shop.
    Unknown,
    /// It is served.
    Open,
    /// Every shopper gets the fallback page, and nothing is made or stored.
    Paused,
}

/// An invalid setting of a shop: which key it is, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidShop {
    /// A text is no colour.
    #[error("{0} is {1:?}; it must be a colour such as #1b3a57, or empty")]
    Colour(&'static str, String),
    /// A name is no persona.
    #[error("personas_off names {0:?}, which is not one of {personas}", personas = Persona::ALL.map(Persona::name).join(", "))]
    Persona(String),
    /// No persona is left.
    #[error("personas_off names every persona; set paused = true to make no pages at all")]
    NoPersona,
}

impl Settings {
    /// Returns the status of a shop, for signed or for unsigned requests. In production, an installed shop is unknown
    /// to unsigned requests unless `unsigned_routes` is set.
    pub fn shop_status(&self, id: &str, is_vouched_for: bool) -> ShopStatus {
        let is_open =
            |shop: &Shop| is_vouched_for || !shop.is_installed || self.unsigned_routes || self.development;
        match self.shops.get(id).filter(|shop| is_open(shop)) {
            None => ShopStatus::Unknown,
            Some(shop) if shop.paused => ShopStatus::Paused,
            Some(_) => ShopStatus::Open,
        }
    }
}

impl Default for Settings {
    /// The demo shop on a deployment with shoppers.
    fn default() -> Self {
        Self {
            development: false,
            pool: PoolLimits::default(),
            lifetimes: PageLifetimes::default(),
            unsigned_routes: false,
            shops: BTreeMap::from([("magic-wands".to_owned(), Shop::demo())]),
        }
    }
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            size: 10,
            // As many as the original deployment took.
            depth_max: 100,
            attempts_max: 4,
            lease_ms: 60_000,
            backoff_ms: 2_000,
            backoff_ms_max: 60_000,
        }
    }
}

impl Default for PageLifetimes {
    fn default() -> Self {
        Self { kv_ttl_seconds: 3_600, fresh_seconds: 86_400 }
    }
}

impl Default for Shop {
    /// A shop without any settings, not even a name. It promises nothing.
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            language: "en".to_owned(),
            tone: "warm and clear".to_owned(),
            banned_words: Vec::new(),
            promises: Vec::new(),
            personas_off: Vec::new(),
            accent: String::new(),
            surface: String::new(),
            paused: false,
            is_installed: false,
        }
    }
}

impl Shop {
    /// Returns the demo shop, which needs no configuration.
    pub fn demo() -> Self {
        let promises =
            ["Free returns within 30 days", "Every wand tested by hand", "Ships within one working day"];
        Self {
            name: "Magic Wands".to_owned(),
            tone: "warm, witty, a little mysterious".to_owned(),
            promises: promises.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    /// Checks that the settings are valid.
    pub fn validate(&self) -> Result<(), InvalidShop> {
        for (key, colour) in [("accent", &self.accent), ("surface", &self.surface)] {
            if !(colour.is_empty() || is_colour(colour)) {
                return Err(InvalidShop::Colour(key, colour.clone()));
            }
        }
        if let Some(other) = self.personas_off.iter().find(|name| Persona::named(name).is_none()) {
            return Err(InvalidShop::Persona(other.clone()));
        }
        let off = |persona: Persona| self.personas_off.iter().any(|off| off == persona.name());
        if Persona::ALL.into_iter().all(off) { Err(InvalidShop::NoPersona) } else { Ok(()) }
    }
}

/// Returns whether `text` is `#rrggbb`, in upper or lower case. It ends up in a page's style.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits_and_nothing_else() {
        let validated = |accent: &str| Shop { accent: accent.to_owned(), ..Shop::default() }.validate();
        for colour in ["", "#1b3a57", "#FFFFFF"] {
            assert_eq!(validated(colour), Ok(()), "{colour:?}");
        }
        for other in ["#fff", "1b3a57", "red", "#1b3a57;", "#12345g", "#1b3a5é", "#}</style"] {
            assert_eq!(validated(other), Err(InvalidShop::Colour("accent", other.to_owned())));
        }
    }

    #[test]
    fn a_persona_that_is_none_is_named_and_one_has_to_stay() {
        let validated = |off: &[&str]| {
            let personas_off = off.iter().map(|name| (*name).to_owned()).collect();
            Shop { personas_off, ..Shop::default() }.validate()
        };
        assert_eq!(validated(&["explorer", "loyalist"]), Ok(()));
        let wrong = validated(&["wizard"]).unwrap_err();
        assert_eq!(wrong, InvalidShop::Persona("wizard".to_owned()));
        let message = wrong.to_string();
        let names = Persona::ALL.map(Persona::name);
        assert!(names.iter().all(|name| message.contains(name)), "{message}");
        assert_eq!(validated(&names), Err(InvalidShop::NoPersona));
    }

    #[test]
    fn a_shop_is_open_paused_or_unknown() {
        let mut settings = Settings::default();
        assert_eq!(settings.shop_status("magic-wands", true), ShopStatus::Open);
        assert_eq!(settings.shop_status("lamps", true), ShopStatus::Unknown);
        settings.shops.insert("lamps".to_owned(), Shop { paused: true, ..Shop::default() });
        assert_eq!(settings.shop_status("lamps", true), ShopStatus::Paused);
    }

    #[test]
    fn a_shop_whose_merchant_installed_the_app_is_unknown_to_strangers_where_there_are_shoppers() {
        let installed = Shop { is_installed: true, ..Shop::default() };
        let shops =
            BTreeMap::from([("named".to_owned(), Shop::default()), ("installed".to_owned(), installed)]);
        for (development, unsigned_routes, shop_status) in [
            (false, false, ShopStatus::Unknown),
            (true, false, ShopStatus::Open),
            (false, true, ShopStatus::Open),
        ] {
            let settings =
                Settings { development, unsigned_routes, shops: shops.clone(), ..Settings::default() };
            assert_eq!(settings.shop_status("installed", false), shop_status);
            for (id, is_vouched_for) in [("installed", true), ("named", true), ("named", false)] {
                assert_eq!(settings.shop_status(id, is_vouched_for), ShopStatus::Open, "{id}");
            }
        }
    }
}
