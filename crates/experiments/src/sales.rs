//! Sums over the orders of counted shoppers, and their stored form.
//!
//! A few large orders must not decide a comparison, so their worth is cut at a limit. That limit follows from what orders
//! usually are worth in the shop, which nobody knows beforehand. So the shoppers of a group are counted by what their
//! orders are worth: in places whose ends are at most a quarter apart.

use std::collections::BTreeMap;

use model::shop::Share;
use model::{Currency, PageKind, Persona};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::aggregates::{Full, Group, Side, side_of, variant_of};
use crate::assignment::Arm;
use crate::earlier::Earlier;
use crate::orders::{Shift, Source};

/// The form in which sums are written.
const FORM: u32 = 3;
/// The form before variants were tested.
const FORM_WITHOUT_VARIANT: u32 = 2;
/// The form before the kind of page was stored, and what was known of shoppers earlier.
const FORM_WITHOUT_EARLIER: u32 = 1;
/// The most groups, as of [`crate::Aggregates`].
const GROUPS_MAX: usize = crate::Aggregates::GROUPS_MAX;
/// The most places of all groups together: eight of each of the usual groups, and as many again.
const PLACES_MAX: usize = 12_000;

/// The shoppers whose orders are worth about the same. A refund moves a shopper to another place; while hosts have not
/// added both parts of that yet, a sum may be less than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) shoppers: i64,
    /// What their orders are worth together.
    pub(crate) worth: i64,
}

/// What orders belong to.
type Key = (Group, Source, Currency);

/// Sums over orders, by group, by who reports them, and by currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sales(BTreeMap<Key, BTreeMap<u8, Place>>);

/// The stored form.
#[derive(Serialize, Deserialize)]
struct Stored<G> {
    form: u32,
    groups: Vec<G>,
}

/// Day, share in basis points, arm, persona, kind of page, what was known earlier, the part in the test of a variant, who
/// reports the orders, currency, and for each place its number, shoppers and worth.
type StoredGroup =
    (u32, u16, Arm, Persona, Option<PageKind>, Earlier, Side, Source, Currency, Vec<(u8, i64, i64)>);
/// The same without the part in a test.
type WithoutVariant =
    (u32, u16, Arm, Persona, Option<PageKind>, Earlier, Source, Currency, Vec<(u8, i64, i64)>);
/// The same without kind of page, what was known earlier, and who reports the orders.
type WithoutEarlier = (u32, u16, Arm, Persona, Currency, Vec<(u8, i64, i64)>);

/// What is read of every form first.
#[derive(Deserialize)]
struct Form {
    form: u32,
}

impl Sales {
    /// No encoded sums are longer.
    pub const BYTES_MAX: u32 = 1_024 * 1024;

    /// Adds what changed for a shopper of a group.
    pub fn add(&mut self, group: Group, shift: Shift) -> Result<(), Full> {
        let key = (group, shift.source, shift.currency);
        let changes = [(shift.before, -1), (shift.after, 1)].into_iter().filter(|(value, _)| *value > 0);
        if changes.clone().any(|(value, _)| !self.has_room(&key, place_of(value))) {
            return Err(Full);
        }
        let places = self.0.entry(key).or_default();
        for (value, shoppers) in changes {
            let worth = i64::try_from(value).unwrap_or(i64::MAX).saturating_mul(shoppers);
            places.entry(place_of(value)).or_default().add(Place { shoppers, worth });
        }
        places.retain(|_, place| *place != Place::default());
        if places.is_empty() {
            self.0.remove(&key);
        }
        Ok(())
    }

    fn has_room(&self, key: &Key, place: u8) -> bool {
        let known = self.0.get(key);
        let has_place = known.is_some_and(|places| places.contains_key(&place));
        let fits = known.is_some() || self.0.len() < GROUPS_MAX;
        has_place || fits && self.0.values().map(BTreeMap::len).sum::<usize>() < PLACES_MAX
    }

    /// Adds all groups of others, for a report. There may then be more groups than are stored in one place.
    pub fn merge(&mut self, others: Self) {
        for (key, places) in others.0 {
            let known = self.0.entry(key).or_default();
            for (number, place) in places {
                known.entry(number).or_default().add(place);
            }
        }
    }

    /// Returns who reports the orders that count: Shopify's webhooks, as soon as there are any, and otherwise the web pixel;
    /// `None` if there are no orders.
    pub fn source(&self) -> Option<Source> {
        self.0.keys().map(|(_, source, _)| *source).min()
    }

    /// Returns the groups and their places, by day, of the orders that count.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (&Group, Currency, &BTreeMap<u8, Place>)> {
        let counting = self.source();
        let counted = self.0.iter().filter(move |((_, source, _), _)| Some(*source) == counting);
        counted.map(|((group, _, currency), places)| (group, *currency, places))
    }

    /// Returns for each group the number of shoppers with orders that count, and what these are worth, in hundredths of the
    /// currency's unit. Large orders are not cut.
    pub fn by_group(&self) -> impl Iterator<Item = (&Group, Currency, u64, u64)> {
        self.groups().map(|(group, currency, places)| {
            let sum = sum(places);
            let count = |sum: i64| sum.max(0).unsigned_abs();
            (group, currency, count(sum.shoppers), count(sum.worth))
        })
    }

    /// Returns the currency of the orders that count. Webhooks report all orders in the shop's own, so it is that of the
    /// last ones. The pixel reports them in what shoppers pay in, so it is that of most.
    pub fn currency(&self) -> Option<Currency> {
        match self.source()? {
            Source::Webhook => self.groups().last().map(|(_, currency, _)| currency),
            Source::Pixel => {
                let mut shoppers = BTreeMap::<_, i64>::new();
                for (_, currency, places) in self.groups() {
                    *shoppers.entry(currency).or_default() += sum(places).shoppers;
                }
                shoppers.into_iter().max_by_key(|(_, shoppers)| *shoppers).map(|(currency, _)| currency)
            }
        }
    }

    /// Reads stored sums; `None` if they have another form.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let Form { form } = serde_json::from_slice(bytes).ok()?;
        let groups: Vec<StoredGroup> = match form {
            FORM => stored(bytes)?,
            FORM_WITHOUT_VARIANT => stored(bytes)?.into_iter().map(with_side).collect(),
            FORM_WITHOUT_EARLIER => {
                let with_earlier = |(day, share, arm, persona, currency, places): WithoutEarlier| {
                    let (page, earlier, source) = (None, Earlier::Unknown, Source::Webhook);
                    with_side((day, share, arm, persona, page, earlier, source, currency, places))
                };
                stored(bytes)?.into_iter().map(with_earlier).collect()
            }
            _ => return None,
        };
        let groups = groups.into_iter().map(
            |(day, share, arm, persona, page, earlier, side, source, currency, places)| {
                let (share, variant) = (Share::of_basis_points(share)?, variant_of(side));
                let group = Group { day, share, arm, persona, page, earlier, variant };
                let places =
                    places.into_iter().map(|(number, shoppers, worth)| (number, Place { shoppers, worth }));
                Some(((group, source, currency), places.collect()))
            },
        );
        groups.collect::<Option<_>>().map(Self)
    }

    /// Returns the stored form.
    pub fn encode(&self) -> Vec<u8> {
        let groups = self.0.iter().map(|((group, source, currency), places)| -> StoredGroup {
            let Group { day, share, arm, persona, page, earlier, variant } = *group;
            let (share, side) = (share.basis_points(), side_of(variant));
            let places = places.iter().map(|(number, place)| (*number, place.shoppers, place.worth));
            (day, share, arm, persona, page, earlier, side, *source, *currency, places.collect())
        });
        // Numbers and names always have a JSON form.
        serde_json::to_vec(&Stored { form: FORM, groups: groups.collect() }).unwrap_or_default()
    }
}

fn stored<G: DeserializeOwned>(bytes: &[u8]) -> Option<Vec<G>> {
    serde_json::from_slice::<Stored<G>>(bytes).ok().map(|stored| stored.groups)
}

fn with_side(
    (day, share, arm, persona, page, earlier, source, currency, places): WithoutVariant,
) -> StoredGroup {
    (day, share, arm, persona, page, earlier, None, source, currency, places)
}

impl Place {
    pub(crate) fn add(&mut self, other: Self) {
        self.shoppers = self.shoppers.saturating_add(other.shoppers);
        self.worth = self.worth.saturating_add(other.worth);
    }
}

fn sum(places: &BTreeMap<u8, Place>) -> Place {
    places.values().fold(Place::default(), |mut sum, place| {
        sum.add(*place);
        sum
    })
}

/// Returns the place of a value that is not zero: four for each doubling.
pub(crate) fn place_of(value: u64) -> u8 {
    let doublings = value.max(1).ilog2();
    let quarter = if doublings >= 2 { value >> (doublings - 2) } else { value << (2 - doublings) } & 3;
    u8::try_from(4 * u64::from(doublings) + quarter).unwrap_or(u8::MAX)
}

/// Returns the least value of a place, or the least that is not below it.
pub(crate) fn least_of(place: u8) -> u64 {
    let (doublings, quarter) = (place / 4, u64::from(place % 4));
    if doublings >= 2 {
        (4 + quarter) << (doublings - 2)
    } else {
        (4 + quarter).div_ceil(1 << (2 - doublings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GROUP: Group = Group {
        day: 7,
        share: Share::TENTH,
        arm: Arm::Personal,
        persona: Persona::Explorer,
        page: None,
        earlier: Earlier::Unknown,
        variant: None,
    };

    fn shift(before: u64, after: u64) -> Shift {
        Shift { source: Source::Webhook, currency: Currency::named("USD").unwrap(), before, after }
    }

    fn total(sales: &Sales) -> Place {
        let mut total = Place::default();
        sales.groups().for_each(|(_, _, places)| total.add(sum(places)));
        total
    }

    #[test]
    fn what_the_pixel_reports_counts_until_a_webhook_does() {
        let mut sales = Sales::default();
        assert_eq!((sales.source(), sales.currency()), (None, None));
        for (currency, worth) in [("EUR", 4_000), ("EUR", 6_000), ("JPY", 900_000)] {
            let currency = Currency::named(currency).unwrap();
            sales.add(GROUP, Shift { source: Source::Pixel, currency, before: 0, after: worth }).unwrap();
        }
        assert_eq!((sales.source(), sales.currency()), (Some(Source::Pixel), Currency::named("EUR")));
        assert_eq!(sales.by_group().map(|(_, _, _, worth)| worth).collect::<Vec<_>>(), [10_000, 900_000]);
        sales.add(GROUP, shift(0, 700)).unwrap();
        assert_eq!((sales.source(), sales.currency()), (Some(Source::Webhook), Currency::named("USD")));
        assert_eq!(total(&sales), Place { shoppers: 1, worth: 700 });
        assert_eq!(Sales::decode(&sales.encode()), Some(sales));
    }

    #[test]
    fn an_order_that_is_paid_back_leaves_nothing() {
        let mut sales = Sales::default();
        sales.add(GROUP, shift(0, 5_000)).unwrap();
        assert_eq!(total(&sales), Place { shoppers: 1, worth: 5_000 });
        sales.add(GROUP, shift(5_000, 1_200)).unwrap();
        assert_eq!(total(&sales), Place { shoppers: 1, worth: 1_200 });
        sales.add(GROUP, shift(1_200, 0)).unwrap();
        assert_eq!(sales, Sales::default());
    }

    #[test]
    fn of_too_many_places_the_known_ones_still_count() {
        let mut full = Sales::default();
        let days = u32::try_from(PLACES_MAX / 6).unwrap();
        for day in 0..days {
            let group = Group { day, ..GROUP };
            (0..6).for_each(|place| full.add(group, shift(0, 1_000 << place)).unwrap());
        }
        assert_eq!(full.add(GROUP, shift(0, 1 << 40)), Err(Full));
        assert_eq!(full.add(GROUP, shift(0, 1_000)), Ok(()));
        assert_eq!(full.add(GROUP, shift(1_000, 0)), Ok(()));
    }

    #[test]
    fn the_largest_sums_are_not_longer_than_the_limit() {
        let mut sales = Sales::default();
        let days = u32::try_from(PLACES_MAX / 6).unwrap();
        for day in 0..days {
            for place in 0..6 {
                let large = u64::MAX >> (place + 1);
                sales.add(Group { day: u32::MAX - day, ..GROUP }, shift(0, large)).unwrap();
            }
        }
        assert!(sales.encode().len() <= Sales::BYTES_MAX as usize, "{}", sales.encode().len());
        assert_eq!(Sales::decode(&sales.encode()), Some(sales));
    }

    #[test]
    fn another_form_is_not_read() {
        for other in [
            "",
            "{}",
            r#"{"form":4,"groups":[]}"#,
            r#"{"form":1,"groups":[[1]]}"#,
            r#"{"form":2,"groups":[[1]]}"#,
            r#"{"form":3,"groups":[[1]]}"#,
        ] {
            assert_eq!(Sales::decode(other.as_bytes()), None, "{other}");
        }
        let currency = r#"{"form":1,"groups":[[1,1000,"holdout","explorer","usd",[]]]}"#;
        assert_eq!(Sales::decode(currency.as_bytes()), None);
    }

    #[test]
    fn sums_from_before_it_was_stored_what_was_known_earlier_are_read() {
        let mut sales = Sales::default();
        sales.add(GROUP, shift(0, 5_000)).unwrap();
        for stored in [
            r#"{"form":1,"groups":[[7,1000,"personal","explorer","USD",[[48,1,5000]]]]}"#,
            r#"{"form":2,"groups":[[7,1000,"personal","explorer",null,"unknown","webhook","USD",[[48,1,5000]]]]}"#,
        ] {
            assert_eq!(Sales::decode(stored.as_bytes()).as_ref(), Some(&sales), "{stored}");
        }
    }

    proptest! {
        #[test]
        fn a_place_holds_values_that_are_at_most_a_quarter_apart(value in 1_u64..) {
            let place = place_of(value);
            prop_assert!(least_of(place) <= value);
            if place < u8::MAX {
                prop_assert!(value < least_of(place + 1));
            }
            prop_assert!(value - least_of(place) <= least_of(place) / 4);
        }

        #[test]
        fn sums_are_the_same_in_whatever_order_hosts_add_them(
            worths in prop::collection::vec(0_u64..1_000_000, 1..20), at in 0_usize..20,
        ) {
            // One shopper, whose orders are worth one amount after the other.
            let before = std::iter::once(0).chain(worths.iter().copied());
            let shifts: Vec<_> = before.zip(worths.iter().copied()).map(|(before, after)| shift(before, after)).collect();
            let (first, second) = shifts.split_at(at.min(shifts.len()));
            let mut sales = Sales::default();
            second.iter().chain(first).for_each(|shift| sales.add(GROUP, *shift).unwrap());
            let last = i64::try_from(worths[worths.len() - 1]).unwrap();
            prop_assert_eq!(total(&sales), Place { shoppers: i64::from(last > 0), worth: last });
            prop_assert_eq!(Sales::decode(&sales.encode()), Some(sales));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _read = Sales::decode(&bytes);
        }
    }
}
