//! The stored record of a shop's domains.

use serde::{Deserialize, Serialize};

/// The record under [`crate::Key::Domains`], as JSON. A missing field is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Domains {
    /// Shopify's number of the shop.
    pub number: Option<u64>,
    /// The shop's other domains.
    pub others: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_field_is_empty() {
        let others = vec!["b.myshopify.com".to_owned()];
        for (stored, domains) in [
            ("{}", Domains::default()),
            (r#"{"number":7}"#, Domains { number: Some(7), others: Vec::new() }),
            (r#"{"others":["b.myshopify.com"]}"#, Domains { number: None, others: others.clone() }),
            (r#"{"number":7,"others":["b.myshopify.com"]}"#, Domains { number: Some(7), others }),
        ] {
            assert_eq!(serde_json::from_str::<Domains>(stored).unwrap(), domains, "{stored}");
        }
    }
}
