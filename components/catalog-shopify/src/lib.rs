//! Products of a shop, by the Storefront API.
