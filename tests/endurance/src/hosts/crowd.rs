//! Shoppers who come and return, at whichever host the load balancer sends them to, and what they notice.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinSet;

use super::cluster::Doors;
use crate::database::Database;
use crate::shopper::{Page, Shoppers, is_of_connection};

/// The shop.
const SHOP: &str = "magic-wands";
/// A shopper whose page was made returns this often.
const REGULARS: Duration = Duration::from_millis(100);
/// How often a load balancer tries another host, and how long it pauses.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// What shoppers noticed.
#[derive(Debug, Default, Clone)]
pub struct Noticed {
    /// How many pages they got.
    pub pages: usize,
    /// Answers that were not a whole page or state.
    pub wrong: Vec<String>,
    /// How long after the end of their jobs the waiting pages learnt of it, at hosts that were as they should be.
    pub learnt_after: Vec<Duration>,
}

/// Who visits.
pub struct Crowd {
    doors: Arc<Doors>,
    database: Arc<Database>,
    shoppers: Shoppers,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    newcomers: u64,
    /// Those who were promised a page and have not seen it.
    waiting: Vec<u64>,
    made: Vec<u64>,
    noticed: Noticed,
}

impl Crowd {
    /// Returns a crowd that has not come yet.
    pub fn of(doors: &Arc<Doors>, database: &Arc<Database>) -> anyhow::Result<Arc<Self>> {
        let (doors, database) = (doors.clone(), database.clone());
        Ok(Arc::new(Self { doors, database, shoppers: Shoppers::new(SHOP)?, state: Mutex::default() }))
    }

    /// Lets shoppers come this often, and those who have a page return, until this is dropped.
    pub fn come(self: &Arc<Self>, every: Duration) -> JoinSet<()> {
        let mut crowd = JoinSet::new();
        let (them, mut newcomers) = (self.clone(), tokio::time::interval(every));
        crowd.spawn(async move {
            loop {
                newcomers.tick().await;
                let (them, shopper) = (them.clone(), them.newcomer());
                tokio::spawn(async move { them.arrive(shopper).await });
            }
        });
        let (them, mut regulars) = (self.clone(), tokio::time::interval(REGULARS));
        crowd.spawn(async move {
            for turn in 0_usize.. {
                regulars.tick().await;
                let regular = {
                    let state = them.state();
                    state.made.len().checked_sub(1).map(|last| state.made[last - turn % (last + 1)])
                };
                if let Some(shopper) = regular {
                    let them = them.clone();
                    tokio::spawn(async move { them.look(shopper).await });
                }
            }
        });
        crowd
    }

    /// Returns what was noticed since the last call.
    pub fn noticed(&self) -> Noticed {
        std::mem::take(&mut self.state().noticed)
    }

    /// Returns how many were promised a page that they have not seen.
    pub fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// Lets those who wait for a page look whether it is there.
    pub async fn look_again(&self) {
        let waiting = self.state().waiting.clone();
        for shopper in waiting {
            self.look(shopper).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn newcomer(&self) -> u64 {
        let mut state = self.state();
        state.newcomers += 1;
        state.newcomers
    }

    /// Visits the shop, waits until the page is there, and visits again.
    async fn arrive(&self, shopper: u64) {
        let Some(page) = self.look(shopper).await else { return };
        if !page.is_promised {
            return;
        }
        if !page.is_theirs {
            self.state().waiting.push(shopper);
        }
        self.listen(shopper).await;
        self.look(shopper).await;
    }

    /// Visits the shop at any host.
    async fn look(&self, shopper: u64) -> Option<Page> {
        let page = self
            .at_any(|shoppers, address| async move { shoppers.visit(&address, &name(shopper)).await })
            .await?
            .1;
        let mut state = self.state();
        state.noticed.pages += 1;
        if page.is_theirs
            && let Some(place) = state.waiting.iter().position(|waiting| *waiting == shopper)
        {
            state.waiting.swap_remove(place);
            state.made.push(shopper);
        }
        Some(page)
    }

    /// Waits at any host until the page is there, and notices how long that host took to know.
    async fn listen(&self, shopper: u64) {
        let mut is_first = true;
        loop {
            let at = self
                .at_any(|shoppers, address| async move { shoppers.listen(&address, &name(shopper)).await })
                .await;
            let Some((was_healthy, state)) = at else { return };
            if state != "ready" {
                // The host stops, or the page was not promised after all.
                is_first = false;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            let key = format!("{SHOP}:{}", name(shopper));
            // Who had to begin again lost time by that.
            if is_first
                && was_healthy
                && let Ok(Some(ago)) = self.database.ended_ago(&key).await
            {
                self.state().noticed.learnt_after.push(ago);
            }
            return;
        }
    }

    /// Sends a request to the next host, and to another one if the connection fails, as a load balancer does. Returns
    /// the answer, and whether the first host gave it and was as it should be all the time.
    async fn at_any<T, F>(&self, ask: impl Fn(Shoppers, String) -> F) -> Option<(bool, T)>
    where
        F: Future<Output = anyhow::Result<T>>,
    {
        let mut last = None;
        for _ in 0..TRIES {
            let Some((host, address)) = self.doors.next() else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let before = self.doors.health(host);
            match ask(self.shoppers.clone(), address).await {
                Ok(answer) => {
                    let was_healthy = before.0 && before == self.doors.health(host);
                    return Some((was_healthy && last.is_none(), answer));
                }
                Err(error) if is_of_connection(&error) => {
                    last = Some(error);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    self.state().noticed.wrong.push(format!("host {host}: {error:#}"));
                    return None;
                }
            }
        }
        let error = last.context("no host was open").unwrap_or_else(|error| error);
        self.state().noticed.wrong.push(format!("{TRIES} hosts in a row: {error:#}"));
        None
    }
}

/// Returns the id of a shopper.
fn name(shopper: u64) -> String {
    format!("host-{shopper}")
}
