//! Binds the logic to WIT.
#![expect(unsafe_code, reason = "what the generated bindings and `export!` are made of")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/catalog-demo",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::catalog::{Assortment, CatalogError, Guest};

struct Component;

impl Guest for Component {
    fn products(_store: String) -> Result<Assortment, CatalogError> {
        Err(CatalogError::NoSuchStore)
    }
}

bindings::export!(Component with_types_in bindings);
