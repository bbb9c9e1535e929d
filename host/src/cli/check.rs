//! `wandstore check` and `wandstore components`.

use std::sync::Arc;

use admin::NotConnected;
use anyhow::{Context as _, bail};
use capabilities::postgres::Migrated;
use capabilities::redis::Redis;
use capabilities::{clock, llm, random};
use host::components::CONFIGURED;
use host::config::Config;
use host::{backends, merchants};
use model::limits::Limits;
use runtime::component::Loaded;

use super::output::print;

/// The note on a component that was swapped in; its role follows.
const SWAPPED_IN: &str = "swapped in while serving; back to the configured one: `wandstore components swap";

/// Validates everything that can be validated without serving. Tries out a bucket. For an app, asks Shopify whether the
/// secret is valid.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let components = host::components::load(config)?;
    let (planner, admin, database) = (planner(config)?, admin(config)?, database(config).await?);
    let redis = redis(config).await?;
    let secret = secret(config).await?;
    let blob = backends::try_out_blob(config).await?;
    for loaded in &components.loaded {
        print(format_args!("{}: {}\n  sha256 {}", loaded.role, loaded.origin, loaded.digest))?;
        if is_swapped_in(config, loaded)? {
            print(format_args!("  {SWAPPED_IN} {}={CONFIGURED}`", loaded.role))?;
        }
        for import in capabilities_of(loaded) {
            print(format_args!("  may use {import}"))?;
        }
    }
    let shops: Vec<_> = config.file.document.shops.keys().cloned().collect();
    print(format_args!("shops: {}", shops.join(", ")))?;
    print(format_args!("pages planned by: {planner}"))?;
    print(format_args!("blobs: {blob}"))?;
    print(format_args!("admin: {admin}"))?;
    if let Some(database) = database {
        print(format_args!("database: {database}"))?;
    }
    if let Some(redis) = redis {
        print(format_args!("redis: {redis}"))?;
    }
    print(format_args!("limits: {}", limits(config)))?;
    if let Some(answer) = secret {
        print(format_args!("app secret: {answer}"))?;
    }
    Ok(print("ok")?)
}

/// Prints a line for each role.
pub fn components(config: &Config) -> anyhow::Result<()> {
    for loaded in host::components::load(config)?.loaded {
        print(format_args!("{:<10}  {}  {}", loaded.role.name(), loaded.digest, loaded.origin))?;
        print(format_args!("{:<10}  imports {}", "", capabilities_of(&loaded).join(", ")))?;
        if is_swapped_in(config, &loaded)? {
            print(format_args!("{:<10}  {SWAPPED_IN} {}={CONFIGURED}`", "", loaded.role))?;
        }
    }
    Ok(())
}

/// Returns whether a component was swapped in, and not named by the configuration.
fn is_swapped_in(config: &Config, loaded: &Loaded) -> anyhow::Result<bool> {
    let binary = host::components::swapped_in(config, loaded.role)?;
    Ok(binary.is_some_and(|binary| binary.digest == loaded.digest))
}

/// Returns the imports with functions: what the component can reach.
fn capabilities_of(loaded: &Loaded) -> Vec<&str> {
    let reach = loaded.imports.iter().map(String::as_str).filter(|name| !name.contains("-types@"));
    let reach: Vec<_> = reach.collect();
    if reach.is_empty() { vec!["nothing"] } else { reach }
}

/// Says whether strangers are limited.
fn limits(config: &Config) -> &'static str {
    match config.file.document.limits {
        Limits::NONE => "off (LIMITS=off or [limits]): strangers can make any number of pages",
        _ => "on",
    }
}

/// Connects to the database, if a backend needs one, and says what it is.
async fn database(config: &Config) -> anyhow::Result<Option<String>> {
    let Some(database) = backends::database(config)? else { return Ok(None) };
    let Migrated { version, migrations } = database.check().await.context("DATABASE_URL")?;
    let tables = match migrations.as_slice() {
        [] => "its tables are up to date".to_owned(),
        due => format!("migrations are due, which `serve` and `migrate` run: {}", due.join(", ")),
    };
    Ok(Some(format!("PostgreSQL {version}; {tables}")))
}

/// Connects to Redis, if a backend needs it, and says what it is.
async fn redis(config: &Config) -> anyhow::Result<Option<String>> {
    let Some((address, prefix)) = config.redis()? else { return Ok(None) };
    Redis::new(address, &prefix).check().await.map(Some).context("REDIS_URL")
}

/// Describes where merchants find the admin.
fn admin(config: &Config) -> anyhow::Result<String> {
    let app = config.app()?;
    Ok(app.map_or_else(
        || "off (set SHOPIFY_API_KEY for an app that merchants install)".to_owned(),
        |app| format!("{}/admin", app.public_url),
    ))
}

/// Asks Shopify whether the app's secret is valid. This takes a shop that has the app.
async fn secret(config: &Config) -> anyhow::Result<Option<String>> {
    let Some(app) = config.app()? else { return Ok(None) };
    let Some(shop) = merchants::any_shop(config, &backends::site(config)?).await? else {
        return Ok(Some("not checked: no shop has installed the app yet".to_owned()));
    };
    match app.check_secret(&shop).await {
        Ok(()) => Ok(Some(format!("accepted by Shopify, at {shop}"))),
        Err(error @ NotConnected::WrongSecret) => bail!("{error}"),
        Err(error) => Ok(Some(format!("not checked: {error}"))),
    }
}

/// Describes the model, without its address, which may hold a secret.
fn planner(config: &Config) -> anyhow::Result<String> {
    config.llm_client(Arc::new(clock::System), Arc::new(random::System)).context("llm")?;
    let Some(llm) = config.llm() else {
        return Ok("the local planner (set LLM_API_KEY or LLM_BASE_URL for a language model)".into());
    };
    let key = config.secrets.llm_key.as_ref().map_or_else(|| "no key".to_owned(), describe_key);
    Ok(format!("{} ({key})", llm.model))
}

/// Says which variable has the key, and which others are ignored.
fn describe_key(key: &llm::Key) -> String {
    match key.ignored.as_slice() {
        [] => format!("key from {}", key.variable),
        ignored => format!("key from {}; {} is set too and ignored", key.variable, ignored.join(", ")),
    }
}
