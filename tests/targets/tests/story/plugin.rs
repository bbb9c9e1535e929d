//! The story of a shop at Shopify: requests through its app proxy, and its webhooks.

use http::Method;

use crate::chapters::chapters;
use crate::shopify::{DOMAIN, SECRET, Signing};
use crate::step::{Ask, Chapter, Expected, Step, get, send};

chapters![
    a_fragment_for_the_theme,
    requests_that_shopify_did_not_send,
    signals_and_consent,
    a_new_price,
    an_uninstalled_app,
    a_domain_that_changes,
    webhooks_of_a_shop_that_is_not_here,
    a_redacted_customer,
    a_hung_storefront,
];

/// A random visitor id, as the shopper's browser stores it.
const VISITOR: &str = "Zm9sbG93LXRoZS13YW5k-0";

/// Returns a deployment that is connected to the shop.
fn connected() -> Chapter {
    Chapter::new().connected().with("SHOPIFY_STORE", DOMAIN).with("SHOPIFY_API_SECRET", SECRET)
}

/// A request through the shop's app proxy, from a visitor who is not logged in.
fn proxied(path: &str, parameters: &str) -> Ask {
    passed_on(get(shop_target(path, parameters, "")))
}

fn shop_target(path: &str, parameters: &str, customer: &str) -> String {
    format!("{path}?{parameters}&shop={DOMAIN}&logged_in_customer_id={customer}&path_prefix=/apps/wand")
}

fn passed_on(ask: Ask) -> Ask {
    ask.signed(Signing::Proxy { age_s: 0 })
}

/// The parameters of the theme's script for a shopper with consent.
fn agreed() -> String {
    format!("visitor={VISITOR}&consent=1&context=home")
}

fn fragment(parameters: &str) -> Ask {
    let personal = ("cache-control", "private, no-store");
    proxied("/proxy/fragment", parameters).status(200).has(personal.0, personal.1)
}

fn status(parameters: &str) -> Ask {
    proxied("/proxy/status", parameters).status(200).has("content-type", "application/json")
}

fn ready(parameters: &str) -> Step {
    Step::AskUntil(status(&format!("{parameters}&wait=20")).member("state", "ready"))
}

fn track(parameters: &str, events: &str) -> Ask {
    let mut ask = passed_on(send(Method::POST, shop_target("/proxy/track", parameters, "")));
    ask.request.body = format!(r#"{{"events":[{events}]}}"#).into();
    ask.header("content-type", "application/json")
}

/// Returns a webhook of the shop.
fn webhook(topic: &str, id: &str, body: &'static str) -> Ask {
    let mut ask = send(Method::POST, "/webhooks").signed(Signing::Webhook { secret: SECRET });
    ask.request.body = body.into();
    ask.header("content-type", "application/json")
        .header("x-shopify-topic", topic)
        .header("x-shopify-shop-domain", DOMAIN)
        .header("x-shopify-webhook-id", id)
        .header("x-shopify-api-version", "2026-10")
}

/// A shopper waits only briefly for the shop's products: the first page may have none.
fn a_fragment_for_the_theme() -> Chapter {
    let agreed = agreed();
    let miss = fragment(&agreed).has("x-cache", "MISS").has("x-generated", "false").does_not_say("<html");
    let hit = fragment(&agreed).has("x-cache", "HIT").has("x-generated", "true").does_not_say("<html");
    let in_market = format!("{agreed}&country=US&language=EN");
    let page = proxied("/proxy", &in_market).status(200).says(r#"<template shadowrootmode="open">"#);
    let page = page.expect([Expected::HeaderStarts("content-type", "application/liquid")]);
    connected()
        .then(status(&agreed).member("state", "none"))
        .then(miss)
        .then(ready(&agreed))
        .then(hit.says("Oolong").says("data-id").does_not_say("<script"))
        .then(
            page.says("/apps/wand")
                .says("{%- if country == 'US' and language == 'EN' -%}")
                .does_not_say("<html"),
        )
        .then(proxied("/proxy", &agreed).status(200).says("/apps/wand").does_not_say("data-id"))
        .then(proxied("/proxy/other", &agreed).refused(404))
}

fn requests_that_shopify_did_not_send() -> Chapter {
    let agreed = agreed();
    let target = shop_target("/proxy/fragment", &agreed, "");
    let forged = get(&target).signed(Signing::ForgedProxy);
    let old = get(&target).signed(Signing::Proxy { age_s: 600 });
    let twice = passed_on(get(format!("{target}&shop=evil.myshopify.com")));
    let elsewhere = passed_on(get(target.replace(DOMAIN, "coffee-house.myshopify.com")));
    let unsigned = send(Method::POST, "/webhooks").header("x-shopify-topic", "app/uninstalled");
    let wrong = webhook("app/uninstalled", "w-1", "{}").signed(Signing::Webhook { secret: "a guess" });
    let empty = webhook("app/uninstalled", "w-1", "").signed(Signing::Webhook { secret: "a guess" });
    connected()
        .then(get(&target).expect([Expected::ClientError]))
        .then(forged.refused(401))
        .then(old.refused(401))
        .then(twice.refused(400))
        .then(elsewhere.refused(404))
        .then(unsigned.expect([Expected::ClientError]))
        .then(wrong.refused(401))
        .then(empty.refused(401))
        .then(get("/api/generation/status?store=tea-house.myshopify.com&shopper=customer-1").refused(400))
        .then(status(&agreed).member("state", "none"))
        .then(fragment(&agreed).has("x-cache", "MISS"))
}

fn signals_and_consent() -> Chapter {
    let comes_back = [r#"{"type":"visit"}"#; 12].join(",");
    let events = format!(r#"{comes_back},{{"type":"purchase","product":"1001"}}"#);
    let agreed = agreed();
    let nonce = |nonce: &str| format!("{agreed}&nonce={nonce}");
    connected()
        .then(
            track(&format!("visitor={VISITOR}&context=home&nonce=a0123456789abcdefghij"), &events)
                .member("stored", 0),
        )
        .then(track(&nonce("b0123456789abcdefghij"), &events).status(200).member("stored", 13))
        .then(Step::AskAgain(vec![Expected::Status(409)]))
        .then(fragment(&agreed).has("x-cache", "MISS"))
        .then(ready(&agreed))
        .then(fragment(&agreed).has("x-cache", "HIT").has("x-wand-persona", "loyalist"))
        .then(fragment("context=product").has("x-generated", "false"))
        .then(ready("context=product"))
        .then(fragment("context=product").has("x-cache", "HIT").has("x-wand-persona", "minimalist"))
}

fn a_new_price() -> Chapter {
    let agreed = agreed();
    let update = webhook("products/update", "w-7", r#"{"id":1001}"#);
    connected()
        .then(fragment(&agreed))
        .then(ready(&agreed))
        .then(fragment(&agreed).has("x-cache", "HIT").says("12.50"))
        .then(Step::PriceIs("14.75"))
        .then(update.clone().status(200))
        .then(update.status(200))
        .then(Step::InvalidationTakesEffect)
        .then(fragment(&agreed).has("x-cache", "STALE"))
        .then(ready(&agreed))
        .then(fragment(&agreed).has("x-cache", "HIT").says("14.75").does_not_say("12.50"))
}

fn an_uninstalled_app() -> Chapter {
    let agreed = agreed();
    let about = r#"{"id":1,"domain":"tea.example","myshopify_domain":"tea-house.myshopify.com"}"#;
    connected()
        .then(fragment(&agreed))
        .then(ready(&agreed))
        .then(webhook("app/uninstalled", "w-8", about).status(200))
        .then(proxied("/proxy/fragment", &agreed).refused(404))
        .then(webhook("app/uninstalled", "w-9", about).status(200))
        .then(proxied("/proxy/fragment", &agreed).refused(404))
}

/// Its pages stay, and compliance webhooks reach them under both names.
fn a_domain_that_changes() -> Chapter {
    const RENAMED: &str = "oolong-house.myshopify.com";
    let agreed = agreed();
    let update = r#"{"id":954889,"domain":"oolong.example","myshopify_domain":"oolong-house.myshopify.com"}"#;
    let renamed = |path: &str| get(shop_target(path, &agreed, "").replace(DOMAIN, RENAMED));
    let fragment_of = || passed_on(renamed("/proxy/fragment"));
    connected()
        .then(fragment(&agreed))
        .then(ready(&agreed))
        .then(webhook("shop/update", "w-11", update).status(200))
        .then(fragment_of().has("x-generated", "true").says("Oolong"))
        .then(webhook("app/uninstalled", "w-12", update).status(200))
        .then(fragment_of().refused(404))
        .then(proxied("/proxy/fragment", &agreed).refused(404))
}

/// Shopify counts webhooks that are not answered with success.
fn webhooks_of_a_shop_that_is_not_here() -> Chapter {
    const HEADER: &str = "x-shopify-shop-domain";
    let unknown = |topic: &str, id: &str, body: &'static str| {
        webhook(topic, id, body).header(HEADER, "coffee-house.myshopify.com")
    };
    let redact = r#"{"shop_id":1,"shop_domain":"coffee-house.myshopify.com"}"#;
    let mut unnamed = webhook("shop/redact", "w-15", redact);
    unnamed.request.headers.retain(|(name, _)| *name != HEADER);
    connected()
        .then(unknown("products/update", "w-13", r#"{"id":1001}"#).status(200))
        .then(unknown("shop/redact", "w-14", redact).status(200))
        .then(unnamed.status(200))
}

/// The same shopper after login.
fn customer(ask: Ask) -> Ask {
    let mut ask = ask;
    ask.request.target = ask.request.target.replace("logged_in_customer_id=", "logged_in_customer_id=4711");
    ask
}

/// In a pool of one member no job runs, and only a redaction waits, to delete once more what came late.
fn redacted() -> Step {
    Step::AskUntil(get("/debug/pool").status(200).says("\"queued\":1").says("\"running\":0"))
}

/// A page of the shopper may be in progress, so no page is stored for a while.
fn a_redacted_customer() -> Chapter {
    let agreed = agreed();
    let buys =
        track(&format!("{agreed}&nonce=c0123456789abcdefghij"), r#"{"type":"purchase","product":"1001"}"#);
    let status = || status(&format!("{agreed}&wait=20"));
    let redact = r#"{"shop_id":1,"shop_domain":"tea-house.myshopify.com","customer":{"id":4711,"email":"a@example.com"},"orders_to_redact":[]}"#;
    let miss = || customer(fragment(&agreed)).has("x-cache", "MISS");
    connected()
        .with("POOL_SIZE", "1")
        .then(customer(buys).status(200).member("stored", 1))
        .then(miss())
        .then(Step::AskUntil(customer(status()).member("state", "ready")))
        .then(customer(fragment(&agreed)).has("x-cache", "HIT").has("x-wand-persona", "loyalist"))
        .then(webhook("customers/redact", "w-10", redact).status(200))
        .then(Step::AskUntil(customer(status()).member("state", "none")))
        .then(redacted())
        .then(Step::InvalidationTakesEffect)
        .then(miss())
        .then(redacted())
        .then(miss())
}

/// A shopper does not wait for a shop that does not answer.
fn a_hung_storefront() -> Chapter {
    connected()
        .then(Step::StorefrontHangs)
        .then(fragment(&agreed()).has("x-generated", "false").does_not_say("Oolong"))
        .then(status(&agreed()))
}
