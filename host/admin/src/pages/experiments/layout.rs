//! The layouts that can be tested, in the merchant's words.

use model::Look;

use crate::wording::Words;

/// A layout to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub name: &'static str,
    pub label: &'static str,
    pub is_chosen: bool,
}

/// Returns every layout, of which the one with this name is chosen.
pub(super) fn all(chosen: &str, words: &Words) -> Vec<Layout> {
    let layout = |look: Look| {
        let name = look.name();
        Layout { name, label: label(look, words), is_chosen: name == chosen }
    };
    Look::ALL.into_iter().map(layout).collect()
}

/// Returns the name of a layout and what it is.
pub(super) fn label(look: Look, words: &Words) -> &'static str {
    match look {
        Look::Balanced => words.layout_balanced(),
        Look::Calm => words.layout_calm(),
        Look::Varied => words.layout_varied(),
        Look::Compact => words.layout_compact(),
        Look::Personal => words.layout_personal(),
    }
}
