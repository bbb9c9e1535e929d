//! `cargo xtask dev-shop`.

use std::path::Path;
use std::process::{Child, Command};

use clap::Args;

use crate::{quick, shell};

/// The settings that the shop and the app share; none of them is secret.
const SHOP: &str = "magic-wands.myshopify.com";
const KEY: &str = "simulated-key";
const SECRET: &str = "simulated-secret";
const TOKEN: &str = "simulated-token";
/// An encryption key of 32 bytes, for a development folder.
const ENCRYPTION_KEY: &str = "ZGV2ZWxvcG1lbnQtb25seS1kZXZlbG9wbWVudC1vbmw=";

/// Build everything and run the plugin with a simulated Shopify shop on 127.0.0.1.
#[derive(Args)]
pub struct DevShop {
    /// Where the app listens.
    #[arg(long, default_value = "127.0.0.1:8787")]
    app: String,
    /// Where the shop listens.
    #[arg(long, default_value = "127.0.0.1:8788")]
    shop: String,
    /// The app's folder for databases and pages.
    #[arg(long, default_value = "data")]
    data_dir: String,
    /// Options for the shop: `cargo xtask dev-shop -- --prefix tools --country DE`.
    #[arg(last = true)]
    options: Vec<String>,
}

impl DevShop {
    pub fn run(self) -> anyhow::Result<()> {
        let programs = quick::build(&["host", "dev-shop"])?;
        shell::step(&format!(
            "3 of 3: serving the app and a simulated shop on http://{}; stop both with Ctrl-C",
            self.shop
        ));
        let _app = Running(self.app(&programs).spawn()?);
        let mut shop = Command::new(programs.join("dev-shop"));
        shop.args(["--listen", &self.shop, "--app", &format!("http://{}", self.app), "--shop", SHOP]);
        shop.args(["--api-key", KEY, "--api-secret", SECRET, "--token", TOKEN]).args(&self.options);
        shell::check(&mut shop, "dev-shop")
    }

    /// Returns the command that runs the app, configured as an operator would.
    fn app(&self, programs: &Path) -> Command {
        let mut app = Command::new(programs.join("wandstore"));
        app.args(["serve", "--listen", &self.app, "--data-dir", &self.data_dir]);
        app.env("SHOPIFY_ORIGIN", format!("http://{}", self.shop));
        // The merchant's browser reaches the admin through the shop.
        app.env("WANDSTORE_PUBLIC_URL", format!("http://{}", self.shop));
        app.envs([
            ("SHOPIFY_STORE", SHOP),
            ("SHOPIFY_API_KEY", KEY),
            ("SHOPIFY_API_SECRET", SECRET),
            ("SHOPIFY_ACCESS_TOKEN", TOKEN),
            ("WANDSTORE_ENCRYPTION_KEY", ENCRYPTION_KEY),
        ]);
        if std::env::var_os("ENVIRONMENT").is_none() {
            app.env("ENVIRONMENT", "development");
        }
        app
    }
}

/// A child process that is killed when this one ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
