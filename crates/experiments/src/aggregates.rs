//! Sums for each day, share, arm and persona, and their stored form.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use model::shop::{Share, VariantArm};
use model::{PageKind, Persona};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::assignment::Arm;
use crate::cell::Cell;
use crate::earlier::Earlier;

/// The form in which sums are written.
const FORM: u32 = 4;
/// The form before variants were tested.
const FORM_WITHOUT_VARIANT: u32 = 3;
/// The form before the kind of page was stored, and what was known of shoppers earlier.
const FORM_WITHOUT_EARLIER: u32 = 2;
/// The form before there were orders.
const FORM_WITHOUT_ORDERS: u32 = 1;

/// A group of shoppers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// The day on which they first saw the block.
    pub day: u32,
    /// The share of the holdout on that day. Groups under different shares are never added up.
    pub share: Share,
    /// What they get.
    pub arm: Arm,
    /// The persona that the page of the shop suggested on which they first saw it.
    pub persona: Persona,
    /// The kind of that page; `None` if they were counted before this was stored.
    pub page: Option<PageKind>,
    /// What was known of them before they first saw it.
    pub earlier: Earlier,
    /// Their part in the test of a variant that ran; `None` if none did. Whoever is held out does not get the variant.
    pub variant: Option<VariantArm>,
}

/// There are as many groups as fit: another one would need more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Sums of groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aggregates(BTreeMap<Group, Cell>);

/// The stored form.
#[derive(Serialize, Deserialize)]
struct Stored<C> {
    form: u32,
    cells: Vec<C>,
}

/// Day, share in basis points, arm, persona, kind of page, what was known earlier, the part in the test of a variant, and the
/// five sums.
type StoredCell = (u32, u16, Arm, Persona, Option<PageKind>, Earlier, Side, u64, u64, u64, u64, u64);
/// The number of a test, and whether the group gets the variant.
pub(crate) type Side = Option<(u32, bool)>;
/// The same without the part in a test.
type WithoutVariant = (u32, u16, Arm, Persona, Option<PageKind>, Earlier, u64, u64, u64, u64, u64);
/// The same without kind of page and what was known earlier.
type WithoutEarlier = (u32, u16, Arm, Persona, u64, u64, u64, u64, u64);
/// The same without orders, which came last.
type WithoutOrders = (u32, u16, Arm, Persona, u64, u64, u64, u64);

/// The members that every form has, which are read first.
#[derive(Deserialize)]
struct Form {
    form: u32,
}

impl Group {
    /// Returns whether its shoppers get the variant of a test.
    pub fn has_variant(&self) -> bool {
        self.variant.is_some_and(|arm| arm.has_variant)
    }
}

impl Aggregates {
    /// The most groups: a month of five kinds of page in two arms, of which one has two sides, with what was known earlier,
    /// and as much again for changed shares.
    pub const GROUPS_MAX: usize = 3_000;
    /// No encoded aggregates are longer.
    pub const BYTES_MAX: u32 = 704 * 1024;

    /// Adds to a group.
    pub fn add(&mut self, group: Group, cell: Cell) -> Result<(), Full> {
        let is_full = self.0.len() >= Self::GROUPS_MAX;
        match self.0.entry(group) {
            Entry::Vacant(_) if is_full => return Err(Full),
            entry => *entry.or_default() += cell,
        }
        Ok(())
    }

    /// Adds all groups of others, for a report. There may then be more groups than are stored in one place.
    pub fn merge(&mut self, others: Self) {
        for (group, cell) in others.0 {
            *self.0.entry(group).or_default() += cell;
        }
    }

    /// Returns the groups and their sums, by day.
    pub fn groups(&self) -> impl Iterator<Item = (&Group, &Cell)> {
        self.0.iter()
    }

    /// Returns the share under which shoppers were counted last; `None` if nobody was. If that changed on the last day,
    /// it is the one that was in force on fewer days.
    pub fn last_share(&self) -> Option<Share> {
        let last = self.0.keys().next_back()?.day;
        let days = |share| self.0.keys().filter(|group| group.share == share).count();
        self.0
            .keys()
            .filter(|group| group.day == last)
            .map(|group| group.share)
            .min_by_key(|share| days(*share))
    }

    /// Reads stored sums; `None` if they have another form.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let Form { form } = serde_json::from_slice(bytes).ok()?;
        let cells: Vec<StoredCell> = match form {
            FORM => stored(bytes)?,
            FORM_WITHOUT_VARIANT => stored(bytes)?.into_iter().map(with_side).collect(),
            FORM_WITHOUT_EARLIER => stored(bytes)?.into_iter().map(with_earlier).collect(),
            FORM_WITHOUT_ORDERS => {
                let with_none =
                    |(day, share, arm, persona, shoppers, carted, views, squared): WithoutOrders| {
                        with_earlier((day, share, arm, persona, shoppers, carted, views, squared, 0))
                    };
                stored(bytes)?.into_iter().map(with_none).collect()
            }
            _ => return None,
        };
        let cells = cells.into_iter().map(
            |(
                day,
                share,
                arm,
                persona,
                page,
                earlier,
                side,
                shoppers,
                carted,
                views,
                views_squared,
                ordered,
            )| {
                let share = Share::of_basis_points(share)?;
                let cell = Cell { shoppers, carted, ordered, views, views_squared };
                let variant = variant_of(side);
                Some((Group { day, share, arm, persona, page, earlier, variant }, cell))
            },
        );
        cells.collect::<Option<_>>().map(Self)
    }

    /// Returns the stored form.
    pub fn encode(&self) -> Vec<u8> {
        let cells = self.0.iter().map(|(group, cell)| {
            let Group { day, share, arm, persona, page, earlier, variant } = *group;
            let Cell { shoppers, carted, ordered, views, views_squared } = *cell;
            let (share, side) = (share.basis_points(), side_of(variant));
            (day, share, arm, persona, page, earlier, side, shoppers, carted, views, views_squared, ordered)
        });
        // Numbers and names always have a JSON form.
        serde_json::to_vec(&Stored { form: FORM, cells: cells.collect() }).unwrap_or_default()
    }
}

fn stored<C: DeserializeOwned>(bytes: &[u8]) -> Option<Vec<C>> {
    serde_json::from_slice::<Stored<C>>(bytes).ok().map(|stored| stored.cells)
}

fn with_earlier(
    (day, share, arm, persona, shoppers, carted, views, squared, ordered): WithoutEarlier,
) -> StoredCell {
    (day, share, arm, persona, None, Earlier::Unknown, None, shoppers, carted, views, squared, ordered)
}

fn with_side(
    (day, share, arm, persona, page, earlier, shoppers, carted, views, squared, ordered): WithoutVariant,
) -> StoredCell {
    (day, share, arm, persona, page, earlier, None, shoppers, carted, views, squared, ordered)
}

/// Returns the stored form of a part in a test.
pub(crate) fn side_of(variant: Option<VariantArm>) -> Side {
    variant.map(|VariantArm { test, has_variant }| (test, has_variant))
}

/// Reads the stored form of a part in a test.
pub(crate) fn variant_of(side: Side) -> Option<VariantArm> {
    side.map(|(test, has_variant)| VariantArm { test, has_variant })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group(day: u32, arm: Arm) -> Group {
        Group {
            day,
            share: Share::TENTH,
            arm,
            persona: Persona::Explorer,
            page: None,
            earlier: Earlier::Unknown,
            variant: None,
        }
    }

    fn any_cell() -> impl Strategy<Value = (Group, Cell)> {
        let arm = prop::sample::select(vec![Arm::Holdout, Arm::Personal]);
        let persona = prop::sample::select(Persona::ALL.to_vec());
        let earlier =
            prop::sample::select(vec![Earlier::Unknown, Earlier::New, Earlier::Browsed, Earlier::Carted]);
        let page = prop::option::of(prop::sample::select(PageKind::ALL.to_vec()));
        let side = prop::option::of((0..3_u32, any::<bool>()));
        (any::<u32>(), 0_u16..=5_000, arm, persona, page, earlier, side, any::<[u32; 5]>()).prop_map(
            |(day, share, arm, persona, page, earlier, side, sums)| {
                let [shoppers, carted, ordered, views, views_squared] = sums.map(u64::from);
                let share = Share::of_basis_points(share).unwrap();
                let group = Group { day, share, arm, persona, page, earlier, variant: variant_of(side) };
                (group, Cell { shoppers, carted, ordered, views, views_squared })
            },
        )
    }

    fn all(cells: &[(Group, Cell)]) -> Aggregates {
        let mut all = Aggregates::default();
        for (group, cell) in cells {
            all.add(*group, *cell).unwrap();
        }
        all
    }

    #[test]
    fn of_too_many_groups_the_known_ones_still_count() {
        let mut full = Aggregates::default();
        let one = Cell { shoppers: 1, ..Cell::default() };
        let days = u32::try_from(Aggregates::GROUPS_MAX).unwrap();
        (0..days).for_each(|day| full.add(group(day, Arm::Holdout), one).unwrap());
        assert_eq!(full.add(group(days, Arm::Holdout), one), Err(Full));
        assert_eq!(full.add(group(0, Arm::Holdout), one), Ok(()));
    }

    fn largest(day: u32) -> Group {
        let variant = Some(VariantArm { test: u32::MAX, has_variant: false });
        let (page, persona) = (Some(PageKind::Collection), Persona::Minimalist);
        Group { persona, page, variant, ..group(day, Arm::Personal) }
    }

    #[test]
    fn the_largest_sums_are_not_longer_than_the_limit() {
        let most = u64::MAX;
        let cell = Cell { shoppers: most, carted: most, ordered: most, views: most, views_squared: most };
        let days = u32::try_from(Aggregates::GROUPS_MAX).unwrap();
        let cells: Vec<_> = (0..days).map(|day| (largest(u32::MAX - day), cell)).collect();
        let all = all(&cells);
        assert!(all.encode().len() <= Aggregates::BYTES_MAX as usize, "{}", all.encode().len());
        assert_eq!(Aggregates::decode(&all.encode()), Some(all));
    }

    #[test]
    fn the_last_share_is_the_newest_one() {
        let half = Share::of_basis_points(5_000).unwrap();
        assert_eq!(Aggregates::default().last_share(), None);
        let mut sums =
            all(&[(group(7, Arm::Holdout), Cell::default()), (group(8, Arm::Holdout), Cell::default())]);
        assert_eq!(sums.last_share(), Some(Share::TENTH));
        sums.add(Group { share: half, ..group(8, Arm::Holdout) }, Cell::default()).unwrap();
        assert_eq!(sums.last_share(), Some(half));
    }

    #[test]
    fn another_form_is_not_read() {
        for other in [
            "",
            "{}",
            r#"{"form":5,"cells":[]}"#,
            r#"{"form":1,"cells":[[1]]}"#,
            r#"{"form":2,"cells":[[1]]}"#,
            r#"{"form":3,"cells":[[1]]}"#,
            r#"{"form":4,"cells":[[1]]}"#,
        ] {
            assert_eq!(Aggregates::decode(other.as_bytes()), None, "{other}");
        }
        let share = r#"{"form":1,"cells":[[1,9999,"holdout","explorer",1,0,0,0]]}"#;
        assert_eq!(Aggregates::decode(share.as_bytes()), None);
    }

    #[test]
    fn sums_of_earlier_forms_are_read() {
        for (stored, ordered) in [
            (r#"{"form":1,"cells":[[7,1000,"holdout","explorer",9,2,5,11]]}"#, 0),
            (r#"{"form":2,"cells":[[7,1000,"holdout","explorer",9,2,5,11,1]]}"#, 1),
            (r#"{"form":3,"cells":[[7,1000,"holdout","explorer",null,"unknown",9,2,5,11,1]]}"#, 1),
        ] {
            let read = Aggregates::decode(stored.as_bytes()).unwrap();
            let cell = Cell { shoppers: 9, carted: 2, ordered, views: 5, views_squared: 11 };
            assert_eq!(read, all(&[(group(7, Arm::Holdout), cell)]));
        }
    }

    proptest! {
        #[test]
        fn sums_are_the_same_in_whatever_order_hosts_add_them(
            cells in prop::collection::vec(any_cell(), 0..40), at in 0_usize..40,
        ) {
            let (first, second) = cells.split_at(at.min(cells.len()));
            let (mut one, mut other) = (all(first), all(second));
            one.merge(all(second));
            other.merge(all(first));
            prop_assert_eq!(&one, &all(&cells));
            prop_assert_eq!(&one, &other);
            prop_assert_eq!(Aggregates::decode(&one.encode()), Some(one));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _read = Aggregates::decode(&bytes);
        }
    }
}
