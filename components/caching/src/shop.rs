//! A shop's record: one small entry with its catalog version and whether the shop is closed. Each hit reads it for
//! the version, so checking whether the shop is closed costs nothing.
//!
//! Each bump of the catalog version makes every page stale and makes the catalog list the shop's products again.
//! Products can change many times a second, so these changes bump the version at most once per [`BUMP_INTERVAL_MS`].
//! The first change after a quiet time bumps it at once. Changes within the interval share one bump, and the entry
//! holds the time at which it is due. Every read after that time returns the new version, so no further write is
//! needed. An operator or a merchant bumps the version at once.

/// An upper bound on the size of an entry.
pub(crate) const ENTRY_BYTES_MAX: u32 = 112;
/// The shortest time between two bumps that product changes cause.
pub const BUMP_INTERVAL_MS: u64 = 1_000;
/// The clocks of two hosts differ by less than this. A change this shortly before a due bump may come after it by
/// another host's clock, so it causes another bump.
const CLOCKS_DIFFER_MS: u64 = 250;

const CLOSED: &str = "closed";
const BUMPED: &str = "moved=";
const DUE: &str = "due=";
const LEFT: &str = "left=";

/// A shop's record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shop {
    /// Whether the shop is closed: until it is reopened, nothing is stored for it.
    pub closed: bool,
    /// The catalog version, without the due bump.
    version: u64,
    /// The time of the last bump.
    bumped_ms: Option<u64>,
    /// The time at which a bump is due, because products changed since the last one.
    due_ms: Option<u64>,
    /// When the shop left, by the newest report that closed it. It stays when the shop is reopened.
    left_ms: Option<u64>,
}

impl Shop {
    /// Returns the catalog version at `now_ms`.
    pub fn catalog_version(self, now_ms: u64) -> u64 {
        let is_over = self.due_ms.is_some_and(|due_ms| !is_ahead(due_ms, now_ms));
        self.version.wrapping_add(is_over.into())
    }

    /// Returns the record after products changed at `now_ms`.
    pub(crate) fn changed(self, now_ms: u64) -> Self {
        if self.due_ms.is_some_and(|due_ms| is_ahead(due_ms, now_ms + CLOCKS_DIFFER_MS)) {
            return self;
        }
        let version = self.version.wrapping_add(self.due_ms.is_some().into());
        let bumped_ms = self.due_ms.or(self.bumped_ms).map(|bumped_ms| bumped_ms.min(now_ms));
        let current = Self { version, bumped_ms, due_ms: None, ..self };
        match bumped_ms.map(|bumped_ms| bumped_ms + BUMP_INTERVAL_MS) {
            Some(due_ms) if now_ms < due_ms => Self { due_ms: Some(due_ms), ..current },
            _ => current.bumped(now_ms),
        }
    }

    /// Returns the record after a bump at `now_ms`.
    pub(crate) fn bumped(self, now_ms: u64) -> Self {
        let version = self.catalog_version(now_ms).wrapping_add(1);
        Self { version, bumped_ms: Some(now_ms), due_ms: None, ..self }
    }

    /// Returns the record after a report that the shop left at this time, or after it was closed for another reason. The
    /// shop stays open if it was reopened after this report or a later one: only times of one clock are compared.
    pub(crate) fn closed(self, left_ms: Option<u64>) -> Self {
        if !self.closed && left_ms.is_some_and(|left_ms| self.left_ms.is_some_and(|known| left_ms <= known)) {
            return self;
        }
        Self { closed: true, left_ms: left_ms.max(self.left_ms), ..self }
    }

    /// Returns the reopened record. It is bumped, because webhooks were ignored while the shop was closed and its
    /// products may have changed.
    pub(crate) fn reopened(self, now_ms: u64) -> Self {
        if self.closed { Self { closed: false, ..self.bumped(now_ms) } } else { self }
    }

    /// Encodes the version first, and then the other fields that are set.
    pub(crate) fn encode(self) -> String {
        let Self { version, bumped_ms, due_ms, closed, left_ms } = self;
        let closed = if closed { format!(" {CLOSED}") } else { String::new() };
        let time = |name: &str, ms: Option<u64>| ms.map(|ms| format!(" {name}{ms}")).unwrap_or_default();
        let (bumped, due, left) = (time(BUMPED, bumped_ms), time(DUE, due_ms), time(LEFT, left_ms));
        format!("{version}{closed}{bumped}{due}{left}")
    }

    /// Decodes an entry. An invalid version counts as 0, and the next change replaces it.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let mut words = std::str::from_utf8(bytes).unwrap_or_default().split(' ');
        let Some(version) = words.next().and_then(|word| word.parse().ok()) else { return Self::default() };
        let mut shop = Self { version, ..Self::default() };
        for word in words {
            if word == CLOSED {
                shop.closed = true;
            } else if let Some(ms) = word.strip_prefix(BUMPED) {
                shop.bumped_ms = ms.parse().ok();
            } else if let Some(ms) = word.strip_prefix(DUE) {
                shop.due_ms = ms.parse().ok();
            } else if let Some(ms) = word.strip_prefix(LEFT) {
                shop.left_ms = ms.parse().ok();
            }
        }
        shop
    }
}

/// Returns whether a time is in the future. A time further ahead than any due bump counts as past, because a host with
/// a wrong clock wrote it.
fn is_ahead(at_ms: u64, now_ms: u64) -> bool {
    now_ms < at_ms && at_ms - now_ms <= 2 * BUMP_INTERVAL_MS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW_MS: u64 = 1_700_000_000_000;
    /// Half of the allowed difference between clocks.
    const SKEW_MS: u64 = CLOCKS_DIFFER_MS / 2;

    fn any_shop() -> impl Strategy<Value = Shop> {
        let time = any::<Option<u64>>;
        (any::<u64>(), time(), time(), time(), any::<bool>()).prop_map(
            |(version, bumped_ms, due_ms, left_ms, closed)| Shop {
                closed,
                version,
                bumped_ms,
                due_ms,
                left_ms,
            },
        )
    }

    proptest! {
        #[test]
        fn a_shop_record_round_trips(shop in any_shop()) {
            let entry = shop.encode();
            prop_assert!(entry.len() <= ENTRY_BYTES_MAX as usize);
            prop_assert_eq!(Shop::decode(entry.as_bytes()), shop);
        }

        #[test]
        fn decoding_any_bytes_as_a_shop_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..32)) {
            let shop = Shop::decode(&bytes);
            prop_assert!(!shop.closed || bytes.ends_with(CLOSED.as_bytes()));
        }

        /// The catalog lists products for the version that it read before. So the final version must be newer than any
        /// version that was read before the last change.
        #[test]
        fn the_last_change_is_seen_whatever_the_clocks_of_hosts(
            changes in prop::collection::vec((0..3_000_u64, 0..=2 * SKEW_MS), 1..60),
        ) {
            let (mut shop, mut at_ms) = (Shop::default(), NOW_MS);
            for (pause_ms, skew_ms) in changes {
                at_ms += pause_ms;
                let read_before = shop.catalog_version(at_ms + SKEW_MS);
                shop = shop.changed(at_ms - SKEW_MS + skew_ms);
                let in_the_end = shop.catalog_version(at_ms + BUMP_INTERVAL_MS + CLOCKS_DIFFER_MS);
                prop_assert!(in_the_end > read_before, "{shop:?}");
            }
        }

        #[test]
        fn a_catalog_moves_seldom_however_often_products_change(
            pauses_ms in prop::collection::vec(0..2_000_u64, 1..200),
        ) {
            let (mut shop, mut at_ms) = (Shop::default(), NOW_MS);
            for pause_ms in pauses_ms {
                at_ms += pause_ms;
                shop = shop.changed(at_ms);
            }
            let bumps = shop.catalog_version(at_ms + BUMP_INTERVAL_MS);
            prop_assert!(bumps <= 2 + (at_ms - NOW_MS) / (BUMP_INTERVAL_MS - CLOCKS_DIFFER_MS), "{bumps}");
        }
    }

    #[test]
    fn two_hundred_changes_in_a_fifth_of_a_second_are_two_moves() {
        let changed = (0..200).fold(Shop::default(), |shop, change| shop.changed(NOW_MS + change));
        assert_eq!(changed.catalog_version(NOW_MS + 999), 1);
        assert_eq!(changed.catalog_version(NOW_MS + 1_000), 2);
        assert_eq!(changed.catalog_version(u64::MAX / 2), 2);
        let later = changed.changed(NOW_MS + 60_000);
        assert_eq!(later.catalog_version(NOW_MS + 60_000), 3, "after a quiet time a change counts at once");
    }

    #[test]
    fn a_wrong_clock_delays_no_bump() {
        let ahead = Shop::default().changed(NOW_MS).changed(NOW_MS + 1);
        let back_ms = NOW_MS - 3_600_000;
        assert_eq!(ahead.catalog_version(back_ms), 2);
        let changed = ahead.changed(back_ms);
        assert_eq!(changed.catalog_version(back_ms + BUMP_INTERVAL_MS), 3);
    }

    #[test]
    fn a_report_that_a_shop_left_closes_it_once_however_late_it_is_repeated() {
        let reopened = Shop::default().closed(Some(100)).reopened(NOW_MS);
        for repeated in [Some(100), Some(99)] {
            assert!(!reopened.closed(repeated).closed, "{repeated:?}");
        }
        assert!(reopened.closed(Some(101)).closed, "it left again");
        assert!(reopened.closed(None).closed, "for another reason");
        let left_again = reopened.closed(Some(101)).closed(Some(100)).reopened(NOW_MS);
        assert!(!left_again.closed(Some(101)).closed, "the newest report counts");
        assert!(Shop::default().closed(None).closed(Some(100)).reopened(NOW_MS).closed(Some(101)).closed);
    }

    #[test]
    fn entries_of_earlier_releases_are_read() {
        assert_eq!(Shop::decode(b"17"), Shop { version: 17, ..Shop::default() });
        assert_eq!(
            Shop::decode(b"00000000000000000017 closed"),
            Shop { version: 17, closed: true, ..Shop::default() }
        );
    }
}
