//! `[telemetry]`: what a collector of OpenTelemetry gets. The variables have the names of its [specification].
//!
//! [specification]: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

use anyhow::{Context as _, bail, ensure};
use capabilities::Secret;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use serde::{Deserialize, Serialize};

use super::set::set;

/// The shortest time between two readings of the metrics.
const METRICS_INTERVAL_MS_MIN: u64 = 100;

/// Traces of requests and jobs, metrics and the log, for a collector. Without an endpoint, nothing is sent and no traces are
/// recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Telemetry {
    /// The address of a collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`; `v1/traces`, `v1/metrics`
    /// and `v1/logs` are added to its path. `OTEL_EXPORTER_OTLP_PROTOCOL`, if it is set, must be `http/protobuf`.
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub endpoint: Option<String>,
    /// Whether traces are recorded and sent. The variable is `otlp` or `none`. `OTEL_TRACES_EXPORTER`.
    pub traces: bool,
    /// Whether the metrics of `/metrics` are sent too. The variable is `otlp` or `none`. `OTEL_METRICS_EXPORTER`.
    pub metrics: bool,
    /// How often metrics are sent, in milliseconds, from 100. `OTEL_METRIC_EXPORT_INTERVAL`.
    pub metrics_interval_ms: u64,
    /// Whether the lines of the log are sent too. The variable is `otlp` or `none`. `OTEL_LOGS_EXPORTER`.
    pub logs: bool,
    /// The name of this service. `OTEL_SERVICE_NAME`.
    pub service_name: String,
    /// More attributes of this service, such as `deployment.environment.name=production,service.namespace=shops`.
    /// `OTEL_RESOURCE_ATTRIBUTES`.
    pub resource_attributes: String,
    /// Which traces are recorded: `always_on`, `always_off`, `traceidratio`, or `parentbased_always_on`,
    /// `parentbased_always_off`, `parentbased_traceidratio`, which follow the `traceparent` of a request that has one. A
    /// job is recorded, besides, if the request that enqueued it was. `OTEL_TRACES_SAMPLER`.
    pub sampler: Sampler,
    /// The share of traces that `traceidratio` records, from 0 to 1. `OTEL_TRACES_SAMPLER_ARG`.
    pub sampler_ratio: f64,
    /// Whose `traceparent` is continued: that of `proxies` (`server.trusted_proxies`), which must replace or remove what
    /// their own clients send, that of `anyone`, who can then have each of their requests recorded, or that of `nobody`.
    pub traceparent: Traceparent,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            endpoint: None,
            traces: true,
            metrics: false,
            metrics_interval_ms: 60_000,
            logs: false,
            service_name: "wandstore".into(),
            resource_attributes: String::new(),
            sampler: Sampler::ParentbasedAlwaysOn,
            sampler_ratio: 1.0,
            traceparent: Traceparent::Proxies,
        }
    }
}

/// Which traces are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampler {
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// A share.
    Traceidratio,
    /// Those of a recorded parent, and all without one.
    ParentbasedAlwaysOn,
    /// Those of a recorded parent.
    ParentbasedAlwaysOff,
    /// Those of a recorded parent, and a share without one.
    ParentbasedTraceidratio,
}

/// Whose `traceparent` is continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Traceparent {
    /// That of trusted proxies.
    Proxies,
    /// That of every client.
    Anyone,
    /// Nobody's.
    Nobody,
}

impl Telemetry {
    /// Overrides the section with the variables that `text` returns.
    pub(super) fn lay_over(&mut self, text: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
        if let Some(protocol) = text("OTEL_EXPORTER_OTLP_PROTOCOL") {
            ensure!(
                protocol == "http/protobuf",
                "OTEL_EXPORTER_OTLP_PROTOCOL is {protocol:?}: only http/protobuf is supported; give the port for it in \
                 OTEL_EXPORTER_OTLP_ENDPOINT, usually 4318"
            );
        }
        set(&mut self.endpoint, text("OTEL_EXPORTER_OTLP_ENDPOINT").map(Some));
        for (name, is_sent) in [
            ("OTEL_TRACES_EXPORTER", &mut self.traces),
            ("OTEL_METRICS_EXPORTER", &mut self.metrics),
            ("OTEL_LOGS_EXPORTER", &mut self.logs),
        ] {
            match text(name).as_deref() {
                None => {}
                Some("otlp") => *is_sent = true,
                Some("none") => *is_sent = false,
                Some(other) => bail!("{name} is {other:?}: only otlp and none are supported"),
            }
        }
        if let Some(interval) = text("OTEL_METRIC_EXPORT_INTERVAL") {
            self.metrics_interval_ms = interval.parse().context("OTEL_METRIC_EXPORT_INTERVAL")?;
        }
        set(&mut self.service_name, text("OTEL_SERVICE_NAME"));
        set(&mut self.resource_attributes, text("OTEL_RESOURCE_ATTRIBUTES"));
        if let Some(sampler) = text("OTEL_TRACES_SAMPLER") {
            let value = serde_json::Value::String(sampler);
            self.sampler = serde_json::from_value(value).context("OTEL_TRACES_SAMPLER")?;
        }
        if let Some(ratio) = text("OTEL_TRACES_SAMPLER_ARG") {
            self.sampler_ratio = ratio.parse().context("OTEL_TRACES_SAMPLER_ARG")?;
        }
        Ok(())
    }

    pub(super) fn validate(&self) -> anyhow::Result<()> {
        ensure!(
            (0.0..=1.0).contains(&self.sampler_ratio),
            "telemetry.sampler_ratio is {}; it must be between 0 and 1",
            self.sampler_ratio
        );
        ensure!(
            self.metrics_interval_ms >= METRICS_INTERVAL_MS_MIN,
            "telemetry.metrics_interval_ms is {}; it must be at least {METRICS_INTERVAL_MS_MIN}",
            self.metrics_interval_ms
        );
        self.attributes()?;
        self.address().map(drop)
    }

    /// Returns whether the lines of the log are sent.
    pub fn sends_logs(&self) -> bool {
        self.logs && self.endpoint.as_deref().is_some_and(|endpoint| !endpoint.is_empty())
    }

    /// Returns the address of the collector without a slash at its end, if there is one.
    pub fn address(&self) -> anyhow::Result<Option<String>> {
        let Some(endpoint) = self.endpoint.as_deref().filter(|endpoint| !endpoint.is_empty()) else {
            return Ok(None);
        };
        // It is not repeated: it may hold a password.
        let wrong = "telemetry.endpoint must be an http(s) URL without user, query and fragment, such as \
                     http://127.0.0.1:4318; credentials belong into OTEL_EXPORTER_OTLP_HEADERS";
        let uri: Uri = endpoint.parse().ok().context(wrong)?;
        let is_web = uri.scheme_str().is_some_and(|scheme| scheme == "http" || scheme == "https");
        ensure!(is_web && uri.host().is_some() && !endpoint.contains(['@', '?', '#']), "{wrong}");
        Ok(Some(endpoint.trim_end_matches('/').to_owned()))
    }

    /// Returns the attributes of this service besides its name.
    pub fn attributes(&self) -> anyhow::Result<Vec<(String, String)>> {
        pairs(&self.resource_attributes).context("telemetry.resource_attributes")
    }
}

/// Parses the header fields that are sent to the collector. An error repeats none of them.
pub(super) fn otlp_headers(secret: &Secret) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(secret.expose())? {
        let name = HeaderName::from_bytes(name.as_bytes()).ok().context("a name is no header field's")?;
        let mut value = HeaderValue::from_str(&value).ok().context("a value is no header field's")?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Parses `name=value` pairs with commas between them. Values are percent-encoded, as in the header field `baggage`.
fn pairs(text: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (at, pair) in text.split(',').map(str::trim).enumerate().filter(|(_, pair)| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
            bail!("pair {} is not `name=value`", at + 1);
        };
        let value = routes::decode(value.trim());
        let value = value.with_context(|| format!("the value of pair {} is not percent-encoded", at + 1))?;
        pairs.push((name.trim().to_owned(), value.into_owned()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_may_end_with_a_slash() {
        for endpoint in ["http://127.0.0.1:4318", "http://127.0.0.1:4318/"] {
            let telemetry = Telemetry { endpoint: Some(endpoint.into()), ..Telemetry::default() };
            assert_eq!(telemetry.address().unwrap().as_deref(), Some("http://127.0.0.1:4318"));
        }
        assert_eq!(Telemetry::default().address().unwrap(), None);
    }

    #[test]
    fn a_wrong_endpoint_is_refused_and_not_repeated() {
        for endpoint in
            ["127.0.0.1:4318", "ftp://a", "http://me:s3cret@collector", "http://a?token=s3cret", "s3cret"]
        {
            let telemetry = Telemetry { endpoint: Some(endpoint.into()), ..Telemetry::default() };
            let error = telemetry.validate().unwrap_err().to_string();
            assert!(error.starts_with("telemetry.endpoint must be") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn header_fields_are_pairs_and_an_error_repeats_none() {
        let fields = otlp_headers(&Secret::new("api-key=s3cret, x-scope=a%20b".to_owned())).unwrap();
        assert_eq!(
            (fields["api-key"].as_bytes(), fields["x-scope"].as_bytes()),
            (&b"s3cret"[..], &b"a b"[..])
        );
        for wrong in ["s3cret", "=s3cret", "a b=s3cret", "a=s3cret%0a"] {
            let error = format!("{:#}", otlp_headers(&Secret::new(wrong.to_owned())).unwrap_err());
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn metrics_and_logs_are_sent_only_if_that_is_asked_for() {
        let telemetry = Telemetry { endpoint: Some("http://collector:4318".into()), ..Telemetry::default() };
        assert!(telemetry.traces && !telemetry.metrics && !telemetry.sends_logs());
        assert!(!Telemetry { logs: true, ..Telemetry::default() }.sends_logs(), "there is no collector");
        let hasty = Telemetry { metrics_interval_ms: 99, ..telemetry };
        assert!(hasty.validate().unwrap_err().to_string().starts_with("telemetry.metrics_interval_ms is 99"));
    }

    #[test]
    fn variables_override_the_section() {
        let mut telemetry = Telemetry::default();
        let set = |name: &str| {
            let value = match name {
                "OTEL_EXPORTER_OTLP_ENDPOINT" => "http://collector:4318",
                "OTEL_TRACES_EXPORTER" => "none",
                "OTEL_METRICS_EXPORTER" | "OTEL_LOGS_EXPORTER" => "otlp",
                "OTEL_METRIC_EXPORT_INTERVAL" => "5000",
                "OTEL_TRACES_SAMPLER" => "parentbased_traceidratio",
                "OTEL_TRACES_SAMPLER_ARG" => "0.05",
                "OTEL_RESOURCE_ATTRIBUTES" => "service.namespace=shops",
                _ => return None,
            };
            Some(value.to_owned())
        };
        telemetry.lay_over(set).unwrap();
        assert!(!telemetry.traces && telemetry.metrics && telemetry.sends_logs());
        assert_eq!(telemetry.metrics_interval_ms, 5_000);
        assert_eq!(telemetry.sampler, Sampler::ParentbasedTraceidratio);
        assert!((telemetry.sampler_ratio - 0.05).abs() < f64::EPSILON);
        assert_eq!(telemetry.attributes().unwrap(), [("service.namespace".to_owned(), "shops".to_owned())]);
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_LOGS_EXPORTER", "console"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1m"),
            ("OTEL_TRACES_SAMPLER", "often"),
            ("OTEL_TRACES_SAMPLER_ARG", "x"),
        ] {
            let error = telemetry.lay_over(|asked| (asked == name).then(|| value.to_owned())).unwrap_err();
            assert!(format!("{error:#}").contains(name), "{error:#}");
        }
    }
}
