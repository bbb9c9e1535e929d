//! The time from enqueuing a job until it is durable, against writing and syncing as many bytes.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use capabilities::clock::{Clock as _, System as SystemClock};
use capabilities::jobs::{Enqueued, Jobs as _, NewJob, Sqlite};
use capabilities::random::System as SystemRandom;

use crate::quantile;

const ENQUEUED: usize = 2_000;
/// The approximate size that the commit of an enqueue adds to the write-ahead log: three pages of 4 KiB.
const COMMIT_BYTES: usize = 12 << 10;

/// Measures the median and p99 in milliseconds.
pub fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in("target")?;
    let mut file = File::create(folder.path().join("floor"))?;
    let mut native_ms = Vec::with_capacity(ENQUEUED);
    for _ in 0..ENQUEUED {
        let started = Instant::now();
        file.write_all(&[1; COMMIT_BYTES])?;
        file.sync_data()?;
        native_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut enqueue_ms = runtime.block_on(async {
        let jobs = Sqlite::open(&folder.path().join("jobs.db"), Arc::new(SystemRandom)).await?;
        let mut enqueue_ms = Vec::with_capacity(ENQUEUED);
        for index in 0..ENQUEUED {
            let job = NewJob {
                queues: vec![format!("pool-{}", index % 10)],
                queue_depth_max: u32::MAX,
                key: format!("magic-wands:shopper-{index}"),
                payload: vec![b'x'; 512].into(),
                now_ms: SystemClock.now_ms(),
            };
            let started = Instant::now();
            let enqueued = jobs.enqueue(job).await?;
            enqueue_ms.push(started.elapsed().as_secs_f64() * 1e3);
            anyhow::ensure!(matches!(enqueued, Enqueued::Accepted { .. }), "an enqueue was not accepted");
        }
        Ok(enqueue_ms)
    })?;
    println!(
        "offer to durable: median {:.2} ms, p99 {:.2} ms; writing and syncing 12 KiB median {:.2} ms, p99 {:.2} ms \
         (a p99 under 5 ms is promised)",
        quantile(&mut enqueue_ms, 0.5),
        quantile(&mut enqueue_ms, 0.99),
        quantile(&mut native_ms, 0.5),
        quantile(&mut native_ms, 0.99)
    );
    Ok(())
}
