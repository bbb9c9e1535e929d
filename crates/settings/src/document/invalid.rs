//! Errors in the configuration. Each message names the setting or variable, its value, and what it must be.

use std::num::ParseIntError;

use model::shop::selector::InvalidLine;
use model::shop::{InvalidPlansPer, InvalidVariant, NoPersona};

use super::{BREAKER_COOLDOWN_MS_MAX, POOL_SIZE_MAX};

/// An invalid setting or variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// The setting of that name is 0.
    #[error("{0} is 0; it must be at least 1")]
    Zero(&'static str),
    /// The pool has too many members.
    #[error(
        "pool.size is {0}; it must be at most {POOL_SIZE_MAX}, because more make no sense on one machine"
    )]
    PoolSize(u32),
    /// The breaker stays open for too long.
    #[error(
        "llm.breaker_cooldown_ms is {0}; it must be at most {max}, so that an endpoint that recovered is asked \
         again",
        max = BREAKER_COOLDOWN_MS_MAX
    )]
    BreakerCooldown(u64),
    /// The document has a section of shops that is empty.
    #[error("there is no shop: add one under [shops.<id>], such as [shops.magic-wands]")]
    NoShop,
    /// A setting of the shop with that id is invalid.
    #[error("shops.{0}.{1}")]
    Shop(String, NoPersona),
    /// The shop with that id excludes a block that no page has, or that every page needs.
    #[error("shops.{0}.excluded: {1}")]
    Excluded(String, InvalidLine),
    /// The variant of the shop with that id cannot be tested.
    #[error("shops.{0}.variant: {1}")]
    Variant(String, InvalidVariant),
    /// The origin that replaces Shopify's is invalid.
    #[error("shopify.origin is {0:?}; it must be http:// or https://, a host and nothing after it")]
    Origin(String),
    /// A variable is no kind of deployment.
    #[error("ENVIRONMENT is {0:?}; it must be development or production")]
    Environment(String),
    /// A variable neither keeps the limits nor turns them off.
    #[error("LIMITS is {0:?}; it must be on or off")]
    Limits(String),
    /// A variable does not say which shoppers share a plan.
    #[error("PLANS_PER: {0}")]
    PlansPer(InvalidPlansPer),
    /// A variable is no shop's domain.
    #[error("SHOPIFY_STORE is {0:?}; it must be the shop's own domain, such as magic-wands.myshopify.com")]
    ShopDomain(String),
    /// The variable of that name is not a number.
    #[error("{0} is {1:?}; it must be a whole number: {2}")]
    Number(&'static str, String, ParseIntError),
}
