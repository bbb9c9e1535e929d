//! Refusals of keys, reported to the component and to the operator.

use model::Operation;

use crate::context::Context;

/// The longest part of a key that is repeated in a message.
const KEY_CHARS_MAX: usize = 40;

/// Returns the message for a component that asked for a key outside its role's access. Logs the first refusal of each
/// instance and counts all of them, because a hostile or broken component asks again and again.
pub(super) fn refusal(context: &mut Context, operation: Operation, place: &str, key: &str) -> String {
    let (role, operation) = (context.role.name(), operation.name());
    metrics::counter!("wandstore_component_refusals_total", "component" => role, "operation" => operation)
        .increment(1);
    if !std::mem::replace(&mut context.was_refused, true) {
        // The part after the first `:` may name a shopper.
        let kind: String = key.split(':').next().unwrap_or_default().chars().take(KEY_CHARS_MAX).collect();
        tracing::error!(
            component = role,
            operation,
            place,
            key = format!("{kind}:…"),
            cause = %context.cause,
            "a component was refused a key that its role does not reach; replace the component"
        );
    }
    let key: String = key.chars().take(KEY_CHARS_MAX).collect();
    format!("the {role} component may not {operation} the key `{key}` of {place}")
}
