//! What only some products have, on a page: a second picture, a rating, and a choice of variants.

#[path = "samples/detail.rs"]
mod detail;
#[expect(dead_code, reason = "other tests use the rest")]
mod samples;

use model::catalog::{Choice, Product, Rating, Variant};
use model::shop::ShopSettings;
use page::blocks::{grid, hero, spotlight};
use page::{Look, Page, STYLE, Shop, View, facts};

fn shop_at(url: Option<&str>) -> Shop {
    let shop = samples::shop();
    Shop { settings: ShopSettings { url: url.map(str::to_owned), ..shop.settings }, ..shop }
}

fn detailed(count: usize) -> Vec<Product> {
    let mut products = samples::products(count);
    detail::detail(&mut products);
    products
}

/// A page that opens with the first product, has the second in a spotlight, and all in a grid.
fn page<'a>(shop: &'a Shop, products: &'a [Product]) -> Page<'a> {
    let (heading, text) = ("Wands", "Have a look.");
    let blocks = vec![
        View::Hero(hero::View { headline: heading, text, product: products.first() }),
        View::Spotlight(spotlight::View { heading, text, product: &products[1] }),
        View::Grid(grid::View { heading, products: products.iter().collect() }),
    ];
    Page { shop, title: "Wands", blocks, generated: false, look: Look::Balanced }
}

/// The hero, the spotlight and the grid of that page.
fn sections(shop: &Shop, products: &[Product]) -> [String; 3] {
    let html = page::render(&page(shop, products)).html;
    let mut sections = html.split("<section ").skip(1).map(|rest| rest.split("</section>").next().unwrap());
    std::array::from_fn(|_| sections.next().unwrap().to_owned())
}

#[test]
fn a_second_picture_is_in_lists_loads_late_and_says_nothing_twice() {
    let [hero, spotlight, grid] = sections(&shop_at(None), &detailed(6));
    assert!(!hero.contains("second") && !spotlight.contains("second"));
    let pictures: Vec<_> = grid.split("<span class=\"second\">").skip(1).collect();
    assert_eq!(pictures.len(), 6);
    for picture in pictures {
        let (tag, _) = picture.split_once("></span>").unwrap();
        assert!(
            tag.starts_with("<img ") && tag.contains(" loading=\"lazy\"") && tag.contains(" alt=\"\""),
            "{tag}"
        );
    }
    let [.., grid] = sections(&shop_at(None), &samples::products(6));
    assert!(!grid.contains("second"));
}

#[test]
fn nothing_that_cannot_hover_or_saves_data_loads_a_second_picture() {
    // A lazy picture that is not laid out is not loaded (HTML, "will lazy load element steps").
    let (_, rule) = STYLE.split_once(".second{").unwrap();
    assert!(rule.split('}').next().unwrap().contains("display:none"));
    let shown: Vec<_> = STYLE.match_indices(".second{display:grid").map(|(at, _)| at).collect();
    assert_eq!(shown.len(), 1);
    let condition = &STYLE[..shown[0]];
    assert!(
        condition.ends_with("@media (hover:hover){.cards li:is(:hover,:has(:focus-visible)) "),
        "{condition}"
    );
    assert!(
        STYLE.contains("@media (prefers-reduced-data:reduce){.cards li .second{display:none !important}}")
    );
}

#[test]
fn a_rating_is_stars_and_words() {
    let mut products = detailed(3);
    products[0].rating = Rating::of(464, Some(1_200));
    products[1].rating = Rating::of(300, None);
    products[2].rating = Some(Rating { average_hundredths: 900, count: Some(1) });
    let german = Shop {
        settings: ShopSettings { language: "de".parse().unwrap(), ..ShopSettings::default() },
        ..samples::shop()
    };
    let [hero, spotlight, grid] = sections(&german, &products);
    let rating = "<p class=\"rating\"><span class=\"stars h9\" aria-hidden=\"true\"></span>\
                  <span aria-hidden=\"true\">4,6 (1.200)</span><span class=\"quiet\">4,6 von 5 Sternen</span>\
                  <span class=\"quiet\">1.200 Bewertungen</span></p>";
    assert!(hero.contains(rating) && grid.contains(rating), "{hero}");
    let uncounted = "<span aria-hidden=\"true\">3,0</span><span class=\"quiet\">3,0 von 5 Sternen</span></p>";
    assert!(spotlight.contains(uncounted), "{spotlight}");
    assert_eq!(grid.matches("class=\"rating\"").count(), 2, "nine stars are no rating");
}

#[test]
fn machines_are_told_a_rating_only_with_the_number_of_reviews() {
    let (shop, mut products) = (shop_at(None), detailed(3));
    products[0].rating = Rating::of(464, Some(12));
    products[1].rating = Rating::of(300, None);
    products[2].rating = None;
    let facts = facts(&page(&shop, &products));
    let told = r#""aggregateRating":{"@type":"AggregateRating","ratingValue":"4.64","bestRating":5,"reviewCount":12}"#;
    assert!(facts.contains(told), "{facts}");
    assert_eq!(facts.matches("aggregateRating").count(), 1);
}

fn variants(of: &[(&str, u64, bool)]) -> Choice {
    let variant = |&(title, price, available): &(&str, u64, bool)| Variant {
        id: format!("v-{price}-{available}"),
        title: title.to_owned(),
        price,
        available,
    };
    Choice { name: "Size".to_owned(), variants: of.iter().map(variant).collect() }
}

const HOME: Option<&str> = Some("https://wands.example");

#[test]
fn a_choice_is_a_form_that_works_without_scripts_and_marks_what_is_sold_out() {
    let mut products = detailed(3);
    products[0].choice = Some(variants(&[("S", 100, false), ("M", 100, true), ("L", 100, true)]));
    products[1].choice = Some(variants(&[("Short", 100, true), ("Long", 200, false)]));
    let [hero, spotlight, grid] = sections(&shop_at(HOME), &products);
    let form = "<form class=\"choice\" action=\"https://wands.example/cart/add\" method=\"post\">";
    assert!(hero.contains(form) && spotlight.contains(form), "{hero}");
    assert!(hero.contains("<legend><bdi>Size</bdi></legend>"));
    let small = "value=\"v-100-false\" disabled><bdi>S</bdi><span class=\"quiet\">Sold out</span>";
    assert!(hero.contains(small), "{hero}");
    assert!(hero.contains("value=\"v-100-true\" checked><bdi>M</bdi></label>"), "{hero}");
    assert_eq!(hero.matches(" checked").count(), 1);
    let long =
        "<option value=\"v-200-false\" disabled>&#8296;Long&#8297; – &#8296;$2.00&#8297; – Sold out</option>";
    assert!(spotlight.contains(long), "prices differ, so each is named: {spotlight}");
    assert!(spotlight.contains(" selected>&#8296;Short&#8297;"));
    assert!(hero.contains("data-cart=\"p0\"") && !hero.contains("View product"));
    assert!(!grid.contains("<form"), "a list leads to the product's page");
}

#[test]
fn a_shop_without_a_cart_of_its_own_chooses_on_this_page() {
    let [hero, ..] = sections(&shop_at(None), &detailed(3));
    assert!(
        hero.contains("<form class=\"choice live\">")
            && hero.contains("<button type=\"button\" data-cart=\"p0\"")
    );
}

#[test]
fn there_is_nothing_to_choose_where_nothing_can_be_bought() {
    let has_form = |choice: Choice, is_available: bool, url: &str| {
        let mut products = detailed(3);
        products[0].choice = Some(choice);
        (products[0].available, products[0].url) = (is_available, url.to_owned());
        sections(&shop_at(HOME), &products)[0].contains("<form")
    };
    let sizes = || variants(&[("S", 100, true), ("M", 100, true)]);
    assert!(has_form(sizes(), true, "/products/p0"));
    assert!(!has_form(sizes(), false, "/products/p0"), "it is sold out");
    assert!(!has_form(sizes(), true, "javascript:alert(1)"), "it has no page");
    assert!(!has_form(variants(&[("S", 100, false), ("M", 100, false)]), true, "/products/p0"));
    assert!(!has_form(variants(&[("\u{200b}", 100, true), ("M", 100, true)]), true, "/products/p0"));
    let mut hostile = sizes();
    hostile.variants[1].id = "1&id=2".to_owned();
    assert!(!has_form(hostile, true, "/products/p0"));
}

#[test]
fn what_a_variant_is_called_is_text_and_nothing_else() {
    let mut products = detailed(3);
    for title in ["</option><script>", "{{ shop.secret }}", "\u{202e}evil\u{2069}"] {
        products[0].choice = Some(variants(&[(title, 100, true), ("M", 200, true)]));
        products[1].choice = Some(variants(&[(title, 100, true), ("M", 100, true)]));
        let html = page::render(&page(&shop_at(HOME), &products)).html;
        assert_eq!(html.matches("<script").count(), 2, "ours, and the facts");
        assert!(
            !html.contains("{{ shop") && !html.contains('\u{202e}') && !html.contains('\u{2069}'),
            "{title}"
        );
    }
}
