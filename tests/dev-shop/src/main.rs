//! `dev-shop`: runs the simulator until Ctrl-C.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's command, which may fail if its output is closed"
)]

use clap::Parser;
use dev_shop::{Options, serve};

/// A shop as Shopify would run it.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let options = Cli::parse().options;
    let name = options.shop.split('.').next().unwrap_or_default().to_owned();
    let running = serve(options).await?;
    println!("{}", running.origin);
    eprintln!("the shop: {0}/\nthe app in its admin: {0}/store/{name}/apps/wand", running.origin);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
