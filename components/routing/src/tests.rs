//! Stories: a deployment, a request, and what comes of it.

mod debug;
mod errands;
mod hostile;
mod proxy;
mod proxy_refusals;
mod refusals;
mod status;
mod storefront;
mod track;
mod webhooks;
