//! Conversions to and from the types that bindings generate from `wit/storefront`.

/// Implements `From` in both directions between [`Route`](crate::Route) or [`Method`](crate::Method) and the enum of
/// that name that bindings generate.
///
/// ```
/// # mod wit { pub enum Method { Get, Head, Post, Other } }
/// routes::conversions!(Method as wit::Method);
///
/// assert_eq!(routes::Method::from(wit::Method::Head), routes::Method::Head);
/// ```
#[macro_export]
macro_rules! conversions {
    (Route as $wit:ty) => {
        $crate::conversions!(@both $crate::Route, $wit {
            Page, Status, Track, ProxyPage, ProxyFragment, ProxyStatus, ProxyTrack, Facts, Pixel, Webhooks, Home,
            DebugGenerate, DebugErrors, DebugPool, DebugCatalogChanged, DebugReopen
        });
    };
    (Method as $wit:ty) => {
        $crate::conversions!(@both $crate::Method, $wit { Get, Head, Post, Other });
    };
    (@both $ours:ty, $wit:ty { $($case:ident),+ }) => {
        $crate::conversions!(@cases $ours => $wit { $($case),+ });
        $crate::conversions!(@cases $wit => $ours { $($case),+ });
    };
    (@cases $from:ty => $to:ty { $($case:ident),+ }) => {
        impl From<$from> for $to {
            fn from(given: $from) -> Self {
                type Given = $from;
                match given {
                    $(Given::$case => Self::$case,)+
                }
            }
        }
    };
}
