//! The admin in the merchant's language.

use words::pseudo::untranslated;

use crate::harness::{Bench, OTHER, SHOP};
use crate::shopify::Mood;

/// The pages of the admin.
const PAGES: [&str; 7] = [
    "/admin",
    "/admin/pages",
    "/admin/approval",
    "/admin/experiments",
    "/admin/brand",
    "/admin/privacy",
    "/admin/settings",
];
/// Texts that are not ours, or are the same in every language.
const OWN: [&str; 9] =
    ["Wandstore", SHOP, OTHER, "r-1", "customer-7", "#1b3a57", "#ffffff", "warm and clear", "cheap"];
/// Attributes that are read, beside those that the check knows.
const READ: [&str; 24] = [
    "heading",
    "details",
    "error",
    "data-title",
    "data-ended",
    "data-unreached",
    "data-offline",
    "data-too-long",
    "data-page-unreached",
    "data-page-offline",
    "data-unreadable",
    "data-again",
    "data-save-first",
    "data-report-unread",
    "data-moment",
    "data-no-preview",
    "data-true",
    "data-before",
    "data-false",
    "data-empty",
    "data-on",
    "data-off",
    "data-untold",
    "label",
];

/// Returns the texts of a page that are in no file.
fn foreign(page: &str) -> Vec<String> {
    let read = |page: String, name: &&str| page.replace(&format!(" {name}=\""), " title=\"");
    untranslated(&READ.iter().fold(page.to_owned(), read), &OWN)
}

#[tokio::test]
async fn no_text_on_any_page_is_in_no_file() {
    let Some(bench) = Bench::start().await else { return };
    let open = async |path: &str, shop: &str| {
        let target = format!("{path}?shop={shop}&locale=en-XA&id_token={}", bench.token(shop));
        bench.get(&target, None).await.text
    };
    for shop in [SHOP, OTHER] {
        for path in PAGES {
            let page = open(path, shop).await;
            assert!(page.contains(r#"<html lang="en-XA">"#), "{page}");
            assert_eq!(foreign(&page), [""; 0], "{path} of {shop}");
        }
    }
    let token = bench.token(SHOP);
    let at = |path: &str| format!("{path}?locale=en-XA");
    // Errors, losses, a pause, outcomes, parts.
    *bench.host.loses.lock().unwrap() = true;
    bench.admin.pause_losing().await;
    for (path, form) in [
        ("/admin/brand", "tone=&accent=red&banned_words=cheap"),
        ("/admin/pages", "questions=1&campaign_1_until=1"),
        ("/admin/experiments", "holdout=99"),
        ("/admin/settings", "paused=on"),
        ("/admin/brand", "tone=warm+and+clear&mark=other"),
        ("/admin/brand", "tone=warm+and+clear&promises=1&mark=other"),
    ] {
        let answer = bench.save_at(&at(path), Some(&token), form).await;
        assert_eq!(foreign(&answer.text), [""; 0], "{path} {form}");
    }
    for path in PAGES.into_iter().chain(["/admin/parts/products", "/admin/none", "/admin/preview/nobody"]) {
        assert_eq!(foreign(&bench.get(&at(path), Some(&token)).await.text), [""; 0], "{path}");
    }
    bench.shopify.is(Mood::Refuses(401, "invalid_client"));
    let unconnected = "robes.myshopify.com";
    for path in PAGES {
        let page = open(path, unconnected).await.replace(unconnected, "");
        assert_eq!(foreign(&page), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_page_is_in_the_language_of_shopifys_admin_and_in_english_without_a_file() {
    let Some(bench) = Bench::start().await else { return };
    for (locale, lang, title) in [
        ("de", "de", "Marke"),
        ("fr-FR", "fr", "Marque"),
        ("es", "es", "Marca"),
        ("ja", "ja", "ブランド"),
        ("zh-TW", "en", "Brand"),
        ("%22%3E%3Cscript%3E", "en", "Brand"),
    ] {
        let target = format!("/admin/brand?shop={SHOP}&locale={locale}&id_token={}", bench.token(SHOP));
        let page = bench.get(&target, None).await.text;
        assert!(page.contains(&format!(r#"<html lang="{lang}">"#)), "{page}");
        assert!(page.contains(&format!("<title>{title} · Wandstore</title>")), "{page}");
        assert!(!page.contains("\"><script>\n"), "{page}");
        // Links keep the language.
        assert!(
            page.contains(&format!("locale={}", if locale.starts_with('%') { "%22" } else { locale })),
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_form_is_answered_in_the_language_of_its_page() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let token = bench.token(SHOP);
    let answer = bench.save_at("/admin/brand?locale=de", Some(&token), "tone=").await;
    assert!(answer.text.contains("Noch nicht gespeichert"), "{}", answer.text);
    assert!(
        answer.text.contains(r#"error="Sagen Sie in wenigen Worten, wie Ihr Shop klingt.""#),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn no_text_of_a_plan_that_waits_is_in_no_file() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let token = bench.token(SHOP);
    let at = |path: &str| format!("{path}?locale=en-XA");
    // What the check says of a plan is in English, and marked as such. What the merchant typed is theirs.
    let foreign = |page: &str| {
        let own = [
            "blocks[0].product: the product is sold out",
            "title: promises too much",
            "promises too much",
            "forbidden",
        ];
        foreign(&own.iter().fold(page.to_owned(), |page, text| page.replace(text, "")))
    };
    bench.save_at("/admin/pages", Some(&token), "persona=explorer&approval=first&only_approved=on").await;
    let queue = "/admin/approval/home_explorer_-";
    let mut shown = Vec::new();
    for plan in ["away", "problem", "⟦fine⟧"] {
        let version = bench.submit("home_explorer_-", plan);
        bench.submit("product_loyalist_FR-FR", plan);
        for path in ["/admin", "/admin/pages", "/admin/approval", "/admin/approval/product_loyalist_FR-FR"] {
            shown.push(bench.get(&at(path), Some(&token)).await);
        }
        for (action, more) in [
            ("approve", "&text:title=forbidden"),
            ("save", "&digest=old&text:title=%E2%9F%A6x%E2%9F%A7"),
            ("save", "&text:gone=%E2%9F%A6x%E2%9F%A7&version=0"),
            ("save", ""),
            ("burn", ""),
            ("reject", ""),
            ("reject", "&reason=%E2%9F%A6loud%E2%9F%A7"),
            ("reject", "&reason=%E2%9F%A6loud%E2%9F%A7"),
        ] {
            let digest = form_urlencoded::byte_serialize(plan.as_bytes()).collect::<String>();
            let form = format!("version={version}&digest={digest}&action={action}{more}");
            shown.push(bench.save_at(&at(queue), Some(&token), &form).await);
        }
        let version = bench.submit("home_explorer_-", plan);
        let form = format!("version={version}&action=approve");
        shown.push(bench.save_at(&at(queue), Some(&token), &form).await);
    }
    for answer in shown {
        assert_eq!(foreign(&answer.text), [""; 0], "{}", answer.text);
    }
}
