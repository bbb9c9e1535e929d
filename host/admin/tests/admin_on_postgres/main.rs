//! The tests of `tests/admin` on PostgreSQL.

#[path = "../admin/approval.rs"]
mod approval;
#[path = "../admin/billing.rs"]
mod billing;
#[path = "../admin/connecting.rs"]
mod connecting;
#[path = "../admin/flow.rs"]
mod flow;
#[path = "../admin/forms.rs"]
mod forms;
#[path = "../admin/harness.rs"]
mod harness;
#[path = "../admin/hosts.rs"]
mod hosts;
#[path = "../admin/keeping.rs"]
mod keeping;
#[path = "../admin/leaving.rs"]
mod leaving;
#[path = "../admin/pages.rs"]
mod pages;
#[path = "../admin/pausing.rs"]
mod pausing;
#[path = "../admin/shopify.rs"]
mod shopify;
#[path = "../admin/status.rs"]
mod status;

/// The kind of the tables of shops.
const KIND: &str = "postgres";
