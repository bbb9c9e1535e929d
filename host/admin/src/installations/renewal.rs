//! The right to ask Shopify for new tokens of a shop, which one process has at a time.
//!
//! It is a lease in the tables of shops: if the process that has it dies, another gets it when it ends. What a process
//! stores after its lease was taken over is refused.

use capabilities::tables::Statement;
use model::ShopId;

use super::Installations;
use crate::records::integer;
use crate::{Unavailable, sql};

/// How long a renewal keeps others from beginning one: longer than a request to Shopify and the writes around it.
const LEASE_MS: u64 = 20_000;
/// The pause between attempts to renew a shop's tokens.
const PAUSE_MS: u64 = 30_000;

/// A renewal that this process has begun.
#[derive(Debug)]
pub struct Renewal {
    /// Later renewals have larger numbers.
    pub(super) number: i64,
}

/// Whether a renewal began.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It began.
    Here(Renewal),
    /// Another process is renewing the tokens.
    Elsewhere,
    /// The last attempt was a moment ago, or the app is not installed.
    TooSoon,
}

/// How much a renewal is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// It waits until the pause after the last attempt is over.
    Usual,
    /// A merchant is there, and does not wait for that.
    MerchantWaits,
}

impl Installations {
    /// Begins a renewal of a shop's tokens, unless another process has.
    pub(crate) async fn begin_renewal(&self, shop: &ShopId, need: Need) -> Result<Begun, Unavailable> {
        let now_ms = self.clock.now_ms();
        let paused_until_ms = match need {
            Need::Usual => now_ms,
            Need::MerchantWaits => u64::MAX,
        };
        let statement = Statement::new(sql::BEGIN_RENEWAL)
            .bind(shop.as_str())
            .bind(integer(now_ms))
            .bind(integer(now_ms + LEASE_MS))
            .bind(integer(paused_until_ms))
            .bind(integer(now_ms + PAUSE_MS));
        if let Some(row) = self.tables.change(statement).await? {
            return Ok(Begun::Here(Renewal { number: row.get("renewal")? }));
        }
        Ok(if self.is_renewing(shop).await? { Begun::Elsewhere } else { Begun::TooSoon })
    }

    /// Returns whether a process is renewing the shop's tokens.
    pub(crate) async fn is_renewing(&self, shop: &ShopId) -> Result<bool, Unavailable> {
        let now_ms = integer(self.clock.now_ms());
        let statement = Statement::new(sql::IS_RENEWING).bind(shop.as_str()).bind(now_ms);
        Ok(self.tables.first(statement).await?.is_some())
    }

    /// Ends a renewal. The next one waits for a pause.
    pub(crate) async fn end_renewal(&self, shop: &ShopId, renewal: &Renewal) -> Result<(), Unavailable> {
        let statement = Statement::new(sql::END_RENEWAL)
            .bind(shop.as_str())
            .bind(renewal.number)
            .bind(integer(self.clock.now_ms() + PAUSE_MS));
        self.tables.change(statement).await?;
        Ok(())
    }
}
