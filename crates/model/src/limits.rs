//! Allowances: how much strangers can make a deployment do. The vocabulary of `limits` in `wit/capabilities`.

use std::hash::{Hash as _, Hasher as _};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

/// How many minutes' worth of an allowance may be used at once.
const BURST_MINUTES: NonZeroU32 = NonZeroU32::new(5).unwrap();

const MINUTE_MS: u32 = 60_000;

/// Something that is counted for each minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Allowance {
    /// Pages that are planned because of one client address.
    ClientGenerations,
    /// Sessions that one client address creates.
    ClientSessions,
    /// Reports of events from one client address.
    ClientReports,
    /// Pages that are planned for one shopper.
    ShopperGenerations,
    /// Reports of events for one shopper.
    ShopperReports,
    /// Pages that a shop's model plans for shoppers without signals.
    ShopNewcomers,
    /// Pages that are planned for one shop.
    ShopGenerations,
    /// Sessions that one shop's shoppers create.
    ShopSessions,
    /// Pages that are planned by the deployment.
    DeploymentGenerations,
}

impl Allowance {
    /// All allowances.
    pub const ALL: [Self; 9] = [
        Self::ClientGenerations,
        Self::ClientSessions,
        Self::ClientReports,
        Self::ShopperGenerations,
        Self::ShopperReports,
        Self::ShopNewcomers,
        Self::ShopGenerations,
        Self::ShopSessions,
        Self::DeploymentGenerations,
    ];

    /// Returns its name for operators and in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientGenerations => "client-generations",
            Self::ClientSessions => "client-sessions",
            Self::ClientReports => "client-reports",
            Self::ShopperGenerations => "shopper-generations",
            Self::ShopperReports => "shopper-reports",
            Self::ShopNewcomers => "shop-newcomers",
            Self::ShopGenerations => "shop-generations",
            Self::ShopSessions => "shop-sessions",
            Self::DeploymentGenerations => "deployment-generations",
        }
    }

    /// Returns whether each client address has an allowance of its own.
    pub fn is_of_client(self) -> bool {
        matches!(self, Self::ClientGenerations | Self::ClientSessions | Self::ClientReports)
    }

    /// Returns whether it is one of pages that are planned.
    pub fn is_of_generations(self) -> bool {
        match self {
            Self::ClientGenerations
            | Self::ShopperGenerations
            | Self::ShopNewcomers
            | Self::ShopGenerations
            | Self::DeploymentGenerations => true,
            Self::ClientSessions | Self::ClientReports | Self::ShopperReports | Self::ShopSessions => false,
        }
    }

    /// Returns the counter that a request takes from; `None` if it has none. There are 65,536 counters of each
    /// allowance, so that strangers cannot fill memory with them. Few subjects share one, and they share its allowance.
    pub fn counter(self, by: &Taker<'_>) -> Option<u16> {
        let mut hasher = FnvHasher::default();
        match self {
            Self::ClientGenerations | Self::ClientSessions | Self::ClientReports => {
                Network::of(by.client?).hash(&mut hasher);
            }
            Self::ShopperGenerations | Self::ShopperReports => {
                (by.shop, by.shopper).hash(&mut hasher);
            }
            Self::ShopNewcomers | Self::ShopGenerations | Self::ShopSessions => {
                hasher.write(by.shop.as_bytes());
            }
            Self::DeploymentGenerations => {}
        }
        let hash = hasher.finish();
        let folded = [16, 32, 48].into_iter().fold(hash, |folded, bits| folded ^ (hash >> bits));
        u16::try_from(folded & u64::from(u16::MAX)).ok()
    }
}

/// The network that counts as one client: an IPv4 address, or 64 bits of an IPv6 address, which is the usual assignment
/// to one customer (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// Returns the network of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// Returns whether an address is of this machine or of a private network (RFC 1918, RFC 4193), and so rather a proxy's
/// than a shopper's.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// The client, the shop and the shopper of a request that takes from allowances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker<'a> {
    /// The client's address, if it is known.
    pub client: Option<IpAddr>,
    /// The id of the shop.
    pub shop: &'a str,
    /// The id of the shopper.
    pub shopper: &'a str,
}

/// How much strangers can make the deployment do. Five minutes' worth may be used at once; 0 is no limit. The variable
/// `LIMITS`, set to `off`, turns all limits off, for load tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Pages that are planned because of one client address, a minute. A shopper whose page is not planned is served
    /// the fallback page.
    pub generations_per_client: u32,
    /// Sessions that one client address creates, a minute. A report that creates one more is answered 429.
    pub sessions_per_client: u32,
    /// Reports of events (`/api/shopper/track`) from one client address, a minute. More are answered 429.
    pub reports_per_client: u32,
    /// Pages that are planned for one shopper, a minute.
    pub generations_per_shopper: u32,
    /// Reports of events for one shopper, a minute. More are answered 429.
    pub reports_per_shopper: u32,
    /// Shoppers of one shop without signals whose first page the language model plans, a minute. While more arrive, as in
    /// a sale or an attack, the others get a page without the model, and the model's with their second view or their
    /// fourth signal.
    pub newcomers_per_shop: u32,
    /// Pages that are planned for one shop, a minute.
    pub generations_per_shop: u32,
    /// Sessions that one shop's shoppers create, a minute.
    pub sessions_per_shop: u32,
    /// Pages that are planned by the deployment, a minute.
    pub generations: u32,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self {
        generations_per_client: 0,
        sessions_per_client: 0,
        reports_per_client: 0,
        generations_per_shopper: 0,
        reports_per_shopper: 0,
        newcomers_per_shop: 0,
        generations_per_shop: 0,
        sessions_per_shop: 0,
        generations: 0,
    };

    /// Returns the counters that a request takes from. An allowance without a limit has none.
    pub fn counters(&self, allowances: impl IntoIterator<Item = Allowance>, by: &Taker<'_>) -> Vec<Counter> {
        let counters = allowances.into_iter().filter_map(|allowance| {
            let (quota, counter) = self.quota(allowance).zip(allowance.counter(by))?;
            let key = format!("{}:{counter}", allowance.name());
            Some(Counter { key, interval_ms: MINUTE_MS / quota.per_minute, burst: quota.burst.get() })
        });
        counters.collect()
    }

    /// Returns how much of an allowance there is; `None` if there is no limit.
    pub fn quota(&self, allowance: Allowance) -> Option<Quota> {
        let per_minute = match allowance {
            Allowance::ClientGenerations => self.generations_per_client,
            Allowance::ClientSessions => self.sessions_per_client,
            Allowance::ClientReports => self.reports_per_client,
            Allowance::ShopperGenerations => self.generations_per_shopper,
            Allowance::ShopperReports => self.reports_per_shopper,
            Allowance::ShopNewcomers => self.newcomers_per_shop,
            Allowance::ShopGenerations => self.generations_per_shop,
            Allowance::ShopSessions => self.sessions_per_shop,
            Allowance::DeploymentGenerations => self.generations,
        };
        let per_minute = NonZeroU32::new(per_minute)?;
        Some(Quota { per_minute, burst: per_minute.saturating_mul(BURST_MINUTES) })
    }
}

/// A counter that instances without memory of their own keep in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its key.
    pub key: String,
    /// In how many milliseconds one grows again.
    pub interval_ms: u32,
    /// The most that it holds.
    pub burst: u32,
}

/// How much of an allowance there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What it grows by in a minute.
    pub per_minute: NonZeroU32,
    /// The most that it holds.
    pub burst: NonZeroU32,
}

impl Default for Limits {
    /// Enough for a busy shop, and for the shoppers of an office who share an address. An address that asks without end
    /// gets 90 pages in ten minutes.
    fn default() -> Self {
        Self {
            generations_per_client: 6,
            sessions_per_client: 6,
            reports_per_client: 60,
            generations_per_shopper: 2,
            reports_per_shopper: 30,
            newcomers_per_shop: 20,
            generations_per_shop: 60,
            sessions_per_shop: 600,
            generations: 600,
        }
    }
}

/// Implements the conversions for `limits` of `wit/capabilities`. The caller names the module that its bindings
/// generated for it.
#[macro_export]
macro_rules! limits_conversions {
    ($($wit:ident)::+) => {
        $crate::conversions!(enum $crate::limits::Allowance as $($wit)::+::Allowance {
            ClientGenerations, ClientSessions, ClientReports, ShopperGenerations, ShopperReports, ShopNewcomers,
            ShopGenerations, ShopSessions, DeploymentGenerations
        });
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn taker(client: &str) -> Taker<'static> {
        Taker { client: client.parse().ok(), shop: "magic-wands", shopper: "abc123" }
    }

    fn counter(allowance: Allowance, client: &str) -> Option<u16> {
        allowance.counter(&taker(client))
    }

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_network() {
        let of = |client| counter(Allowance::ClientReports, client);
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"), "the same address, as IPv6 sockets show it");
        assert_eq!(of("unknown"), None);
    }

    #[test]
    fn addresses_of_proxies_are_private() {
        for address in ["127.0.0.1", "10.0.0.3", "::1", "fd00::1", "::ffff:192.168.0.2", "fe80::1"] {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in ["203.0.113.9", "2001:db8::1"] {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_allowance_that_is_not_counted_by_client_needs_no_address() {
        for allowance in Allowance::ALL {
            assert_eq!(counter(allowance, "").is_none(), allowance.is_of_client(), "{allowance:?}");
        }
    }

    #[test]
    fn subjects_spread_over_the_counters() {
        let counters: BTreeSet<_> = (0..4_096_u32)
            .map(|number| {
                let client = Some(IpAddr::from((0xC000_0200 + number).to_be_bytes()));
                Allowance::ClientGenerations.counter(&Taker { client, shop: "", shopper: "" })
            })
            .collect();
        assert!(counters.len() > 3_900, "{}", counters.len());
    }

    #[test]
    fn an_address_that_asks_without_end_gets_less_than_a_hundred_pages_in_ten_minutes() {
        let quota = Limits::default().quota(Allowance::ClientGenerations).unwrap();
        assert_eq!(quota.burst.get() + 10 * quota.per_minute.get(), 90);
    }

    #[test]
    fn no_limit_is_no_quota() {
        for allowance in Allowance::ALL {
            assert_eq!(Limits::NONE.quota(allowance), None);
            assert!(Limits::default().quota(allowance).is_some());
        }
    }
}
