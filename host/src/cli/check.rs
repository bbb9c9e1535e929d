//! `wandstore check` and `wandstore components`.

use std::sync::Arc;

use anyhow::Context as _;
use capabilities::llm::OpenAi;
use capabilities::{clock, ids};
use host::config::Config;
use host::deployment::{Components, Loaded};

/// Validates everything that can be validated without serving.
pub fn run(config: &Config) -> anyhow::Result<()> {
    let components = Components::load(config)?;
    for loaded in &components.loaded {
        println!("{}: {}\n  sha256 {}", loaded.role, loaded.origin, loaded.digest);
        for import in capabilities_of(loaded) {
            println!("  may use {import}");
        }
    }
    let stores: Vec<_> = config.file.document.stores.keys().cloned().collect();
    println!("stores: {}", stores.join(", "));
    println!("pages planned by: {}", planner(config)?);
    println!("ok");
    Ok(())
}

/// A line for each role.
pub fn components(config: &Config) -> anyhow::Result<()> {
    for loaded in Components::load(config)?.loaded {
        println!("{:<10}  {}  {}", loaded.role.name(), loaded.digest, loaded.origin);
        println!("{:<10}  imports {}", "", capabilities_of(&loaded).join(", "));
    }
    Ok(())
}

/// The imports with functions in them: what the component can reach.
fn capabilities_of(loaded: &Loaded) -> Vec<&str> {
    let reach = loaded.imports.iter().map(String::as_str).filter(|name| !name.contains("-types@"));
    let reach: Vec<_> = reach.collect();
    if reach.is_empty() { vec!["nothing"] } else { reach }
}

/// The model; not its address, which may hold a secret.
fn planner(config: &Config) -> anyhow::Result<String> {
    let Some(llm) = config.llm() else {
        return Ok("the local planner (set KIMI_API_KEY or LLM_BASE_URL for a language model)".into());
    };
    let model = llm.model.clone();
    OpenAi::new(llm, Arc::new(clock::System), Arc::new(ids::System)).context("llm")?;
    Ok(model)
}
