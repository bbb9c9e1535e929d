//! The behaviour that people see, as stories: the real components in the real host, over a
//! real socket, with scripted backends and a scripted language model.
#![expect(clippy::disallowed_types, reason = "stories limit how long the host may take")]

mod admin;
mod approval;
mod architecture;
mod bad_input;
mod compliance;
mod components;
mod connections;
#[cfg(unix)]
mod crashes;
mod curation;
#[cfg(unix)]
mod deployment;
mod durability;
mod effects;
mod empty_shop;
#[cfg(unix)]
mod export;
mod faults;
mod handles;
mod harness;
mod hosts;
mod http;
#[cfg(unix)]
mod index;
mod installation;
mod large_catalog;
mod limits;
mod llm;
#[cfg(unix)]
mod logging;
mod measured;
mod monitoring;
mod operator;
mod orders;
mod proxy;
mod recursion;
#[cfg(unix)]
mod registry;
#[cfg(unix)]
mod registry_faults;
#[cfg(unix)]
mod registry_tls;
#[cfg(unix)]
mod replay;
#[cfg(unix)]
mod restart;
#[cfg(unix)]
mod restore;
mod segments;
mod shopper;
mod storage;
#[cfg(unix)]
mod swap;
#[cfg(unix)]
mod swapped;
mod telemetry;
mod traces;
mod upstream;
mod variants;
mod webhooks;
