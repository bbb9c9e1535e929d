//! Values derived from a product: its displayed name and its reduction.

use percent_encoding::percent_decode_str;

use super::Product;
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
            description: String::new(),
            vendor: String::new(),
            category: String::new(),
            tags: Vec::new(),
            url: url.to_owned(),
            image: None,
            price: 100,
            price_before: None,
            available: true,
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
