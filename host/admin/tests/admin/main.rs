//! Tests of the admin as a merchant's browser and Shopify see it: real routes, a real file, and a scripted Shopify
//! on a socket.

mod connecting;
mod forms;
mod harness;
mod keeping;
mod leaving;
mod pages;
mod shopify;
mod status;
