//! Reads the persona, how a shopper shops, from the signals.
//!
//! The rules of each persona's profile give it points for evidence ([`crate::evidence`]). The persona with the most
//! points wins.

use std::cmp::Reverse;

use model::{Persona, Signals};

use crate::assortment::Assortment;
use crate::evidence::Evidence;
use crate::profile::{self, BY_PRECEDENCE};

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
    profile::of(persona).rules.iter().map(|rule| rule.score(evidence)).sum()
}

fn reasons(persona: Persona, evidence: &Evidence) -> Vec<&'static str> {
    let mut given: Vec<_> =
        profile::of(persona).rules.iter().filter(|rule| rule.score(evidence) > 0).collect();
    given.sort_by_key(|rule| Reverse(rule.score(evidence)));
    given.into_iter().map(|rule| rule.reason).collect()
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
    fn a_shopper_who_sorts_by_lowest_price_hunts_deals() {
        for sort in ["price-ascending", "price_asc", "Price: low to high", "price:asc", "cheapest"] {
            check(
                &Signals { sorts: texts(&[sort]), ..Signals::default() },
                Persona::Dealhunter,
                "sorts by lowest price",
            );
        }
    }

    #[test]
    fn a_shopper_who_asks_for_reductions_is_a_dealhunter() {
        for search in ["wands on SALE", "discount", "cheap!"] {
            check(
                &Signals { searches: texts(&[search]), ..Signals::default() },
                Persona::Dealhunter,
                "asks for reductions",
            );
        }
    }

    #[test]
    fn a_shopper_who_looks_into_many_categories_explores() {
        let views = texts(&["wand-1", "hat-1", "potion-1"]);
        check(&Signals { views, ..Signals::default() }, Persona::Explorer, "looks into several categories");
    }

    #[test]
    fn a_shopper_who_buys_again_is_loyal() {
        let signals = Signals { visits: 9, purchased: texts(&["wand-1", "hat-1"]), ..Signals::default() };
        check(&signals, Persona::Loyalist, "has bought before");
    }

    #[test]
    fn a_shopper_who_looks_once_and_decides_is_a_minimalist() {
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
    fn a_persona_that_is_turned_off_is_replaced_by_the_next_best() {
        let signals = Signals { sorts: texts(&["price-asc"]), visits: 6, ..Signals::default() };
        let read = |off: &[Persona]| read(&signals, &assortment(), |persona| !off.contains(&persona));
        assert_eq!(read(&[]).unwrap().persona, Persona::Dealhunter);
        assert_eq!(read(&[Persona::Dealhunter]).unwrap().persona, Persona::Loyalist);
        assert_eq!(read(&[Persona::Dealhunter, Persona::Loyalist]).unwrap().persona, Persona::Explorer);
        assert_eq!(read(&Persona::ALL), None);
    }

    #[test]
    fn ties_go_to_explorers_then_loyalists_then_dealhunters() {
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

        // A view of a product is evidence for explorers, and for deal hunters too if the product is reduced.
        #[test]
        fn evidence_for_one_persona_alone_raises_no_other_and_keeps_what_was_read(
            signals in any_signals(),
            (persona, kind) in prop::sample::select(vec![
                (Persona::Explorer, 1), (Persona::Loyalist, 0), (Persona::Loyalist, 1), (Persona::Dealhunter, 0),
                (Persona::Dealhunter, 1), (Persona::Minimalist, 0),
            ]),
        ) {
            let scores = |signals: &Signals| {
                let evidence = Evidence::of(signals, &assortment());
                Persona::ALL.map(|persona| score(persona, &evidence))
            };
            let mut after = signals.clone();
            more(persona, kind, &mut after);
            let both = scores(&signals).into_iter().zip(scores(&after));
            for (of, (before, after)) in Persona::ALL.into_iter().zip(both) {
                prop_assert!(of == persona || after <= before, "{of:?}: {before} {after}");
            }
            if read_all(&signals).persona == persona {
                prop_assert_eq!(read_all(&after).persona, persona);
            }
        }

        #[test]
        fn a_confidence_above_that_of_a_stranger_has_reasons(signals in any_signals()) {
            let (reading, stranger) = (read_all(&signals), read_all(&Signals::default()));
            prop_assert!(reading.confidence <= stranger.confidence || !reading.reasons.is_empty());
            prop_assert!(reading.confidence < 100, "signals prove nothing");
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
