//! The failure of a library, as the error of a capability.

/// Converts failures to the `Unavailable` of an error, with their text.
macro_rules! unavailable_after {
    ($Error:ty: $($Failure:ty),+) => {$(
        impl From<$Failure> for $Error {
            fn from(failure: $Failure) -> Self {
                Self::Unavailable(failure.to_string())
            }
        }
    )+};
}

pub(crate) use unavailable_after;
