//! Socket activation: a listening socket that the service manager opened and passes to each process in turn, so that no
//! client is refused during a restart (`sd_listen_fds(3)`).

use std::net::TcpListener;

use anyhow::{Context as _, bail};
use listenfd::ListenFd;

/// Returns the listening socket that this process inherited, if there is one.
pub fn socket() -> anyhow::Result<Option<TcpListener>> {
    let mut inherited = ListenFd::from_env();
    match inherited.len() {
        0 => Ok(None),
        1 => {
            let socket = inherited.take_tcp_listener(0);
            socket.context("LISTEN_FDS names no listening TCP socket; check ListenStream= of the socket unit")
        }
        sockets => bail!("LISTEN_FDS names {sockets} sockets, and one is served; use one ListenStream="),
    }
}
