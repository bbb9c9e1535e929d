//! Which traces are recorded.

use opentelemetry::trace::{Link, SpanKind, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

use crate::config::{self, Telemetry};

/// Returns the sampler of the configuration.
pub(super) fn sampler(telemetry: &Telemetry) -> Sampler {
    let share = Sampler::TraceIdRatioBased(telemetry.sampler_ratio);
    let of_parent = |root: Sampler| Sampler::ParentBased(Box::new(root));
    match telemetry.sampler {
        config::Sampler::AlwaysOn => Sampler::AlwaysOn,
        config::Sampler::AlwaysOff => Sampler::AlwaysOff,
        config::Sampler::Traceidratio => share,
        config::Sampler::ParentbasedAlwaysOn => of_parent(Sampler::AlwaysOn),
        config::Sampler::ParentbasedAlwaysOff => of_parent(Sampler::AlwaysOff),
        config::Sampler::ParentbasedTraceidratio => of_parent(share),
    }
}

/// Also records the job of a request that is recorded, so that a recorded visit has its page's story.
#[derive(Debug, Clone)]
pub(super) struct OfTheRequest(pub(super) Sampler);

impl ShouldSample for OfTheRequest {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let mut result = self.0.should_sample(parent, trace_id, name, kind, attributes, links);
        if links.iter().any(|link| link.span_context.is_sampled()) {
            result.decision = SamplingDecision::RecordAndSample;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceState};

    use super::*;

    fn request(flags: TraceFlags) -> SpanContext {
        SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::default())
    }

    fn decision(sampler: config::Sampler, parent: Option<TraceFlags>, links: &[Link]) -> bool {
        let telemetry = Telemetry { sampler, sampler_ratio: 0.0, ..Telemetry::default() };
        let parent = parent.map(|flags| Context::new().with_remote_span_context(request(flags)));
        let sampler = OfTheRequest(self::sampler(&telemetry));
        let kind = SpanKind::Server;
        let result = sampler.should_sample(parent.as_ref(), TraceId::from(7), "GET", &kind, &[], links);
        result.decision == SamplingDecision::RecordAndSample
    }

    #[test]
    fn a_sampler_follows_its_parent_only_if_it_is_based_on_it() {
        use config::Sampler::{
            AlwaysOff, AlwaysOn, ParentbasedAlwaysOff, ParentbasedAlwaysOn, ParentbasedTraceidratio,
            Traceidratio,
        };
        let (recorded, not) = (Some(TraceFlags::SAMPLED), Some(TraceFlags::default()));
        let cases = [
            (AlwaysOn, [true, true, true]),
            (AlwaysOff, [false, false, false]),
            (Traceidratio, [false, false, false]),
            (ParentbasedAlwaysOn, [true, true, false]),
            (ParentbasedAlwaysOff, [false, true, false]),
            (ParentbasedTraceidratio, [false, true, false]),
        ];
        for (sampler, expected) in cases {
            let found = [None, recorded, not].map(|parent| decision(sampler, parent, &[]));
            assert_eq!(found, expected, "{sampler:?}");
        }
    }

    #[test]
    fn the_job_of_a_recorded_request_is_recorded() {
        let link = |flags| [Link::with_context(request(flags))];
        let of = |links: &[Link]| decision(config::Sampler::ParentbasedTraceidratio, None, links);
        assert!(of(&link(TraceFlags::SAMPLED)));
        assert!(!of(&link(TraceFlags::default())));
    }
}
