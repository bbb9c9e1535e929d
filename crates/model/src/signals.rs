//! The signals of a shopper, and their limits.

use serde::{Deserialize, Serialize};

/// What a shopper did, newest first, with no entry twice in a list. Entries are product ids, except for searches,
/// filters and sorts: those are terms, the shopper's own words. All of it is untrusted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Visits to the storefront.
    pub visits: u32,
    /// Products that the shopper viewed.
    pub views: Vec<String>,
    /// Search terms.
    pub searches: Vec<String>,
    /// Filters that the shopper set.
    pub filters: Vec<String>,
    /// Sort orders that the shopper chose.
    pub sorts: Vec<String>,
    /// Products that the shopper put into the cart.
    pub carted: Vec<String>,
    /// Products that the shopper bought.
    pub purchased: Vec<String>,
}

impl Signals {
    /// The most entries of one kind.
    pub const ENTRIES_MAX: usize = 20;
    /// The longest entry, in characters.
    pub const ENTRY_CHARS_MAX: usize = 80;

    /// Returns whether nothing is known of the shopper.
    pub fn is_empty(&self) -> bool {
        self.visits == 0 && self.lists().iter().all(|list| list.is_empty())
    }

    /// Returns the lists of entries.
    pub fn lists(&self) -> [&[String]; 6] {
        let Self { visits: _, views, searches, filters, sorts, carted, purchased } = self;
        [views, searches, filters, sorts, carted, purchased].map(Vec::as_slice)
    }

    /// Returns the lists of entries, in the same order.
    pub fn lists_mut(&mut self) -> [&mut Vec<String>; 6] {
        let Self { visits: _, views, searches, filters, sorts, carted, purchased } = self;
        [views, searches, filters, sorts, carted, purchased]
    }

    /// Shortens the signals to their limits: the newest 20 entries of each kind, and of each entry the first 80
    /// printable characters. A long history is no reason to refuse a shopper a page.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for list in self.lists_mut() {
            let entries = std::mem::take(list).into_iter().map(|entry| printable(&entry));
            *list = entries.filter(|entry| !entry.is_empty()).take(Self::ENTRIES_MAX).collect();
        }
        self
    }
}

/// Removes control characters: they carry no meaning for the shopper, and JSON takes six bytes for each.
fn printable(entry: &str) -> String {
    entry.chars().filter(|c| !c.is_control()).take(Signals::ENTRY_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_in_all_kinds(entries: &[String]) -> Signals {
        let mut signals = Signals { visits: 7, ..Signals::default() };
        for list in signals.lists_mut() {
            *list = entries.to_vec();
        }
        signals
    }

    #[test]
    fn the_newest_entries_stay() {
        let entries: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        assert_eq!(same_in_all_kinds(&entries).bounded(), same_in_all_kinds(&entries[..20]));
    }

    #[test]
    fn entries_are_cut_to_80_characters_and_empty_ones_are_left_out() {
        let entries = ["€".repeat(100), "\n\t".into(), "a\0b".into()];
        assert_eq!(same_in_all_kinds(&entries).bounded(), same_in_all_kinds(&["€".repeat(80), "ab".into()]));
    }
}
