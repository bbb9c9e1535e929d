//! The waits of a call for storage: each has a time limit, and is a span of the call's trace.

use crate::context::Cause;
use crate::patience::{Backend, Late, Patience};

/// Waits for storage.
#[derive(Clone, Copy)]
pub(super) struct Waits<'a> {
    patience: &'a Patience,
    cause: &'a Cause,
}

/// Borrows the waits from the fields of a context, so that its other fields can be borrowed beside it.
macro_rules! waits {
    ($context:ident) => {
        $crate::capability::waits::Waits::new(&$context.patience, &$context.cause)
    };
}

pub(super) use waits;

impl<'a> Waits<'a> {
    pub(super) fn new(patience: &'a Patience, cause: &'a Cause) -> Self {
        Self { patience, cause }
    }

    /// Returns the cause of the call.
    pub(super) fn cause(&self) -> &'a Cause {
        self.cause
    }

    /// Returns the result of `call` if it comes in time. `place` is the store or bucket, whose name is one of few.
    pub(super) async fn wait<T, E: From<Late>>(
        &self,
        backend: Backend,
        operation: &'static str,
        place: Option<&str>,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut span = self.cause.trace().map(|trace| trace.storage(backend, operation, place));
        let answer = self.patience.wait(backend, call).await;
        if let (Some(span), Err(_)) = (&mut span, &answer) {
            span.fail("unavailable");
        }
        answer
    }
}
