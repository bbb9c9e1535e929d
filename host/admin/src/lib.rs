//! Installation of the app in shops, and the pages that merchants see in Shopify's admin.
//!
//! It stores shops' tokens, encrypted, and their merchants' choices. It does not
//! know how pages are made: it uses the host through the trait [`Storefronts`]. Every request
//! carries a session token from Shopify, and can access only that token's shop.
//!
//! The operator's keys encrypt the tokens. The first key encrypts, all of them decrypt, so a key is rotated without
//! downtime:
//!
//! ```
//! use admin::{InvalidKeys, Keys};
//!
//! let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
//! assert!(Keys::parse(&format!("{key},{key}")).is_ok());
//! assert_eq!(Keys::parse("too short").err(), Some(InvalidKeys::NoKey(1)));
//! ```

mod admin;
mod advice;
mod answers;
mod app;
mod billing;
mod budget;
mod choices;
mod connections;
mod documents;
mod facts;
mod flow;
mod following;
mod form;
mod html;
mod installations;
mod keys;
mod layout;
mod log_limit;
mod noted;
mod pages;
mod pausing;
mod pixel;
mod place;
mod plot;
mod posting;
mod query;
mod records;
mod refused;
mod rollouts;
mod routes;
mod saving;
mod served;
mod session;
mod shopify_api;
mod sidekick;
mod sql;
mod storefronts;
mod subscribing;
mod transfer;
mod unavailable;
mod usage;
mod visit;
mod wording;
mod worth;

pub use admin::{Admin, Parts};
pub use app::{App, Links};
pub use billing::{Billing, PricingPlan, Subscription};
pub use connections::{Connections, NotConnected};
pub use facts::Fact;
pub use installations::{Installations, Renewal, Rotated, Shops};
pub use keys::{InvalidKeys, Keys};
pub use records::{Credentials, Installation, State, Token};
pub use routes::router;
pub use storefronts::{Effects, Failed, Made, Preview, Report, Stored, Storefronts};
pub use transfer::copy_shops;
pub use unavailable::Unavailable;
pub use usage::{ByPage, Counts, Event, Usage};
pub use worth::{Balance, COST_DAYS, Day, Done, Groups, Line, Place, Worth, csv};
