//! Tests of how a server fails and recovers. The batteries of the backends test what it does.

use std::time::Instant;

use ::redis::cmd;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::server::{Space, address};
use super::*;
use crate::wire::Wire;

/// Far more than all time limits of a call together.
const LONG: Duration = Duration::from_mins(1);

async fn ping(server: &Redis) -> Result<(), Error> {
    server.query(&cmd("PING")).await
}

/// Waits until calls succeed, or until they fail.
async fn until(server: &Redis, succeeds: bool) {
    let began = Instant::now();
    while ping(server).await.is_ok() != succeeds {
        assert!(began.elapsed() < LONG, "calls never change");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_an_error_for_all_callers_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://:hush@{}", listener.local_addr().unwrap());
    let _accepting = tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await);
        }
    });
    let server = Arc::new(Redis::new(address(&url), "p"));
    assert_eq!(server.start().await, Ok(()), "serving starts without it");
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let server = server.clone();
        callers.spawn(async move { ping(&server).await });
    }
    for outcome in callers.join_all().await {
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
    assert!(!format!("{server:?}").contains("hush"));
}

#[tokio::test]
async fn a_wire_that_is_cut_or_stalls_is_noticed_and_used_again_once_it_is_whole() {
    let Some(space) = Space::create().await else { return };
    let (wire, url) = Wire::to(&space.url, 6379).await;
    let server = space.server_at(&url);
    assert_eq!(ping(&server).await, Ok(()));
    for break_it in [Wire::cut, Wire::stall] {
        break_it(&wire);
        until(&server, false).await;
        wire.mend();
        until(&server, true).await;
    }
}

/// Answers whatever is asked with this line.
async fn answering(line: &'static str) -> Arc<Redis> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://:hush@{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = [0; 1_024];
                while let Ok(1..) = stream.read(&mut bytes).await {
                    // Each of the commands at the beginning of a connection is answered.
                    let _ = stream.write_all(line.repeat(3).as_bytes()).await;
                }
            });
        }
    });
    Arc::new(Redis::new(address(&url), "p"))
}

#[tokio::test]
async fn a_server_that_cannot_be_used_ends_the_start_with_one_line() {
    for (line, said) in [
        (
            "-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n",
            "use Redis 6 or newer, or Valkey",
        ),
        (
            "-ERR unknown command 'HELLO', with args beginning with: '3' \r\n",
            "use Redis 6 or newer, or Valkey",
        ),
        (
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
            "refuses the user or the password",
        ),
        (
            "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used\r\n",
            "put it into the URL",
        ),
        ("-NOPERM this user has no permissions to run the 'client|tracking' command\r\n", "lacks a right"),
    ] {
        let refused = answering(line).await.start().await.expect_err(said);
        assert!(matches!(refused, Error::Unfit(_)), "{refused:?}");
        let text = refused.to_string();
        assert!(text.contains(said) && !text.contains('\n') && !text.contains("hush"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_in_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    drop(listener);
    let server = Redis::new(address(&url), "p");
    assert_eq!(server.start().await, Ok(()), "serving starts without it");
    let told = server.check().await.expect_err("nobody listens").to_string();
    assert!(told.starts_with("cannot reach Redis: ") && !told.contains('\n'), "{told}");
}

#[tokio::test]
async fn a_script_that_the_server_forgot_is_sent_again() {
    let Some(space) = Space::create().await else { return };
    let server = space.server();
    // Nobody else has this script.
    let script = ::redis::Script::new(&format!("return '{}'", space.prefix));
    for _ in 0..2 {
        assert_eq!(server.run::<String>(&script.prepare_invoke()).await, Ok(space.prefix.clone()));
    }
}
