//! The server's log: a named pipe, whose reader reads, stalls or goes away, and comes back.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

/// What the reader of the log does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reader {
    /// It reads, and appends to a file.
    Reads,
    /// It holds the pipe open, and does not read.
    Stalls,
    /// It has closed the pipe.
    Gone,
    /// It will not come back.
    Ends,
}

/// The pipe and its reader.
#[derive(Debug)]
pub struct LogPipe {
    path: PathBuf,
    state: Arc<AtomicU8>,
    thread: Option<JoinHandle<()>>,
}

impl LogPipe {
    /// Makes a pipe in `folder`, and reads it into `serve.log` there.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("log-pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).context("cannot make a pipe")?;
        let log = File::options().create(true).append(true).open(folder.join("serve.log"))?;
        let state = Arc::new(AtomicU8::new(Reader::Reads as u8));
        let first = reading_end(&path)?;
        let (reader, shared) = (path.clone(), state.clone());
        let thread = std::thread::spawn(move || read(&reader, first, log, &shared));
        Ok(Self { path, state, thread: Some(thread) })
    }

    /// Returns the end that a server writes to. There must be a reader.
    pub fn writer(&self) -> anyhow::Result<File> {
        Ok(File::options().write(true).open(&self.path)?)
    }

    /// Changes what the reader does, within milliseconds.
    pub fn set(&self, reader: Reader) {
        self.state.store(reader as u8, Ordering::SeqCst);
    }
}

impl Drop for LogPipe {
    fn drop(&mut self) {
        self.set(Reader::Ends);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn reading_end(path: &Path) -> std::io::Result<File> {
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    File::options().read(true).custom_flags(nonblocking).open(path)
}

fn read(path: &Path, first: File, mut log: File, state: &AtomicU8) {
    let (mut pipe, mut bytes) = (Some(first), [0; 16 << 10]);
    loop {
        match state.load(Ordering::SeqCst) {
            state if state == Reader::Ends as u8 => return,
            state if state == Reader::Gone as u8 => pipe = None,
            state if state == Reader::Stalls as u8 => {}
            _ => {
                let open = pipe.take().map_or_else(|| reading_end(path), Ok);
                let Ok(mut open) = open else { return };
                match open.read(&mut bytes) {
                    Ok(count) if count > 0 => {
                        let _ = log.write_all(&bytes[..count]);
                        pipe = Some(open);
                        continue;
                    }
                    // No writer yet, or nothing written.
                    Ok(_) => pipe = Some(open),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => pipe = Some(open),
                    Err(_) => return,
                }
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
