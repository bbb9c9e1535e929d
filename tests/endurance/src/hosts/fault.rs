//! Faults of a host, and how long the others and the host need to recover.

use std::time::{Duration, Instant};

use super::cluster::{Cluster, until};
use crate::database::Held;
use crate::proxy::{Proxy, Wire};

/// How long a host is cut off: longer than its lease, and than the others wait for it.
const CUT_OFF: Duration = Duration::from_secs(7);

/// A fault of a host. Any further dependency over the network needs a wire in `Host` and a fault
/// here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL, and a start.
    Kill,
    /// No packet passes between it and the database, for a while.
    NoDatabase,
    /// Nor between it and Redis.
    NoRedis,
    /// Nor between it and the bucket.
    NoBucket,
    /// SIGTERM, and a start with another component.
    Component,
    /// SIGTERM, and a start.
    Terminate,
}

/// How long it took.
#[derive(Debug, Default)]
pub struct Recovery {
    /// From the fault on until other hosts had taken up all jobs of the host, and had all its members.
    pub taken_over: Option<Duration>,
    /// From the end of the fault, or a start, until the host had its share of the pool, or had done a job.
    pub back: Option<Duration>,
}

impl Fault {
    /// All, in the order in which they come.
    pub const ALL: [Self; 6] =
        [Self::Kill, Self::NoDatabase, Self::NoRedis, Self::NoBucket, Self::Component, Self::Terminate];

    /// Returns what the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "killed with SIGKILL",
            Self::NoDatabase => "cut off from PostgreSQL",
            Self::NoRedis => "cut off from Redis",
            Self::NoBucket => "cut off from S3",
            Self::Component => "restarted with another component",
            Self::Terminate => "stopped with SIGTERM",
        }
    }

    /// Lets the fault come to a host, and go.
    pub async fn play(self, cluster: &mut Cluster, place: usize) -> anyhow::Result<Recovery> {
        let held = working(cluster, place).await?;
        cluster.doors.set_healthy(place, false);
        let began = Instant::now();
        match self {
            Self::Kill => {
                cluster.kill(place)?;
                let taken_over = taken_over(cluster, place, &held, began).await?;
                start(cluster, place, taken_over).await
            }
            Self::NoDatabase => {
                cluster.to_database(place).set(Wire::Blocks);
                let taken_over = taken_over(cluster, place, &held, began).await?;
                tokio::time::sleep(CUT_OFF.saturating_sub(began.elapsed())).await;
                cluster.to_database(place).set(Wire::Passes);
                let back = Some(cluster.is_settled().await?);
                Ok(Recovery { taken_over, back })
            }
            Self::NoRedis => cut_off(cluster, place, cluster.to_redis(place)).await,
            Self::NoBucket => cut_off(cluster, place, cluster.to_bucket(place)).await,
            Self::Component | Self::Terminate => {
                cluster.terminate(place).await?;
                let taken_over = taken_over(cluster, place, &held, began).await?;
                cluster.set_component(place, self == Self::Component)?;
                start(cluster, place, taken_over).await
            }
        }
    }
}

/// Blocks a wire of a host for a while. The host keeps its members.
async fn cut_off(cluster: &Cluster, place: usize, wire: &Proxy) -> anyhow::Result<Recovery> {
    wire.set(Wire::Blocks);
    tokio::time::sleep(CUT_OFF).await;
    wire.set(Wire::Passes);
    let back = works_again(cluster, place).await?;
    cluster.is_settled().await?;
    Ok(Recovery { taken_over: None, back })
}

/// Waits until a host runs jobs, and returns them.
async fn working(cluster: &Cluster, place: usize) -> anyhow::Result<Held> {
    until("the host runs a job", async || {
        let held = cluster.database.held_by(cluster.id(place)).await?;
        Ok((held.count() > 0).then_some(held))
    })
    .await
}

/// Waits until other hosts have taken up these jobs, and have all members of a host.
async fn taken_over(
    cluster: &Cluster,
    place: usize,
    held: &Held,
    began: Instant,
) -> anyhow::Result<Option<Duration>> {
    until("the others take over", async || {
        let abandoned = cluster.database.abandoned(held).await?;
        let hosts = cluster.database.hosts().await?;
        let (_, of_nobody) = cluster.database.members().await?;
        let is_gone = !hosts.iter().any(|id| id == cluster.id(place));
        Ok((abandoned == 0 && of_nobody == 0 && is_gone).then_some(()))
    })
    .await?;
    Ok(Some(began.elapsed()))
}

async fn start(
    cluster: &mut Cluster,
    place: usize,
    taken_over: Option<Duration>,
) -> anyhow::Result<Recovery> {
    let began = Instant::now();
    cluster.start(place).await?;
    cluster.is_settled().await?;
    Ok(Recovery { taken_over, back: Some(began.elapsed()) })
}

/// Waits until a host has done another job.
async fn works_again(cluster: &Cluster, place: usize) -> anyhow::Result<Option<Duration>> {
    let (began, id) = (Instant::now(), cluster.id(place));
    let before = cluster.database.done_by(id).await?;
    until("the host does a job", async || Ok((cluster.database.done_by(id).await? > before).then_some(())))
        .await?;
    Ok(Some(began.elapsed()))
}
