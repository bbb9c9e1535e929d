//! A sample shop and its products, for previews and tests.

use model::catalog::{Image, Product};
use model::shop::ShopSettings;
use page::{Collection, Shop};

/// Title, vendor, category, description, price and price before in cents, colours of the picture.
type Row = (&'static str, &'static str, &'static str, &'static str, u64, u64, [&'static str; 3]);

const ROWS: [Row; 7] = [
    (
        "Hawthorn wand, eleven inches",
        "Alder & Ash",
        "Wands",
        "Turned by hand from a single hawthorn branch, oiled and balanced for a quick wrist.",
        8900,
        0,
        ["%23e9dcc6", "%23b98d5f", "%23593a22"],
    ),
    (
        "Copper travel cauldron",
        "Hearth Works",
        "Cauldrons",
        "Two litres, folding handle, fits a rucksack.",
        6400,
        8000,
        ["%23e6d9d2", "%23c4734a", "%234b2b21"],
    ),
    (
        "Linen cloak, midnight",
        "North Loom",
        "Clothing",
        "Stonewashed linen with a deep hood.",
        12900,
        0,
        ["%23d5d9e4", "%2347567f", "%231d2438"],
    ),
    (
        "Beeswax candles, set of six",
        "Hearth Works",
        "Home",
        "They burn for nine hours each, without a drip.",
        2400,
        3200,
        ["%23f4e8c9", "%23e0b354", "%23785716"],
    ),
    (
        "Field guide to night herbs",
        "Quill Press",
        "Books",
        "Two hundred plants, drawn from life.",
        3150,
        0,
        ["%23dbe6d8", "%23698f68", "%23253f2c"],
    ),
    (
        "Brass star finder",
        "Alder & Ash",
        "Instruments",
        "Shows tonight's sky for any latitude.",
        15400,
        17900,
        ["%23ece4cf", "%23c7a455", "%2345391c"],
    ),
    (
        "Owl perch, walnut",
        "Alder & Ash",
        "Home",
        "Walnut and wool felt, with a tray that lifts out.",
        4700,
        0,
        ["%23e2d8d0", "%238a6248", "%23372419"],
    ),
];

/// A shop without pages of its own.
pub fn shop() -> Shop {
    Shop {
        id: "magic-wands".to_owned(),
        settings: ShopSettings { name: "Magic Wands".to_owned(), ..ShopSettings::default() },
        currency: "USD".to_owned(),
        money_format: String::new(),
    }
}

/// A number of products. The fourth and every seventh after it are sold out.
pub fn products(count: usize) -> Vec<Product> {
    ROWS.iter().cycle().take(count).enumerate().map(|(index, row)| product(index, row)).collect()
}

/// The shop's promises.
pub fn promises() -> Vec<String> {
    ["Free returns for 30 days", "Sent within a day", "Repairs for life"].map(str::to_owned).to_vec()
}

/// The shop's questions and answers.
pub fn questions() -> Vec<String> {
    let asked = [
        "Can a wand be repaired? Yes, for as long as its core is whole.",
        "Do you wrap gifts? In linen, if you say so in the cart.",
        "May I try one first? In the shop, any Tuesday.",
    ];
    asked.map(str::to_owned).to_vec()
}

/// The shop's collections, one of them without a picture.
pub fn collections(products: &[Product]) -> Vec<Collection> {
    let collection = |(title, at): (&str, usize)| Collection {
        title: title.to_owned(),
        url: format!("/collections/{at}"),
        image: products.get(at).and_then(|product| product.image.clone()),
    };
    [("For the bench", 0), ("For the night", 5), ("Gone", usize::MAX)].map(collection).to_vec()
}

fn product(index: usize, row: &Row) -> Product {
    let &(title, vendor, category, description, price, before, colours) = row;
    Product {
        id: format!("p{index}"),
        title: title.to_owned(),
        description: description.to_owned(),
        vendor: vendor.to_owned(),
        category: category.to_owned(),
        tags: Vec::new(),
        url: format!("/products/p{index}"),
        image: Some(Image {
            url: picture(index, colours),
            alt: format!("{title}, on a plain ground"),
            width: 600,
            height: 600,
        }),
        price,
        price_before: (before > 0).then_some(before),
        available: index % 7 != 3,
        ..Product::default()
    }
}

fn picture(index: usize, [ground, body, shade]: [&str; 3]) -> String {
    let turn = index * 23 % 90;
    format!(
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 600 600'>\
         <rect width='600' height='600' fill='{ground}'/>\
         <ellipse cx='300' cy='470' rx='170' ry='22' fill='{shade}' opacity='.18'/>\
         <g transform='rotate({turn} 300 300)'><rect x='210' y='150' width='180' height='300' rx='90' fill='{body}'/>\
         <rect x='236' y='180' width='26' height='220' rx='13' fill='white' opacity='.25'/>\
         <circle cx='300' cy='300' r='46' fill='{shade}'/></g></svg>"
    )
}
