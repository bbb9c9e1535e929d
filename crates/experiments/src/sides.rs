//! Sums of both sides of the test of a variant.

use std::collections::{BTreeMap, BTreeSet};

use model::Persona;
use model::shop::VariantArm;

use crate::aggregates::Group;
use crate::cell::Cell;
use crate::counts::Worths;
use crate::earlier::Earlier;
use crate::mismatch::Sizes;

/// The sums of a group.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Sums {
    pub(crate) cell: Cell,
    pub(crate) worths: Worths,
}

/// Sums of a test, of those without the variant and those with it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Test {
    /// By persona, and by what was known of shoppers earlier.
    pub(crate) sums: BTreeMap<(Persona, Earlier), [Sums; 2]>,
    /// The sizes of both groups, with the shoppers of days that are not complete.
    pub(crate) sizes: Sizes,
    /// The days that are complete.
    pub(crate) days: BTreeSet<u32>,
    /// The first day and the last on which somebody was counted.
    pub(crate) first: Option<u32>,
    pub(crate) last: u32,
}

impl Test {
    /// Counts shoppers of a group, which takes part in the test, and returns its sums if its day is complete.
    pub(crate) fn count(
        &mut self,
        group: &Group,
        side: VariantArm,
        shoppers: u64,
        is_complete: bool,
    ) -> Option<&mut Sums> {
        let Sizes { holdout, personal } = &mut self.sizes;
        let counted = if side.has_variant { personal } else { holdout };
        *counted = counted.saturating_add(shoppers);
        self.first = Some(self.first.map_or(group.day, |first| first.min(group.day)));
        self.last = self.last.max(group.day);
        if !is_complete {
            return None;
        }
        self.days.insert(group.day);
        Some(self.sums_of(group, side))
    }

    pub(crate) fn sums_of(&mut self, group: &Group, side: VariantArm) -> &mut Sums {
        &mut self.sums.entry((group.persona, group.earlier)).or_default()[usize::from(side.has_variant)]
    }
}
