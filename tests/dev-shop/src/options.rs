//! The options of a simulated shop.

use clap::Args;

/// The options of a simulated shop and its app.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8788")]
    pub listen: String,
    /// The app's address.
    #[arg(long, default_value = "http://127.0.0.1:8787")]
    pub app: String,
    /// The shop's domain.
    #[arg(long, default_value = "magic-wands.myshopify.com")]
    pub shop: String,
    /// The prefix of the app proxy: a, apps, community or tools.
    #[arg(long, default_value = "apps")]
    pub prefix: String,
    /// The subpath of the app proxy.
    #[arg(long, default_value = "wand")]
    pub subpath: String,
    /// The app's client id.
    #[arg(long, default_value = "simulated-key")]
    pub api_key: String,
    /// The app's client secret.
    #[arg(long, default_value = "simulated-secret")]
    pub api_secret: String,
    /// The private token for the Storefront API; requests without it are tokenless.
    #[arg(long, default_value = "simulated-token")]
    pub token: String,
    /// The country of the market that shoppers are in.
    #[arg(long, default_value = "US")]
    pub country: String,
    /// The least number of products: what the file lacks is made up.
    #[arg(long, default_value_t = 0)]
    pub products: usize,
    /// Leave out all products and collections, as in a shop that is new.
    #[arg(long, conflicts_with = "products")]
    pub no_products: bool,
    /// Leave out `Shopify.actions`, as shops did before 2026.
    #[arg(long)]
    pub no_actions: bool,
    /// Leave the app out of the theme, as before it was installed.
    #[arg(long)]
    pub no_blocks: bool,
    /// Serve the theme editor instead of the shop.
    #[arg(long)]
    pub design: bool,
}

impl Options {
    /// Returns those of a shop on a free port that tests serve themselves, with this domain and secret of its app.
    pub fn of_test(shop: &str, api_secret: &str) -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            app: "http://127.0.0.1:9".to_owned(),
            shop: shop.to_owned(),
            prefix: "apps".to_owned(),
            subpath: "wand".to_owned(),
            api_key: "simulated-key".to_owned(),
            api_secret: api_secret.to_owned(),
            token: "simulated-token".to_owned(),
            country: "US".to_owned(),
            products: 0,
            no_products: false,
            no_actions: false,
            no_blocks: false,
            design: false,
        }
    }

    /// Returns the path of the app proxy in this shop.
    pub fn path_prefix(&self) -> String {
        format!("/{}/{}", self.prefix, self.subpath)
    }
}
