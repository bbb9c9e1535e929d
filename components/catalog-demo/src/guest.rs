//! Binds the data to WIT.
#![expect(unsafe_code, reason = "what the generated bindings and `export!` are made of")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/catalog-demo",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::catalog::Guest;
use bindings::wandstore::storefront::catalog_types as wit;

use crate::{CURRENCY, PRODUCTS, Picture, Product};

struct Component;

impl Guest for Component {
    fn products(_store: String) -> Result<wit::Assortment, wit::CatalogError> {
        let products = PRODUCTS.iter().map(Into::into).collect();
        Ok(wit::Assortment { currency: CURRENCY.into(), products })
    }
}

bindings::export!(Component with_types_in bindings);

impl From<&Product> for wit::Product {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id.into(),
            title: product.title.into(),
            description: product.description.into(),
            vendor: product.vendor.into(),
            category: product.category.into(),
            tags: product.tags.iter().map(|tag| (*tag).into()).collect(),
            url: product.url(),
            image: Some((&product.picture).into()),
            price: product.price_cents,
            price_before: product.price_before_cents,
            available: product.available,
        }
    }
}

impl From<&Picture> for wit::Image {
    fn from(picture: &Picture) -> Self {
        Self { url: picture.url(), alt: picture.alt.into(), width: Picture::SIDE, height: Picture::SIDE }
    }
}
