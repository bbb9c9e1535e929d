//! Conversions between the settings and the types that bindings generate from WIT.

/// Implements the conversions for `settings` of `wit/capabilities`. The caller, which implements the interface, names
/// the module that its bindings generated for it.
#[macro_export]
macro_rules! settings_conversions {
    ($($wit:ident)::+) => {
        $crate::model::shop_conversions!($($wit)::+);
        $crate::model::conversions!(struct $crate::PoolLimits as $($wit)::+::PoolLimits {
            size, depth_max, attempts_max, lease_ms, backoff_ms, backoff_ms_max
        });
        $crate::model::conversions!(struct $crate::PageLifetimes as $($wit)::+::PageLifetimes {
            kv_ttl_seconds, fresh_seconds
        });
    };
}
