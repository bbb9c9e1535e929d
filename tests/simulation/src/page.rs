//! The pages of the simulation: they say whose they are and what they were made of.

use serde_json::{Value, json};

/// What encloses the facts in a page.
const START: &str = "[[";
const END: &str = "]]";

/// The facts in a page or a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) shop: String,
    pub(crate) shopper: String,
    /// The job that made the plan.
    pub(crate) job: String,
    /// The number of the plan.
    pub(crate) plan: u64,
    /// The version of the products that the page was rendered from.
    pub(crate) products: u64,
    /// What the shopper looked at.
    pub(crate) views: Vec<String>,
}

impl Facts {
    /// Returns the page as a document, which is its own fragment.
    pub(crate) fn document(&self) -> String {
        format!("{START}{}{END}", self.json())
    }

    pub(crate) fn json(&self) -> String {
        let Self { shop, shopper, job, plan, products, views } = self;
        json!({ "shop": shop, "shopper": shopper, "job": job, "plan": plan, "products": products, "views": views })
            .to_string()
    }

    /// Reads the facts from any part of a document that encloses them.
    pub(crate) fn in_document(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok()?;
        let (_, rest) = text.split_once(START)?;
        Self::in_json(rest.split_once(END)?.0)
    }

    pub(crate) fn in_json(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let views = value.get("views")?.as_array()?;
        Some(Self {
            shop: text("shop")?,
            shopper: text("shopper")?,
            job: text("job")?,
            plan: number("plan")?,
            products: number("products")?,
            views: views.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }
}
