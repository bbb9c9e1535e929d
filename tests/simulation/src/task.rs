//! Tasks: code of the product that is suspended at each of its calls, so that others run in between.

use std::cell::Cell;
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

/// How a task waits.
#[derive(Debug, Clone)]
pub(crate) enum Pause {
    /// For its next turn.
    Turn,
    /// Until this time.
    Until(u64),
    /// Until another task ends, or until this time.
    EndOf(Ended, u64),
}

/// Whether a task has ended, for another task that waits for it.
pub(crate) type Ended = Rc<Cell<bool>>;

/// Suspends a task.
pub(crate) type Suspend = Yielder<(), Pause>;

/// A suspended task.
pub(crate) struct Task {
    coroutine: Coroutine<(), Pause, (), DefaultStack>,
    /// The host that it runs on, and ends with.
    pub(crate) host: usize,
    /// Whether nobody waits for it any more.
    pub(crate) is_dropped: Rc<Cell<bool>>,
    /// Whether it is a request or the part of a job, which end; a worker does not.
    pub(crate) ends: bool,
    pause: Pause,
}

impl Task {
    pub(crate) fn new(
        stack: Option<DefaultStack>,
        host: usize,
        ends: bool,
        body: impl FnOnce(&Suspend) + 'static,
    ) -> Self {
        let stack = stack.unwrap_or_default();
        let coroutine = Coroutine::with_stack(stack, move |suspend: &Suspend, ()| body(suspend));
        Self { coroutine, host, ends, is_dropped: Rc::default(), pause: Pause::Turn }
    }

    /// Returns the time at which it can go on.
    pub(crate) fn ready_ms(&self) -> u64 {
        match &self.pause {
            Pause::Turn => 0,
            Pause::EndOf(ended, _) if ended.get() => 0,
            Pause::Until(until_ms) | Pause::EndOf(_, until_ms) => *until_ms,
        }
    }

    /// Continues it to its next call. Returns whether it ended.
    pub(crate) fn go_on(&mut self) -> bool {
        match self.coroutine.resume(()) {
            CoroutineResult::Yield(pause) => {
                self.pause = pause;
                false
            }
            CoroutineResult::Return(()) => true,
        }
    }

    /// Ends it where it is, as a crash does, and returns its stack for another one.
    pub(crate) fn end(mut self) -> DefaultStack {
        if !self.coroutine.done() {
            self.coroutine.force_unwind();
        }
        self.coroutine.into_stack()
    }
}
