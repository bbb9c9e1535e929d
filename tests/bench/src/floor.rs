//! The native floor: bare hyper that returns given bytes, including header fields.

use std::convert::Infallible;
use std::path::Path;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::client::Answer;
use crate::server::Checks;

/// The secret that the app proxy's requests are signed with.
pub const SECRET: &str = "what Shopify and the app know";

/// Stores a response in `file`, for [`serve`]: header fields, an empty line, content.
pub fn keep(answer: &Answer, file: &Path) -> anyhow::Result<()> {
    // hyper adds these header fields itself.
    let said = answer.headers.iter().filter(|(name, _)| name != "date" && name != "content-length");
    let head: String = said.fold(String::new(), |head, (name, value)| head + name + ": " + value + "\n");
    Ok(std::fs::write(file, [head.as_bytes(), b"\n", &answer.body].concat())?)
}

/// Serves the response in `file` on a free port, which it prints as the first line of its output.
pub fn serve(file: &Path, checks: Checks) -> anyhow::Result<()> {
    let (headers, body) = read(file)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}/", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (headers, body) = (headers.clone(), body.clone());
            let answer = service_fn(move |request: Request<Incoming>| {
                let mut response = Response::new(Full::new(body.clone()));
                *response.headers_mut() = headers.clone();
                if checks == Checks::Signature && !is_signed(request.uri().query().unwrap_or_default()) {
                    *response.status_mut() = StatusCode::UNAUTHORIZED;
                }
                async move { Ok::<_, Infallible>(response) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    })
}

/// Checks the signature of an app proxy's query: the HMAC of its other parameters, decoded and sorted.
fn is_signed(query: &str) -> bool {
    let mut parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let Some(at) = parameters.iter().position(|(name, _)| name == "signature") else { return false };
    let (_, signature) = parameters.swap_remove(at);
    parameters.sort_unstable();
    let message: String = parameters.iter().flat_map(|(name, value)| [name, "=", value]).collect();
    signing::hex(&signing::mac(SECRET, message.as_bytes())) == signature
}

fn read(file: &Path) -> anyhow::Result<(HeaderMap, Bytes)> {
    let kept = std::fs::read(file)?;
    let end = kept.windows(2).position(|pair| pair == b"\n\n").context("there is no empty line")?;
    let mut headers = HeaderMap::new();
    for line in std::str::from_utf8(&kept[..end])?.lines() {
        let (name, value) = line.split_once(": ").context("a header is `name: value`")?;
        headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
    }
    Ok((headers, Bytes::copy_from_slice(&kept[end + 2..])))
}
