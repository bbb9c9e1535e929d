//! Traces: a visit and its job as trees of spans, at a collector that takes them, and at one that does not.

use std::time::{Duration, Instant};

use host::config::{Sampler, Telemetry, Traceparent};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::harness::collector::Collector;
use crate::harness::host::HostBuilder;
use crate::harness::process::warm;
use crate::harness::{BUSY, Host, Process, eventually};
use crate::telemetry::all_signals;

/// A shopper's id that stands nowhere else.
const SHOPPER: &str = "shopper-4711";
/// A parent that was recorded elsewhere, and one that was not.
const RECORDED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const NOT_RECORDED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const PARENTS_TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn traced(url: &str) -> HostBuilder {
    Host::builder().telemetry(Telemetry { endpoint: Some(url.to_owned()), ..Telemetry::default() })
}

/// Writes an id as log lines do.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[tokio::test]
async fn a_miss_and_its_job_are_trees_of_spans() {
    let collector = Collector::open().await;
    let host = traced(&collector.url).open().await;
    host.visit(SHOPPER).await.is_fallback();
    assert_eq!(host.final_state(SHOPPER).await, "ready");

    let request = collector.tree("GET /s/{store}").await;
    let expected = "\
GET /s/{store}
  routing.handle
    caching.get
      kv.get
      blob.get
    kv.get
    queueing.enqueue
      jobs.enqueue
    catalog.products
    catalog.collections
";
    assert_eq!(request.names(), expected);
    let attributes = request.attributes("GET /s/{store}");
    assert_eq!(attributes["http.request.method"], "GET");
    assert_eq!(attributes["http.route"], "/s/{store}");
    assert_eq!(attributes["http.response.status_code"], "IntValue(200)");
    assert_eq!(attributes["wandstore.cache"], "miss");
    assert_eq!(request.attributes("jobs.enqueue")["db.system.name"], "sqlite");

    let job = collector.tree("job page").await;
    let names = job.names();
    for part in [
        "\n  generation.generate\n",
        "\n    caching.put\n",
        "\n      blob.put\n",
        "\n  queueing.complete\n    jobs.",
    ] {
        assert!(names.contains(part), "{names}");
    }
    assert_eq!(job.attributes("job page")["wandstore.job.outcome"], "done");
    let [link] = &job.root.links[..] else { panic!("it links to the request: {:?}", job.root.links) };
    assert_eq!(link.trace_id, request.root.trace_id);
}

#[tokio::test]
async fn a_hit_is_two_calls_of_components() {
    let collector = Collector::open().await;
    let host = traced(&collector.url).open().await;
    host.visit(SHOPPER).await;
    host.final_state(SHOPPER).await;
    host.visit(SHOPPER).await.is_hit();
    let hit = eventually("the hit arrives", async || {
        let mut roots = collector.spans().into_iter().filter(|span| span.name == "GET /s/{store}");
        roots.next_back().filter(|root| format!("{root:?}").contains("\"hit\""))
    })
    .await;
    let children = |of: &[u8]| {
        let names = collector.spans().into_iter().filter(|span| span.parent_span_id == of);
        names.map(|span| (span.name, span.span_id)).collect::<Vec<_>>()
    };
    let [(routing, of_routing)] = &children(&hit.span_id)[..] else { panic!("routing is called once") };
    let [(caching, of_caching)] = &children(of_routing)[..] else { panic!("caching is called once") };
    assert_eq!((routing.as_str(), caching.as_str()), ("routing.handle", "caching.get"));
    // This host has no memory in front of its storage.
    assert!(children(of_caching).iter().all(|(name, _)| name == "kv.get"), "nothing else is asked");
}

#[tokio::test]
async fn the_model_has_a_span_with_its_tokens() {
    let collector = Collector::open().await;
    let host = traced(&collector.url).open().await;
    host.controls.llm.say(&crate::llm::plan());
    host.visit(SHOPPER).await;
    host.final_state(SHOPPER).await;
    let job = collector.tree("job page").await;
    let chat = job.attributes("chat");
    assert_eq!(chat["gen_ai.operation.name"], "chat");
    assert!(chat["gen_ai.usage.input_tokens"].starts_with("IntValue("), "{chat:?}");
}

/// Whatever a request and its job hold that belongs to the shopper, the collector does not get it: neither in a span, nor
/// in a metric, nor in a line of the log.
#[tokio::test(flavor = "multi_thread")]
async fn the_collector_gets_no_shopper_no_query_and_no_token() {
    let collector = Collector::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    warm(folder.path());
    let process = Process::start(folder.path(), &all_signals(&collector.url));
    let (client, at) = (reqwest::Client::new(), format!("http://{}", process.address));
    for target in [
        format!("/s/magic-wands?shopper={SHOPPER}&q=query-4711"),
        format!("/nothing/path-4711/{SHOPPER}?q=query-4711"),
        format!("/api/generation/status?store=magic-wands&shopper={SHOPPER}&wait=20"),
    ] {
        let request = client.get(format!("{at}{target}")).header("authorization", "Bearer t0ken-4711");
        let request = request.header("cookie", "session=c00kie-4711").header("user-agent", "agent-4711");
        request.send().await.expect("it answers");
    }
    process.visit_until_made(SHOPPER).await;
    let report = format!(
        r#"{{"store":"magic-wands","shopper":"{SHOPPER}","events":[{{"type":"search","term":"term-4711"}}]}}"#
    );
    client.post(format!("{at}/api/shopper/track")).body(report).send().await.expect("it answers");
    for span in ["job page", "GET /s/{store}", "GET /api/generation/status", "POST /api/shopper/track", "GET"]
    {
        collector.tree(span).await;
    }
    process.terminate();
    assert!(!collector.records().is_empty() && !collector.metrics().is_empty(), "all signals are sent");
    let text = collector.text();
    assert!(text.contains("magic-wands"), "the shop is named");
    // Times and ids of spans may have these digits by chance, but never after a hyphen.
    assert!(!text.contains("-4711"), "{text}");
}

async fn visit(host: &Host, parent: &str) {
    host.request(|client, at| client.get(format!("{at}/s/magic-wands")).header("traceparent", parent)).await;
}

#[tokio::test]
async fn the_parent_of_a_trusted_proxy_is_continued_and_that_of_a_stranger_is_not() {
    let collector = Collector::open().await;
    let proxied = traced(&collector.url).trusting("127.0.0.1").open().await;
    visit(&proxied, NOT_RECORDED).await;
    visit(&proxied, RECORDED).await;
    let request = collector.tree("GET /s/{store}").await;
    assert_eq!(hex(&request.root.trace_id), PARENTS_TRACE);
    assert_eq!(hex(&request.root.parent_span_id), "b7ad6b7169203331");
    let roots = collector.spans().into_iter().filter(|span| span.name == "GET /s/{store}");
    assert_eq!(roots.count(), 1, "what its parent did not record is not recorded");

    let collector = Collector::open().await;
    let telemetry = Telemetry {
        endpoint: Some(collector.url.clone()),
        sampler: Sampler::ParentbasedTraceidratio,
        sampler_ratio: 0.0,
        ..Telemetry::default()
    };
    let direct = Host::builder().telemetry(telemetry.clone()).open().await;
    visit(&direct, RECORDED).await;
    let open = Telemetry { traceparent: Traceparent::Anyone, ..telemetry };
    let open = Host::builder().telemetry(open).open().await;
    visit(&open, RECORDED).await;
    collector.tree("GET /s/{store}").await;
    let roots = collector.spans().into_iter().filter(|span| span.name == "GET /s/{store}");
    assert_eq!(roots.count(), 1, "only the host that follows anyone recorded it");
}

/// What a broken collector does with a connection.
#[derive(Debug, Clone, Copy)]
enum Broken {
    Gone,
    Hangs,
    AnswersWithoutEnd,
    Lies,
    SendsAway,
    IsFull,
    Closes,
}

async fn broken(how: Broken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    if matches!(how, Broken::Gone) {
        return url;
    }
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let head = match how {
                    Broken::Hangs => return std::future::pending().await,
                    Broken::Closes | Broken::Gone => return,
                    Broken::AnswersWithoutEnd => "200 OK\r\ncontent-length: 9000000000\r\n",
                    Broken::Lies => "200 OK\r\ncontent-length: 9\r\n",
                    Broken::SendsAway => {
                        "307 Over there\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n"
                    }
                    Broken::IsFull => "503 Full\r\nretry-after: 100000\r\ncontent-length: 0\r\n",
                };
                let _ = stream.write_all(format!("HTTP/1.1 {head}\r\n").as_bytes()).await;
                while matches!(how, Broken::AnswersWithoutEnd | Broken::Lies)
                    && stream.write_all(&[0xff; 8192]).await.is_ok()
                {}
                tokio::time::sleep(Duration::from_secs(1)).await;
            });
        }
    });
    url
}

/// Requests and jobs are as fast as without, what does not fit is counted, and the host still ends in time.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_slow_or_lies_delays_nothing() {
    const VISITS: usize = 1_000;
    for how in [
        Broken::Gone,
        Broken::Hangs,
        Broken::AnswersWithoutEnd,
        Broken::Lies,
        Broken::SendsAway,
        Broken::IsFull,
        Broken::Closes,
    ] {
        let (url, is_believed) = (broken(how).await, matches!(how, Broken::Lies));
        let telemetry = Telemetry {
            endpoint: Some(url),
            metrics: true,
            metrics_interval_ms: 100,
            ..Telemetry::default()
        };
        let host = Host::builder().telemetry(telemetry).open().await;
        let before = lost(&host.get("/metrics").await.body);
        let points = points_lost(&host.get("/metrics").await.body);
        host.visit(SHOPPER).await.is_fallback();
        assert_eq!(host.final_state(SHOPPER).await, "ready", "{how:?}");
        let started = Instant::now();
        for _ in 0..VISITS {
            host.visit(SHOPPER).await.is_hit();
        }
        let took = started.elapsed();
        assert!(took < Duration::from_secs(2) * BUSY, "{took:?}");
        if !is_believed {
            eventually("what is lost is counted", async || {
                let metrics = host.get("/metrics").await.body;
                (lost(&metrics) > before && points_lost(&metrics) > points).then_some(())
            })
            .await;
        }
    }
}

/// Returns how many spans were lost.
pub fn lost(metrics: &str) -> u64 {
    sum(metrics, "wandstore_spans_lost_total")
}

/// Returns how many points of metrics were lost.
pub fn points_lost(metrics: &str) -> u64 {
    sum(metrics, "wandstore_metric_points_lost_total")
}

/// Returns the sum of a metric over its labels.
pub fn sum(metrics: &str, name: &str) -> u64 {
    let lines = metrics.lines().filter(|line| line.starts_with(name));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

/// The variables are the standard ones, a log line names its trace, and a server that stops sends its last spans.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_log_line_names_the_trace_that_the_collector_has() {
    let collector = Collector::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret"),
        ("OTEL_SERVICE_NAME", "storefront"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging"),
    ];
    let process = Process::start(folder.path(), &environment);
    process.get(&format!("/s/magic-wands?shopper={SHOPPER}")).await.expect("it answers").is_fallback();
    process.made(SHOPPER).await.expect("the page is made");
    process.get("/s/magic-wands").await.expect("it answers");
    let log = process.log.clone();
    process.terminate();

    let job = collector.tree("job page").await;
    let log = std::fs::read_to_string(log).expect("there is a log");
    let ended = log.lines().find(|line| line.contains("a job ended")).expect("the job's end is logged");
    assert!(ended.contains(&format!("trace_id=\"{}\"", hex(&job.root.trace_id))), "{ended}");
    assert!(!log.contains("s3cret"), "{log}");
    assert_eq!(collector.headers()["api-key"], "s3cret");
    for part in ["storefront", "staging", "service.version"] {
        assert!(collector.text().contains(part), "{part}");
    }
    let pages = collector.spans().into_iter().filter(|span| span.name == "GET /s/{store}");
    assert_eq!(pages.count(), 2, "the last visit arrived although the server stopped");
}
