//! A shop on Shopify that hangs, lies or is not there: shoppers never see it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use capabilities::clock;
use capabilities::fetch::{Error, Http, NoTokens};
use tokio::net::TcpListener;

use crate::harness::Host;
use crate::harness::shopify::{CONSENT, shop};

const ONLINE: &str = "[components.catalog]\nbuiltin = \"shopify\"\n";

#[tokio::test]
async fn a_shop_that_hangs_costs_a_shopper_moments_and_no_page() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    let host = shop()
        .config(ONLINE)
        .backends(move |capabilities| {
            let http = Http::new(Some(origin), Arc::new(NoTokens), Arc::new(clock::System));
            capabilities.fetch = Arc::new(http.expect("TLS is there"));
        })
        .open()
        .await;
    let asked = Instant::now();
    let page = host.fragment().await;
    assert_eq!((page.status, page.header("x-generated")), (200, "false"), "{}", page.body);
    assert!(asked.elapsed() < Duration::from_secs(5), "it took {:?}", asked.elapsed());
    drop(listener);
}

#[tokio::test]
async fn whatever_a_shop_answers_a_shopper_gets_a_page() {
    let host: Host = shop().config(ONLINE).open().await;
    for answer in [
        Err(Error::Timeout),
        Err(Error::TooLarge(4 << 20)),
        Err(Error::Unavailable("connection refused".into())),
        Err(Error::NoSuchUpstream),
    ] {
        host.strings.fetch.answer(answer);
        assert_eq!(host.fragment().await.status, 200);
    }
    for body in ["", "{", "[]", r#"{"errors":[{"message":"THROTTLED","extensions":{"code":"THROTTLED"}}]}"#] {
        host.strings.fetch.say(body);
        let page = host.proxy("/proxy/fragment", &CONSENT).await;
        assert_eq!(page.status, 200, "{body}: {}", page.body);
        assert!(!page.body.contains("THROTTLED"), "{}", page.body);
    }
}
