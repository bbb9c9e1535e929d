//! Restarts on a socket of the service manager: no client is refused, and what was running goes on.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::harness::process::activated;
use crate::harness::{Answer, BUSY, LlmServer, Process, Saying, eventually};

const RESTARTS: usize = 10;

/// Visits as new shoppers, each on a connection of its own, until it is told to stop. Returns how many were served, and
/// how many requests had to be sent again because their connection was closed.
async fn visit(address: String, stop: Arc<AtomicBool>) -> [usize; 2] {
    let [mut served, mut again] = [0, 0];
    while !stop.load(Ordering::SeqCst) {
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("TLS is there");
        let target = format!("http://{address}/s/magic-wands?shopper=shopper-{served}");
        match client.get(target).send().await {
            Ok(page) => {
                let page = Answer::read(page).await;
                assert!(
                    page.status == 200 && page.body.contains("</html>"),
                    "{}: {}",
                    page.status,
                    page.body
                );
                served += 1;
            }
            Err(error) => {
                assert!(!error.is_connect(), "nobody is refused: {error:?}");
                again += 1;
            }
        }
    }
    [served, again]
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_during_ten_restarts_while_the_model_hangs() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = LlmServer::open([Saying::Stall]).await;
    let environment = [("LLM_BASE_URL", model.url.as_str()), ("LLM_MODEL", "scripted-1")];
    let socket = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = socket.local_addr().expect("it is bound").to_string();
    let mut process = Process::start_on(&socket, folder.path(), &environment);
    assert_eq!(process.address, address);

    let stop = Arc::new(AtomicBool::new(false));
    let visitors: Vec<_> = (0..2).map(|_| tokio::spawn(visit(address.clone(), stop.clone()))).collect();
    let asks = async |process: usize| {
        let has_asked = async || (model.requests().len() > process).then_some(());
        eventually("this process goes on with the jobs of the last one, and asks the model", has_asked).await;
    };
    for restart in 0..RESTARTS {
        asks(restart).await;
        let took = process.terminate();
        assert!(took < Duration::from_secs(1) * BUSY, "it took {took:?}");
        process = Process::start_on(&socket, folder.path(), &environment);
    }
    asks(RESTARTS).await;
    stop.store(true, Ordering::SeqCst);
    for visitor in visitors {
        let [served, again] = visitor.await.expect("nobody was refused");
        // On a busy machine, a client may take longer to send its request than a stopping server waits for it.
        assert!(served >= RESTARTS && again <= RESTARTS / 5, "{served} served, {again} sent again");
    }
}

#[test]
fn a_socket_that_cannot_be_served_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    for (sockets, reason) in [(1, "names no listening TCP socket"), (2, "names 2 sockets")] {
        let output =
            activated(folder.path(), sockets).stdin(Stdio::null()).output().expect("there is a shell");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(reason), "{said}");
    }
}
