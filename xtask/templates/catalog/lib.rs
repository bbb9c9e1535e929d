//! A catalog with a single product, which every shop sells.
//!
//! The world is `catalog-demo` in `wit/storefront/worlds.wit`, which imports nothing: a catalog
//! that calls no service cannot fail. `catalog-types` says what a product's fields may hold.

#[allow(clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["wit/capabilities", "wit/storefront"],
        world: "wandstore:storefront/catalog-demo",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::catalog::Guest;
use bindings::wandstore::storefront::catalog_types::{
    Assortment, CatalogError, Collection, Freshness, Market, Product,
};

/// ISO 4217 code of all prices.
const CURRENCY: &str = "EUR";

/// The component that the host calls.
pub struct Component;

// Tests run natively, where there is no host and nothing to export to.
#[cfg(target_arch = "wasm32")]
bindings::export!(Component with_types_in bindings);

impl Guest for Component {
    fn products(_shop: String, _market: Market, _freshness: Freshness) -> Result<Assortment, CatalogError> {
        // Empty: the shop keeps the name of its settings, and prices use the currency's usual format.
        let (shop_name, money_format) = (String::new(), String::new());
        Ok(Assortment {
            shop_name,
            currency: CURRENCY.into(),
            money_format,
            // There are no sales figures.
            best_sellers_first: false,
            products: vec![lantern()],
        })
    }

    fn collections(
        _shop: String,
        _market: Market,
        _freshness: Freshness,
    ) -> Result<Vec<Collection>, CatalogError> {
        Ok(Vec::new())
    }

    fn members(
        _shop: String,
        _freshness: Freshness,
        handles: Vec<String>,
    ) -> Result<Vec<Vec<String>>, CatalogError> {
        // There are no collections, so none has products.
        Ok(vec![Vec::new(); handles.len()])
    }

    fn by_name(
        _shop: String,
        _market: Market,
        _freshness: Freshness,
        names: Vec<String>,
    ) -> Result<Vec<Product>, CatalogError> {
        Ok([lantern()].into_iter().filter(|product| names.contains(&product.id)).collect())
    }

    fn search(
        _shop: String,
        _market: Market,
        _freshness: Freshness,
        term: String,
    ) -> Result<Vec<Product>, CatalogError> {
        Ok([lantern()].into_iter().filter(|product| is_found(product, &term)).collect())
    }
}

fn is_found(product: &Product, term: &str) -> bool {
    !term.trim().is_empty() && product.title.to_lowercase().contains(&term.trim().to_lowercase())
}

fn lantern() -> Product {
    Product {
        id: "storm-lantern".into(),
        title: "Storm Lantern".into(),
        description: "Burns for twenty hours, in any wind.".into(),
        vendor: "Harbour Works".into(),
        category: "Lanterns".into(),
        tags: vec!["bestseller".into()],
        url: "#product-storm-lantern".into(),
        image: None,
        second_image: None,
        // In cents.
        price: 4900,
        price_before: Some(5900),
        available: true,
        rating: None,
        choice: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_has_an_id_of_letters_digits_and_hyphens_and_costs_something() {
        let Product { id, price, price_before, .. } = lantern();
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)));
        assert!(price > 0 && price_before.is_none_or(|before| before > price));
    }

    #[test]
    fn a_product_is_found_by_its_title() {
        assert!(
            is_found(&lantern(), " STORM ") && !is_found(&lantern(), "") && !is_found(&lantern(), "lamp")
        );
    }
}
