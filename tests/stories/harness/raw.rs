//! A client that writes to the socket directly, so that it can send requests that no HTTP library would.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to a host.
pub struct Raw(TcpStream);

impl Raw {
    pub async fn open(address: &str) -> Self {
        Self(TcpStream::connect(address).await.expect("the host listens"))
    }

    /// Sends bytes; the host may have closed the connection before it read them all.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.sends(bytes).await;
    }

    /// Sends bytes; returns false if the host closed the connection.
    pub async fn sends(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Closes the sending side, but keeps reading.
    pub async fn close_half(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// Reads until the host closes the connection.
    pub async fn rest(&mut self) -> String {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut answer)).await;
        read.expect("the host closes the connection").expect("the connection is not reset");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Reads the first bytes that arrive.
    pub async fn first(&mut self) -> String {
        let mut answer = vec![0; 64 << 10];
        let read = tokio::time::timeout(PATIENCE, self.0.read(&mut answer)).await;
        let count = read.expect("the host says something").unwrap_or_default();
        String::from_utf8_lossy(&answer[..count]).into_owned()
    }

    /// Returns whether the host has closed the connection. Discards data that it sent before.
    pub async fn has_ended(&mut self) -> bool {
        let mut scratch = [0; 4096];
        loop {
            match tokio::time::timeout(Duration::from_millis(50), self.0.read(&mut scratch)).await {
                Err(_) => return false,
                Ok(Ok(0) | Err(_)) => return true,
                Ok(Ok(_)) => {}
            }
        }
    }
}

/// Sends a whole request, closes the sending side, and reads until the host closes the connection.
pub async fn ask(address: &str, request: impl AsRef<[u8]>) -> String {
    let mut raw = Raw::open(address).await;
    raw.send(request).await;
    raw.close_half().await;
    raw.rest().await
}

/// Returns the status of a response.
#[track_caller]
pub fn status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5));
    status.and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}
