//! `wandstore migrate`.

use clap::Args;
use host::backends;
use host::config::Config;

use super::output::print;

/// Run the migrations of all databases, and say which were run. `serve` does so too.
///
/// Of several processes, one at a time migrates a database; the others wait.
#[derive(Args)]
pub struct Migrate {
    /// Make the database this deployment's, although it belongs to another one that is no more, or this one has another
    /// name, environment or app now.
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
