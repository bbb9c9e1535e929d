//! A shop and its state.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use serde_json::Value;

use crate::Options;
use crate::failures::{Door, Trouble};
use crate::goods::Goods;
use crate::place::Place;
use crate::subscription::Subscription;
use crate::theme::Theme;
use crate::trigger::{self, Trigger};

/// How long the app may take. Shopify documents no limit; this simulator uses 30 seconds.
const APP_TIMEOUT: Duration = Duration::from_secs(30);

/// A shop.
pub(crate) struct Shop {
    pub(crate) options: Options,
    pub(crate) theme: Theme,
    pub(crate) http: reqwest::Client,
    /// The app's triggers of Shopify Flow.
    pub(crate) triggers: Vec<Trigger>,
    state: Mutex<State>,
}

/// The state of a shop.
pub(crate) struct State {
    pub(crate) goods: Goods,
    pub(crate) cart: Cart,
    /// The orders, oldest first.
    pub(crate) orders: Vec<Value>,
    /// The app's subscription, if the merchant chose a plan.
    pub(crate) subscription: Option<Subscription>,
    /// What Shopify Flow was told, oldest first.
    pub(crate) told: Vec<Value>,
    pub(crate) trouble: Trouble,
    pub(crate) door: Door,
    /// The valid refresh tokens, and the token that each of them replaces.
    pub(crate) refresh: BTreeMap<String, Option<String>>,
    /// Private tokens for the Storefront API: the one of the options, and access tokens.
    pub(crate) storefront: BTreeSet<String>,
    /// The optional scopes that the merchant granted.
    pub(crate) granted: BTreeSet<String>,
    /// The number of tokens and webhooks so far.
    pub(crate) issued: u64,
    /// The requests to the app proxy, oldest first: method and path.
    pub(crate) asked: Vec<String>,
    /// The number of queries to the Storefront API.
    pub(crate) questions: u64,
}

/// The cart.
#[derive(Default)]
pub(crate) struct Cart {
    /// Variants, with their quantities.
    pub(crate) items: Vec<(u64, u64)>,
    /// What themes and apps wrote on it.
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Shop {
    pub(crate) fn open(options: Options) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(APP_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let goods = Goods::load()?;
        let state = State {
            goods: if options.no_products { goods.emptied() } else { goods.filled(options.products) },
            cart: Cart::default(),
            orders: Vec::new(),
            subscription: None,
            told: Vec::new(),
            trouble: Trouble::None,
            door: Door::Open,
            refresh: BTreeMap::new(),
            storefront: BTreeSet::from([options.token.clone()]),
            granted: BTreeSet::new(),
            issued: 0,
            asked: Vec::new(),
            questions: 0,
        };
        Ok(Self {
            theme: Theme::new()?,
            http,
            triggers: trigger::triggers()?,
            state: Mutex::new(state),
            options,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handler with a `Place` parameter gets the market of its request.
impl FromRequestParts<Arc<Shop>> for Place {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shop: &Arc<Shop>) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(Self::of(&shop.options, host, parts.extensions.get()))
    }
}

impl State {
    /// Uses a refresh token, and returns whether it is valid: a token is valid until its replacement is used
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    pub(crate) fn refresh_with(&mut self, token: &str) -> bool {
        let Some(former) = self.refresh.get(token).cloned() else { return false };
        if let Some(former) = former {
            self.refresh.remove(&former);
        }
        true
    }

    /// Returns a new unique name.
    pub(crate) fn issue(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{kind}_{:016x}_{:08x}", nanoseconds(), self.issued)
    }
}

/// Returns the seconds since the epoch.
pub(crate) fn now_s() -> u64 {
    nanoseconds() / 1_000_000_000
}

/// Returns the time in Shopify's format.
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
