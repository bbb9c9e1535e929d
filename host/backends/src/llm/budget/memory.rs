//! A budget in memory, which lasts as long as the process and which no other sees. Also for tests.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Amount, Budget, Day, Entry, Limits, Unavailable, Used};
use crate::kind::{Opened, Site};

pub(super) use crate::kind::NoOptions as Options;

/// Returns an empty budget.
pub(super) fn open(_: Options, _: &Site) -> Ready<Opened<dyn Budget>> {
    ready(Ok(Arc::new(Memory::default())))
}

/// A budget in memory.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Days>);

/// What each owner used on each day.
type Days = HashMap<(String, u64), Amount>;

impl Memory {
    fn days(&self) -> MutexGuard<'_, Days> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Budget for Memory {
    async fn reserve(
        &self,
        owner: &str,
        day: Day,
        amount: Amount,
        limits: Limits,
    ) -> Result<bool, Unavailable> {
        let mut days = self.days();
        let has_room = limits.exceeded_by(&used(&days, owner, day).with(amount)).is_none();
        if has_room {
            let spent = days.entry((owner.to_owned(), day.number)).or_default();
            *spent = *spent + amount;
        }
        Ok(has_room)
    }

    async fn settle(
        &self,
        owner: &str,
        day: u64,
        reserved: Amount,
        spent: Amount,
    ) -> Result<(), Unavailable> {
        let mut days = self.days();
        let amount = days.entry((owner.to_owned(), day)).or_default();
        *amount = *amount - reserved + spent;
        Ok(())
    }

    async fn used(&self, owner: &str, day: Day) -> Result<Used, Unavailable> {
        Ok(used(&self.days(), owner, day))
    }

    async fn since(&self, first: u64) -> Result<Vec<Entry>, Unavailable> {
        let days = self.days();
        let later = days.iter().filter(|((_, day), _)| *day >= first);
        let entry = |((owner, day), amount): (&(String, u64), &Amount)| Entry {
            owner: owner.clone(),
            day: *day,
            amount: *amount,
        };
        let mut entries: Vec<_> = later.map(entry).collect();
        entries.sort_by(|a, b| (&a.owner, a.day).cmp(&(&b.owner, b.day)));
        Ok(entries)
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

fn used(days: &Days, owner: &str, day: Day) -> Used {
    let of = |number: u64| days.get(&(owner.to_owned(), number)).copied().unwrap_or_default();
    let month = (day.first_of_month..=day.number).map(|number| of(number).microdollars).sum();
    Used { of_day: of(day.number), month_microdollars: month }
}
