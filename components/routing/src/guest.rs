//! Binds the logic to WIT.
#![expect(unsafe_code, reason = "what the generated bindings and `export!` are made of")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/routing",
        generate_all,
    });
}
