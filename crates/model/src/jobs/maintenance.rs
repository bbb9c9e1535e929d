//! Maintenance tasks: work for a shop other than making a page.

use serde::{Deserialize, Serialize};

use crate::{EventId, InvalidId, ShopId, ShopperId};

/// A maintenance task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceTask {
    /// The shop.
    pub shop: ShopId,
    /// The event that caused the task. There is one maintenance task per event.
    pub cause: EventId,
    /// The time of that event, in milliseconds since the epoch.
    pub happened_ms: u64,
    /// The kind of work.
    pub kind: MaintenanceKind,
}

/// The kinds of maintenance tasks. Jobs store them in this JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaintenanceKind {
    /// Deletes live jobs and pages, because the app was uninstalled.
    Uninstalled,
    /// Deletes all data of the shop and its shoppers.
    RedactShop,
    /// Deletes all data of the customer.
    RedactCustomer(CustomerId),
    /// Reports to the merchant all data of the customer.
    ReportCustomer(CustomerId),
    /// Deletes all data of the shopper, on the operator's command.
    RedactShopper(ShopperId),
    /// Reports all data of the shopper, on the operator's command.
    ReportShopper(ShopperId),
}

/// A customer of a shop: Shopify's id, in decimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomerId(String);

impl CustomerId {
    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CustomerId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        ShopperId::customer(&text).map(|_| Self(text))
    }
}

impl From<CustomerId> for String {
    fn from(id: CustomerId) -> Self {
        id.0
    }
}

impl From<&CustomerId> for ShopperId {
    fn from(CustomerId(id): &CustomerId) -> Self {
        Self::customer(id).expect("a customer's id is parsed by the same rule")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_known_by_digits_only() {
        let customer = CustomerId::try_from("7041".to_owned()).unwrap();
        assert_eq!(ShopperId::from(&customer).as_str(), "customer-7041");
        for wrong in ["", "-1", "7 or 1", "7041_DE-DE", "7a"] {
            assert!(CustomerId::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
