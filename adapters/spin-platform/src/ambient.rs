//! The clock, randomness and the log, of WASI.

pub(crate) mod clock {
    use wasi::clocks::wall_clock;

    const NS_PER_MS: u64 = 1_000_000;

    pub(crate) fn now_ms() -> u64 {
        let now = wall_clock::now();
        now.seconds * 1_000 + u64::from(now.nanoseconds) / NS_PER_MS
    }
}

pub(crate) mod random {
    pub(crate) fn get_u64() -> u64 {
        wasi::random::random::get_random_u64()
    }
}

pub(crate) mod log {
    use wasi::cli::stderr;

    use super::clock;
    pub(crate) use crate::Level;

    /// How much one write to standard error may carry (`wasi:io/streams`, `blocking-write-and-flush`).
    const WRITE_BYTES_MAX: usize = 4_096;

    pub(crate) fn event(level: Level, message: &str, particulars: &[(String, String)]) {
        let line = crate::line(clock::now_ms(), level, message, particulars);
        let stderr = stderr::get_stderr();
        for part in line.as_bytes().chunks(WRITE_BYTES_MAX) {
            // If the log cannot be written, there is nowhere to report that.
            let _ = stderr.blocking_write_and_flush(part);
        }
    }
}
