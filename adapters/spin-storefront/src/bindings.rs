//! The bindings to WIT.
#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: ["../../wit/capabilities", "../../wit/platform", "../../wit/storefront", "../../wit/spin"],
    world: "wandstore:spin/storefront",
    generate_all,
});
