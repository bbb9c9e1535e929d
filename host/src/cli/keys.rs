//! `wandstore keys`: the keys that encrypt merchants' tokens.

use admin::Rotated;
use anyhow::bail;
use clap::Subcommand;
use host::config::Config;
use host::{backends, merchants};

use super::output::print;

/// Change the key that encrypts merchants' tokens.
#[derive(Subcommand)]
pub enum Keys {
    /// Encrypt all stored tokens with the first key in `WANDSTORE_ENCRYPTION_KEY`, so that the others can be removed.
    ///
    /// Put the new key in front of the old one, separated by a comma, and restart every host. Then run this command, and
    /// remove the old key.
    Rotate,
}

impl Keys {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Self::Rotate = self;
        let site = backends::site(config)?;
        let Some(Rotated { again, current, lost }) = merchants::rotate_keys(config, &site).await? else {
            bail!("this deployment stores no tokens of merchants: SHOPIFY_API_KEY is not set");
        };
        print(format_args!("encrypted with the first key: {again} shops now, {current} before"))?;
        if lost.is_empty() {
            return Ok(print("the other keys can be removed")?);
        }
        let names: Vec<_> = lost.iter().map(ToString::to_string).collect();
        bail!(
            "no key in WANDSTORE_ENCRYPTION_KEY decrypts the tokens of {}: add the key that does, or let their merchants \
             open the app, which connects them again",
            names.join(", ")
        );
    }
}
