//! Stories: a deployment, a request, and the outcome.

mod curation;
mod debug;
mod effects;
mod hostile;
mod maintenance;
mod orders;
mod pixel;
mod proxy;
mod proxy_refusals;
mod refusals;
mod reply;
mod status;
mod storefront;
mod track;
mod webhooks;
