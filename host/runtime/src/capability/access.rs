//! Access to keys, and refusals, reported to the component and to the operator.

use model::{Access, Operation};

use crate::component::Role;
use crate::context::Cause;

/// The longest part of a key that is repeated in a message.
const KEY_CHARS_MAX: usize = 40;

/// Checks the keys that a component asks for.
pub(super) struct Guard<'a> {
    role: Role,
    cause: &'a Cause,
    /// Whether the instance was refused a key before. Only the first refusal is logged.
    was_refused: &'a mut bool,
}

/// Borrows a guard from the fields of a context, so that its other fields can be borrowed beside it.
macro_rules! guard {
    ($context:ident) => {
        $crate::capability::access::Guard::new($context.role, &$context.cause, &mut $context.was_refused)
    };
}

pub(super) use guard;

impl<'a> Guard<'a> {
    pub(super) fn new(role: Role, cause: &'a Cause, was_refused: &'a mut bool) -> Self {
        Self { role, cause, was_refused }
    }

    /// Returns the keys that the component may access.
    pub(super) fn access(&self) -> &'static Access {
        self.role.access()
    }

    /// Returns the message for a component that asked for a key outside its role's access. Logs the first refusal of
    /// each instance and counts all of them, because a hostile or broken component asks again and again.
    pub(super) fn refusal(&mut self, operation: Operation, place: &str, key: &str) -> String {
        let (role, operation) = (self.role.name(), operation.name());
        metrics::counter!("wandstore_component_refusals_total", "component" => role, "operation" => operation)
            .increment(1);
        if !std::mem::replace(self.was_refused, true) {
            // The part after the first `:` may name a shopper.
            let kind: String =
                key.split(':').next().unwrap_or_default().chars().take(KEY_CHARS_MAX).collect();
            tracing::error!(
                component = role,
                operation,
                place,
                key = format!("{kind}:…"),
                cause = %self.cause,
                trace_id = self.cause.trace_id(),
                span_id = self.cause.span_id(),
                "denied a component access to a key outside its role; replace the component"
            );
        }
        let key: String = key.chars().take(KEY_CHARS_MAX).collect();
        format!("the {role} component may not {operation} the key `{key}` of {place}")
    }
}
