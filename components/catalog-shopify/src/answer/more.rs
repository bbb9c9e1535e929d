//! What only some products have: a second image, a rating, and a choice of variants. Each is left out if it is not of the
//! form that Shopify documents.

use model::catalog::{Choice, Image, Rating, VARIANTS_MAX, Variant};

use super::shape::{self, Metafield, Picture, ProductOption, RatingValue};
use super::{TEXT_CHARS_MAX, image, line, number};

/// The most stars. A rating on another scale is converted.
const STARS_MAX: f64 = 5.0;
/// Between the names of several options, as Shopify writes the titles of variants.
const BETWEEN: &str = " / ";

/// Returns the first of the images that is another than the product's own.
pub(super) fn second_image(images: Vec<Option<Picture>>, own: Option<&Image>) -> Option<Image> {
    let own = own?;
    images.into_iter().flatten().filter_map(image).find(|image| image.url != own.url)
}

/// Reads Shopify's standard metafields of reviews
/// (<https://shopify.dev/docs/apps/build/metafields/list-of-standard-definitions>).
pub(super) fn rating(rating: &Metafield, count: Option<&Metafield>) -> Option<Rating> {
    let RatingValue { value, scale_max } = serde_json::from_str(&rating.value).ok()?;
    let (value, most): (f64, f64) = (value.parse().ok()?, scale_max.parse().ok()?);
    let hundredths = (value / most * STARS_MAX * 100.0).round();
    let is_share = value > 0.0 && value <= most;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 500")]
    let average = is_share.then_some(hundredths as u32)?;
    Rating::of(average, count.and_then(|count| count.value.parse().ok()))
}

/// Returns what there is to choose; `None` if a variant is not known well enough, or not all variants are. Amounts of another
/// currency than the product's price are not known.
pub(super) fn choice(
    options: &[ProductOption],
    variants: Vec<Option<shape::Variant>>,
    currency: &str,
) -> Option<Choice> {
    if variants.len() > VARIANTS_MAX {
        return None;
    }
    let variants = variants.into_iter().map(|variant| self::variant(variant?, currency));
    let names: Vec<_> = options.iter().map(|option| line(&option.name, TEXT_CHARS_MAX)).collect();
    Choice::of(names.join(BETWEEN), variants.collect::<Option<_>>()?)
}

fn variant(variant: shape::Variant, currency: &str) -> Option<Variant> {
    let price = variant.price.filter(|price| price.currency_code == currency)?;
    let title = line(&variant.title?, TEXT_CHARS_MAX);
    (!title.is_empty()).then_some(Variant {
        id: number(&variant.id?)?,
        title,
        price: price.minor()?,
        available: variant.available_for_sale?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::answer::{ProductsData, read};
    use crate::fakes::{card, money, products};
    use model::catalog::Product;

    /// The product with these members besides the usual ones.
    fn sold(members: &Value) -> Product {
        let mut card = card(7, "12.50");
        card.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let body = products(&[card], None).to_string();
        read::<ProductsData>(body.as_bytes()).unwrap().data.page().0.products.remove(0)
    }

    fn rated(value: &str, scale_max: &str, count: &Value) -> Option<Rating> {
        let rating = json!({"value": value, "scale_min": "1.0", "scale_max": scale_max}).to_string();
        sold(&json!({"rating": {"value": rating}, "ratingCount": count})).rating
    }

    #[test]
    fn a_rating_is_read_in_hundredths_of_a_star() {
        let count = json!({"value": "12"});
        let of = |average_hundredths, count| Some(Rating { average_hundredths, count });
        for (value, scale_max, hundredths) in [
            ("4.5", "5.0", Some(450)),
            ("4.666", "5", Some(467)),
            ("9", "10", Some(450)),
            ("5.1", "5.0", None),
            ("0", "5.0", None),
            ("-1", "5.0", None),
            ("NaN", "5.0", None),
            ("4.5", "0", None),
            ("inf", "inf", None),
            ("four", "5.0", None),
        ] {
            let expected = hundredths.and_then(|hundredths| of(hundredths, Some(12)));
            assert_eq!(rated(value, scale_max, &count), expected, "{value} of {scale_max}");
        }
        assert_eq!(rated("4.5", "5.0", &Value::Null), of(450, None));
        assert_eq!(rated("4.5", "5.0", &json!({"value": "many"})), of(450, None));
        assert_eq!(rated("4.5", "5.0", &json!({"value": "0"})), None);
        assert_eq!(sold(&json!({"rating": {"value": "4.5"}})).rating, None);
    }

    #[test]
    fn the_second_image_is_another_than_the_first() {
        let image = |name: &str| json!({"url": format!("https://cdn.shopify.com/{name}.png"), "altText": "", "width": 8, "height": 8});
        let second = |images: &[Value]| {
            sold(&json!({"images": {"nodes": images}})).second_image.map(|image| image.url)
        };
        assert_eq!(second(&[image("a"), image("b")]).as_deref(), Some("https://cdn.shopify.com/b.png"));
        assert_eq!(second(&[image("a")]), None);
        assert_eq!(second(&[Value::Null, json!({"url": "http://a.example/b.png"})]), None);
        let alone = json!({"featuredImage": null, "images": {"nodes": [image("b")]}});
        assert_eq!(sold(&alone).second_image, None);
    }

    fn variant(number: usize, title: &str, amount: &str, available: bool) -> Value {
        json!({
            "id": format!("gid://shopify/ProductVariant/{number}"), "title": title, "availableForSale": available,
            "price": money(amount, "EUR"),
        })
    }

    fn choice(variants: &[Value]) -> Option<Choice> {
        sold(&json!({"options": [{"name": "Size"}, {"name": "Colour"}], "variants": {"nodes": variants}}))
            .choice
    }

    #[test]
    fn variants_are_read_with_their_prices_and_stock() {
        let of = |id: &str, title: &str, price, available| Variant {
            id: id.to_owned(),
            title: title.to_owned(),
            price,
            available,
        };
        let found = choice(&[variant(1, "M / Red", "12.50", true), variant(2, "L / Red", "13", false)]);
        let variants = vec![of("1", "M / Red", 1250, true), of("2", "L / Red", 1300, false)];
        assert_eq!(found, Some(Choice { name: "Size / Colour".to_owned(), variants }));
    }

    #[test]
    fn one_variant_too_many_and_incomplete_ones_are_no_choice() {
        let many = |count: usize| -> Vec<_> {
            (0..count).map(|at| variant(at, &format!("Size {at}"), "1", true)).collect()
        };
        assert!(choice(&many(VARIANTS_MAX)).is_some());
        assert_eq!(choice(&many(VARIANTS_MAX + 1)), None);
        assert_eq!(choice(&many(1)), None);
        let with = |wrong: Value| choice(&[many(1), vec![wrong]].concat());
        assert!(with(variant(9, "XL", "1", true)).is_some());
        let mut dollars = variant(9, "XL", "1", true);
        dollars["price"] = money("1", "USD");
        let mut unnamed = variant(9, "", "1", true);
        unnamed["id"] = json!("gid://shopify/ProductVariant/x");
        for wrong in
            [Value::Null, variant(9, "\u{1}", "1", true), variant(9, "XL", "1.5.5", true), dollars, unnamed]
        {
            assert_eq!(with(wrong.clone()), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_rating_is_above_five_stars(value in "[0-9.eE-]{0,9}", scale_max in "[0-9.eE-]{0,9}") {
            if let Some(rating) = rated(&value, &scale_max, &Value::Null) {
                prop_assert!((100..=Rating::HUNDREDTHS_MAX).contains(&rating.average_hundredths));
            }
        }
    }
}
