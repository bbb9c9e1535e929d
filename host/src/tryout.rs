//! Tries a component out: a host in memory makes the demo shop's pages with it, for each persona. Nothing is stored, no
//! shop and no model is asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use capabilities::Capabilities;
use capabilities::jobs::Filter;
use capabilities::settings::Settings;
use model::{Persona, ShopperId};
use runtime::bindings::wandstore::storefront::job_types::Work;
use runtime::component::{Binary, Builtin, ComponentConfig, Role, Source};
use runtime::deployment::{Components, Deployment};
use tokio::runtime::Handle;

use crate::config::Config;
use crate::otlp::Exports;
use crate::pages;
use crate::root::{Host, Parts};
use crate::telemetry::Telemetry;

/// How long all pages may take. A component that computes for as long as it may takes a few seconds.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often to look whether a page is made.
const LOOK: Duration = Duration::from_millis(20);

/// The pages that a component made.
#[derive(Debug)]
pub struct Tried {
    /// The size of the fallback page.
    pub fallback_bytes: usize,
    /// The size of each persona's page.
    pub pages: Vec<(Persona, u64)>,
    /// How long they took.
    pub took: Duration,
}

/// Makes the demo shop's pages with a component in a role, and with this binary's in the others.
pub async fn run(config: &Config, role: Role, binary: Binary) -> anyhow::Result<Tried> {
    let components = tokio::task::block_in_place(|| components(config, role, &binary))?;
    let shop = Settings::default().shops.into_keys().next().context("there is a demo shop")?;
    let (capabilities, _) = Capabilities::scripted();
    let parts = Parts {
        components: &components,
        backends: capabilities.into(),
        telemetry: Telemetry::install()?,
        exports: Exports::default(),
        background: Handle::current(),
    };
    let host = Host::start(config, parts).await?;
    let began = Instant::now();
    let made = tokio::time::timeout(PATIENCE, pages(host.deployment(), &shop)).await;
    let (fallback_bytes, pages) =
        made.with_context(|| format!("it took longer than {} s", PATIENCE.as_secs()))??;
    Ok(Tried { fallback_bytes, pages, took: began.elapsed() })
}

fn components(config: &Config, role: Role, binary: &Binary) -> anyhow::Result<Components> {
    let chosen = Role::ALL.map(|each| {
        let source =
            if each == role { Source::Fetched(binary.clone()) } else { Source::Embedded(Builtin::Demo) };
        ComponentConfig { role: each, source, limits: config.limits(each) }
    });
    Components::load(&chosen, &config.compiled_folder())
}

/// Makes the fallback page and the page of each persona, and returns their sizes.
async fn pages(deployment: &Arc<Deployment>, shop: &str) -> anyhow::Result<(usize, Vec<(Persona, u64)>)> {
    let fallback = pages::fallback(deployment, shop).await.context("the fallback page")?;
    let mut made = Vec::new();
    for persona in Persona::ALL {
        let shopper = ShopperId::context(persona).to_string();
        pages::request_page(deployment, shop, &shopper, persona, Work::Generate).await?;
        let bytes = page(deployment, shop, &shopper).await;
        made.push((persona, bytes.with_context(|| format!("the page of the {}", persona.name()))?));
    }
    Ok((fallback.len(), made))
}

/// Waits for a page, and returns its size. A job that failed once is not tried again: its time does not come.
async fn page(deployment: &Arc<Deployment>, shop: &str, shopper: &str) -> anyhow::Result<u64> {
    loop {
        if let Some(found) = pages::show(deployment, shop, shopper).await? {
            return Ok(found.bytes);
        }
        let jobs = deployment.capabilities.jobs.list(Filter::default(), 1).await?;
        if let Some(error) = jobs.into_iter().find_map(|job| job.error) {
            bail!("{error}");
        }
        tokio::time::sleep(LOOK).await;
    }
}
