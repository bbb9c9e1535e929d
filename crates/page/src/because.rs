//! Why a page was chosen for its shopper, in their words: one line at the end of the page.

use askama::Template;
use model::text::is_visible;
use serde::{Deserialize, Serialize};
use words::Words;

/// The most products that the line names.
pub const PRODUCTS_MAX: usize = 3;

/// What a page was chosen by. It is true of the shopper who gets the page, and nobody else gets that page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Because {
    /// The titles of products that the shopper viewed, the newest first.
    Viewed(Vec<String>),
    /// The shopper bought something in the shop.
    Bought,
}

impl Because {
    /// Returns the line as HTML; empty if there is nothing to name.
    pub(crate) fn line(&self, words: &'static Words) -> String {
        let titles = match self {
            Self::Viewed(titles) => {
                titles.iter().filter(|title| is_visible(title)).take(PRODUCTS_MAX).collect()
            }
            Self::Bought => Vec::new(),
        };
        if titles.is_empty() && *self != Self::Bought {
            return String::new();
        }
        // Neither writing to a string can fail, nor anything in the template.
        Line { words, titles }.render().unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "parts/because.html")]
struct Line<'a> {
    words: &'static Words,
    titles: Vec<&'a String>,
}
