//! The signals of a shopper in a shop: how they grow and fade, when they justify another page, and their stored form.

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

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// How many days a signal of each list counts after it was last given, in the order of [`Signals::lists`]: what somebody looks
/// for changes within weeks, what they bought says something for longer.
const COUNTED_DAYS: [u32; 6] = [60, 30, 30, 30, 90, 730];
/// The number of visits is halved whenever a shopper stayed away for so many days.
const VISITS_HALVED_DAYS: u32 = 30;

/// A day, counted from the epoch.
pub(crate) type Day = u32;

/// Returns the day of a time in milliseconds since the epoch.
pub(crate) fn day_of(now_ms: u64) -> Day {
    Day::try_from(now_ms / DAY_MS).unwrap_or(Day::MAX)
}

/// The signals of a shopper, and when each was given last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Session {
    /// The signals.
    pub(crate) signals: Signals,
    /// For each list of the signals, the day of each entry.
    days: [Vec<Day>; 6],
    /// The day of the last visit, or of the last time that visits were halved.
    visited: Day,
}

/// The stored form of a session.
#[derive(Serialize, Deserialize)]
struct Stored<S> {
    form: u32,
    signals: S,
    /// The days of entries. Earlier releases stored none.
    #[serde(default)]
    days: [Vec<Day>; 6],
    #[serde(default)]
    visited: Option<Day>,
}

impl Session {
    /// Returns signals that were all given on one day.
    #[cfg(test)]
    pub(crate) fn of(signals: Signals, day: Day) -> Self {
        let days = signals.lists().map(|list| vec![day; list.len()]);
        Self { signals, days, visited: day }
    }

    /// Reads a session and leaves out what has faded until today. Unreadable ones have no signals.
    pub(crate) fn read(bytes: &[u8], today: Day) -> Self {
        let Ok(Stored::<Signals> { form: FORM, signals, mut days, visited }) = serde_json::from_slice(bytes)
        else {
            return Self::default();
        };
        // What has no day was stored by an earlier release, and fades from today on.
        for (days, list) in days.iter_mut().zip(signals.lists()) {
            days.resize(list.len(), today);
        }
        Self { signals, days, visited: visited.unwrap_or(today) }.faded(today)
    }

    /// Reads a session with what has faded, as it is stored.
    pub(crate) fn whole(bytes: &[u8]) -> Self {
        Self::read(bytes, 0)
    }

    /// Returns the session in its stored form.
    pub(crate) fn written(&self) -> Vec<u8> {
        let Self { signals, days, visited } = self;
        json(&Stored { form: FORM, signals, days: days.clone(), visited: Some(*visited) })
    }

    /// Adds the signals of `events`, which are in the order in which they happened.
    pub(crate) fn add(mut self, events: &[Event], today: Day) -> Self {
        for event in events {
            match event {
                Event::Seen | Event::Ordered(_) => {}
                Event::Visit => {
                    self.signals.visits = self.signals.visits.saturating_add(1);
                    self.visited = today;
                }
                Event::View(product) => self.remember(0, product, today),
                Event::Search(term) => self.remember(1, term, today),
                Event::Filter(value) => self.remember(2, value, today),
                Event::Sort(value) => self.remember(3, value, today),
                Event::AddToCart(product) => self.remember(4, product, today),
                Event::Purchase(product) => self.remember(5, product, today),
            }
        }
        self
    }

    /// Adds the signals from before the shopper logged in, which are the newer ones, because the shopper browses first
    /// and then logs in.
    pub(crate) fn join(mut self, newer: &Self) -> Self {
        self.signals.visits = self.signals.visits.saturating_add(newer.signals.visits);
        self.visited = self.visited.max(newer.visited);
        for (at, (entries, days)) in newer.signals.lists().into_iter().zip(&newer.days).enumerate() {
            for (entry, day) in entries.iter().zip(days).rev() {
                self.remember(at, entry, *day);
            }
        }
        self
    }

    /// Leaves out what counts no longer. A day in the future was written by a host whose clock was wrong, and counts as today.
    fn faded(mut self, today: Day) -> Self {
        let lists = self.signals.lists_mut().into_iter().zip(&mut self.days).zip(COUNTED_DAYS);
        for ((list, days), counted) in lists {
            let counts = |day: &Day| today.saturating_sub(*day) < counted;
            let mut each = days.iter();
            list.retain(|_| each.next().is_some_and(counts));
            days.retain(counts);
        }
        let halvings = today.saturating_sub(self.visited) / VISITS_HALVED_DAYS;
        self.signals.visits = self.signals.visits.checked_shr(halvings).unwrap_or(0);
        self.visited += halvings * VISITS_HALVED_DAYS;
        self
    }

    /// Moves an entry to the front of a list, or inserts it there.
    fn remember(&mut self, list: usize, entry: &str, day: Day) {
        let days = &mut self.days[list];
        let Some(entries) = self.signals.lists_mut().into_iter().nth(list) else { return };
        if let Some(known) = entries.iter().position(|known| known == entry) {
            entries.remove(known);
            days.remove(known);
        }
        entries.insert(0, entry.to_owned());
        days.insert(0, day);
        entries.truncate(Signals::ENTRIES_MAX);
        days.truncate(Signals::ENTRIES_MAX);
    }
}

/// Returns whether signals reached a milestone since `before`.
pub(crate) fn reach_milestone(before: &Signals, after: &Signals) -> bool {
    MILESTONES.iter().any(|milestone| (count(before)..count(after)).contains(&(milestone - 1)))
}

fn count(signals: &Signals) -> usize {
    let entries: usize = signals.lists().into_iter().map(<[String]>::len).sum();
    entries.saturating_add(usize::try_from(signals.visits).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn view(number: usize) -> Event {
        Event::View(format!("wand-{number}"))
    }

    const TODAY: Day = 20_000;

    fn session(count: usize) -> Session {
        Session::default().add(&(0..count).map(view).collect::<Vec<_>>(), TODAY)
    }

    fn views(count: usize) -> Signals {
        session(count).signals
    }

    fn add(signals: Signals, events: &[Event]) -> Signals {
        Session::of(signals, TODAY).add(events, TODAY).signals
    }

    fn join(signals: Signals, newer: &Signals) -> Signals {
        Session::of(signals, TODAY).join(&Session::of(newer.clone(), TODAY)).signals
    }

    fn encode(signals: &Signals) -> Vec<u8> {
        Session::of(signals.clone(), TODAY).written()
    }

    fn decode(bytes: &[u8]) -> Signals {
        Session::read(bytes, TODAY).signals
    }

    /// The signals as they count that many days later.
    fn after(session: &Session, days: Day) -> Signals {
        Session::read(&session.written(), TODAY + days).signals
    }

    #[test]
    fn each_kind_of_signal_fades_in_its_time() {
        let text = || vec!["x".to_owned()];
        let all = Signals {
            visits: 9,
            views: text(),
            searches: text(),
            filters: text(),
            sorts: text(),
            carted: text(),
            purchased: text(),
        };
        let left = |days| {
            let left = after(&Session::of(all.clone(), TODAY), days);
            (left.visits, left.lists().map(<[String]>::len))
        };
        assert_eq!(left(29), (9, [1, 1, 1, 1, 1, 1]));
        assert_eq!(left(30), (4, [1, 0, 0, 0, 1, 1]));
        assert_eq!(left(60), (2, [0, 0, 0, 0, 1, 1]));
        assert_eq!(left(90), (1, [0, 0, 0, 0, 0, 1]));
        assert_eq!(left(729), (0, [0, 0, 0, 0, 0, 1]));
        assert_eq!(left(730), (0, [0; 6]));
    }

    #[test]
    fn a_signal_that_is_given_again_is_as_good_as_new() {
        let later = TODAY + 50;
        let session = session(2).add(&[view(0), Event::Visit], later);
        assert_eq!(Session::read(&session.written(), later + 59).signals.views, ["wand-0"]);
        assert_eq!(Session::read(&session.written(), later + 29).signals.visits, 1);
        let visits = Session::of(Signals { visits: 8, ..Signals::default() }, TODAY);
        let back = Session::read(&visits.written(), TODAY + 30).add(&[Event::Visit], TODAY + 30);
        assert_eq!(Session::read(&back.written(), TODAY + 59).signals.visits, 5, "half of 8, and one");
    }

    #[test]
    fn what_an_earlier_release_stored_fades_from_the_day_on_which_it_is_read() {
        let stored = br#"{"form":1,"signals":{"visits":3,"views":["a","b"],"searches":[],"filters":[],"sorts":[],"carted":[],"purchased":[]}}"#;
        let session = Session::read(stored, TODAY);
        assert_eq!((session.signals.visits, session.signals.views.len()), (3, 2));
        assert_eq!(after(&session, 59).views, ["a", "b"]);
        assert_eq!(after(&session, 60).views, [""; 0]);
    }

    #[test]
    fn a_clock_that_is_set_back_fades_nothing() {
        assert_eq!(Session::read(&session(3).written(), TODAY - 1_000).signals, views(3));
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
        assert!(stored.ends_with(r#""days":[[20000],[],[],[],[],[]],"visited":20000}"#), "{stored}");
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

    fn any_event() -> impl Strategy<Value = Event> {
        let text = || "[a-c]{1,2}";
        prop_oneof![
            Just(Event::Visit),
            text().prop_map(Event::View),
            text().prop_map(Event::Search),
            text().prop_map(Event::Sort),
            text().prop_map(Event::AddToCart),
            text().prop_map(Event::Purchase),
        ]
    }

    proptest! {
        #[test]
        fn time_takes_signals_and_adds_none(
            events in prop::collection::vec((any_event(), 0u32..200), 0..60),
            sooner in 0u32..400,
            more in 0u32..400,
        ) {
            let mut day = TODAY;
            let mut session = Session::default();
            for (event, pause) in events {
                day += pause / 10;
                session = session.add(&[event], day);
            }
            let at = |later: u32| Session::read(&session.written(), day + later).signals;
            let (before, after) = (at(sooner), at(sooner + more));
            prop_assert!(after.visits <= before.visits);
            for (before, after) in before.lists().into_iter().zip(after.lists()) {
                let kept: Vec<_> = before.iter().filter(|entry| after.contains(entry)).collect();
                prop_assert_eq!(kept, after.iter().collect::<Vec<_>>(), "in their order");
            }
        }

        #[test]
        fn one_more_signal_leaves_no_fewer_until_its_list_is_full(
            events in prop::collection::vec(any_event(), 0..15),
            more in any_event(),
            later in 0u32..100,
        ) {
            let before = Session::default().add(&events, TODAY);
            let after = before.clone().add(&[more], TODAY + later);
            let at = |session: &Session| count(&Session::read(&session.written(), TODAY + later).signals);
            prop_assert!(at(&after) >= at(&before));
        }

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
