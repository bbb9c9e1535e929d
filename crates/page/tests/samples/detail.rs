//! What only some products have, for previews and tests.

use model::catalog::{Choice, Image, Product, Rating, Variant};

/// Gives products what only some have: a second picture, a rating that may lack a count, and something to choose.
pub fn detail(products: &mut [Product]) {
    for (index, product) in products.iter_mut().enumerate() {
        product.second_image = product.image.clone().map(turned);
        let at = u32::try_from(index).unwrap_or_default();
        product.rating = Rating::of(500 - at * 37 % 300, (at % 3 != 2).then_some(1 + at * 211));
        product.choice = Some(if index % 2 == 0 { sizes() } else { lengths(product.price) });
    }
}

fn turned(image: Image) -> Image {
    Image { url: image.url.replace("<g transform='rotate(", "<g transform='rotate(9"), ..image }
}

/// Short titles and one price.
fn sizes() -> Choice {
    let variant = |(at, title): (usize, &str)| Variant {
        id: format!("48{at}"),
        title: title.to_owned(),
        price: 8900,
        available: at % 3 != 0,
    };
    let variants = ["S", "M", "L", "XL", "XXL"].into_iter().enumerate().map(variant).collect();
    Choice { name: "Size".to_owned(), variants }
}

/// Long titles with prices of their own.
fn lengths(price: u64) -> Choice {
    let variant = |(at, title): (u64, &str)| Variant {
        id: format!("47{at}"),
        title: title.to_owned(),
        price: price + at * 500,
        available: at != 1,
    };
    let titles = ["Nine inches / Oiled", "Eleven inches / Oiled", "Eleven inches / Waxed and polished"];
    Choice { name: "Length / Finish".to_owned(), variants: (0..).zip(titles).map(variant).collect() }
}
