//! Signatures, time, randomness, settings and the log.

use std::time::Instant;

use capabilities::settings::{Shop, ShopStatus};
use wasmtime::Result;

use crate::bindings::wandstore::capabilities::{clock, log, random, settings, signatures};
use crate::component::quota::Verdict;
use crate::context::Context;

impl signatures::Host for Context {
    fn verify(
        &mut self,
        secret: String,
        algorithm: signatures::Algorithm,
        message: Vec<u8>,
        mac: Vec<u8>,
    ) -> Result<Result<bool, signatures::Error>> {
        let algorithm = match algorithm {
            signatures::Algorithm::HmacSha256 => capabilities::signatures::Algorithm::HmacSha256,
        };
        let verified = self.capabilities.signatures.verify(&secret, algorithm, &message, &mac);
        Ok(verified.map_err(|_| signatures::Error::NoSuchSecret))
    }

    fn matches(&mut self, secret: String, candidate: String) -> Result<Result<bool, signatures::Error>> {
        let matches = self.capabilities.signatures.matches(&secret, &candidate);
        Ok(matches.map_err(|_| signatures::Error::NoSuchSecret))
    }
}

impl clock::Host for Context {
    fn now_ms(&mut self) -> Result<u64> {
        Ok(self.capabilities.clock.now_ms())
    }
}

impl random::Host for Context {
    fn get_u64(&mut self) -> Result<u64> {
        Ok(self.capabilities.random.next_u64())
    }
}

impl settings::Host for Context {
    fn development(&mut self) -> Result<bool> {
        Ok(self.capabilities.settings.look(|settings| settings.development))
    }

    fn pool(&mut self) -> Result<settings::PoolLimits> {
        Ok(self.capabilities.settings.look(|settings| settings::PoolLimits {
            size: settings.pool.size,
            depth_max: settings.pool.depth_max,
            attempts_max: settings.pool.attempts_max,
            lease_ms: settings.pool.lease_ms,
            backoff_ms: settings.pool.backoff_ms,
            backoff_ms_max: settings.pool.backoff_ms_max,
        }))
    }

    fn lifetimes(&mut self) -> Result<settings::PageLifetimes> {
        Ok(self.capabilities.settings.look(|settings| settings::PageLifetimes {
            kv_ttl_seconds: settings.lifetimes.kv_ttl_seconds,
            fresh_seconds: settings.lifetimes.fresh_seconds,
        }))
    }

    fn get_shop(&mut self, id: String) -> Result<Option<settings::Shop>> {
        Ok(self.capabilities.settings.look(|settings| settings.shops.get(&id).map(shop)))
    }

    fn status(&mut self, id: String, vouched_for: bool) -> Result<settings::ShopStatus> {
        Ok(match self.capabilities.settings.look(|settings| settings.shop_status(&id, vouched_for)) {
            ShopStatus::Unknown => settings::ShopStatus::Unknown,
            ShopStatus::Open => settings::ShopStatus::Open,
            ShopStatus::Paused => settings::ShopStatus::Paused,
        })
    }

    fn list_shops(&mut self) -> Result<Vec<String>> {
        Ok(self.capabilities.settings.look(|settings| settings.shops.keys().cloned().collect()))
    }
}

fn shop(shop: &Shop) -> settings::Shop {
    settings::Shop {
        name: shop.name.clone(),
        url: shop.url.clone(),
        language: shop.language.clone(),
        tone: shop.tone.clone(),
        banned_words: shop.banned_words.clone(),
        promises: shop.promises.clone(),
        personas_off: shop.personas_off.clone(),
        accent: shop.accent.clone(),
        surface: shop.surface.clone(),
    }
}

impl log::Host for Context {
    fn event(
        &mut self,
        level: log::Level,
        message: String,
        particulars: Vec<(String, String)>,
    ) -> Result<()> {
        let component = self.role.name();
        match self.log_quota.judge(self.events_left > 0, Instant::now()) {
            Verdict::Dropped => {
                metrics::counter!("wandstore_component_events_dropped_total", "component" => component)
                    .increment(1);
                return Ok(());
            }
            Verdict::Logged { dropped_before: 0 } => {}
            Verdict::Logged { dropped_before } => {
                tracing::warn!(component, dropped_before, "a component logged too much; events were dropped");
            }
        }
        self.events_left = self.events_left.saturating_sub(1);
        let level = match level {
            log::Level::Debug => capabilities::log::Level::Debug,
            log::Level::Info => capabilities::log::Level::Info,
            log::Level::Warn => capabilities::log::Level::Warn,
            log::Level::Error => capabilities::log::Level::Error,
        };
        self.capabilities.log.event(capabilities::log::Event {
            level,
            message: &message,
            particulars,
            component,
            call: &self.cause.to_string(),
        });
        Ok(())
    }
}
