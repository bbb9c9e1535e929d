//! Shoppers: the requests that they send, and what each answer has to be.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::{Client, Response};

use crate::model;

/// How long an answer may take. A server that answers takes milliseconds, on a busy machine seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// Sends requests to one shop.
#[derive(Debug, Clone)]
pub struct Shoppers {
    client: Client,
    shop: String,
}

/// A page as a shopper got it.
#[derive(Debug, Clone)]
pub struct Page {
    /// Whether it was made for the shopper.
    pub is_theirs: bool,
    /// Whether it promises another.
    pub is_promised: bool,
    /// Who planned it.
    pub source: String,
    /// How long it took.
    pub took: Duration,
}

impl Shoppers {
    /// Creates the client for a shop, by its id.
    pub fn new(shop: &str) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(PATIENCE).build()?;
        Ok(Self { client, shop: shop.to_owned() })
    }

    /// Likewise, from this address of ours.
    pub fn at(shop: &str, address: IpAddr) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(PATIENCE).local_address(address).build()?;
        Ok(Self { client, shop: shop.to_owned() })
    }

    /// Visits the shop. An error other than of the connection says what is wrong with the answer.
    pub async fn visit(&self, address: &str, shopper: &str) -> anyhow::Result<Page> {
        let began = Instant::now();
        let target = format!("http://{address}/s/{}?shopper={shopper}", self.shop);
        let response = self.client.get(target).send().await?;
        let status = response.status();
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (cache, source) = (header("x-cache"), header("x-wand-source"));
        let (is_theirs, is_promised) =
            (header("x-generated") == "true", header("x-generation-triggered") == "true");
        let body = response.text().await?;
        ensure!(status == 200, "a page with status {status}: {body}");
        ensure!(body.trim_end().ends_with("</html>"), "a page of {} bytes without an end", body.len());
        ensure!(["HIT", "STALE", "MISS"].contains(&&*cache), "a page with x-cache: {cache:?}");
        Ok(Page { is_theirs, is_promised, source, took: began.elapsed() })
    }

    /// Reports a search by which the model's endpoint knows the shopper. Returns whether it was stored.
    pub async fn search(&self, address: &str, shopper: &str, number: u64) -> anyhow::Result<bool> {
        let events = format!(r#"[{{"type":"search","term":"{}"}}]"#, model::term(number));
        self.report(address, shopper, &events).await
    }

    /// Reports events.
    pub async fn report(&self, address: &str, shopper: &str, events: &str) -> anyhow::Result<bool> {
        let body = format!(r#"{{"store":"{}","shopper":"{shopper}","events":{events}}}"#, self.shop);
        let post = self.client.post(format!("http://{address}/api/shopper/track"));
        let response = post.header("content-type", "application/json").body(body).send().await?;
        let answer = json(response).await?;
        Ok(answer["stored"].as_u64().unwrap_or(0) > 0)
    }

    /// Returns the state of a shopper's page, after waiting for a change at most `wait_s` seconds.
    pub async fn state(&self, address: &str, shopper: &str, wait_s: u32) -> anyhow::Result<String> {
        let target = format!("http://{address}/api/generation/status?store={}", self.shop);
        let response = self.client.get(format!("{target}&shopper={shopper}&wait={wait_s}")).send().await?;
        let answer = json(response).await?;
        Ok(answer["state"].as_str().context("a status has a state")?.to_owned())
    }

    /// Waits by server-sent events until a shopper's page is ready. Returns the last state, or `ended` if the stream ended
    /// before.
    pub async fn listen(&self, address: &str, shopper: &str) -> anyhow::Result<String> {
        let target = format!("http://{address}/api/generation/status?store={}", self.shop);
        let get = self.client.get(format!("{target}&shopper={shopper}&wait=20"));
        let mut response = get.header("accept", "text/event-stream").send().await?;
        let mut text = String::new();
        while let Some(chunk) = response.chunk().await? {
            text.push_str(&String::from_utf8_lossy(&chunk));
            let last = text.rsplit("\"state\":\"").next().and_then(|rest| rest.split('"').next());
            if let Some(last @ ("ready" | "failed" | "none")) = last {
                return Ok(last.to_owned());
            }
        }
        Ok("ended".to_owned())
    }

    /// Returns whether the health check is `ok`, and the whole document.
    pub async fn health(&self, address: &str) -> anyhow::Result<(bool, String)> {
        let response = self.client.get(format!("http://{address}/health")).send().await?;
        let answer = json(response).await?;
        Ok((answer["status"] == "ok", answer.to_string()))
    }

    /// Marks all pages of the shop as stale.
    pub async fn bump(&self, address: &str) -> anyhow::Result<()> {
        let target = format!("http://{address}/debug/bump-catalog-version?store={}", self.shop);
        json(self.client.post(target).send().await?).await.map(drop)
    }
}

async fn json(response: Response) -> anyhow::Result<serde_json::Value> {
    let status = response.status();
    let text = response.text().await?;
    ensure!(status == 200, "an answer with status {status}: {text}");
    serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))
}

/// Returns whether a request failed because the connection was refused or ended.
pub fn is_of_connection(error: &anyhow::Error) -> bool {
    error.downcast_ref::<reqwest::Error>().is_some()
}
