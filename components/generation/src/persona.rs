//! Reads the persona, how a shopper shops, from the signals.
//!
//! It uses a table of rules. Each rule counts one kind of evidence and gives points for it, up to a maximum. The
//! persona with the most points wins. Rules only add points, so more evidence for a persona never lowers its
//! score, and they only count, so the order of signals does not matter.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use model::Persona;

use crate::assortment::Assortment;
use crate::storefront::Signals;

/// All personas in tie-breaking order: of those with equal points the first wins.
const BY_PRECEDENCE: [Persona; 4] =
    [Persona::Explorer, Persona::Loyalist, Persona::Dealhunter, Persona::Minimalist];

/// Describes for the model what a persona wants from a page.
pub fn wants(persona: Persona) -> &'static str {
    match persona {
        Persona::Explorer => {
            "Variety and surprise: many kinds of products, things not seen yet, a search with good \
             terms to start from, a story. Seven to ten blocks."
        }
        Persona::Loyalist => {
            "To be recognised: what is close to what was bought and looked at before, things that \
             complete it, what is new in favourite categories. Five to eight blocks."
        }
        Persona::Dealhunter => {
            "Value: reduced products right after the hero, then a grid sorted by price, a sensible \
             bundle. Five to eight blocks."
        }
        Persona::Minimalist => {
            "One good answer and no noise: a hero with the best match, one spotlight, one grid of \
             at most four, short copy. Three or four blocks."
        }
    }
}

/// The persona read from the signals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The persona with the most points.
    pub persona: Persona,
    /// The confidence in it, in percent.
    pub confidence: u32,
    /// The reasons, the strongest first.
    pub reasons: Vec<&'static str>,
}

/// Points of doubt, which no persona gets. They keep the confidence low as long as there is little evidence.
const DOUBT: u32 = 8;

struct Rule {
    persona: Persona,
    reason: &'static str,
    points: u32,
    times_max: usize,
    times: fn(&Evidence) -> usize,
}

const fn rule(
    persona: Persona,
    points: u32,
    times_max: usize,
    reason: &'static str,
    times: fn(&Evidence) -> usize,
) -> Rule {
    Rule { persona, reason, points, times_max, times }
}

/// An unknown shopper counts as an explorer, with little confidence: a varied page suits most people, and what
/// they do on it reveals the most about them.
const RULES: [Rule; 12] = [
    rule(Persona::Explorer, 2, 1, "little is known yet", |_| 1),
    rule(Persona::Explorer, 3, 5, "looks into several categories", |e| e.categories.saturating_sub(1)),
    rule(Persona::Explorer, 1, 8, "looks at many products", |e| e.products),
    rule(Persona::Explorer, 2, 4, "describes what they look for at length", |e| e.long_searches),
    rule(Persona::Loyalist, 4, 5, "has bought before", |e| e.purchased),
    rule(Persona::Loyalist, 1, 8, "keeps coming back", |e| e.visits.saturating_sub(2)),
    rule(Persona::Dealhunter, 6, 2, "sorts by lowest price", |e| e.cheapest_first),
    rule(Persona::Dealhunter, 5, 3, "asks for reductions", |e| e.deal_words),
    rule(Persona::Dealhunter, 3, 2, "sets a price limit", |e| e.price_filters),
    rule(Persona::Dealhunter, 2, 5, "looks at reduced products", |e| e.reduced_products),
    rule(Persona::Minimalist, 4, 3, "decides after little browsing", Evidence::quick_decisions),
    rule(Persona::Minimalist, 3, 1, "puts into the cart without sorting or filtering", |e| {
        usize::from(e.carted > 0 && e.sorts_and_filters == 0)
    }),
];

/// The signals as counts.
struct Evidence {
    visits: usize,
    products: usize,
    categories: usize,
    reduced_products: usize,
    long_searches: usize,
    deal_words: usize,
    price_filters: usize,
    cheapest_first: usize,
    sorts_and_filters: usize,
    browsing: usize,
    carted: usize,
    purchased: usize,
}

impl Evidence {
    fn of(signals: &Signals, assortment: &Assortment) -> Self {
        let count = |texts: &[String], is: fn(&str) -> bool| texts.iter().filter(|text| is(text)).count();
        let viewed: Vec<_> = assortment.resolve(&signals.views).collect();
        let categories: BTreeSet<_> = viewed.iter().map(|product| product.category.as_str()).collect();
        let sorts_and_filters = signals.sorts.len() + signals.filters.len();
        Self {
            visits: usize::try_from(signals.visits).unwrap_or(usize::MAX),
            products: viewed.len(),
            categories: categories.len(),
            reduced_products: viewed.iter().filter(|product| product.percent_off().is_some()).count(),
            long_searches: count(&signals.searches, |text| text.split_whitespace().count() >= 3),
            deal_words: count(&signals.searches, asks_for_deals) + count(&signals.filters, asks_for_deals),
            price_filters: count(&signals.filters, |text| words(text).any(|word| word == "price")),
            cheapest_first: count(&signals.sorts, is_cheapest_first),
            sorts_and_filters,
            browsing: signals.views.len() + signals.searches.len() + sorts_and_filters,
            carted: signals.carted.len(),
            purchased: signals.purchased.len(),
        }
    }

    /// Returns the number of products put into the cart, if each took at most three steps of browsing.
    fn quick_decisions(&self) -> usize {
        if self.browsing <= 3 * self.carted { self.carted } else { 0 }
    }
}

/// Reads the persona from the signals: the one with the most points among those that `wanted` accepts. `None` if
/// it accepts none.
pub fn read(signals: &Signals, assortment: &Assortment, wanted: impl Fn(Persona) -> bool) -> Option<Reading> {
    let evidence = Evidence::of(signals, assortment);
    let scores = BY_PRECEDENCE.map(|persona| (persona, score(persona, &evidence)));
    let total: u32 = scores.iter().map(|(_, points)| points).sum();
    let candidates = scores.into_iter().rev().filter(|(persona, _)| wanted(*persona));
    let (persona, points) = candidates.max_by_key(|(_, points)| *points)?;
    Some(Reading {
        persona,
        confidence: 100 * points / (total + DOUBT),
        reasons: reasons(persona, &evidence),
    })
}

/// Returns the reading for a persona that is fixed beforehand.
pub fn known(persona: Persona) -> Reading {
    Reading { persona, confidence: 100, reasons: vec!["what they are doing in the shop just now says so"] }
}

fn score(persona: Persona, evidence: &Evidence) -> u32 {
    RULES.iter().filter(|rule| rule.persona == persona).map(|rule| rule.score(evidence)).sum()
}

fn reasons(persona: Persona, evidence: &Evidence) -> Vec<&'static str> {
    let mut given: Vec<_> = RULES.iter().filter(|rule| rule.persona == persona).collect();
    given.retain(|rule| rule.score(evidence) > 0);
    given.sort_by_key(|rule| Reverse(rule.score(evidence)));
    given.into_iter().map(|rule| rule.reason).collect()
}

impl Rule {
    fn score(&self, evidence: &Evidence) -> u32 {
        let times = (self.times)(evidence).min(self.times_max);
        self.points * u32::try_from(times).unwrap_or(0)
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn asks_for_deals(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "sale",
        "deal",
        "deals",
        "discount",
        "discounts",
        "discounted",
        "cheap",
        "cheaper",
        "cheapest",
        "bargain",
        "bargains",
        "clearance",
        "outlet",
        "reduced",
        "coupon",
        "offer",
    ];
    words(text).any(|word| WORDS.contains(&word.as_str()))
}

/// Returns whether a sort order means the lowest price first: `price-ascending` as in Shopify's collection pages,
/// and the other common spellings, such as "Price: low to high".
fn is_cheapest_first(sort: &str) -> bool {
    const UP: [&str; 5] = ["asc", "ascending", "low", "lowest", "cheapest"];
    const DOWN: [&str; 4] = ["desc", "descending", "high", "highest"];
    let named = words(sort).any(|word| word == "price" || word == "cheapest");
    let direction = words(sort).find(|word| UP.contains(&word.as_str()) || DOWN.contains(&word.as_str()));
    named && direction.is_some_and(|word| UP.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{any_signals, assortment};
    use proptest::prelude::*;

    fn read_all(signals: &Signals) -> Reading {
        read(signals, &assortment(), |_| true).unwrap()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[track_caller]
    fn check(signals: &Signals, persona: Persona, reason: &str) {
        let reading = read_all(signals);
        assert_eq!(reading.persona, persona, "{reading:?}");
        assert!(reading.reasons.contains(&reason), "{reading:?}");
    }

    #[test]
    fn somebody_unknown_is_an_explorer_and_hardly_surely() {
        let reading = read_all(&Signals::default());
        assert_eq!(reading.persona, Persona::Explorer);
        assert_eq!(reading.confidence, 20);
    }

    #[test]
    fn whoever_sorts_by_lowest_price_hunts_deals() {
        for sort in ["price-ascending", "price_asc", "Price: low to high", "price:asc", "cheapest"] {
            check(
                &Signals { sorts: texts(&[sort]), ..Signals::default() },
                Persona::Dealhunter,
                "sorts by lowest price",
            );
        }
        for sort in ["price-descending", "Price: high to low", "title-ascending", "best-selling", ""] {
            assert!(!is_cheapest_first(sort), "{sort}");
        }
    }

    #[test]
    fn whoever_asks_for_reductions_hunts_deals() {
        for search in ["wands on SALE", "discount", "cheap!"] {
            check(
                &Signals { searches: texts(&[search]), ..Signals::default() },
                Persona::Dealhunter,
                "asks for reductions",
            );
        }
        assert!(!asks_for_deals("wholesale idealist"));
    }

    #[test]
    fn whoever_looks_into_many_categories_explores() {
        let views = texts(&["wand-1", "hat-1", "potion-1"]);
        check(&Signals { views, ..Signals::default() }, Persona::Explorer, "looks into several categories");
    }

    #[test]
    fn whoever_buys_again_is_loyal() {
        let signals = Signals { visits: 9, purchased: texts(&["wand-1", "hat-1"]), ..Signals::default() };
        check(&signals, Persona::Loyalist, "has bought before");
    }

    #[test]
    fn whoever_looks_once_and_decides_is_a_minimalist() {
        let signals = Signals {
            views: texts(&["wand-1"]),
            carted: texts(&["wand-1"]),
            visits: 1,
            ..Signals::default()
        };
        check(&signals, Persona::Minimalist, "decides after little browsing");
    }

    #[test]
    fn more_evidence_makes_surer() {
        let confidence =
            |sorts: &[&str]| read_all(&Signals { sorts: texts(sorts), ..Signals::default() }).confidence;
        assert!(confidence(&["price-asc", "price-asc"]) > confidence(&["price-asc"]));
    }

    #[test]
    fn whoever_is_turned_off_is_replaced_by_the_next_best() {
        let signals = Signals { sorts: texts(&["price-asc"]), visits: 6, ..Signals::default() };
        let read = |off: &[Persona]| read(&signals, &assortment(), |persona| !off.contains(&persona));
        assert_eq!(read(&[]).unwrap().persona, Persona::Dealhunter);
        assert_eq!(read(&[Persona::Dealhunter]).unwrap().persona, Persona::Loyalist);
        assert_eq!(read(&[Persona::Dealhunter, Persona::Loyalist]).unwrap().persona, Persona::Explorer);
        assert_eq!(read(&Persona::ALL), None);
    }

    #[test]
    fn of_those_with_the_same_points_explorers_win_then_loyalists_then_dealhunters() {
        let read = |visits, off: &[Persona]| {
            let signals = Signals { visits, ..Signals::default() };
            read(&signals, &assortment(), |persona| !off.contains(&persona)).unwrap().persona
        };
        assert_eq!(read(4, &[]), Persona::Explorer, "two points, as a loyalist has");
        assert_eq!(read(0, &[Persona::Explorer]), Persona::Loyalist);
        assert_eq!(read(0, &[Persona::Explorer, Persona::Loyalist]), Persona::Dealhunter);
        assert_eq!(
            read(0, &[Persona::Explorer, Persona::Loyalist, Persona::Dealhunter]),
            Persona::Minimalist
        );
    }

    /// One more piece of evidence for a persona.
    fn more(persona: Persona, kind: usize, signals: &mut Signals) {
        let add = |list: &mut Vec<String>, text: &str| list.insert(0, text.to_owned());
        match (persona, kind) {
            (Persona::Explorer, 0) => add(&mut signals.views, "potion-1"),
            (Persona::Explorer, _) => add(&mut signals.searches, "something for a foggy evening"),
            (Persona::Loyalist, 0) => signals.visits = signals.visits.saturating_add(1),
            (Persona::Loyalist, _) => add(&mut signals.purchased, "hat-1"),
            (Persona::Dealhunter, 0) => add(&mut signals.sorts, "price-ascending"),
            (Persona::Dealhunter, _) => add(&mut signals.filters, "sale; price under 20"),
            (Persona::Minimalist, _) => add(&mut signals.carted, "wand-1"),
        }
    }

    proptest! {
        #[test]
        fn more_evidence_never_lowers_a_score(
            signals in any_signals(),
            persona in prop::sample::select(Persona::ALL.to_vec()),
            kind in 0usize..2,
        ) {
            let before = score(persona, &Evidence::of(&signals, &assortment()));
            let mut after = signals;
            more(persona, kind, &mut after);
            prop_assert!(score(persona, &Evidence::of(&after, &assortment())) >= before);
        }

        #[test]
        fn the_order_of_signals_does_not_matter(signals in any_signals()) {
            let mut turned = signals.clone();
            for list in [
                &mut turned.views, &mut turned.searches, &mut turned.filters, &mut turned.sorts,
                &mut turned.carted, &mut turned.purchased,
            ] {
                list.reverse();
            }
            prop_assert_eq!(read_all(&signals), read_all(&turned));
        }

        #[test]
        fn confidence_is_a_percentage_and_the_winner_has_the_most_points(signals in any_signals()) {
            let reading = read_all(&signals);
            prop_assert!(reading.confidence <= 100);
            let evidence = Evidence::of(&signals, &assortment());
            let best = BY_PRECEDENCE.into_iter().find(|persona| {
                BY_PRECEDENCE.into_iter().all(|other| score(other, &evidence) <= score(*persona, &evidence))
            });
            prop_assert_eq!(Some(reading.persona), best);
        }
    }
}
