//! A simulated shop at Shopify and a language model, with a proxy in front of each, and a server of that shop.

use std::path::{Path, PathBuf};

use dev_shop::{Options, Running};

use crate::model::Model;
use crate::proxy::Proxy;
use crate::server::Binary;

/// The shop's domain, which is its id.
pub const SHOP: &str = "magic-wands.myshopify.com";
/// The app's secret.
pub const SECRET: &str = "simulated-secret";
const TOKEN: &str = "simulated-token";

/// The shop, the model, and the wires to them.
pub struct Shop {
    /// The model's endpoint.
    pub model: Model,
    /// The wire to it.
    pub to_model: Proxy,
    /// The wire to the Storefront API.
    pub to_catalog: Proxy,
    _running: Running,
}

impl Shop {
    /// Opens both, and returns them with the binary that serves the shop in `folder`.
    pub async fn open(folder: &Path, path: PathBuf, config: &str) -> anyhow::Result<(Self, Binary)> {
        let options = Options::of_test(SHOP, SECRET);
        let running = dev_shop::serve(options).await?;
        let model = Model::open().await?;
        let to_model = Proxy::open(&model.address).await?;
        let to_catalog = Proxy::open(running.origin.trim_start_matches("http://")).await?;
        std::fs::write(folder.join("wandstore.toml"), config)?;
        let variables = [
            ("ENVIRONMENT", "development"),
            ("LLM_BASE_URL", &*format!("http://{}/v1", to_model.address)),
            ("LLM_MODEL", "scripted-1"),
            ("PLANS_PER", "shopper"),
            ("RUST_LOG", "warn"),
            ("SHOPIFY_STORE", SHOP),
            ("SHOPIFY_ACCESS_TOKEN", TOKEN),
            ("SHOPIFY_API_SECRET", SECRET),
            ("SHOPIFY_ORIGIN", &*format!("http://{}", to_catalog.address)),
        ];
        let binary = Binary::new(path, folder, &variables);
        Ok((Self { model, to_model, to_catalog, _running: running }, binary))
    }
}
