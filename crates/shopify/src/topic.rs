//! Topics of webhooks.

/// The topic of a webhook, for the topics that this crate distinguishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// `products/create`, `/update`, `/delete`.
    Products,
    /// `collections/create`, `/update`, `/delete`.
    Collections,
    /// `inventory_levels/update` and similar topics.
    Inventory,
    /// `shop/update`.
    ShopUpdate,
    /// `app/uninstalled`.
    AppUninstalled,
    /// `orders/create`.
    OrdersCreate,
    /// `orders/cancelled`.
    OrdersCancelled,
    /// `refunds/create`.
    RefundsCreate,
    /// `customers/data_request`.
    CustomersDataRequest,
    /// `customers/redact`.
    CustomersRedact,
    /// `shop/redact`.
    ShopRedact,
    /// Any other topic, in lower case.
    Other(String),
}

impl Topic {
    /// Reads a topic: `products/update`, `PRODUCTS_UPDATE` or, for events, `Product` with an action. Like
    /// Shopify's libraries, it also accepts a dot as separator.
    pub fn of(topic: &str, action: Option<&str>) -> Self {
        let topic = topic.to_ascii_lowercase();
        match topic.replace(['/', '.'], "_").as_str() {
            "shop_update" => Self::ShopUpdate,
            "app_uninstalled" => Self::AppUninstalled,
            "orders_create" => Self::OrdersCreate,
            "orders_cancelled" => Self::OrdersCancelled,
            "refunds_create" => Self::RefundsCreate,
            "customers_data_request" => Self::CustomersDataRequest,
            "customers_redact" => Self::CustomersRedact,
            "shop_redact" => Self::ShopRedact,
            "shop" if action == Some("update") => Self::ShopUpdate,
            name => Self::of_resource(name).unwrap_or(Self::Other(topic)),
        }
    }

    /// Returns whether prices, titles or stock may have changed.
    pub fn changes_catalog(&self) -> bool {
        matches!(self, Self::Products | Self::Collections | Self::Inventory | Self::ShopUpdate)
    }

    /// Returns whether this is one of Shopify's compliance topics.
    pub fn is_compliance(&self) -> bool {
        matches!(self, Self::CustomersDataRequest | Self::CustomersRedact | Self::ShopRedact)
    }

    /// Returns the topic of a resource, which is handled the same for every action.
    fn of_resource(name: &str) -> Option<Self> {
        let actions = ["_create", "_update", "_delete", "_connect", "_disconnect"];
        let resource = actions.iter().find_map(|action| name.strip_suffix(action)).unwrap_or(name);
        match resource {
            "products" | "product" => Some(Self::Products),
            "collections" | "collection" => Some(Self::Collections),
            "inventory_levels" | "inventory_level" | "inventorylevel" => Some(Self::Inventory),
            _ => None,
        }
    }
}
