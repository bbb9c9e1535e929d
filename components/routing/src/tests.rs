//! Stories: a deployment, a request, and what comes of it.

mod debug;
mod hostile;
mod refusals;
mod status;
mod storefront;
mod track;
