//! A shop and what changes in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Options;
use crate::goods::Goods;
use crate::proxy::Door;
use crate::storefront::Trouble;
use crate::theme::Theme;

/// How long the app may take: Shopify does not say, this is what webhooks have.
const APP_TIMEOUT: Duration = Duration::from_secs(30);

/// A shop.
pub(crate) struct Shop {
    pub(crate) options: Options,
    pub(crate) theme: Theme,
    pub(crate) http: reqwest::Client,
    state: Mutex<State>,
}

/// What changes.
pub(crate) struct State {
    pub(crate) goods: Goods,
    /// Variants and how many of each.
    pub(crate) cart: Vec<(u64, u64)>,
    pub(crate) trouble: Trouble,
    pub(crate) door: Door,
    /// Refresh tokens that are good, and which one each of them replaces.
    pub(crate) refresh: BTreeMap<String, Option<String>>,
    /// Private tokens for the Storefront API: the one of the options, and access tokens.
    pub(crate) storefront: BTreeSet<String>,
    /// How many tokens and webhooks there were.
    pub(crate) issued: u64,
    /// What the app proxy was asked for, oldest first: method and path.
    pub(crate) asked: Vec<String>,
    /// How many questions the Storefront API was asked.
    pub(crate) questions: u64,
}

impl Shop {
    pub(crate) fn open(options: Options) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(APP_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let state = State {
            goods: Goods::load()?,
            cart: Vec::new(),
            trouble: Trouble::None,
            door: Door::Open,
            refresh: BTreeMap::new(),
            storefront: BTreeSet::from([options.token.clone()]),
            issued: 0,
            asked: Vec::new(),
            questions: 0,
        };
        Ok(Self { theme: Theme::new()?, http, state: Mutex::new(state), options })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the refresh token is good: until the one that replaces it is used
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    pub(crate) fn refresh_with(&mut self, token: &str) -> bool {
        let Some(former) = self.refresh.get(token).cloned() else { return false };
        if let Some(former) = former {
            self.refresh.remove(&former);
        }
        true
    }

    /// A name that was not given before.
    pub(crate) fn issue(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{kind}_{:016x}_{:08x}", nanoseconds(), self.issued)
    }
}

/// Seconds since the epoch.
pub(crate) fn now_s() -> u64 {
    nanoseconds() / 1_000_000_000
}

/// The time as Shopify writes it.
pub(crate) fn timestamp() -> String {
    let nanoseconds = nanoseconds().into();
    jiff::Timestamp::from_nanosecond(nanoseconds).expect("it is no year 10000 yet").to_string()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the simulator stands for another company, which has its own clock"
)]
fn nanoseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or_default()
}
