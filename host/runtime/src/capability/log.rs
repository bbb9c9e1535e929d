//! Events for the operator, within the quota of the component.

pub(crate) mod allowance;
mod quota;

use capabilities::log as backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::log;
use crate::component::Role;
use crate::context::Cause;
use allowance::Allowance;
use quota::Verdict;

pub use quota::Quota;

struct View<'a> {
    backend: &'a dyn backend::Log,
    allowance: &'a mut Allowance,
    role: Role,
    cause: &'a Cause,
}

view!(log, View, |context| View {
    backend: &*context.capabilities.log,
    allowance: &mut context.log,
    role: context.role,
    cause: &context.cause,
});

impl log::Host for View<'_> {
    fn event(
        &mut self,
        level: log::Level,
        message: String,
        particulars: Vec<(String, String)>,
    ) -> Result<()> {
        let component = self.role.name();
        let bytes =
            particulars.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() + message.len();
        match self.allowance.judge(bytes) {
            Verdict::Dropped => {
                metrics::counter!("wandstore_component_events_dropped_total", "component" => component)
                    .increment(1);
                return Ok(());
            }
            Verdict::Logged { dropped_before: 0 } => {}
            Verdict::Logged { dropped_before } => {
                tracing::warn!(
                    component,
                    dropped_before,
                    "dropped events of a component that exceeded its log quota"
                );
            }
        }
        let level = match level {
            log::Level::Debug => backend::Level::Debug,
            log::Level::Info => backend::Level::Info,
            log::Level::Warn => backend::Level::Warn,
            log::Level::Error => backend::Level::Error,
        };
        self.backend.event(backend::Event {
            level,
            message: &message,
            particulars,
            component,
            call: &self.cause.to_string(),
            trace_id: self.cause.trace_id().as_deref(),
            span_id: self.cause.span_id().as_deref(),
        });
        Ok(())
    }
}
