//! The figures and prices, as `cost.toml` has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file.
pub(super) const BUILT_IN: &str = include_str!("cost.toml");

/// What bills are computed from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Measured figures.
    pub figures: Figures,
    /// Prices.
    pub prices: Prices,
    /// What the original deployment cost.
    pub original: Original,
}

/// A measured figure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The figure, in the unit that its name says.
    pub value: f64,
    /// The words that state it.
    pub stated: String,
    /// The document that has them.
    pub source: String,
}

/// The price of something in a month.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Dollars per unit.
    pub dollars: f64,
    /// What the price is for.
    pub unit: String,
    /// The item.
    pub what: String,
    /// The vendor's list of prices.
    pub source: String,
    /// The month for which it was stated.
    pub as_of: String,
}

/// What the original deployment cost a month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// At least.
    pub dollars_min: f64,
    /// At most.
    pub dollars_max: f64,
    /// At so many generations an hour.
    pub generations_per_hour: f64,
}

/// Defines a struct of fields of one type.
macro_rules! fields_of {
    ($(#[$about:meta])* $name:ident of $type:ident { $($(#[$doc:meta])* $field:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)+
        }

        impl $name {
            /// Returns all, by name.
            pub fn by_name(&self) -> BTreeMap<&'static str, &$type> {
                BTreeMap::from([$((stringify!($field), &self.$field)),+])
            }
        }
    };
}

fields_of! {
    /// The measured figures.
    Figures of Figure {
        /// Computing time of a hit.
        hit_seconds,
        /// Computing time of a first view.
        first_view_seconds,
        /// Computing time of a page that is made.
        page_seconds,
        /// The busiest time to the average.
        peak,
        /// The bytes of a page and its plan in blob storage.
        page_kept_bytes,
        /// The bytes of a page in key-value storage, for an hour.
        page_cached_bytes,
        /// The bytes of a page on the wire.
        page_sent_bytes,
        /// The pages that a returning shopper looks at in a visit.
        views_of_returning,
        /// The pages made for a visit.
        pages_per_visit,
        /// The calls of the model in a day for a shop whose segments share plans.
        segment_calls_per_day,
        /// The tokens of a question.
        tokens_in,
        /// The tokens of an answer.
        tokens_out,
        /// The objects that a host writes in a month to know whether the bucket can be written.
        probes_per_host,
    }
}

fields_of! {
    /// The prices.
    Prices of Price {
        /// A host.
        host_hour,
        /// The disk of a host.
        disk_gb,
        /// PostgreSQL.
        database_hour,
        /// The disk of PostgreSQL.
        database_gb,
        /// Storage in Valkey.
        cache_gb_hour,
        /// Reads from Valkey and writes to it.
        cache_million_units,
        /// Storage in the bucket.
        bucket_gb,
        /// Writes to the bucket.
        bucket_million_writes,
        /// The load balancer.
        balancer_hour,
        /// Traffic to shoppers.
        sent_gb,
    }
}

impl Table {
    /// Returns the table that is built in.
    pub fn built_in() -> anyhow::Result<Self> {
        Ok(toml::from_str(BUILT_IN)?)
    }
}
