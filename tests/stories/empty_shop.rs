//! A merchant installs the app in a shop that has no products yet: every page says so in clear words, and nothing fails.

use dev_shop::Options;

use crate::harness::process::{command, warm};
use crate::harness::shopify::{CONSENT, SECRET, SHOP, now_s, signed};
use crate::harness::{Process, eventually};
use crate::installation::{KEY, PUBLIC_URL, open_admin_at, session_token};

/// What a merchant reads, on Home and beside a preview.
const NONE: &str = "Shopify shows Wandstore no products. Publish some to the Online Store channel.";

#[tokio::test]
async fn a_shop_without_products_says_so_on_every_page_and_nothing_fails() {
    let options = Options { no_products: true, api_key: KEY.to_owned(), ..Options::of_test(SHOP, SECRET) };
    let shop = dev_shop::serve(options).await.expect("the shop opens");
    let folder = tempfile::tempdir().expect("a folder");
    let variables = [
        ("SHOPIFY_API_KEY", KEY),
        ("SHOPIFY_API_SECRET", SECRET),
        ("SHOPIFY_ORIGIN", &*shop.origin),
        ("WANDSTORE_PUBLIC_URL", PUBLIC_URL),
    ];
    warm(folder.path());
    let host = Process::start(folder.path(), &variables);
    let part = async |path: &str| {
        let request = reqwest::Client::new().get(format!("http://{}{path}?shop={SHOP}", host.address));
        let answer = request.bearer_auth(session_token()).send().await.expect("the host answers");
        assert_eq!(answer.status(), 200, "{path}");
        let made = answer.headers().get("x-generated").cloned();
        assert!(made.is_none_or(|made| made == "empty"), "{path}");
        answer.text().await.expect("it is whole")
    };
    let says_none = async || {
        let home = open_admin_at(&host, "/admin").await;
        assert!(home.contains(r#"data-part="/admin/parts/products""#), "the script asks: {home}");
        let products = part("/admin/parts/products").await;
        assert!(products.contains(NONE) && !products.contains("success"), "{products}");
        home
    };
    let home = says_none().await;
    assert!(home.contains("Finish the setup"), "{home}");

    // A shopper gets the shop's page at once, and one of their own later. Neither has a product.
    let fragment = async || {
        let answer = host.get(&signed("/proxy/fragment", &CONSENT, now_s())).await.expect("the host answers");
        assert!(answer.status == 200 && !answer.body.contains("data-id="), "{}", answer.body);
        answer
    };
    let first = fragment().await.body;
    assert!(first.contains("There are no products to show yet."), "{first}");
    eventually("the page is made", async || (fragment().await.header("x-cache") == "HIT").then_some(()))
        .await;

    for path in ["/admin/approval", "/admin/experiments", "/admin/brand", "/admin/settings"] {
        let page = open_admin_at(&host, path).await;
        assert!(!page.contains("critical"), "{path}: {page}");
    }
    let pages = open_admin_at(&host, "/admin/pages").await;
    assert!(pages.contains(&format!(r#"data-empty="{NONE}""#)), "{pages}");
    for persona in ["minimalist", "explorer", "dealhunter", "loyalist"] {
        let preview = part(&format!("/admin/preview/{persona}")).await;
        assert!(!preview.contains("data-id="), "{persona}: {preview}");
    }
    // A page that was made is no evidence of products.
    says_none().await;

    let dead = command(folder.path(), &["jobs", "list", "--state", "dead"]);
    assert_eq!(dead.lines().count(), 1, "only the heads of columns, because no job failed for good: {dead}");
    let log = std::fs::read_to_string(&host.log).expect("there is a log");
    // On a busy machine storage may be slow, which has nothing to do with products.
    let is_slow = |line: &str| line.contains("storage did not answer within");
    let is_failure = |line: &&str| {
        line.contains(SHOP) && (line.contains("WARN") || line.contains("ERROR")) && !is_slow(line)
    };
    let failures: Vec<_> = log.lines().filter(is_failure).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}
