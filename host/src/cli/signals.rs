//! Signals: two of them stop a server. The others that a system or an operator sends, and whose default is to end the
//! process, do nothing.

use anyhow::Context as _;
use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What ends a process by default and is not meant to end this one: its terminal was closed, or somebody asks for
/// something that it does not do, such as to open its log anew, or a file is as large as it may get. In this last case
/// the write then fails, and that is dealt with. The standard library has `SIGPIPE` ignored.
const OTHERS: [Number; 5] = [Number::HUP, Number::USR1, Number::USR2, Number::ALARM, Number::XFSZ];

/// Has the process live through signals that are not for it.
pub fn outlive_others() -> anyhow::Result<()> {
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
    /// From now on these do not end the process by themselves.
    pub fn listen() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate()).context("cannot handle SIGTERM")? })
    }

    /// Completes when one of them comes.
    pub async fn received(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        tracing::info!("stopping");
    }
}
