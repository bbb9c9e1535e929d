//! Connects the catalog to WIT.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/catalog-demo",
        generate_all,
    });
}

use std::sync::LazyLock;

use bindings::exports::wandstore::storefront::catalog::Guest;
use bindings::wandstore::storefront::catalog_types as wit;
use model::ShopId;

use crate::{Assortment, Catalog, Choice, Collection, FILE, Image, Product, Variant};

/// The catalog, read once by each instance. The build has checked the file, so reading it never fails, and the
/// default, which has no shop, is never used.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::parse(FILE).unwrap_or_default());

struct Component;

impl Guest for Component {
    fn products(
        shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
    ) -> Result<wit::Assortment, wit::CatalogError> {
        Ok(assortment(&shop)?.into())
    }

    fn collections(
        shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
    ) -> Result<Vec<wit::Collection>, wit::CatalogError> {
        Ok(assortment(&shop)?.collections().into_iter().map(Into::into).collect())
    }

    fn members(
        shop: String,
        _freshness: wit::Freshness,
        handles: Vec<String>,
    ) -> Result<Vec<Vec<String>>, wit::CatalogError> {
        Ok(assortment(&shop)?.members(&handles))
    }

    fn by_name(
        shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
        names: Vec<String>,
    ) -> Result<Vec<wit::Product>, wit::CatalogError> {
        Ok(assortment(&shop)?.by_name(&names).into_iter().map(Into::into).collect())
    }

    fn search(
        shop: String,
        _market: wit::Market,
        _freshness: wit::Freshness,
        term: String,
    ) -> Result<Vec<wit::Product>, wit::CatalogError> {
        Ok(assortment(&shop)?.search(&term).into_iter().map(Into::into).collect())
    }
}

fn assortment(shop: &str) -> Result<&'static Assortment, wit::CatalogError> {
    let shop = ShopId::parse(shop).map_err(|_| wit::CatalogError::NoSuchShop)?;
    CATALOG.assortment(shop.as_str()).ok_or(wit::CatalogError::NoSuchShop)
}

bindings::export!(Component with_types_in bindings);

impl From<&Assortment> for wit::Assortment {
    fn from(assortment: &Assortment) -> Self {
        Self {
            shop_name: assortment.name.clone(),
            currency: assortment.currency.clone(),
            money_format: assortment.money_format.clone(),
            best_sellers_first: assortment.best_sellers_first,
            products: assortment.products.iter().map(Into::into).collect(),
        }
    }
}

impl From<Collection<'_>> for wit::Collection {
    fn from(collection: Collection<'_>) -> Self {
        Self {
            handle: collection.handle,
            title: collection.category.to_owned(),
            url: String::new(),
            products: collection.products.iter().map(|product| product.id.clone()).collect(),
        }
    }
}

impl From<&Product> for wit::Product {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id.clone(),
            title: product.title.clone(),
            description: product.description.clone(),
            vendor: product.vendor.clone(),
            category: product.category.clone(),
            tags: product.tags.clone(),
            url: product.url.clone(),
            image: product.image.as_ref().map(Into::into),
            second_image: product.second_image.as_ref().map(Into::into),
            price: product.price.0,
            price_before: product.price_before.map(|price| price.0),
            available: product.available,
            rating: product.rating.map(|rating| wit::Rating {
                average_hundredths: rating.average_hundredths,
                count: rating.count,
            }),
            choice: product.choice.as_ref().map(Into::into),
        }
    }
}

impl From<&Choice> for wit::Choice {
    fn from(choice: &Choice) -> Self {
        Self { name: choice.name.clone(), variants: choice.variants.iter().map(Into::into).collect() }
    }
}

impl From<&Variant> for wit::ProductVariant {
    fn from(variant: &Variant) -> Self {
        Self {
            id: variant.id.clone(),
            title: variant.title.clone(),
            price: variant.price.0,
            available: variant.available,
        }
    }
}

impl From<&Image> for wit::Image {
    fn from(image: &Image) -> Self {
        Self { url: image.url.clone(), alt: image.alt.clone(), width: image.width, height: image.height }
    }
}
