//! What a component was refused, told to it and to the operator.

use names::Operation;

use crate::context::Context;

/// More of a key than this is not repeated.
const KEY_CHARS_MAX: usize = 40;

/// What a component is told that asked for a key which its role does not reach. The operator is told once for each
/// instance, and can count the rest: a component that is hostile, or broken, asks again and again.
pub(super) fn refusal(context: &mut Context, operation: Operation, place: &str, key: &str) -> String {
    let (role, operation) = (context.role.name(), operation.name());
    metrics::counter!("wandstore_component_refusals_total", "component" => role, "operation" => operation)
        .increment(1);
    if !std::mem::replace(&mut context.was_refused, true) {
        // What is behind the first `:` may name a shopper.
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
