//! Values derived from a product: its displayed name and its reduction.

use percent_encoding::percent_decode_str;

use super::{Choice, Product, Rating, VARIANTS_MAX, Variant};
use crate::text::{is_visible, without_directional_controls};

impl Product {
    /// Returns the product with a readable name: its title or, if that has no visible characters, the words of its
    /// handle, the last part of its address. `None` if neither is readable, because a link without a name would be
    /// useless.
    pub fn named(self) -> Option<Self> {
        let title = without_directional_controls(&self.title).into_owned();
        let title = if is_visible(&title) { title } else { handle_words(&self.url)? };
        Some(Self { title, ..self })
    }

    /// Returns the former price, if the product is reduced: it costs something, and less than before.
    pub fn reduced_from(&self) -> Option<u64> {
        reduced_from(self.price, self.price_before)
    }

    /// Returns the reduction, 1 to 99 percent, rounded down; `None` if there is none, or less than 1 percent.
    pub fn percent_off(&self) -> Option<u64> {
        percent_off(self.price, self.price_before)
    }
}

impl Rating {
    /// The most stars, in hundredths.
    pub const HUNDREDTHS_MAX: u32 = 500;

    /// Returns a rating; `None` if it has less than one star or more than five. Nobody reviewed a product with a count of 0.
    pub fn of(average_hundredths: u32, count: Option<u32>) -> Option<Self> {
        let is_rating = (100..=Self::HUNDREDTHS_MAX).contains(&average_hundredths) && count != Some(0);
        is_rating.then_some(Self { average_hundredths, count })
    }
}

impl Choice {
    /// Returns a choice; `None` if there is nothing to choose, or more than a page shows.
    pub fn of(name: String, variants: Vec<Variant>) -> Option<Self> {
        (2..=VARIANTS_MAX).contains(&variants.len()).then_some(Self { name, variants })
    }
}

/// Returns the former price, if the product is reduced. A free product is never reduced.
pub fn reduced_from(price: u64, before: Option<u64>) -> Option<u64> {
    before.filter(|&before| before > price && price > 0)
}

/// Returns the reduction, 1 to 99 percent, rounded down; `None` if there is none, or less than 1 percent.
pub fn percent_off(price: u64, before: Option<u64>) -> Option<u64> {
    let before = u128::from(reduced_from(price, before)?);
    let percent = (before - u128::from(price)) * 100 / before;
    u64::try_from(percent).ok().filter(|&percent| percent > 0)
}

/// Returns the words of a handle: `oak wand` for `/products/oak-wand?variant=7`.
fn handle_words(url: &str) -> Option<String> {
    let path = url.split('?').next()?;
    let handle = percent_decode_str(path.rsplit(['/', '#']).next()?).decode_utf8().ok()?;
    let words = without_directional_controls(&handle).replace(['-', '_'], " ");
    is_visible(&words).then(|| words.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(title: &str, url: &str) -> Product {
        Product {
            id: "7".to_owned(),
            title: title.to_owned(),
            url: url.to_owned(),
            price: 100,
            available: true,
            ..Product::default()
        }
    }

    #[test]
    fn percent_off_is_rounded_down_and_absent_at_price_0() {
        for (price, before, expected) in [
            (50, 100, Some(50)),
            (2_001, 3_000, Some(33)),
            (1_999, 2_000, None),
            (1_980, 2_000, Some(1)),
            (1, u64::MAX, Some(99)),
            (0, 1, None),
            (0, u64::MAX, None),
            (100, 100, None),
            (101, 100, None),
            (0, 0, None),
        ] {
            assert_eq!(percent_off(price, Some(before)), expected, "{price} instead of {before}");
        }
        assert_eq!(percent_off(100, None), None);
    }

    #[test]
    fn a_rating_has_one_to_five_stars_and_somebody_who_gave_them() {
        for (hundredths, count, is_one) in [
            (99, None, false),
            (100, None, true),
            (500, Some(1), true),
            (501, Some(1), false),
            (450, Some(0), false),
        ] {
            assert_eq!(Rating::of(hundredths, count).is_some(), is_one, "{hundredths} {count:?}");
        }
    }

    #[test]
    fn a_choice_is_between_some_variants_and_not_too_many() {
        let variant =
            |at: usize| Variant { id: at.to_string(), title: at.to_string(), price: 1, available: true };
        let of = |count| Choice::of("Size".to_owned(), (0..count).map(variant).collect()).is_some();
        assert_eq!([0, 1, 2, VARIANTS_MAX, VARIANTS_MAX + 1].map(of), [false, false, true, true, false]);
    }

    #[test]
    fn a_product_that_an_earlier_release_stored_is_read() {
        let stored = serde_json::to_value(product("Oak", "/products/oak")).unwrap();
        let fields = ["second_image", "rating", "choice"];
        assert!(fields.iter().all(|field| stored.get(field).is_none()), "{stored}");
        assert_eq!(serde_json::from_value::<Product>(stored).unwrap(), product("Oak", "/products/oak"));
    }

    #[test]
    fn a_title_that_shows_nothing_gives_way_to_the_handle() {
        for (title, url, name) in [
            ("Oak Wand", "/products/x", Some("Oak Wand")),
            ("\u{202e}Oak\u{202c} Wand", "/products/x", Some("Oak Wand")),
            ("\u{202e}\u{202c}", "/products/oak-wand", Some("oak wand")),
            ("\u{200b} \n", "https://a.example/products/oak_wand?variant=7", Some("oak wand")),
            ("", "#product-oak-wand", Some("product oak wand")),
            ("\u{feff}", "/products/%E6%9D%96", Some("杖")),
            ("\u{1}", "/products/%E2%80%AE", None),
            ("\u{1}", "/products/%FF", None),
            (" ", "/products/", None),
            ("", "", None),
        ] {
            let named = product(title, url).named().map(|product| product.title);
            assert_eq!(named.as_deref(), name, "{title:?} {url}");
        }
    }
}
