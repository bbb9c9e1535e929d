//! Binds the logic to WIT, and holds what is too short for a file of its own.
#![expect(unsafe_code, reason = "needed by `export!`")]

use std::cell::RefCell;

use wasi::cli::stderr;
use wasi::clocks::wall_clock;
use wasi::random::random as wasi_random;

use crate::Level;
use crate::bindings;
use crate::bindings::exports::wandstore::capabilities::{clock, log, random};
use crate::bindings::exports::wandstore::platform::{outbound, sql, timer, variables};
use crate::bindings::exports::wandstore::spin::caller;
use crate::bindings::fermyon::spin::variables as spin_variables;
use crate::pause::{NS_PER_MS, pause};

/// How much one write to standard error may carry (`wasi:io/streams`, `blocking-write-and-flush`).
const WRITE_BYTES_MAX: usize = 4_096;

struct Component;

bindings::export!(Component with_types_in bindings);

impl sql::Guest for Component {
    fn execute(statement: String, parameters: Vec<sql::Value>) -> Result<Vec<Vec<sql::Value>>, String> {
        crate::sql::execute(&statement, parameters)
    }
}

thread_local! {
    /// The client whose request is being answered: an instance answers one.
    static CALLER: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl caller::Guest for Component {
    fn now(address: Option<String>) {
        CALLER.set(address);
    }
}

impl variables::Guest for Component {
    /// Returns a variable. Spin's names are in lower case. A name that the manifest lacks is not set.
    fn get(name: String) -> Option<String> {
        if name == "REMOTE_ADDR" {
            return CALLER.with_borrow(Clone::clone);
        }
        spin_variables::get(&name.to_ascii_lowercase()).ok().filter(|value| !value.is_empty())
    }
}

impl outbound::Guest for Component {
    fn send(request: outbound::Request) -> Result<outbound::Response, outbound::Error> {
        crate::outbound::send(&request)
    }
}

impl timer::Guest for Component {
    fn sleep(ms: u32) {
        pause(ms.into()).block();
    }
}

impl clock::Guest for Component {
    fn now_ms() -> u64 {
        let now = wall_clock::now();
        now.seconds * 1_000 + u64::from(now.nanoseconds) / NS_PER_MS
    }
}

impl random::Guest for Component {
    fn get_u64() -> u64 {
        wasi_random::get_random_u64()
    }
}

impl log::Guest for Component {
    fn event(level: log::Level, message: String, particulars: Vec<(String, String)>) {
        let line = crate::line(<Self as clock::Guest>::now_ms(), level.into(), &message, particulars);
        let stderr = stderr::get_stderr();
        for part in line.as_bytes().chunks(WRITE_BYTES_MAX) {
            // If the log cannot be written, there is nowhere to report that.
            let _ = stderr.blocking_write_and_flush(part);
        }
    }
}

impl From<log::Level> for Level {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Debug => Self::Debug,
            log::Level::Info => Self::Info,
            log::Level::Warn => Self::Warn,
            log::Level::Error => Self::Error,
        }
    }
}
