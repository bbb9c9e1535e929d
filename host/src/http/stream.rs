//! The socket of a connection. It records when the client sends, takes or stalls, and closes in such a way that the
//! client can read why.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::connections::Connection;

/// How much is read and dropped after a refusal, at most.
const LINGER_BYTES_MAX: usize = 4 << 20;

/// A socket whose activity is recorded.
pub struct Watched {
    stream: TcpStream,
    connection: Arc<Connection>,
    ending: Ending,
}

enum Ending {
    NotYet,
    /// Our side is closed, and this many bytes were read and dropped since.
    Lingers(usize),
    Over,
}

impl Watched {
    /// Watches `stream`.
    pub fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self { stream, connection, ending: Ending::NotYet }
    }

    fn note_write(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(count)) => self.connection.wrote(*count),
            Poll::Pending => self.connection.stalls(),
            Poll::Ready(Err(_)) => {}
        }
        written
    }

    /// Reads and drops what still arrives. Closing a socket with unread bytes resets the connection, and the client
    /// loses what it has not read by then (RFC 9112, section 9.6).
    fn poll_linger(&mut self, task: &mut Context<'_>, dropped: usize) -> Poll<()> {
        let mut dropped = dropped;
        let mut scratch = [0; 4096];
        while dropped < LINGER_BYTES_MAX {
            self.ending = Ending::Lingers(dropped);
            let mut buffer = ReadBuf::new(&mut scratch);
            match ready!(Pin::new(&mut self.stream).poll_read(task, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => dropped += buffer.filled().len(),
                _ => break,
            }
        }
        self.ending = Ending::Over;
        Poll::Ready(())
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(task, buffer);
        match read {
            Poll::Pending => self.connection.wants_bytes(),
            Poll::Ready(_) if buffer.filled().len() > before => self.connection.read(),
            Poll::Ready(_) => {}
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(task, bytes);
        self.note_write(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(task, slices);
        self.note_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(task);
        if flushed.is_ready() {
            self.connection.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Ending::NotYet = self.ending {
            ready!(Pin::new(&mut self.stream).poll_shutdown(task))?;
            self.ending = if self.connection.lingers() { Ending::Lingers(0) } else { Ending::Over };
        }
        if let Ending::Lingers(dropped) = self.ending {
            ready!(self.poll_linger(task, dropped));
        }
        Poll::Ready(Ok(()))
    }
}
