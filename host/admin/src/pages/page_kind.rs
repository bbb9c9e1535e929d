//! Kinds of page in the merchant's language.

use model::PageKind;

use crate::wording::Words;

/// Returns what merchants know a kind of page by.
pub(crate) fn label(page: PageKind, words: &Words) -> &'static str {
    match page {
        PageKind::Home => words.kind_home(),
        PageKind::Collection => words.kind_collection(),
        PageKind::Product => words.kind_product(),
        PageKind::Search => words.kind_search(),
        PageKind::Cart => words.kind_cart(),
    }
}
