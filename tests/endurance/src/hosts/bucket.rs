//! A bucket: an S3 server in this process, over a folder.

use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

/// The name of the bucket.
pub const BUCKET: &str = "wands";
/// The key, by the variables that hold it.
pub const KEY: [(&str, &str); 2] =
    [("S3_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("S3_SECRET_ACCESS_KEY", "simulated-secret")];

/// Opens a bucket in `folder`, and returns `host:port` of its server, which ends with this process.
pub async fn open(folder: &Path) -> anyhow::Result<String> {
    std::fs::create_dir_all(folder.join(BUCKET))?;
    let files = FileSystem::new(folder).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(KEY[0].1, KEY[1].1));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = auto::Builder::new(TokioExecutor::new());
                // A client that has gone away is no failure.
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok(address)
}
