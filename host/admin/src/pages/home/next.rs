//! What to do next: at most three things, the most urgent first.

use super::Known;
use crate::place::Place;
use crate::wording::Words;

/// The most things at once.
const MAX: usize = 3;

/// A thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next {
    pub text: &'static str,
    /// Where, if it is on another page: its address and the text of the link.
    pub page: Option<(&'static str, String)>,
}

/// Returns what to do next. Nothing is left if the list is empty.
pub(super) fn next(known: &Known, words: &Words) -> Vec<Next> {
    let Known { shop, evidence, has_reports, has_model_trouble, has_waiting } = known;
    let is_set_up = [evidence.shows_block, evidence.made_page].iter().all(|known| *known == Some(true));
    let on = |place: Place| Some((place.path(), words.open_page(place.title(words))));
    let all = [
        (!evidence.is_connected, words.next_connect(), None),
        (*has_reports, words.next_reports(), on(Place::Privacy)),
        (shop.paused, words.next_unpause(), on(Place::Settings)),
        (*has_waiting, words.next_approval(), on(Place::Approval)),
        (evidence.is_connected && !is_set_up, words.next_setup(), None),
        (!shop.personas_paused.is_empty(), words.next_losing(), on(Place::Experiments)),
        (*has_model_trouble, words.next_model(), on(Place::Settings)),
        (shop.promises.is_empty(), words.next_brand(), on(Place::Brand)),
    ];
    let due = all.into_iter().filter(|(is_due, ..)| *is_due);
    due.map(|(_, text, page)| Next { text, page }).take(MAX).collect()
}

#[cfg(test)]
mod tests {
    use model::shop::ShopSettings;

    use super::*;
    use crate::pages::home::Evidence;

    #[test]
    fn the_most_urgent_comes_first_and_a_shop_that_runs_has_nothing_to_do() {
        let evidence = Evidence {
            is_connected: true,
            shows_block: Some(true),
            made_page: Some(true),
            compares: Some(true),
        };
        let shop = ShopSettings::demo();
        let runs = Known {
            shop: shop.clone(),
            evidence,
            has_reports: false,
            has_model_trouble: false,
            has_waiting: false,
        };
        assert_eq!(next(&runs, Words::of("en")), []);
        let waits = Known { has_waiting: true, shop: shop.clone(), ..runs };
        let places: Vec<_> = next(&waits, Words::of("en")).into_iter().map(|next| next.page).collect();
        assert_eq!(places, [Some(("/admin/approval", "Open Approval".to_owned()))]);
        let known = Known {
            shop: ShopSettings { paused: true, promises: Vec::new(), ..shop },
            evidence: Evidence { is_connected: false, ..evidence },
            has_reports: true,
            has_model_trouble: true,
            has_waiting: true,
        };
        let places: Vec<_> =
            next(&known, Words::of("en")).into_iter().map(|next| next.page.map(|(path, _)| path)).collect();
        assert_eq!(places, [None, Some("/admin/privacy"), Some("/admin/settings")]);
    }
}
