//! The figures of one host.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use targets::{Answer, Deployment, Host, Request, Server};

use crate::artefacts::{self, Size};
use crate::machine;

/// Starts over the same data, after a first one that may compile.
const STARTS: usize = 5;
/// Loads of hits.
const ROUNDS: usize = 3;
/// New shoppers; fewer than a pool takes, however slowly it works.
const SHOPPERS: usize = 200;

/// A host's figures.
pub struct Column {
    pub host: Host,
    pub hits_per_second: f64,
    pub miss_ms: f64,
    pub start_ms: f64,
    pub cold_start_ms: f64,
    pub memory_mib: f64,
    pub size: Size,
}

/// Measures a host.
pub async fn measure(host: Host, seconds: u32) -> anyhow::Result<Column> {
    let folder = tempfile::tempdir()?;
    let (cold_start_ms, server) = start(host, folder.path()).await?;
    server.stop().await?;
    let mut warm_ms = Vec::new();
    for _ in 0..STARTS {
        let (took_ms, server) = start(host, folder.path()).await?;
        warm_ms.push(took_ms);
        server.stop().await?;
    }
    let (_, server) = start(host, folder.path()).await?;
    let hits_per_second = hits(&server, seconds).await?;
    let miss_ms = misses(&server).await?;
    let memory_mib = machine::memory_mib(server.id())?;
    server.stop().await?;
    let (start_ms, size) = (median(&mut warm_ms), artefacts::size(host)?);
    Ok(Column { host, hits_per_second, miss_ms, start_ms, cold_start_ms, memory_mib, size })
}

/// Starts a host on its core, and how many milliseconds its first answer took.
async fn start(host: Host, folder: &Path) -> anyhow::Result<(f64, Server)> {
    let deployment = Deployment::new(folder).with("ENVIRONMENT", "production");
    machine::pin_to(machine::HOST_CORE)?;
    let started = Instant::now();
    let server = host.start(&deployment).await;
    machine::pin_to(machine::LOAD_CORE)?;
    let server = server?;
    visit(&server, "first").await?;
    Ok((started.elapsed().as_secs_f64() * 1e3, server))
}

async fn visit(server: &Server, shopper: &str) -> anyhow::Result<Answer> {
    let answer = Request::get(page_of(shopper)).send(&server.address).await?;
    ensure!(answer.status == 200, "a visit was answered with {}: {}", answer.status, answer.body);
    Ok(answer)
}

fn page_of(shopper: &str) -> String {
    format!("/s/magic-wands?shopper={shopper}")
}

/// Measures how many hits a host serves in a second.
async fn hits(server: &Server, seconds: u32) -> anyhow::Result<f64> {
    visit(server, "bench").await?;
    let wait = "/api/generation/status?store=magic-wands&shopper=bench&wait=20";
    while Request::get(wait).send(&server.address).await?.json()["state"] != "ready" {}
    let cached = visit(server, "bench").await?.header("x-cache").to_owned();
    ensure!(cached == "HIT", "the page is not a hit: x-cache is {cached}");

    let url = format!("http://{}{}", server.address, page_of("bench"));
    machine::requests_per_second(&url, 2).context("warming up")?;
    let rounds = (0..ROUNDS).map(|_| machine::requests_per_second(&url, seconds));
    Ok(median(&mut rounds.collect::<anyhow::Result<Vec<_>>>()?))
}

/// How many milliseconds a new shopper waits for their first page, while those before them get theirs.
async fn misses(server: &Server) -> anyhow::Result<f64> {
    let mut took_ms = Vec::new();
    for shopper in 0..SHOPPERS {
        let started = Instant::now();
        let answer = visit(server, &format!("new-{shopper}")).await?;
        took_ms.push(started.elapsed().as_secs_f64() * 1e3);
        ensure!(answer.header("x-cache") == "MISS", "a new shopper's first page is not a miss");
        ensure!(answer.header("x-generation-triggered") == "true", "no page was requested for a new shopper");
    }
    Ok(median(&mut took_ms))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
