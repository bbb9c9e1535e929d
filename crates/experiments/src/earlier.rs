//! What was known of a shopper before they first saw the block. Personal pages cannot have changed it, so comparing
//! shoppers of whom the same was known makes intervals narrower and changes no difference.

use model::Signals;
use serde::{Deserialize, Serialize};

/// What the shop's session of a consenting shopper said when they first saw the block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Earlier {
    /// Not known: they were counted before this was stored.
    #[default]
    Unknown,
    /// Nothing: they are new.
    New,
    /// They came before, or looked at pages without the block.
    Browsed,
    /// They had put something into the cart, or bought it.
    Carted,
}

impl Earlier {
    /// Returns what a session says.
    pub fn of(session: &Signals) -> Self {
        if !session.carted.is_empty() || !session.purchased.is_empty() {
            Self::Carted
        } else if session.is_empty() {
            Self::New
        } else {
            Self::Browsed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_says_what_a_shopper_did_before() {
        let wand = || vec!["wand-1".to_owned()];
        for (session, expected) in [
            (Signals::default(), Earlier::New),
            (Signals { visits: 1, ..Signals::default() }, Earlier::Browsed),
            (Signals { views: wand(), ..Signals::default() }, Earlier::Browsed),
            (Signals { views: wand(), carted: wand(), ..Signals::default() }, Earlier::Carted),
            (Signals { purchased: wand(), ..Signals::default() }, Earlier::Carted),
        ] {
            assert_eq!(Earlier::of(&session), expected, "{session:?}");
        }
    }
}
