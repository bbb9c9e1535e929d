//! A TCP proxy in front of a dependency, which delays, stalls, blocks, cuts, corrupts and refuses.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A fault in the answers of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// It passes.
    Passes,
    /// Each part of it is late by this much.
    Delays(Duration),
    /// It is held back until the wire passes again.
    Stalls,
    /// Nothing passes in either direction until the wire passes again; then everything does, late.
    Blocks,
    /// The connection ends after this many bytes.
    Cuts(usize),
    /// Bytes of it are changed.
    Corrupts,
    /// Connections are refused.
    Refuses,
}

/// The proxy. It ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// `host:port`.
    pub address: String,
    wire: watch::Sender<Wire>,
}

impl Proxy {
    /// Opens a proxy in front of `upstream`, a `host:port`.
    pub async fn open(upstream: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (wire, watched) = watch::channel(Wire::Passes);
        tokio::spawn(listen(listener, address, upstream.to_owned(), watched));
        Ok(Self { address: address.to_string(), wire })
    }

    /// Changes what happens, on open connections too.
    pub fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }
}

async fn listen(first: TcpListener, address: SocketAddr, upstream: String, mut wire: watch::Receiver<Wire>) {
    let mut listener = Some(first);
    loop {
        if *wire.borrow_and_update() == Wire::Refuses {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(address).await.ok();
        }
        let Some(open) = &listener else {
            // The address may be taken for a moment.
            let changed = tokio::time::timeout(Duration::from_millis(20), wire.changed()).await;
            if changed.is_ok_and(|changed| changed.is_err()) {
                return;
            }
            continue;
        };
        tokio::select! {
            accepted = open.accept() => {
                if let Ok((client, _)) = accepted {
                    tokio::spawn(forward(client, upstream.clone(), wire.clone()));
                }
            }
            changed = wire.changed() => if changed.is_err() { return },
        }
    }
}

async fn forward(client: TcpStream, upstream: String, wire: watch::Receiver<Wire>) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    let ((asks, answers), (answered, asked)) = (client.into_split(), server.into_split());
    tokio::select! {
        _ = ask(asks, asked, wire.clone()) => {}
        _ = answer(answered, answers, wire) => {}
    }
}

/// Passes on what the dependency is asked, unless the wire blocks it. Returns an error when either side is gone.
async fn ask(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut wire: watch::Receiver<Wire>,
) -> std::io::Result<()> {
    let mut chunk = vec![0; 4 << 10];
    loop {
        let count = from.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        // Also when the proxy is dropped.
        let _ = wire.wait_for(|wire| *wire != Wire::Blocks).await;
        to.write_all(&chunk[..count]).await?;
    }
}

/// Passes on what the dependency answers, as the wire allows. Returns an error when either side is gone.
async fn answer(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut wire: watch::Receiver<Wire>,
) -> std::io::Result<()> {
    let (mut chunk, mut passed) = (vec![0; 4 << 10], 0);
    loop {
        let count = from.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        let part = &mut chunk[..count];
        let now = *wire.borrow_and_update();
        match now {
            Wire::Delays(late) => tokio::time::sleep(late).await,
            Wire::Stalls | Wire::Blocks => {
                // Also when the proxy is dropped.
                let _ = wire.wait_for(|wire| ![Wire::Stalls, Wire::Blocks].contains(wire)).await;
            }
            Wire::Cuts(after) if passed + count > after => {
                to.write_all(&part[..after.saturating_sub(passed)]).await?;
                return Ok(());
            }
            Wire::Passes | Wire::Cuts(_) => {}
            // The first bytes of an answer stay, so that it is one; every seventh later byte changes.
            Wire::Corrupts => part.iter_mut().skip(40).step_by(7).for_each(|byte| *byte ^= 0x15),
            Wire::Refuses => return Ok(()),
        }
        passed += count;
        to.write_all(part).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dependency that answers each byte with a hundred.
    async fn dependency() -> anyhow::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut byte = [0];
                    while stream.read_exact(&mut byte).await.is_ok()
                        && stream.write_all(&[7; 100]).await.is_ok()
                    {}
                });
            }
        });
        Ok(address)
    }

    /// Asks for an answer, and returns what arrives of it within a moment.
    async fn ask(proxy: &Proxy) -> Option<Vec<u8>> {
        let mut stream = TcpStream::connect(&proxy.address).await.ok()?;
        stream.write_all(&[1]).await.ok()?;
        let (mut answer, mut chunk) = (Vec::new(), [0; 100]);
        while answer.len() < 100 {
            let read = tokio::time::timeout(Duration::from_millis(500), stream.read(&mut chunk)).await;
            match read {
                Ok(Ok(count)) if count > 0 => answer.extend_from_slice(&chunk[..count]),
                _ => break,
            }
        }
        Some(answer)
    }

    #[tokio::test]
    async fn the_wire_does_what_it_is_set_to_and_then_passes_again() {
        let proxy = Proxy::open(&dependency().await.expect("a port")).await.expect("a port");
        let whole = Some(vec![7; 100]);
        assert_eq!(ask(&proxy).await, whole);
        proxy.set(Wire::Delays(Duration::from_millis(20)));
        assert_eq!(ask(&proxy).await, whole);
        proxy.set(Wire::Stalls);
        assert_eq!(ask(&proxy).await, Some(Vec::new()));
        proxy.set(Wire::Blocks);
        assert_eq!(ask(&proxy).await, Some(Vec::new()));
        proxy.set(Wire::Cuts(60));
        assert_eq!(ask(&proxy).await, Some(vec![7; 60]));
        proxy.set(Wire::Corrupts);
        let corrupt = ask(&proxy).await.expect("an answer");
        assert!(corrupt.len() == 100 && corrupt[..40] == [7; 40] && corrupt[40..] != [7; 60]);
        proxy.set(Wire::Refuses);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(ask(&proxy).await, None);
        proxy.set(Wire::Passes);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(ask(&proxy).await, whole);
    }
}
