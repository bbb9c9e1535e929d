//! A real S3 server in this process, and servers that answer with whatever a test says.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use secrets::Secret;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::kind::{Selection, Site};

/// The bucket of the server.
pub const BUCKET: &str = "wands";
const KEY: (&str, &str) = ("AKIDEXAMPLE", "hush");

/// A server, which ends when this is dropped.
pub struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Starts an S3 server with one bucket in `folder`.
    pub async fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder.join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY.0, KEY.1));
        let service = service.build();
        Self::serve(move |stream, _| {
            let service = service.clone();
            async move {
                let http = auto::Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            }
        })
        .await
    }

    /// Starts a server that gives each request the next of these answers, again and again the last one, and then closes
    /// the connection. Without answers it is silent.
    pub async fn scripted(answers: Vec<Vec<u8>>) -> Self {
        let answers = Arc::new(answers);
        Self::serve(move |mut stream, number| {
            let answers = answers.clone();
            async move {
                read_request(&mut stream).await;
                match answers.get(number).or(answers.last()) {
                    Some(answer) => _ = stream.write_all(answer).await,
                    None => std::future::pending().await,
                }
            }
        })
        .await
    }

    /// Returns how many connections there were. A scripted server takes one for each request.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    async fn serve<S: Future<Output = ()> + Send + 'static>(
        connection: impl Fn(TcpStream, usize) -> S + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, mut tasks) = (Arc::<AtomicUsize>::default(), JoinSet::new());
        let count = connections.clone();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(connection(stream, count.fetch_add(1, Ordering::Relaxed)));
            }
        });
        Self { port, connections, _tasks: tasks }
    }

    /// Returns the address, without a path.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Selects the bucket of that name on this server.
    pub fn selection(&self, bucket: &str) -> Selection {
        let options = [("bucket", Value::from(bucket)), ("endpoint", self.endpoint().into())];
        let options = options.into_iter().map(|(name, value)| (name.to_owned(), value));
        Selection { options: options.collect(), ..Selection::of("s3") }
    }
}

/// Returns a site with the key of the server.
pub fn site(folder: &Path) -> Site {
    let key = [("S3_ACCESS_KEY_ID", Secret::new(KEY.0)), ("S3_SECRET_ACCESS_KEY", Secret::new(KEY.1))];
    Site { secrets: key.into(), ..Site::scripted(folder) }
}

/// Reads a whole request, because closing a connection with unread bytes may discard the answer.
async fn read_request(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).await.is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body).await;
}
