//! The tokens of a question and of its answer, counted by `o200k_base`, the tokenizer of `OpenAI`'s models since GPT-4o.

use generation::mended::Mended;
use generation::offer::{Offer, PRODUCTS_FEW, PRODUCTS_MAX};
use generation::storefront::Storefront;
use generation::{Assortment, answer, draft, persona, planner, prompt};
use model::Signals;
use model::catalog::{self, Collection, Image, Product};
use model::llm::Request;
use model::shop::ShopSettings;

/// The most tokens of a question about a shop of any size, schema included.
const QUESTION_MAX: usize = 2_500;
/// The most tokens of a question to a model whose context is too small for that one.
const QUESTION_FEW_MAX: usize = 1_650;
/// The most tokens of a full page.
const ANSWER_MAX: usize = 350;
/// A full page of ten blocks, in the form of the schema.
const FULL_PAGE: &str = include_str!("tokens/full.json");

fn tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len()
}

fn product(at: usize) -> Product {
    let (adjectives, things) = (
        ["Walnut Reading", "Linen Bedside", "Brass Floor", "Hand-Thrown Stoneware", "Wool Herringbone"],
        ["Lamp", "Rug", "Chair", "Table", "Vase", "Shelf", "Mirror"],
    );
    let category = things[at % things.len()];
    let number = u64::try_from(at).unwrap();
    Product {
        id: format!("gid://shopify/Product/{}", 8_123_456_789_000 + number),
        title: format!("{} {category} No. {at}", adjectives[at % adjectives.len()]),
        description: "Solid walnut with a linen shade.".to_owned(),
        vendor: ["Oak and Sons", "North Loom", "Hearth Works"][at % 3].to_owned(),
        category: format!("{category}s"),
        tags: ["walnut", "living room", "new in", "gift"].map(str::to_owned).to_vec(),
        url: format!("/products/product-{at}"),
        image: Some(Image {
            url: "https://cdn.shopify.com/a.png".to_owned(),
            alt: String::new(),
            width: 1,
            height: 1,
        }),
        price: 4_900 + 370 * number,
        price_before: at.is_multiple_of(5).then_some(9_900 + 370 * number),
        available: at % 9 != 8,
        ..Product::default()
    }
}

/// A shop of 5,000 products: a catalog returns its first hundred, and a search twenty more.
fn storefront() -> Storefront {
    let merchant = ShopSettings {
        name: "The Lamp House".to_owned(),
        tone: "calm, precise, a little dry".to_owned(),
        questions: vec!["Do you repair? Yes, for ten years.".to_owned()],
        banned_words: ["cheap", "luxury", "hurry"].map(str::to_owned).to_vec(),
        promises: ["Free returns", "Repairs for ten years"].map(str::to_owned).to_vec(),
        ..ShopSettings::default()
    };
    let products = (0..catalog::PRODUCTS_MAX).map(product).collect();
    let mut assortment = Assortment::new("EUR".to_owned(), products).sorted_by_sales(true);
    assortment.add((4_000..4_000 + catalog::FOUND_MAX).map(product).collect());
    let collection = Collection {
        handle: "evening".to_owned(),
        title: "For the evening".to_owned(),
        url: "/collections/evening".to_owned(),
        products: Vec::new(),
    };
    Storefront::new("lamps", merchant, assortment).with_collections(vec![collection])
}

fn signals() -> Signals {
    let ids = |places: &[usize]| places.iter().map(|at| product(*at).id).collect();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Signals {
        visits: 12,
        views: ids(&[3, 70, 21, 44, 9, 60, 81, 33]),
        searches: words(&["floor lamp for a dark corner", "walnut side table"]),
        filters: words(&["price: 50-200", "material: walnut"]),
        sorts: words(&["price-ascending"]),
        carted: ids(&[12, 13]),
        purchased: ids(&[55]),
    }
}

fn question(products_max: usize) -> Request {
    let (storefront, signals) = (storefront(), signals());
    let reading = persona::read(&signals, &storefront.assortment, |_| true).expect("a persona");
    let offer = Offer::of(&reading, &signals, &storefront.assortment, products_max);
    let local = planner::plan(reading.persona, &signals, &storefront);
    prompt::request(&reading, &signals, &storefront, &offer, &local)
}

fn tokens_of(request: &Request) -> usize {
    let texts = request.messages.iter().map(|message| &message.text).chain([&request.schema]);
    texts.map(|text| tokens(text)).sum()
}

#[test]
fn a_question_has_at_most_2_500_tokens() {
    let (full, few) = (question(PRODUCTS_MAX), prompt::cut(question(PRODUCTS_FEW)));
    assert!(tokens_of(&full) <= QUESTION_MAX, "{}", tokens_of(&full));
    assert!(tokens_of(&few) <= QUESTION_FEW_MAX, "{}", tokens_of(&few));
    assert!(few.tokens_max < full.tokens_max);
}

#[test]
fn a_full_page_has_at_most_350_tokens() {
    let text = FULL_PAGE.trim();
    assert!(tokens(text) <= ANSWER_MAX, "{}", tokens(text));
    let (storefront, signals) = (storefront(), signals());
    let reading = persona::read(&signals, &storefront.assortment, |_| true).expect("a persona");
    let offer = Offer::of(&reading, &signals, &storefront.assortment, PRODUCTS_MAX);
    let draft = draft::read(answer::find(text).expect("a plan"), &offer, &storefront);
    assert_eq!((draft.blocks.len(), draft.unreadable), (10, 0), "{draft:?}");
    assert_eq!(draft.mended, Mended::new());
}

/// The same page in formats in which a model writes the page itself, with what code fills in here: titles, prices and
/// pictures of products, what was viewed, and the promises.
const OTHERS: [(&str, &str); 2] =
    [("OpenUI Lang", include_str!("tokens/full.oui")), ("A2UI 0.9", include_str!("tokens/full.a2ui.jsonl"))];

#[test]
fn a_plan_takes_a_fifth_of_the_tokens_of_a_page_in_other_formats_or_less() {
    let ours = tokens(FULL_PAGE.trim());
    println!("a plan: {ours}");
    for (name, page) in OTHERS {
        println!("{name}: {}", tokens(page.trim()));
        assert!(tokens(page.trim()) >= 5 * ours, "{name}");
        for text in ["Light for a quiet evening", "Walnut darkens slowly", "Repairs for ten years"] {
            assert!(page.contains(text), "{name} has no {text:?}");
        }
    }
}
