//! A budget in memory, which lasts as long as the process and which no other sees. Also for tests.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::{Budget, Unavailable};
use crate::kind::{Opened, Site};

pub(super) use crate::kind::NoOptions as Options;

/// Returns an empty budget.
pub(super) fn open(_: Options, _: &Site) -> Ready<Opened<dyn Budget>> {
    ready(Ok(Arc::new(Memory::default())))
}

/// A budget in memory.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<(String, u64), u64>>);

#[async_trait]
impl Budget for Memory {
    async fn reserve(
        &self,
        owner: &str,
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<Option<u64>, Unavailable> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = days.entry((owner.to_owned(), day)).or_default();
        let sum = spent.checked_add(tokens).filter(|sum| *sum <= tokens_max);
        *spent = sum.unwrap_or(*spent);
        Ok(sum)
    }

    async fn settle(&self, owner: &str, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = days.entry((owner.to_owned(), day)).or_default();
        *tokens = tokens.saturating_sub(reserved).saturating_add(spent);
        Ok(())
    }

    async fn of_day(&self, day: u64) -> Result<Vec<(String, u64)>, Unavailable> {
        let days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_day = days.iter().filter(|((_, of), _)| *of == day);
        let mut of_day: Vec<_> = of_day.map(|((owner, _), tokens)| (owner.clone(), *tokens)).collect();
        of_day.sort();
        Ok(of_day)
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
