//! Stories: a deployment, a request, and what comes of it.

mod debug;
mod hostile;
mod maintenance;
mod proxy;
mod proxy_refusals;
mod refusals;
mod reply;
mod status;
mod storefront;
mod track;
mod webhooks;
