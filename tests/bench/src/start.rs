//! The time from process start to the first response, with precompiled components.

use std::time::Instant;

use crate::client::{Answer, Client};
use crate::floor;
use crate::quantile;
use crate::server::Server;

const STARTS: usize = 15;

/// Measures the median and worst time in milliseconds.
pub fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let start = || -> anyhow::Result<(f64, Answer)> {
        let started = Instant::now();
        let server = Server::wandstore(folder.path())?;
        let answer = Client::connect(server.address())?.get("/s/magic-wands?shopper=first")?;
        Ok((started.elapsed().as_secs_f64() * 1e3, answer))
    };
    let (cold_ms, answer) = start()?;
    let starts = (0..STARTS).map(|_| Ok(start()?.0));
    let mut warm_ms = starts.collect::<anyhow::Result<Vec<_>>>()?;

    let file = folder.path().join("answer");
    floor::keep(&answer, &file)?;
    let mut native_ms = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        Client::connect(Server::floor(&file)?.address())?.get("/")?;
        native_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }
    println!(
        "process start to first answer: median {:.0} ms, worst {:.0} ms; components not compiled yet {cold_ms:.0} ms; \
         bare hyper {:.0} ms (under 150 ms is promised)",
        quantile(&mut warm_ms, 0.5),
        quantile(&mut warm_ms, 1.0),
        quantile(&mut native_ms, 0.5)
    );
    Ok(())
}
