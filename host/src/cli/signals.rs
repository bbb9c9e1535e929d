//! Signals. Two of them stop a server. The others that a system or an operator sends, and that end a process by
//! default, have no effect.

use anyhow::Context as _;
use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that end a process by default and must not end this one: its terminal was closed, or somebody asks for
/// something that it does not do, such as reopening its log, or a file reached its size limit. In this last case the
/// write then fails, and that error is handled. The standard library ignores `SIGPIPE`.
const OTHERS: [Number; 5] = [Number::HUP, Number::USR1, Number::USR2, Number::ALARM, Number::XFSZ];

/// Keeps the process alive through the signals in `OTHERS`.
pub fn ignore_others() -> anyhow::Result<()> {
    for number in OTHERS {
        let kind = SignalKind::from_raw(number.as_raw());
        // The handler stays when this is dropped.
        drop(signal(kind).with_context(|| format!("cannot handle signal {}", number.as_raw()))?);
    }
    Ok(())
}

/// SIGINT and SIGTERM.
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Listens for both signals. From now on they do not end the process by themselves.
    pub fn listen() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate()).context("cannot handle SIGTERM")? })
    }

    /// Completes when one of them arrives.
    pub async fn received(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        tracing::info!("stopping");
    }
}
