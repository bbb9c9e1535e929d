//! The kinds of page of a shop.

use serde::{Deserialize, Serialize};

use crate::Persona;

/// A kind of page of a shop. Stored by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageKind {
    /// The home page, and the storefront as a page of its own.
    #[default]
    Home,
    /// The page of a collection.
    Collection,
    /// The page of a product.
    Product,
    /// The results of a search.
    Search,
    /// The cart.
    Cart,
}

impl PageKind {
    /// All kinds of page.
    pub const ALL: [Self; 5] = [Self::Home, Self::Collection, Self::Product, Self::Search, Self::Cart];

    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Collection => "collection",
            Self::Product => "product",
            Self::Search => "search",
            Self::Cart => "cart",
        }
    }

    /// Returns the kind of page of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the persona that such a page suggests, if nothing else is known of a shopper.
    pub const fn suggests(self) -> Persona {
        match self {
            Self::Product | Self::Search => Persona::Minimalist,
            Self::Home | Self::Collection => Persona::Explorer,
            Self::Cart => Persona::Loyalist,
        }
    }

    /// Returns whether such a page is about something that differs from page to page: a product, a collection, a search
    /// or a cart.
    pub fn has_subject(self) -> bool {
        self != Self::Home
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_under_which_kinds_are_stored() {
        for kind in PageKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
            assert_eq!(PageKind::named(kind.name()), Some(kind));
        }
        assert_eq!((PageKind::named("page"), PageKind::named("Cart")), (None, None));
    }
}
