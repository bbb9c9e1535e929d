//! `wandstore migrate`.

use clap::Args;
use host::backends;
use host::config::Config;

use super::output::print;

/// Run the pending migrations of all databases, and list them. `serve` runs them too.
///
/// Of several processes, one at a time migrates a database; the others wait.
#[derive(Args)]
pub struct Migrate {
    /// Claim a database that belongs to another deployment: to one that no longer exists, or to this one before its
    /// name, environment or app changed.
    #[arg(long)]
    take_over: bool,
}

impl Migrate {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        for line in backends::migrate(config, self.take_over).await? {
            print(line)?;
        }
        Ok(())
    }
}
