//! How many jobs each member of the pool may run in this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The slots of all members. A slot is taken before a job is claimed, and held until the job has ended, so at no moment
/// is a claim under way that is not counted.
#[derive(Debug)]
pub struct Slots {
    per_member: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// From when on no slot is handed out; `None` is never.
    until: Option<Instant>,
    members: BTreeMap<String, Count>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    allowed: usize,
    taken: usize,
}

/// The right to run a job for a member, until this is dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Arc<Slots>,
    member: String,
}

impl Slots {
    /// Creates slots for these members, none of which may be taken yet. In all processes together, a member may run
    /// `per_member` jobs at once.
    pub fn new(members: impl IntoIterator<Item = String>, per_member: usize) -> Arc<Self> {
        let members = members.into_iter().map(|name| (name, Count::default())).collect();
        Arc::new(Self { per_member, state: Mutex::new(State { until: None, members }) })
    }

    /// Returns the names of the members.
    pub fn members(&self) -> Vec<String> {
        self.state().members.keys().cloned().collect()
    }

    /// Allows every member all its slots, for good: no other process shares them.
    pub fn allow_all(&self) {
        let mut state = self.state();
        state.until = None;
        state.members.values_mut().for_each(|count| count.allowed = self.per_member);
    }

    /// Allows a member its slots but those that are taken in other processes.
    pub(super) fn allow(&self, member: &str, elsewhere: usize) {
        if let Some(count) = self.state().members.get_mut(member) {
            count.allowed = self.per_member.saturating_sub(elsewhere);
        }
    }

    /// Hands out no more slots of a member. Returns how many are taken, which only shrinks from now on.
    pub(super) fn withdraw(&self, member: &str) -> usize {
        self.state().members.get_mut(member).map_or(0, |count| {
            count.allowed = 0;
            count.taken
        })
    }

    /// Returns how many slots of a member are taken.
    pub(super) fn taken(&self, member: &str) -> usize {
        self.state().members.get(member).map_or(0, |count| count.taken)
    }

    /// Returns whether a member may take slots.
    #[cfg(test)]
    pub(super) fn is_allowed(&self, member: &str) -> bool {
        self.state().members.get(member).is_some_and(|count| count.allowed > 0)
    }

    /// Hands out slots until this moment only, unless it is postponed.
    pub(super) fn allow_until(&self, until: Instant) {
        self.state().until = Some(until);
    }

    /// Returns how many jobs a member may run at once in all processes together.
    pub fn per_member(&self) -> usize {
        self.per_member
    }

    /// Returns how many slots this process may take.
    pub fn allowed(&self) -> usize {
        self.state().members.values().map(|count| count.allowed).sum()
    }

    /// Returns how many members have slots in this process.
    pub fn members_here(&self) -> usize {
        self.state().members.values().filter(|count| count.allowed > 0).count()
    }

    /// Takes a slot of a member, if one is free.
    pub fn take(self: &Arc<Self>, member: &str) -> Option<Slot> {
        let mut state = self.state();
        if state.until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
        let count = state.members.get_mut(member).filter(|count| count.taken < count.allowed)?;
        count.taken += 1;
        drop(state);
        Some(Slot { slots: self.clone(), member: member.to_owned() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Slot {
    pub(super) fn member(&self) -> &str {
        &self.member
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(count) = self.slots.state().members.get_mut(&self.member) {
            count.taken = count.taken.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn slots() -> Arc<Slots> {
        Slots::new(["pool-0".to_owned(), "pool-1".to_owned()], 2)
    }

    #[test]
    fn nothing_is_allowed_until_it_is_said() {
        let slots = slots();
        assert!(slots.take("pool-0").is_none());
        slots.allow_all();
        let taken = [slots.take("pool-0"), slots.take("pool-0")];
        assert!(taken.iter().all(Option::is_some) && slots.take("pool-0").is_none());
        drop(taken);
        assert!(slots.take("pool-0").is_some() && slots.take("pool-7").is_none());
    }

    #[test]
    fn jobs_that_run_elsewhere_take_slots() {
        let slots = slots();
        slots.allow("pool-0", 1);
        let taken = slots.take("pool-0");
        assert!(taken.is_some() && slots.take("pool-0").is_none());
        assert_eq!((slots.members_here(), slots.withdraw("pool-0")), (1, 1));
        drop(taken);
        assert!(slots.take("pool-0").is_none());
        slots.allow("pool-0", 3);
        assert!(slots.take("pool-0").is_none(), "more than all may run elsewhere for a moment");
    }

    #[test]
    fn no_slot_is_taken_after_the_end() {
        let slots = slots();
        slots.allow_all();
        slots.allow_until(Instant::now());
        assert!(slots.take("pool-0").is_none());
        slots.allow_until(Instant::now() + Duration::from_hours(1));
        assert!(slots.take("pool-0").is_some());
    }
}
