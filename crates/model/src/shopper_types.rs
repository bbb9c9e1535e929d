//! Conversions for `shopper-types` of `wit/storefront`.

/// Implements the conversions for `shopper-types` of `wit/storefront` in both directions. The caller names the module
/// that its bindings generated for the interface.
#[macro_export]
macro_rules! shopper_types_conversions {
    ($($wit:ident)::+) => {
        const _: () = {
            use $($wit)::+ as wit;

            $crate::persona_conversions!(wit::Persona);
            $crate::conversions!(struct $crate::Signals as wit::Signals {
                visits, views, searches, filters, sorts, carted, purchased
            });
        };
    };
}
