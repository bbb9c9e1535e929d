//! Allowances of strangers.

use std::net::IpAddr;

use capabilities::limits as backend;
use model::limits::Taker;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::limits;

struct View<'a> {
    limits: &'a dyn backend::Limits,
    client: Option<IpAddr>,
}

view!(limits, View, |context| View { limits: &*context.capabilities.limits, client: context.cause.client() });

model::limits_conversions!(limits);

impl limits::Host for View<'_> {
    async fn take(
        &mut self,
        allowances: Vec<limits::Allowance>,
        shop: String,
        shopper: String,
    ) -> Result<bool> {
        let allowances: Vec<_> = allowances.into_iter().map(Into::into).collect();
        let by = Taker { client: self.client, shop: &shop, shopper: &shopper };
        Ok(self.limits.take(&allowances, &by).await)
    }
}
