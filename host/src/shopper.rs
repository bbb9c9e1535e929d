//! Exports and erases everything that is stored about one shopper, on the operator's command. The routing component
//! does both, as the same maintenance tasks that Shopify's privacy webhooks cause; they run here at once instead of in
//! a worker.

use anyhow::{Context as _, bail};
use model::{EventId, Key, ShopId, ShopperId};
use runtime::bindings::wandstore::storefront::job_types::{
    Enqueued, Job, Lease, MaintenanceKind, MaintenanceTask, Outcome, Progress, Task,
};
use runtime::call;
use runtime::context::Cause;
use runtime::deployment::Deployment;

/// More parts than any shopper's data takes.
const PARTS_MAX: usize = 10_000;

/// Deletes everything that is stored of the shopper. `cause` names the task in the audit record. Its last part, which
/// deletes what may come late, is left to the workers as a job.
pub async fn erase(
    deployment: &Deployment,
    shop: &ShopId,
    shopper: &ShopperId,
    cause: &EventId,
) -> anyhow::Result<()> {
    run(deployment, shop, cause, MaintenanceKind::RedactShopper(shopper.to_string())).await
}

/// Returns everything that is stored of the shopper, as JSON. The report itself is not kept.
pub async fn export(
    deployment: &Deployment,
    shop: &ShopId,
    shopper: &ShopperId,
    cause: &EventId,
) -> anyhow::Result<String> {
    run(deployment, shop, cause, MaintenanceKind::ReportShopper(shopper.to_string())).await?;
    let kv = &deployment.capabilities.kv;
    let (report, index) = (Key::Report(shop, cause), Key::ReportOf(shop, shopper, cause));
    let (store, key) = (report.store().name(), report.to_string());
    let entry = kv.get(store, &key).await?.context("the report is gone: the shopper was erased meanwhile")?;
    for (store, key) in [(store, key), (index.store().name(), index.to_string())] {
        kv.delete(store, &key).await?;
    }
    Ok(String::from_utf8(entry.value.to_vec())?)
}

/// Runs a maintenance task to its end, or until the rest has to wait and is queued.
async fn run(
    deployment: &Deployment,
    shop: &ShopId,
    cause: &EventId,
    kind: MaintenanceKind,
) -> anyhow::Result<()> {
    let happened_ms = deployment.capabilities.clock.now_ms();
    let task = MaintenanceTask { shop: shop.to_string(), cause: cause.to_string(), happened_ms, kind };
    // It was never in the queue.
    let lease = Lease { id: cause.to_string(), token: 0 };
    let job = Job { lease, attempt: 1, last: true, crashed: false, task: Task::Maintenance(task) };
    for _ in 0..PARTS_MAX {
        let pool = &deployment.routing;
        match call!(pool, Cause::Operator, |guest, instance| guest.maintenance.call_run(instance, &job))? {
            Progress::More => {}
            Progress::Over(Outcome::Done(_)) => return Ok(()),
            Progress::Over(Outcome::Failed(reason)) => bail!("{reason}"),
            Progress::Over(Outcome::Retry(retry)) => {
                bail!("{}: run the command again", retry.trouble.reason)
            }
            Progress::Over(Outcome::Postponed(_)) => return leave_to_workers(deployment, job.task).await,
        }
    }
    bail!("it did not end within {PARTS_MAX} parts: run the command again")
}

/// Queues a task that has recorded its progress. A worker that claims it too early postpones it.
async fn leave_to_workers(deployment: &Deployment, task: Task) -> anyhow::Result<()> {
    let Task::Maintenance(task) = task else { bail!("a page is no maintenance task") };
    let pool = &deployment.queueing;
    let enqueued = call!(pool, Cause::Operator, |guest, instance| guest
        .queue
        .call_enqueue_maintenance(instance, &task))?;
    match enqueued {
        Ok(Enqueued::Accepted(_) | Enqueued::Live(_)) => Ok(()),
        Ok(Enqueued::Full) => bail!("the queue is full: run the command again"),
        Err(error) => bail!("the queue did not take the last part: {error:?}: run the command again"),
    }
}
