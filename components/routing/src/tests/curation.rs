//! What a merchant excludes is nowhere, what they pin is first, and what they announce has its days and its shoppers.

use model::jobs::Work;
use model::pages::{Cached, Page, PageMetadata, Staleness};
use model::shop::{Approval, Campaign, selector};
use model::{Persona, Source};

use crate::fakes::{Fake, PAGE, signed};

const PAGE_OF_ANYBODY: &str = "/s/magic-wands?shopper=abc123";
const STATUS: &str = "/api/generation/status?store=magic-wands&shopper=abc123";

fn excluding(lines: &[&str]) -> Fake {
    Fake { excluded: selector::excluded(lines.iter().copied()).unwrap(), ..Fake::default() }
}

/// Returns everything that anybody is shown of a shop.
fn everything(shop: &Fake) -> Vec<String> {
    let about =
        |kind: &str, subject: &str| signed("/proxy/fragment", &format!("context={kind}&about={subject}"));
    let targets = [
        PAGE_OF_ANYBODY.to_owned(),
        "/facts/magic-wands".to_owned(),
        about("home", ""),
        about("product", "Oak-Wand,Wands"),
        about("collection", "old-wands"),
        about("search", "elder"),
        about("cart", "Oak-Wand"),
    ];
    let text = |target: &String| {
        let answer = shop.get(target);
        assert_eq!(answer.status(), 200, "{target}");
        answer.text().to_owned()
    };
    targets.iter().map(text).collect()
}

#[test]
fn excluded_products_are_on_no_page_and_in_no_facts() {
    assert!(everything(&Fake::default())[..2].iter().all(|text| text.contains("Elder Wand")));
    for line in ["product: elder-wand", "/products/Elder-Wand"] {
        let shown = everything(&excluding(&[line]));
        assert!(shown.iter().all(|text| !text.contains("Elder Wand")), "{line}: {shown:?}");
        assert!(shown[0].contains("Oak Wand"));
    }
    let shown = everything(&excluding(&["collection: oaks", "collection: gone"]));
    assert!(shown.iter().all(|text| !text.contains("Oak Wand")) && shown[0].contains("Elder Wand"));
}

#[test]
fn a_shop_that_excludes_everything_has_a_page_without_products() {
    let shop = excluding(&["vendor: ollivander"]);
    let shown = everything(&shop);
    assert!(shown.iter().all(|text| !text.contains("Wand<") && !text.contains("Ollivander")), "{shown:?}");
    assert!(shown[0].contains("Magic Wands") && shown[0].contains("Free returns"));
    assert!(shop.warnings.borrow().is_empty());
}

#[test]
fn an_excluded_block_is_on_no_page() {
    let with = everything(&Fake::default());
    assert!(with[0].contains("Free returns") && with[0].contains("/collections/old-wands"));
    let without = everything(&excluding(&["block: reassurance", "block: collections"]));
    assert!(
        without.iter().all(|text| !text.contains("Free returns") && !text.contains("/collections/old-wands"))
    );
}

#[test]
fn an_excluded_collection_is_not_linked_to() {
    let shown = everything(&excluding(&["collection: Old-Wands"]));
    assert!(shown.iter().all(|text| !text.contains("/collections/old-wands")), "{shown:?}");
}

#[test]
fn while_nobody_knows_what_is_excluded_nothing_is_shown() {
    let shop = Fake { down: vec!["members"], ..excluding(&["collection: oaks"]) };
    assert!(everything(&shop).iter().all(|text| !text.contains("Elder Wand") && !text.contains("Oak Wand")));
    assert!(shop.warnings.borrow()[0].contains("products of excluded or pinned collections"));
}

#[test]
fn a_stale_page_from_before_something_was_excluded_is_not_shown() {
    let stale = |exclusions| {
        let metadata = PageMetadata { exclusions, ..PAGE.metadata };
        Cached::Stale(Page { metadata, ..PAGE }, Staleness::CatalogChanged)
    };
    let shop = Fake { cached: stale(0), ..excluding(&["product: elder-wand"]) };
    let answer = shop.get(PAGE_OF_ANYBODY);
    assert_eq!(answer.header("x-cache"), "MISS");
    assert!(answer.text().contains("Oak Wand") && !answer.text().contains("a page for abc123"));
    assert_eq!(shop.page_requests.borrow()[0].work, Work::Rerender);
    assert_eq!(shop.get(STATUS).json()["state"], "none", "an open page does not ask for it either");

    let shop = excluding(&["product: elder-wand"]);
    let settings = crate::Settings::merchant(&shop, &model::ShopId::parse("magic-wands").unwrap()).unwrap();
    let shop = Fake { cached: stale(settings.exclusions()), ..shop };
    assert_eq!(shop.get(PAGE_OF_ANYBODY).header("x-cache"), "STALE");
    assert_eq!(shop.get(STATUS).json()["state"], "ready");
}

#[test]
fn a_stale_page_of_an_approval_that_was_withdrawn_is_not_shown() {
    for (approval, work) in [(Approval::Everything, Work::Generate), (Approval::Automatic, Work::Rerender)] {
        let metadata = PageMetadata { source: Source::Approved, ..PAGE.metadata };
        let cached = Cached::Stale(Page { metadata, ..PAGE }, Staleness::CatalogChanged);
        let shop = Fake { cached, approval, withdrawals: 1, ..Fake::default() };
        assert_eq!(shop.get(PAGE_OF_ANYBODY).header("x-cache"), "MISS", "{approval}");
        assert_eq!(shop.page_requests.borrow()[0].work, work, "{approval}: nothing may come of it");
        assert_eq!(shop.get(STATUS).json()["state"], "none", "{approval}");
        let shop = Fake { withdrawals: 0, ..shop };
        assert_eq!(shop.get(PAGE_OF_ANYBODY).header("x-cache"), "STALE", "{approval}");
    }
}

#[test]
fn pinned_products_are_first() {
    let pinned = selector::pinned(["product: oak-wand"]).unwrap();
    let text = Fake { pinned, ..Fake::default() }.get(PAGE_OF_ANYBODY).text().to_owned();
    assert!(text.find("Oak Wand") < text.find("Elder Wand"), "{text}");
    let of = |text: &str| text.find("Elder Wand") < text.find("Oak Wand");
    assert!(of(Fake::default().get(PAGE_OF_ANYBODY).text()));
}

#[test]
fn a_pin_that_the_catalog_does_not_list_is_first_too_and_without_it_there_is_a_page() {
    let pinned = selector::pinned(["product: rowan-wand"]).unwrap();
    let shop = Fake { pinned, ..Fake::default() };
    let text = shop.get(PAGE_OF_ANYBODY).text().to_owned();
    assert!(text.find("Rowan Wand").is_some() && text.find("Rowan Wand") < text.find("Elder Wand"), "{text}");
    let asked = || shop.calls.borrow().iter().filter(|call| **call == "catalog.by-name").count();
    assert_eq!(asked(), 1);
    let away = Fake { down: vec!["by-name"], pinned: shop.pinned.clone(), ..Fake::default() };
    let text = away.get(PAGE_OF_ANYBODY).text().to_owned();
    assert!(text.contains("Elder Wand") && !text.contains("Rowan Wand"), "{text}");
    assert!(away.warnings.borrow()[0].contains("pinned products"));
    let listed = Fake { pinned: selector::pinned(["product: oak-wand"]).unwrap(), ..Fake::default() };
    listed.get(PAGE_OF_ANYBODY);
    assert!(!listed.calls.borrow().contains(&"catalog.by-name"), "nobody asks for what is listed");
}

#[test]
fn a_campaign_has_its_days_and_its_personas() {
    // 14 November 2023.
    let campaign = |text: &str, from: &str, until: &str, personas: &[Persona]| Campaign {
        text: text.to_owned(),
        from: from.parse().ok(),
        until: until.parse().ok(),
        personas: personas.to_vec(),
        link: "collection: old-wands".parse().ok(),
    };
    let campaigns = vec![
        campaign("Yesterday only", "", "2023-11-12", &[]),
        campaign("Tomorrow", "2023-11-15", "", &[]),
        campaign("For hunters", "", "", &[Persona::Dealhunter]),
        campaign("For all", "2023-11-14", "2023-11-14", &[]),
    ];
    let said = |shop: &Fake, target: &str| {
        let text = shop.get(target).text().to_owned();
        ["Yesterday only", "Tomorrow", "For hunters", "For all"]
            .into_iter()
            .filter(|said| text.contains(said))
            .collect::<Vec<_>>()
    };
    let shop = Fake { campaigns: campaigns.clone(), ..Fake::default() };
    assert_eq!(said(&shop, PAGE_OF_ANYBODY), ["For all"]);
    assert!(
        shop.get(PAGE_OF_ANYBODY)
            .text()
            .contains("href=\"https://wands.example/collections/old-wands\"><bdi>For all")
    );
    // The part about a subject is made for each request, for the persona of the stored page.
    let shop = Fake { cached: Cached::Fresh(PAGE), campaigns, ..Fake::default() };
    let visitor = "consent=1&visitor=Zk3_9-aBcDeFgHiJkLmNoP&context=search&about=wand";
    assert_eq!(said(&shop, &signed("/proxy/fragment", visitor)), ["For hunters"]);
    let shop = Fake { cached: Cached::Miss, ..shop };
    shop.now_ms.set(shop.now_ms.get() + 86_400_000);
    assert_eq!(said(&shop, PAGE_OF_ANYBODY), ["Tomorrow"]);
}
