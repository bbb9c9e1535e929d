//! Cases from Shopify's documentation and libraries, attacks, and properties of any input.

mod launches;
mod properties;
mod session_tokens;
mod signing;
mod vectors;
