//! Binds `crates/deployment` to WIT: conversions without decisions.
//!
//! Two components contain this file: the adapter `services`, over the interfaces of `wit/platform`, and `spin-platform`,
//! over Spin's. Each brings its own `bindings`, `platform` and `Component`.

use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use deployment::{Configuration, Outbound, Response, Unanswered};
use model::limits::{Taker, is_private};
use secrets::signatures::{Algorithm, Signatures as _};
use upstream::{UpstreamCall, millis};

use crate::Component;
use crate::bindings::exports::wandstore::capabilities::{fetch, limits, llm, settings, signatures};
use crate::platform::{clock, is_news, log, outbound, random, take, timer, variables};

/// The variable in which a platform passes the client's address (RFC 3875, section 4.1.8).
const CLIENT: &str = "REMOTE_ADDR";

/// Returns the configuration, which each instance reads once.
fn configuration() -> &'static Configuration {
    static CONFIGURATION: OnceLock<Configuration> = OnceLock::new();
    CONFIGURATION.get_or_init(|| {
        let mut key = [0; 32];
        key.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&random::get_u64().to_le_bytes()));
        let configuration = Configuration::read(variables::get, key);
        for mistake in configuration.mistakes.iter().map(ToString::to_string) {
            if is_news(&mistake) {
                let particulars = [("reason".to_owned(), mistake)];
                log::event(log::Level::Error, "ignored an invalid variable", &particulars);
            }
        }
        configuration
    })
}

impl settings::Guest for Component {
    fn development() -> bool {
        configuration().settings.development
    }

    fn pool() -> settings::PoolLimits {
        configuration().settings.pool.into()
    }

    fn lifetimes() -> settings::PageLifetimes {
        configuration().settings.lifetimes.into()
    }

    fn get_shop(id: String) -> Option<settings::Shop> {
        configuration().settings.shop(&id).map(Into::into)
    }

    /// Ignores whether the request is signed: no merchant installs the app on this host, so the operator named every
    /// shop, and anybody may visit it.
    fn status(id: String, _vouched_for: bool) -> settings::ShopStatus {
        configuration().settings.shop_status(&id, true).into()
    }

    fn list_shops() -> Vec<String> {
        configuration().settings.shops.keys().cloned().collect()
    }
}

::settings::settings_conversions!(settings);

impl limits::Guest for Component {
    /// Refuses what cannot be counted: it might cost without end.
    fn take(allowances: Vec<limits::Allowance>, shop: String, shopper: String) -> bool {
        // A private address is that of a proxy in front of this platform, which has many clients.
        let client = client().filter(|address| !is_private(*address));
        let by = Taker { client, shop: &shop, shopper: &shopper };
        let allowances = allowances.into_iter().map(Into::into);
        take(&configuration().settings.limits.counters(allowances, &by)).unwrap_or_else(|reason| {
            log::event(log::Level::Warn, "cannot count against a limit", &[("reason".to_owned(), reason)]);
            false
        })
    }
}

model::limits_conversions!(limits);

/// Returns the address of the client whose request is being answered.
fn client() -> Option<IpAddr> {
    variables::get(CLIENT)?.parse().ok()
}

impl signatures::Guest for Component {
    fn verify(
        secret: String,
        algorithm: signatures::Algorithm,
        message: Vec<u8>,
        mac: Vec<u8>,
    ) -> Result<bool, signatures::Error> {
        let algorithm = match algorithm {
            signatures::Algorithm::HmacSha256 => Algorithm::HmacSha256,
        };
        let verdict = configuration().secrets.verify(&secret, algorithm, &message, &mac);
        verdict.map_err(|_| signatures::Error::NoSuchSecret)
    }

    fn matches(secret: String, candidate: String) -> Result<bool, signatures::Error> {
        let verdict = configuration().secrets.matches(&secret, &candidate);
        verdict.map_err(|_| signatures::Error::NoSuchSecret)
    }
}

impl fetch::Guest for Component {
    fn post(
        upstream: String,
        shop: String,
        body: Vec<u8>,
        timeout_ms: u32,
    ) -> Result<fetch::Answer, fetch::Error> {
        let configuration = configuration();
        let call = UpstreamCall {
            upstream: &upstream,
            shop: &shop,
            origin: configuration.document.shopify.origin.as_deref(),
            token: configuration.storefront_token(&shop),
            buyer: client(),
        };
        let request = call.request()?;
        let sent = outbound::send(&outbound::Request {
            method: "POST".to_owned(),
            headers: request.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            url: request.url,
            body,
            timeout_ms,
            answer_bytes_max: bounded(upstream::ANSWER_BYTES_MAX as u64),
        });
        Ok(answer(sent?).into())
    }
}

fn answer(response: outbound::Response) -> upstream::Answer {
    let outbound::Response { status, headers, body } = response;
    let retry_after = headers.iter().find(|(name, _)| name == "retry-after");
    upstream::Answer::read(status, retry_after.map(|(_, value)| value.as_str()), body, clock::now_ms())
}

/// What this instance has learned about the endpoint.
static MEMORY: Mutex<Option<::llm::Memory>> = Mutex::new(None);

impl llm::Guest for Component {
    fn is_configured() -> bool {
        configuration().has_model()
    }

    fn complete(request: llm::Request) -> Result<llm::Completion, llm::Error> {
        let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        let memory = memory.get_or_insert_default();
        Ok(deployment::complete(configuration(), &Platform, memory, &request.into())?.into())
    }
}

struct Platform;

impl Outbound for Platform {
    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn random(&self) -> u64 {
        random::get_u64()
    }

    fn sleep(&self, pause: Duration) {
        timer::sleep(bounded(millis(pause)));
    }

    fn post(
        &self,
        endpoint: &::llm::Endpoint,
        body: &[u8],
        timeout: Duration,
    ) -> Result<Response, Unanswered> {
        let response = outbound::send(&outbound::Request {
            method: "POST".to_owned(),
            url: endpoint.url().to_owned(),
            headers: endpoint.headers().map(|(name, value)| (name.to_owned(), value)).collect(),
            body: body.to_owned(),
            timeout_ms: bounded(millis(timeout)),
            answer_bytes_max: bounded(::llm::RESPONSE_BYTES_MAX as u64),
        })?;
        let retry_after = response.headers.into_iter().find(|(name, _)| name == "retry-after");
        Ok((response.status, retry_after.map(|(_, value)| value), response.body))
    }
}

fn bounded(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl From<outbound::Error> for Unanswered {
    fn from(error: outbound::Error) -> Self {
        match error {
            outbound::Error::Timeout => Self::Timeout,
            outbound::Error::TooLarge => Self::TooLarge,
            outbound::Error::NotAllowed => Self::NotAllowed,
            outbound::Error::Failed(reason) => {
                log::event(
                    log::Level::Debug,
                    "cannot reach the model's endpoint",
                    &[("reason".into(), reason)],
                );
                Self::Failed
            }
        }
    }
}

impl From<outbound::Error> for fetch::Error {
    fn from(error: outbound::Error) -> Self {
        match error {
            outbound::Error::Timeout => Self::Timeout,
            outbound::Error::TooLarge => Self::TooLarge(upstream::ANSWER_BYTES_MAX as u64),
            outbound::Error::NotAllowed => Self::Unavailable(
                "this deployment may not reach the shop's host: set the variable shopify_host".to_owned(),
            ),
            outbound::Error::Failed(reason) => Self::Unavailable(reason),
        }
    }
}

model::llm_conversions!(crate::bindings::exports::wandstore::capabilities::llm);
model::conversions!(enum upstream::Error as fetch::Error {
    NoSuchUpstream, Timeout, TooLarge(bytes_max), Unavailable(reason)
});
model::conversions!(struct upstream::Answer as fetch::Answer { status, retry_after_ms, body });
