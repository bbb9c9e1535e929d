//! A cache hit, through routing and caching, against bare hyper that returns the same bytes.

use std::path::Path;

use anyhow::{Context as _, bail};
use capabilities::blob::{Blob as _, ObjectStore};

use crate::client::{Answer, Client};
use crate::floor;
use crate::quantile;
use crate::server::{Server, requests_per_second};

const TARGET: &str = "/s/magic-wands?shopper=bench";
const ROUNDS: usize = 3;
/// The page size that the performance target refers to.
const PAGE_BYTES: usize = 16 << 10;

/// Measures the requests per second of both, and their ratio.
pub fn measure(seconds: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    store_page(folder.path())?;
    let wandstore = Server::wandstore(folder.path())?;
    let page = cached_page(wandstore.address())?;
    let file = folder.path().join("answer");
    floor::keep(&page, &file)?;
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
        page.body.len(),
        quantile(&mut hits, 0.5),
        quantile(&mut natives, 0.5),
        quantile(&mut ratios, 0.5)
    );
    Ok(())
}

/// Puts a page of 16 KiB into long-term storage, as caching would.
fn store_page(folder: &Path) -> anyhow::Result<()> {
    let mut page = "<!--wand explorer 50 local bench 1 99999999999999 0-->\n<!doctype html>".to_owned();
    page.extend(std::iter::repeat_n('x', PAGE_BYTES - page.len()));
    std::fs::create_dir_all(folder.join("blobs"))?;
    let blob = ObjectStore::folder(&folder.join("blobs"))?;
    let put = blob.put("UI_STORAGE", "generated/magic-wands:bench.html", page.into());
    Ok(tokio::runtime::Builder::new_multi_thread().build()?.block_on(put)?)
}

/// Reads the page until it is served from the cache.
fn cached_page(address: &str) -> anyhow::Result<Answer> {
    let mut client = Client::connect(address)?;
    client.get(TARGET)?;
    let page = client.get(TARGET)?;
    if page.header("x-cache") != Some("HIT") {
        bail!("the page is not a hit: x-cache is {:?}", page.header("x-cache"));
    }
    Ok(page)
}
