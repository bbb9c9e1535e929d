//! A wire between a test and a server, which can be cut, and can stop carrying anything without being cut.

use std::net::SocketAddr;

use reqwest::Url;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How the wire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    Whole,
    /// Connections are closed, new ones at once.
    Cut,
    /// Connections are open, and nothing passes.
    Stalled,
}

/// A port of this machine that leads to a server.
pub struct Wire {
    near: SocketAddr,
    /// The condition, and how often all connections were closed.
    state: watch::Sender<(Condition, u64)>,
    carrying: JoinHandle<()>,
}

impl Wire {
    /// Returns a wire that leads to the server at `url`, and the URL of its near end.
    pub async fn to(url: &Url, usual_port: u16) -> (Self, Url) {
        let far = format!("{}:{}", url.host_str().unwrap_or("localhost"), url.port().unwrap_or(usual_port));
        let wire = Self::begin(far).await;
        let mut near = url.clone();
        near.set_host(Some("127.0.0.1")).unwrap();
        near.set_port(Some(wire.near.port())).unwrap();
        (wire, near)
    }

    async fn begin(far: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = listener.local_addr().unwrap();
        let (state, receiver) = watch::channel((Condition::Whole, 0));
        Self { near, state, carrying: tokio::spawn(carry(listener, far, receiver)) }
    }

    pub fn cut(&self) {
        self.state.send_modify(|state| *state = (Condition::Cut, state.1 + 1));
    }

    pub fn stall(&self) {
        self.state.send_modify(|state| state.0 = Condition::Stalled);
    }

    /// Closes all connections, and lets new ones through.
    pub fn mend(&self) {
        self.state.send_modify(|state| *state = (Condition::Whole, state.1 + 1));
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

async fn carry(listener: TcpListener, far: String, state: watch::Receiver<(Condition, u64)>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(connection(near, far.clone(), state.clone()));
    }
}

async fn connection(mut near: TcpStream, far: String, mut state: watch::Receiver<(Condition, u64)>) {
    let (_, closed) = *state.borrow_and_update();
    let Ok(mut far) = TcpStream::connect(far).await else { return };
    loop {
        let (condition, now_closed) = *state.borrow_and_update();
        if condition == Condition::Cut || now_closed != closed {
            return;
        }
        let carry = async {
            match condition {
                Condition::Whole => drop(copy_bidirectional(&mut near, &mut far).await),
                Condition::Cut | Condition::Stalled => std::future::pending().await,
            }
        };
        tokio::select! {
            () = carry => return,
            changed = state.changed() => if changed.is_err() { return },
        }
    }
}
