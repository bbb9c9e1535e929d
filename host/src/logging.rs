//! The log on standard error. It may lose lines and counts them. It never blocks and never panics, even if standard
//! error is closed, on a full disk, or a pipe that nobody reads.

use std::io::{self, IsTerminal as _, Write};
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::otlp::Layered;

/// The most lines that may wait to be written; more are lost. A line has a few hundred bytes, and a component's at most
/// about 20 KiB (`capabilities::log`).
const LINES_MAX: usize = 1_024;
/// The events that are logged unless the operator says otherwise. `object_store` tells of every request that it repeats;
/// what matters is whether it succeeds in the end.
const USUAL_FILTER: &str = "info,object_store=warn";
/// How long the end of the process waits for the last lines to be written.
const FLUSH: Duration = Duration::from_millis(250);

/// Lines that could not be written.
static FAILED: AtomicU64 = AtomicU64::new(0);
/// Lines that were dropped because the buffer was full.
static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Returns how many lines this process lost.
pub fn lines_lost() -> u64 {
    let dropped = DROPPED.get().map_or(0, ErrorCounter::dropped_lines);
    FAILED.load(Ordering::Relaxed).saturating_add(dropped as u64)
}

/// The log of the process. When it is dropped, the last lines are written.
#[must_use = "dropping this before the process ends loses the last lines"]
pub struct Log(Option<WorkerGuard>);

impl Log {
    /// Starts the log, as JSON if `json` is set. `filter` selects events in the syntax of `RUST_LOG`; if it is absent or
    /// invalid, `USUAL_FILTER` does. Panics are logged as well, because the standard library
    /// would write them to standard error itself and wait for its reader. `layer` gets the same events.
    pub fn start(json: bool, filter: Option<&str>, layer: Option<Layered>) -> Self {
        let filter = filter.and_then(|filter| EnvFilter::try_new(filter).ok());
        let filter = filter.unwrap_or_else(|| EnvFilter::new(USUAL_FILTER));
        let lines = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(LINES_MAX);
        let (lines, guard) = lines.thread_name("log").finish(Counting::new(io::stderr()));
        let _ = DROPPED.set(lines.error_counter());
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(lines)
            // They would go through `eprintln!`, which panics if standard error cannot be written.
            .log_internal_errors(false)
            .with_ansi(io::stderr().is_terminal());
        if json {
            log.json().finish().with(layer).init();
        } else {
            log.with_target(false).finish().with(layer).init();
        }
        std::panic::set_hook(Box::new(log_panic));
        Self(Some(guard))
    }
}

impl Drop for Log {
    /// Drops the guard on another thread and waits for `FLUSH` at most, because the guard may wait for the writer,
    /// and print, for longer than the process may take to end.
    fn drop(&mut self) {
        let guard = self.0.take();
        let (written, wait) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            drop(guard);
            drop(written);
        });
        let _ = wait.recv_timeout(FLUSH);
    }
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or("no message");
    tracing::error!(place, message, "panicked: this is a bug, please report it");
}

/// A writer that counts the lines it could not write and reports them as written. Each call passes one line.
struct Counting<W> {
    inner: W,
    /// Whether the last line was only written in part.
    torn: bool,
}

impl<W: Write> Counting<W> {
    fn new(inner: W) -> Self {
        Self { inner, torn: false }
    }

    /// Writes a line. If the last one was cut short, starts on a new line.
    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.torn {
            self.inner.write_all(b"\n")?;
            self.torn = false;
        }
        let mut rest = line;
        while !rest.is_empty() {
            match self.inner.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.torn = rest.len() < line.len();
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.write_line(line).is_err() {
            FAILED.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.inner.flush();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with room for this many more bytes.
    struct Disk {
        room: usize,
        written: Vec<u8>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let count = bytes.len().min(self.room);
            self.room -= count;
            self.written.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_line_that_does_not_fit_is_counted_and_does_not_spoil_the_next() {
        let mut log = Counting::new(Disk { room: 9, written: Vec::new() });
        let before = lines_lost();
        for line in ["first\n", "second\n", "third\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        log.flush().unwrap();
        assert_eq!(lines_lost() - before, 2);
        log.inner.room = 100;
        log.write_all(b"fourth\n").unwrap();
        assert_eq!(String::from_utf8_lossy(&log.inner.written), "first\nsec\nfourth\n");
    }
}
