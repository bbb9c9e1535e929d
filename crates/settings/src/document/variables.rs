//! Variables that override a document. They have the names of the original deployment where it had them. The caller
//! supplies them: nothing here reads an environment.

use std::num::ParseIntError;
use std::str::FromStr;

use model::limits::Limits;
use upstream::is_shop_domain;

use super::{Document, InvalidSettings, Kind};
use crate::Settings;

/// The variables that override a document. Of two that set the same value, the later one counts.
pub const VARIABLES: [&str; 12] = [
    "ENVIRONMENT",
    "CACHE_TTL_SECONDS",
    "POOL_SIZE",
    "MAX_QUEUE_DEPTH",
    "CONTAINER_INACTIVITY_TIMEOUT_MS",
    "LIMITS",
    "LLM_MODEL",
    "LLM_BASE_URL",
    "PLANS_PER",
    "AI_GATEWAY_URL",
    "SHOPIFY_ORIGIN",
    "SHOPIFY_STORE",
];

impl Document {
    /// Overrides the document with the variables that `variable` returns.
    pub fn lay_over(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), InvalidSettings> {
        if let Some(value) = variable("ENVIRONMENT") {
            self.environment = match value.as_str() {
                "development" => Kind::Development,
                "production" => Kind::Production,
                _ => return Err(InvalidSettings::Environment(value)),
            };
        }
        number(&variable, "CACHE_TTL_SECONDS", &mut self.cache.ttl_seconds)?;
        number(&variable, "POOL_SIZE", &mut self.pool.size)?;
        number(&variable, "MAX_QUEUE_DEPTH", &mut self.pool.depth_max)?;
        number(&variable, "CONTAINER_INACTIVITY_TIMEOUT_MS", &mut self.pool.inactivity_timeout_ms)?;
        match variable("LIMITS").as_deref() {
            None | Some("on") => {}
            Some("off") => self.limits = Limits::NONE,
            Some(value) => return Err(InvalidSettings::Limits(value.to_owned())),
        }
        if let Some(model) = variable("LLM_MODEL") {
            self.llm.model = model;
        }
        if let Some(url) = variable("AI_GATEWAY_URL").or_else(|| variable("LLM_BASE_URL")) {
            self.llm.base_url = Some(url);
        }
        if let Some(per) = variable("PLANS_PER") {
            self.llm.plans_per = per.parse().map_err(InvalidSettings::PlansPer)?;
        }
        if let Some(origin) = variable("SHOPIFY_ORIGIN") {
            self.shopify.origin = Some(origin);
        }
        variable("SHOPIFY_STORE").map_or(Ok(()), |id| self.connect(&id))?;
        // A shop at Shopify has pages of its own, even if no address is configured: links lead there.
        for (id, shop) in &mut self.shops {
            if shop.url.is_none() && is_shop_domain(id) {
                shop.url = Some(format!("https://{id}"));
            }
        }
        Ok(())
    }

    /// Adds the shop that is connected without an installation. It replaces the demo shop if that is the only one.
    /// Without a configured name, its name is the first part of its domain.
    fn connect(&mut self, id: &str) -> Result<(), InvalidSettings> {
        if !is_shop_domain(id) {
            return Err(InvalidSettings::ShopDomain(id.to_owned()));
        }
        if self.shops == Settings::default().shops {
            self.shops.clear();
        }
        let shop = self.shops.entry(id.to_owned()).or_default();
        if shop.name.is_empty() || shop.name == id {
            id.split('.').next().unwrap_or(id).clone_into(&mut shop.name);
        }
        Ok(())
    }
}

fn number<T: FromStr<Err = ParseIntError>>(
    variable: impl Fn(&str) -> Option<String>,
    name: &'static str,
    field: &mut T,
) -> Result<(), InvalidSettings> {
    if let Some(text) = variable(name) {
        *field = text.parse().map_err(|error| InvalidSettings::Number(name, text, error))?;
    }
    Ok(())
}
