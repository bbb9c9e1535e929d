//! Tests of the admin as a merchant's browser and Shopify see it: real routes, a real file, and a scripted Shopify
//! on a socket. `tests/admin_on_postgres` runs the same on PostgreSQL.

mod approval;
mod billing;
mod connecting;
mod flow;
mod forms;
mod harness;
mod hosts;
mod keeping;
mod languages;
mod leaving;
mod pages;
mod pausing;
mod shopify;
mod sidekick;
mod status;
mod why;

/// The kind of the tables of shops.
const KIND: &str = "sqlite";
