//! Connects the data to WIT.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

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

use crate::{CURRENCY, Collection, PRODUCTS, Picture, Product, collections, search};

struct Component;

impl Guest for Component {
    fn products(
        _shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
    ) -> Result<wit::Assortment, wit::CatalogError> {
        Ok(wit::Assortment {
            shop_name: String::new(),
            currency: CURRENCY.into(),
            money_format: String::new(),
            best_sellers_first: true,
            products: PRODUCTS.iter().map(Into::into).collect(),
        })
    }

    fn collections(
        _shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
    ) -> Result<Vec<wit::Collection>, wit::CatalogError> {
        Ok(collections().into_iter().map(Into::into).collect())
    }

    fn members(
        _shop: String,
        _freshness: wit::Freshness,
        handles: Vec<String>,
    ) -> Result<Vec<Vec<String>>, wit::CatalogError> {
        let collections: Vec<_> = collections().into_iter().map(wit::Collection::from).collect();
        let members = |handle: &String| {
            let found = collections.iter().find(|collection| collection.handle == *handle);
            found.map(|collection| collection.products.clone()).unwrap_or_default()
        };
        Ok(handles.iter().map(members).collect())
    }

    fn by_name(
        _shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
        names: Vec<String>,
    ) -> Result<Vec<wit::Product>, wit::CatalogError> {
        let has_name = |product: &&Product| names.iter().any(|name| name == product.id);
        Ok(PRODUCTS.iter().filter(has_name).map(Into::into).collect())
    }

    fn search(
        _shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
        term: String,
    ) -> Result<Vec<wit::Product>, wit::CatalogError> {
        Ok(search(&term).into_iter().map(Into::into).collect())
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
            second_image: None,
            price: product.price_cents,
            price_before: product.price_before_cents,
            available: product.available,
            rating: None,
            choice: None,
        }
    }
}

impl From<Collection> for wit::Collection {
    fn from(collection: Collection) -> Self {
        Self {
            handle: collection.category.to_lowercase(),
            title: collection.category.into(),
            url: String::new(),
            products: collection.products.iter().map(|product| product.id.into()).collect(),
        }
    }
}

impl From<&Picture> for wit::Image {
    fn from(picture: &Picture) -> Self {
        Self { url: picture.url(), alt: picture.alt.into(), width: Picture::SIDE, height: Picture::SIDE }
    }
}
