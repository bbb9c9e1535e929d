//! Installation of the app in shops, and the pages that merchants see in Shopify's admin.
//!
//! It keeps what shops trusted the app with (tokens, encrypted) and what their merchants chose. It never
//! knows how pages are made: what it needs of the host is the trait [`Storefronts`]. Every request
//! carries a session token of Shopify's, and reaches that token's shop only.

mod answers;
mod app;
mod choices;
mod complaint;
mod connections;
mod form;
mod installations;
mod keys;
mod pages;
mod records;
mod routes;
mod saving;
mod session;
mod shopify_api;
mod sql;
mod storefronts;
mod told;
mod usage;

pub use app::{Admin, App, Parts};
pub use choices::Choices;
pub use connections::{Connections, NotConnected};
pub use installations::{Installations, Shops, Unavailable};
pub use keys::{Keys, WrongKeys};
pub use records::{Credentials, Installation, State, Token};
pub use routes::router;
pub use storefronts::{Failed, Made, Preview, Report, Storefronts};
pub use usage::{Counts, Event, Usage};
