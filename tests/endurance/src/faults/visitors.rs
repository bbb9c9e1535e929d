//! Shoppers who come and return while the wires break, and what they notice.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::task::JoinSet;

use crate::shop::SHOP;
use crate::shopper::Shoppers;

/// After so long it is not waited for any longer.
const AGAIN_PATIENCE: Duration = Duration::from_mins(2);
/// A newcomer arrives this often, and one who was there before returns this often.
const NEWCOMERS: Duration = Duration::from_millis(500);
const REGULARS: Duration = Duration::from_millis(60);
/// How often products change, so that pages are rendered again and the catalog is asked.
const CHANGES: Duration = Duration::from_secs(5);
const HEALTH: Duration = Duration::from_millis(250);

/// What shoppers noticed in a phase.
#[derive(Debug, Default)]
pub struct Noticed {
    /// How long pages took.
    pub took: Vec<Duration>,
    /// Answers that were not as they have to be.
    pub wrong: Vec<String>,
    /// Those who were promised a page.
    pub promised: Vec<u64>,
    /// How often health was checked.
    pub checks: usize,
    /// How often of these it was degraded.
    pub degraded: usize,
}

/// Who visits, and what they noticed in the present phase.
pub struct Visitors {
    address: String,
    shoppers: Shoppers,
    noticed: Mutex<Noticed>,
    newcomers: Mutex<u64>,
}

impl Visitors {
    /// Returns the visitors of a server.
    pub fn of(address: &str) -> anyhow::Result<Self> {
        let (noticed, newcomers) = (Mutex::default(), Mutex::new(0));
        Ok(Self { address: address.to_owned(), shoppers: Shoppers::new(SHOP)?, noticed, newcomers })
    }

    /// Returns what was noticed since the last call.
    pub fn noticed(&self) -> Noticed {
        std::mem::take(&mut self.noticed_now())
    }

    fn noticed_now(&self) -> MutexGuard<'_, Noticed> {
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of a new shopper.
    fn newcomer(&self) -> u64 {
        let mut newcomers = self.newcomers.lock().unwrap_or_else(PoisonError::into_inner);
        *newcomers += 1;
        *newcomers
    }

    /// Visits the shop, and notices how that goes.
    async fn visit(&self, shopper: u64) {
        let visit = self.shoppers.visit(&self.address, &name(shopper)).await;
        let mut noticed = self.noticed_now();
        match visit {
            Ok(page) => {
                noticed.took.push(page.took);
                if page.is_promised && !page.is_theirs {
                    noticed.promised.push(shopper);
                }
            }
            Err(error) => noticed.wrong.push(format!("{error:#}")),
        }
    }

    /// Lets newcomers arrive until the page of one is the model's, and returns how long that took.
    pub async fn planned_by_model(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        while began.elapsed() < AGAIN_PATIENCE {
            let shopper = name(self.newcomer());
            let first = self.shoppers.visit(&self.address, &shopper).await?;
            if first.is_promised {
                // One who came while the breaker was open waits longer than the next one.
                self.shoppers.state(&self.address, &shopper, 2).await?;
                let second = self.shoppers.visit(&self.address, &shopper).await?;
                if second.source == "llm" {
                    return Ok(began.elapsed());
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("no page is planned by the model")
    }

    /// Waits until every promised page is made, and returns how many are not.
    pub async fn all_made(&self, promised: &[u64]) -> anyhow::Result<usize> {
        let (mut lost, began) = (0, Instant::now());
        for shopper in promised {
            loop {
                let state = self.shoppers.state(&self.address, &name(*shopper), 5).await?;
                if state == "ready" {
                    break;
                }
                if ["none", "failed"].contains(&&*state) || began.elapsed() > AGAIN_PATIENCE {
                    lost += 1;
                    break;
                }
            }
        }
        Ok(lost)
    }

    async fn check_health(&self) {
        let health = self.shoppers.health(&self.address).await;
        let mut noticed = self.noticed_now();
        noticed.checks += 1;
        match health {
            Ok((is_ok, _)) => noticed.degraded += usize::from(!is_ok),
            Err(error) => noticed.wrong.push(format!("{error:#}")),
        }
    }
}

fn name(shopper: u64) -> String {
    format!("wire-{shopper}")
}

/// Shoppers come and return, products change, and health is checked, until this is dropped.
pub fn load(visitors: &Arc<Visitors>) -> JoinSet<()> {
    let mut load = JoinSet::new();
    let each = |visitors: &Arc<Visitors>, every| (visitors.clone(), tokio::time::interval(every));
    let (them, mut every) = each(visitors, NEWCOMERS);
    load.spawn(async move {
        loop {
            every.tick().await;
            let (them, shopper) = (them.clone(), them.newcomer());
            tokio::spawn(async move { them.visit(shopper).await });
        }
    });
    let (them, mut every) = each(visitors, REGULARS);
    load.spawn(async move {
        for turn in 0_u64.. {
            every.tick().await;
            let (them, shopper) = (them.clone(), turn % 20 + 1);
            tokio::spawn(async move { them.visit(shopper).await });
        }
    });
    let (them, mut every) = each(visitors, CHANGES);
    load.spawn(async move {
        loop {
            every.tick().await;
            let _ = them.shoppers.bump(&them.address).await;
        }
    });
    let (them, mut every) = each(visitors, HEALTH);
    load.spawn(async move {
        loop {
            every.tick().await;
            them.check_health().await;
        }
    });
    load
}
