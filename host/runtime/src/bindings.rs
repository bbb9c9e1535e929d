//! The Rust bindings of `wit/`.
//!
//! One world imports and exports everything, so that a record has the same Rust type in both directions, and what one
//! component returns is passed to the next unchanged. No component targets this world; each is linked to its own (see
//! [`crate::component::world`]).
#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]

wasmtime::component::bindgen!({
    path: ["../../wit/capabilities", "../../wit/storefront"],
    inline: r#"
        package wandstore:native;

        world everything {
            import wandstore:capabilities/values@0.1.0;
            import wandstore:capabilities/kv@0.1.0;
            import wandstore:capabilities/blob@0.1.0;
            import wandstore:capabilities/llm@0.1.0;
            import wandstore:capabilities/jobs@0.1.0;
            import wandstore:capabilities/limits@0.1.0;
            import wandstore:capabilities/signatures@0.1.0;
            import wandstore:capabilities/clock@0.1.0;
            import wandstore:capabilities/random@0.1.0;
            import wandstore:capabilities/settings@0.1.0;
            import wandstore:capabilities/log@0.1.0;
            import wandstore:capabilities/fetch@0.1.0;
            import wandstore:storefront/cache@0.1.0;
            import wandstore:storefront/cache-control@0.1.0;
            import wandstore:storefront/catalog-version@0.1.0;
            import wandstore:storefront/queue@0.1.0;
            import wandstore:storefront/catalog@0.1.0;
            export wandstore:storefront/handler@0.1.0;
            export wandstore:storefront/maintenance@0.1.0;
            export wandstore:storefront/cache@0.1.0;
            export wandstore:storefront/cache-control@0.1.0;
            export wandstore:storefront/catalog-version@0.1.0;
            export wandstore:storefront/queue@0.1.0;
            export wandstore:storefront/leases@0.1.0;
            export wandstore:storefront/generator@0.1.0;
            export wandstore:storefront/reviewer@0.1.0;
            export wandstore:storefront/catalog@0.1.0;
        }
    "#,
    world: "wandstore:native/everything",
    imports: {
        "wandstore:capabilities/values": trappable,
        "wandstore:capabilities/signatures": trappable,
        "wandstore:capabilities/clock": trappable,
        "wandstore:capabilities/random": trappable,
        "wandstore:capabilities/settings": trappable,
        "wandstore:capabilities/log": trappable,
        default: async | trappable,
    },
    exports: { default: async },
    with: {
        "wandstore:capabilities/values.value": crate::context::value::Value,
        "wandstore:storefront/http-types.request": crate::context::request::Request,
    },
});

routes::conversions!(Route as wandstore::storefront::http_types::Route);
