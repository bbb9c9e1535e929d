//! A cache hit, through routing and caching, against bare hyper that returns the same bytes.

use anyhow::{Context as _, bail};

use crate::client::Client;
use crate::quantile;
use crate::server::{Server, requests_per_second};

const TARGET: &str = "/s/magic-wands?shopper=bench";
const ROUNDS: usize = 3;

/// Requests a second, and their ratio.
pub fn measure(seconds: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let wandstore = Server::wandstore(folder.path())?;
    let page = generated_page(wandstore.address())?;
    let file = folder.path().join("page.html");
    std::fs::write(&file, &page)?;
    let floor = Server::floor(&file)?;

    let url = format!("http://{}{TARGET}", wandstore.address());
    let (mut natives, mut hits, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    requests_per_second(&url, 2).context("warming up")?;
    for _ in 0..ROUNDS {
        let native = requests_per_second(&floor.url, seconds)?;
        let hit = requests_per_second(&url, seconds)?;
        natives.push(native);
        hits.push(hit);
        ratios.push(hit / native);
    }
    println!(
        "cache hit, {} bytes: {:.0} requests/s; bare hyper {:.0} requests/s; ratio {:.2} (at least 0.60 is promised)",
        page.len(),
        quantile(&mut hits, 0.5),
        quantile(&mut natives, 0.5),
        quantile(&mut ratios, 0.5)
    );
    Ok(())
}

/// Has a page made, and waits until it is served from cache.
fn generated_page(address: &str) -> anyhow::Result<Vec<u8>> {
    let mut client = Client::connect(address)?;
    client.get(TARGET)?;
    client.get("/api/generation/status?store=magic-wands&shopper=bench&wait=20")?;
    let page = client.get(TARGET)?;
    if page.header("x-cache") != Some("HIT") {
        bail!("the page was not generated: x-cache is {:?}", page.header("x-cache"));
    }
    Ok(page.body)
}
