//! Cache hits, through routing and caching, against bare hyper that returns the same bytes.

use anyhow::Context as _;

use crate::floor;
use crate::hits::{self, Hits, PAGE_BYTES};
use crate::quantile;
use crate::server::{Checks, Server, requests_per_second};

const ROUNDS: usize = 3;

/// Measures the requests per second of both, and their ratio: for a page, and for signed fragments.
pub fn measure(seconds: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let page = hits::page(folder.path(), Server::wandstore_with)?;
    compare("cache hit (at least 0.60 is promised)", &page, Checks::Nothing, seconds)?;
    drop(page);
    let folder = tempfile::tempdir()?;
    let signed = hits::signed(folder.path(), Server::wandstore_with)?;
    compare("signed fragments of 200 shoppers", &signed, Checks::Signature, seconds)
}

fn compare(what: &str, hits: &Hits, checks: Checks, seconds: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("answer");
    floor::keep(&hits.answer, &file)?;
    let floor = Server::floor_under(&[], &file, checks)?;
    let rate = |server: &Server, seconds| requests_per_second(server.address(), &hits.targets, seconds);
    let (mut natives, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    rate(&hits.server, 2).context("warming up")?;
    for _ in 0..ROUNDS {
        let native = rate(&floor, seconds)?;
        let hit = rate(&hits.server, seconds)?;
        natives.push(native);
        ours.push(hit);
        ratios.push(hit / native);
    }
    println!(
        "{what}, {PAGE_BYTES} bytes: {:.0} requests/s; bare hyper {:.0} requests/s; ratio {:.2}",
        quantile(&mut ours, 0.5),
        quantile(&mut natives, 0.5),
        quantile(&mut ratios, 0.5)
    );
    Ok(())
}
