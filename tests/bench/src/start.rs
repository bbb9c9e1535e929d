//! From process start to the first answer, with components that were compiled before.

use std::time::Instant;

use crate::client::Client;
use crate::quantile;
use crate::server::Server;

const STARTS: usize = 15;

/// Milliseconds, median and worst.
pub fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let start = || -> anyhow::Result<f64> {
        let started = Instant::now();
        let server = Server::wandstore(folder.path())?;
        Client::connect(server.address())?.get("/s/magic-wands?shopper=first")?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    };
    let cold_ms = start()?;
    let mut warm_ms = (0..STARTS).map(|_| start()).collect::<anyhow::Result<Vec<_>>>()?;

    let file = folder.path().join("page.html");
    std::fs::write(&file, "page")?;
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
