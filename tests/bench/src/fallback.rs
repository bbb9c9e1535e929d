//! The fallback page for a new shopper, whose job is durably queued before the page is sent.

use std::time::Instant;

use anyhow::bail;

use crate::client::Client;
use crate::floor;
use crate::quantile;
use crate::server::Server;

const SHOPPERS: usize = 2_000;

/// Measures the milliseconds from request to complete response, over one connection.
pub fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let wandstore = Server::wandstore(folder.path())?;
    let mut client = Client::connect(wandstore.address())?;
    let page = client.get("/s/magic-wands?shopper=warm")?;
    let mut fallback_ms = Vec::with_capacity(SHOPPERS);
    for shopper in 0..SHOPPERS {
        let started = Instant::now();
        let answer = client.get(&format!("/s/magic-wands?shopper=new-{shopper}"))?;
        fallback_ms.push(started.elapsed().as_secs_f64() * 1e3);
        if answer.header("x-cache") != Some("MISS") {
            bail!("a new shopper's first page is not a miss: {:?}", answer.header("x-cache"));
        }
    }
    let file = folder.path().join("answer");
    floor::keep(&page, &file)?;
    let floor = Server::floor(&file)?;
    let mut client = Client::connect(floor.address())?;
    let mut native_ms = Vec::with_capacity(SHOPPERS);
    for _ in 0..SHOPPERS {
        let started = Instant::now();
        client.get("/")?;
        native_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }
    println!(
        "fallback page of a new shopper, while jobs run: median {:.3} ms, p99 {:.3} ms; bare hyper median {:.3} ms \
         (a median under 1 ms is promised)",
        quantile(&mut fallback_ms, 0.5),
        quantile(&mut fallback_ms, 0.99),
        quantile(&mut native_ms, 0.5)
    );
    Ok(())
}
