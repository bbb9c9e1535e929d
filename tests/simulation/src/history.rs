//! The last steps of a run, for the developer who reads why it failed.

use std::collections::VecDeque;

/// The most steps that are kept.
const STEPS_MAX: usize = 200;

/// The last steps. Nothing is kept unless a run is recorded, because to describe a step takes longer than to make it.
#[derive(Debug, Default)]
pub(crate) struct History {
    is_recorded: bool,
    steps: VecDeque<String>,
}

impl History {
    pub(crate) fn new(is_recorded: bool) -> Self {
        Self { is_recorded, steps: VecDeque::new() }
    }

    pub(crate) fn note(&mut self, step: impl FnOnce() -> String) {
        if self.is_recorded {
            if self.steps.len() == STEPS_MAX {
                self.steps.pop_front();
            }
            self.steps.push_back(step());
        }
    }

    pub(crate) fn into_steps(self) -> Vec<String> {
        self.steps.into()
    }
}
