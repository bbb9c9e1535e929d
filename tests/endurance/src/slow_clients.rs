//! Twice as many clients as the server has connections, all as slow as they can be, and how long an honest shopper waits.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::figures::{ms, quantile};
use crate::sample::Sample;
use crate::shop::{SHOP, Shop};
use crate::shopper::Shoppers;

/// The slow clients of one address: fewer than `server.connections_per_address_max`.
const PER_ADDRESS: u32 = 250;
/// How long a slow client pauses between two bytes.
const PAUSE: Duration = Duration::from_secs(2);
/// How long after the end of a connection a slow client opens the next.
const REOPENS: Duration = Duration::from_millis(500);
const HONEST: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// An honest shopper arrives this often, on a new connection.
const VISITS: Duration = Duration::from_millis(250);
/// Descriptors that a process needs besides connections.
const SPARE: u64 = 500;

/// How long an honest shopper may wait in 99 of 100 cases, and how much memory the server may use.
const P99_MAX: Duration = Duration::from_secs(3);
const RSS_MIB_MAX: f64 = 512.0;

/// Open twice as many slow connections as the server takes, and measure how long honest shoppers wait.
#[derive(Args)]
pub struct SlowClients {
    /// The server's `connections_max`.
    #[arg(long, default_value_t = 4_000)]
    connections: u32,
    /// How long, in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

impl SlowClients {
    /// Opens the connections, and prints the table and the verdict.
    pub async fn run(self) -> anyhow::Result<()> {
        raise_descriptors(u64::from(self.connections) * 2 + SPARE)?;
        let folder = tempfile::Builder::new().prefix("wandstore-slow-").tempdir()?;
        let config = format!("[server]\nconnections_max = {}\n", self.connections);
        let (_shop, binary) = Shop::open(folder.path(), crate::binary(self.binary)?, &config).await?;
        let log = std::fs::File::create(folder.path().join("serve.log"))?;
        let mut server = binary.serve(&[], log).await?;
        let address: SocketAddr = server.address.parse()?;
        let mut crowd = JoinSet::new();
        for number in 0..self.connections * 2 {
            crowd.spawn(dawdle(address, number));
        }
        let (mut took, mut wrong, mut rss) = (Vec::new(), Vec::new(), 0.0_f64);
        let (began, mut every) = (Instant::now(), tokio::time::interval(VISITS));
        let mut visits = JoinSet::new();
        for number in 0_u64.. {
            every.tick().await;
            if began.elapsed() >= Duration::from_secs(self.seconds) {
                break;
            }
            let (honest, address) = (Shoppers::at(SHOP, HONEST)?, server.address.clone());
            visits.spawn(async move { honest.visit(&address, &format!("honest-{number}")).await });
            rss = rss.max(Sample::take(0.0, server.id(), &binary.data())?.rss);
        }
        while let Some(visit) = visits.join_next().await {
            match visit? {
                Ok(page) => took.push(page.took),
                Err(error) => wrong.push(format!("{error:#}")),
            }
        }
        crowd.shutdown().await;
        ensure!(server.ended()?.is_none(), "the server ended by itself");
        server.terminate().await?;

        let [p50, p99, slowest] = [0.5, 0.99, 1.0].map(|share| quantile(&mut took, share));
        println!("| slow clients | connections | honest visits | wrong | p50 | p99 | slowest | memory |");
        println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
        println!(
            "| {} | {} | {} | {} | {:.0} ms | {:.0} ms | {:.0} ms | {rss:.0} MiB |",
            self.connections * 2,
            self.connections,
            took.len(),
            wrong.len(),
            ms(p50),
            ms(p99),
            ms(slowest)
        );
        crate::judge(&[
            (wrong.is_empty(), format!("wrong answers, such as {:?}", wrong.first())),
            (p99 < P99_MAX, format!("an honest shopper waits {:.0} ms", ms(p99))),
            (rss < RSS_MIB_MAX, format!("the server uses {rss:.0} MiB")),
        ])
    }
}

/// Lets this process, and the server after it, open enough descriptors.
fn raise_descriptors(needed: u64) -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    ensure!(
        maximum.is_none_or(|maximum| maximum >= needed),
        "{needed} descriptors are needed, {maximum:?} are allowed: name fewer --connections"
    );
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).context("cannot raise the limit")
}

/// Opens one connection after the other, and is slow on each.
async fn dawdle(address: SocketAddr, number: u32) {
    loop {
        // Whatever ends a connection, the next one follows.
        let _ = be_slow(address, number).await;
        tokio::time::sleep(REOPENS).await;
    }
}

async fn be_slow(address: SocketAddr, number: u32) -> std::io::Result<()> {
    let host = (number / PER_ADDRESS).to_be_bytes();
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 1, host[3], 1], 0)))?;
    let mut stream = socket.connect(address).await?;
    let get = format!("GET /s/{SHOP}?shopper=slow-{number} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let post = format!(
        "POST /api/shopper/track HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: 9000\r\n\r\n"
    );
    match number % 4 {
        0 => send_slowly(&mut stream, get.as_bytes()).await,
        1 => {
            stream.write_all(post.as_bytes()).await?;
            send_slowly(&mut stream, &[b' '; 9_000]).await
        }
        2 => {
            stream.write_all(get.as_bytes()).await?;
            read_slowly(&mut stream).await
        }
        _ => read_slowly(&mut stream).await,
    }
}

async fn send_slowly(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(std::slice::from_ref(byte)).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn read_slowly(stream: &mut TcpStream) -> std::io::Result<()> {
    while stream.read(&mut [0]).await? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
