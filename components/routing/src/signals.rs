//! The signals of a shopper in a shop: how they grow, when they justify another page, and their
//! stored form.

use model::Signals;
use serde::{Deserialize, Serialize};

use crate::events::Event;
use crate::http::json;

/// An upper bound on the size of a session: six lists of 20 entries of at most 320 bytes (80 characters of four
/// bytes, none of which JSON escapes at greater length), and change.
pub(crate) const BYTES_MAX: u32 = 64 * 1024;

/// The form in which sessions are written, and the only one that is read.
const FORM: u32 = 1;
/// The numbers of signals that justify another page. Each is four times the one before, because each signal
/// teaches less as they add up.
const MILESTONES: [usize; 3] = [4, 16, 64];

/// The stored form of signals.
#[derive(Serialize, Deserialize)]
struct Session<S> {
    form: u32,
    signals: S,
}

/// Reads stored signals. Unreadable ones count as no signals.
pub(crate) fn decode(bytes: &[u8]) -> Signals {
    match serde_json::from_slice(bytes) {
        Ok(Session { form: FORM, signals }) => signals,
        _ => Signals::default(),
    }
}

/// Encodes signals for storage.
pub(crate) fn encode(signals: &Signals) -> Vec<u8> {
    json(&Session { form: FORM, signals })
}

/// Adds the signals of `events`, which are in the order in which they happened.
pub(crate) fn add(mut signals: Signals, events: &[Event]) -> Signals {
    for event in events {
        match event {
            Event::Seen | Event::Ordered(_) => {}
            Event::Visit => signals.visits = signals.visits.saturating_add(1),
            Event::View(product) => remember(&mut signals.views, product),
            Event::Search(term) => remember(&mut signals.searches, term),
            Event::Filter(value) => remember(&mut signals.filters, value),
            Event::Sort(value) => remember(&mut signals.sorts, value),
            Event::AddToCart(product) => remember(&mut signals.carted, product),
            Event::Purchase(product) => remember(&mut signals.purchased, product),
        }
    }
    signals
}

/// Adds the signals from before the shopper logged in, which are the newer ones, because the shopper browses first
/// and then logs in.
pub(crate) fn join(mut signals: Signals, newer: &Signals) -> Signals {
    signals.visits = signals.visits.saturating_add(newer.visits);
    for (list, entries) in signals.lists_mut().into_iter().zip(newer.lists()) {
        entries.iter().rev().for_each(|entry| remember(list, entry));
    }
    signals
}

/// Returns whether signals reached a milestone since `before`.
pub(crate) fn reach_milestone(before: &Signals, after: &Signals) -> bool {
    MILESTONES.iter().any(|milestone| (count(before)..count(after)).contains(&(milestone - 1)))
}

fn count(signals: &Signals) -> usize {
    let entries: usize = signals.lists().into_iter().map(<[String]>::len).sum();
    entries.saturating_add(usize::try_from(signals.visits).unwrap_or(usize::MAX))
}

/// Moves an entry to the front of a list, or inserts it there.
fn remember(list: &mut Vec<String>, entry: &str) {
    list.retain(|known| known != entry);
    list.insert(0, entry.to_owned());
    list.truncate(Signals::ENTRIES_MAX);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn view(number: usize) -> Event {
        Event::View(format!("wand-{number}"))
    }

    fn views(count: usize) -> Signals {
        add(Signals::default(), &(0..count).map(view).collect::<Vec<_>>())
    }

    #[test]
    fn every_event_finds_its_list() {
        let text = || "x".to_owned();
        let events = [
            Event::Visit,
            Event::View(text()),
            Event::Search(text()),
            Event::Filter(text()),
            Event::Sort(text()),
            Event::AddToCart(text()),
            Event::Purchase(text()),
        ];
        let one = || vec![text()];
        assert_eq!(
            add(Signals::default(), &events),
            Signals {
                visits: 1,
                views: one(),
                searches: one(),
                filters: one(),
                sorts: one(),
                carted: one(),
                purchased: one(),
            }
        );
    }

    #[test]
    fn the_newest_comes_first_without_duplicates() {
        assert_eq!(add(views(2), &[view(2), view(0)]).views, ["wand-0", "wand-2", "wand-1"]);
    }

    #[test]
    fn the_oldest_signals_are_dropped() {
        let views = views(25).views;
        assert_eq!(views.len(), 20);
        assert_eq!((views[0].as_str(), views[19].as_str()), ("wand-24", "wand-5"));
    }

    #[test]
    fn earlier_signals_precede_those_after_login() {
        let known = Signals { visits: 2, ..views(3) };
        let newer = add(Signals { visits: 1, ..Signals::default() }, &[view(1), view(9)]);
        let joined = join(known, &newer);
        assert_eq!(joined.visits, 3);
        assert_eq!(joined.views, ["wand-9", "wand-1", "wand-2", "wand-0"]);
        assert_eq!(join(views(25), &views(3)).views.len(), 20);
    }

    #[test]
    fn visits_do_not_overflow() {
        let signals = Signals { visits: u32::MAX, ..Signals::default() };
        assert_eq!(add(signals, &[Event::Visit]).visits, u32::MAX);
    }

    #[test]
    fn another_page_is_due_at_4_16_and_64_signals() {
        let due: Vec<u32> = (1..200)
            .filter(|visits| {
                let signals = |visits| Signals { visits, ..Signals::default() };
                reach_milestone(&signals(visits - 1), &signals(*visits))
            })
            .collect();
        assert_eq!(due, [4, 16, 64]);
    }

    #[test]
    fn a_milestone_may_be_leapt_over_and_is_not_reached_twice() {
        assert!(reach_milestone(&views(3), &views(17)));
        assert!(!reach_milestone(&views(4), &views(5)));
        assert!(!reach_milestone(&views(4), &views(4)));
        let known = views(4);
        assert!(!reach_milestone(&known, &add(known.clone(), &[view(0)])), "nothing new");
    }

    #[test]
    fn stored_signals_are_versioned() {
        let stored = String::from_utf8(encode(&views(1))).unwrap();
        assert!(stored.starts_with(r#"{"form":1,"signals":{"visits":0,"views":["wand-0"]"#), "{stored}");
        assert_eq!(decode(stored.replace("\"form\":1", "\"form\":2").as_bytes()), Signals::default());
    }

    #[test]
    fn the_largest_session_has_space() {
        let longest =
            |c: char| (0..20).map(move |number| format!("{number:02}{}", String::from(c).repeat(78)));
        for c in ['\u{1F9D9}', '"', '\\', '\u{2028}'] {
            let list: Vec<_> = longest(c).collect();
            let largest = Signals {
                visits: u32::MAX,
                views: list.clone(),
                searches: list.clone(),
                filters: list.clone(),
                sorts: list.clone(),
                carted: list.clone(),
                purchased: list,
            };
            assert!(encode(&largest).len() < BYTES_MAX as usize);
        }
    }

    proptest! {
        #[test]
        fn signals_come_back_from_storage(entries in prop::collection::vec("(?s).{0,80}", 0..20), visits: u32) {
            let signals = Signals { visits, searches: entries.clone(), sorts: entries, ..Signals::default() };
            prop_assert_eq!(decode(&encode(&signals)), signals);
        }

        #[test]
        fn decoding_any_bytes_as_signals_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(decode(&bytes), Signals::default());
        }
    }
}
