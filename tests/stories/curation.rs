//! What a merchant excludes, pins and announces is seen by shoppers within seconds, on every page.

use std::time::{Duration, Instant};

use model::shop::{Campaign, ShopSettings};

use crate::harness::shopify::{CONSENT, SHOP, now_s, signed};
use crate::harness::{Answer, BUSY, Host, Process, eventually};
use crate::installation::{open_admin, session_token, shopify, start};

const FORM: &str = "questions=&persona=minimalist&persona=explorer&persona=dealhunter&persona=loyalist";
/// How long it may take at most until a shopper sees what was saved.
const SEEN: Duration = Duration::from_mins(1);
const CONTEXTS: [(&str, &str); 5] = [
    ("home", ""),
    ("product", "ember-plume,Wands"),
    ("collection", "wands"),
    ("search", "willow"),
    ("cart", "willow-whisper,ember-plume"),
];

async fn save(host: &Process, more: &str) -> Answer {
    post(host, "pages", format!("{FORM}{more}")).await
}

/// Sends the form of a page of the admin.
async fn post(host: &Process, page: &str, form: String) -> Answer {
    let request = reqwest::Client::new().post(format!("http://{}/admin/{page}", host.address));
    let request = request.bearer_auth(session_token()).body(form);
    Answer::read(request.send().await.expect("the host answers")).await
}

/// Returns the part of a page in the theme that a consenting shopper gets.
async fn fragment(host: &Process, (context, about): (&str, &str)) -> Answer {
    let own = [&CONSENT[..], &[("context", context), ("about", about)]].concat();
    host.get(&signed("/proxy/fragment", &own, now_s())).await.expect("the host answers")
}

/// Waits until the shopper's own page of a kind is shown.
async fn hit(host: &Process, context: (&str, &str)) -> String {
    let found = async || {
        let answer = fragment(host, context).await;
        (answer.header("x-cache") == "HIT").then_some(answer.body)
    };
    eventually("the page is made", found).await
}

#[tokio::test]
async fn excluded_products_are_gone_at_once_from_every_page() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    open_admin(&host).await;
    let mut before = String::new();
    for context in CONTEXTS {
        before += &hit(&host, context).await;
    }
    assert!(before.contains("Willow Whisper") && before.contains("Hollow &#38; Thorn"), "{before}");

    let excluded = "&excluded=vendor:+hollow+%26+thorn%0Aproduct:+ember-plume%0Ablock:+reassurance";
    assert_eq!(save(&host, excluded).await.status, 200);
    let saved = Instant::now();
    for context in CONTEXTS {
        // The first answer after it was saved, whatever is stored, and then the page that was made again.
        for body in [fragment(&host, context).await.body, hit(&host, context).await] {
            for gone in
                ["Willow Whisper", "Ember Plume", "Midwinter Ebony", "Hollow &#38; Thorn", "Free returns"]
            {
                assert!(!body.contains(gone), "{gone} on {}: {body}", context.0);
            }
        }
    }
    println!("excluded everywhere after {} ms", saved.elapsed().as_millis());
    assert!(saved.elapsed() < SEEN * BUSY);
}

#[tokio::test]
async fn pinned_products_are_first_within_seconds() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    open_admin(&host).await;
    hit(&host, CONTEXTS[0]).await;
    assert_eq!(save(&host, "&pinned=https://wands.example/products/rowan-warden").await.status, 200);
    let saved = Instant::now();
    let opening = async || {
        let body = hit(&host, CONTEXTS[0]).await;
        let first = body.split("data-id=\"").nth(1)?;
        first.starts_with("rowan-warden\"").then_some(())
    };
    eventually("the pinned product is first", opening).await;
    println!("pinned first after {} ms", saved.elapsed().as_millis());
    assert!(saved.elapsed() < SEEN * BUSY);
}

#[tokio::test]
async fn a_shop_that_excludes_everything_has_complete_pages_without_products() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    open_admin(&host).await;
    let types = ["wands", "cores", "holsters", "care", "books", "gifts"];
    let excluded = types.map(|name| format!("type:+{name}")).join("%0A");
    assert_eq!(save(&host, &format!("&excluded={excluded}")).await.status, 200);
    for context in CONTEXTS {
        for body in [fragment(&host, context).await.body, hit(&host, context).await] {
            assert!(!body.contains("data-id=\""), "{}: {body}", context.0);
        }
    }
    let whole = host.get(&signed("/proxy", &CONSENT, now_s())).await.expect("the host answers");
    assert_eq!(whole.status, 200, "{}", whole.body);
}

#[tokio::test]
async fn a_form_with_ten_thousand_lines_is_answered_with_what_is_wrong_and_keeps_them() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    open_admin(&host).await;
    let many = |line: &str| (0..10_000).map(|at| format!("{line}{at}%0A")).collect::<Vec<_>>().concat();
    let words = format!("tone=dry&banned_words={}", many("word-"));
    let answer = post(&host, "brand", words).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("Write at most 60 lines") && answer.body.contains("word-9999"));

    let answer = save(&host, &format!("&excluded={}", many("vendor:+x"))).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("Line 101: too many lines; the limit is 100")
            && answer.body.contains("vendor: x9999")
    );
    let page = host
        .get(&format!("/admin/pages?shop={SHOP}&id_token={}", session_token()))
        .await
        .expect("it answers");
    assert!(!page.body.contains("vendor: x"), "nothing was saved");
}

/// Visits until the shopper's page is fresh.
async fn fresh(host: &Host) -> String {
    let found = async || {
        let answer = host.visit("abc123").await;
        (answer.header("x-cache") == "HIT").then_some(answer.body)
    };
    eventually("the page is made", found).await
}

#[tokio::test]
async fn a_campaign_begins_and_ends_by_itself_on_stored_pages_too() {
    // 15 November 2023, 00:00 UTC.
    let midnight_ms = 1_700_006_400_000;
    let campaign = Campaign {
        text: "Robes are back".to_owned(),
        from: "2023-11-15".parse().ok(),
        until: "2023-11-15".parse().ok(),
        ..Campaign::default()
    };
    let shop = ShopSettings { campaigns: vec![campaign], ..ShopSettings::demo() };
    let host =
        Host::builder().settings(|settings| drop(settings.shops.insert("magic-wands".to_owned(), shop)));
    let host = host.open().await;
    for (now_ms, is_announced) in [
        (midnight_ms - 60_000, false),
        (midnight_ms, true),
        (midnight_ms + 36 * 3_600_000 - 1, true),
        (midnight_ms + 36 * 3_600_000, false),
    ] {
        host.controls.clock.set(now_ms);
        let began = Instant::now();
        assert_eq!(fresh(&host).await.contains("Robes are back"), is_announced, "{now_ms}");
        println!("a stored page follows a campaign within {} ms", began.elapsed().as_millis());
        assert!(began.elapsed() < SEEN * BUSY);
        let anybody = host.get("/s/magic-wands").await;
        assert_eq!(anybody.body.contains("Robes are back"), is_announced, "{now_ms}");
    }
}

#[tokio::test]
async fn a_merchant_announces_a_campaign_and_shoppers_see_it_within_seconds() {
    let (origin, _) = shopify().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = start(folder.path(), &origin, &[]);
    open_admin(&host).await;
    hit(&host, CONTEXTS[0]).await;
    let campaign =
        "&campaign_1_text=Robes+are+back&campaign_1_link=collection:+robes&campaign_1_until=2999-12-24";
    let answer = save(&host, campaign).await;
    assert!(answer.status == 200 && answer.body.contains("name=\"campaign_2_text\""), "{}", answer.body);
    let saved = Instant::now();
    for context in CONTEXTS {
        let link = format!("<a href=\"https://{SHOP}/collections/robes\"><bdi>Robes are back</bdi></a>");
        let body = hit(&host, context).await;
        assert!(body.contains(&link), "{}: {body}", context.0);
    }
    println!("announced everywhere after {} ms", saved.elapsed().as_millis());
    assert!(saved.elapsed() < SEEN * BUSY);
    assert_eq!(save(&host, &format!("{campaign}&campaign_1_removed=on")).await.status, 200);
    assert!(!hit(&host, CONTEXTS[0]).await.contains("Robes are back"));
}
