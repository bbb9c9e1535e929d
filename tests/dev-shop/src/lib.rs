//! A shop as Shopify would run it, for development and tests.
