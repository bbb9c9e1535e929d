//! Pictures in the sizes that they are shown in.
//!
//! Shopify's servers scale a picture to the width in its query
//! (<https://shopify.dev/docs/api/liquid/filters/image_url>). Pictures on other hosts are loaded as they are.

use std::fmt::Write as _;

use crate::Look;

/// The widths to choose from, in pixels.
const WIDTHS: [u32; 5] = [180, 360, 720, 1_080, 1_600];
/// The width for browsers that cannot choose.
const USUAL: u32 = 720;

/// Where a picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the opening of the page.
    Opening,
    /// Beside the words about one product.
    Beside,
    /// In a grid.
    Tile,
    /// In a row.
    Row,
    /// In a row of small cards.
    SmallRow,
}

impl Place {
    /// Returns how wide a picture is here, in the syntax of the attribute `sizes`.
    pub fn sizes(self, look: Look) -> &'static str {
        match (self, look) {
            (Self::Opening, Look::Calm) => "(min-width: 48rem) 30rem, 92vw",
            (Self::Opening, Look::Varied) => "(min-width: 48rem) 52vw, 100vw",
            (Self::Opening | Self::Beside, Look::Compact) => "(min-width: 48rem) 17rem, 34vw",
            (Self::Opening | Self::Beside, _) => "(min-width: 48rem) min(45vw, 42rem), 92vw",
            (Self::Tile, Look::Calm) => "(min-width: 48rem) min(28vw, 15rem), 45vw",
            (Self::Tile, Look::Compact) => "(min-width: 48rem) min(17vw, 13rem), 29vw",
            (Self::Tile, _) => "(min-width: 64rem) min(22vw, 19rem), (min-width: 48rem) 30vw, 45vw",
            (Self::Row, _) => "min(38vw, 17rem)",
            (Self::SmallRow, _) => "min(30vw, 11rem)",
        }
    }
}

/// Returns the addresses of a picture of this width in several sizes, in the syntax of the attribute `srcset`, and the
/// address for browsers that cannot choose; `None` if its server does not scale pictures.
pub fn variants(url: &str, width: u32) -> Option<(String, String)> {
    // A comma or a space would end an address in the attribute.
    let is_listable = !url.contains([',', ' ', '#']) && !url.contains("width=");
    if !is_listable || !is_scaled_by_server(url) {
        return None;
    }
    let join = if url.contains('?') { '&' } else { '?' };
    let address = |to: u32| format!("{url}{join}width={to}");
    let mut set = String::new();
    let largest = width.min(WIDTHS[WIDTHS.len() - 1]);
    for to in WIDTHS.into_iter().filter(|to| *to < largest).chain([largest]) {
        let separator = if set.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(set, "{separator}{} {to}w", address(to));
    }
    Some((set, address(USUAL.min(width))))
}

/// Returns whether an address is that of a file on Shopify's servers.
fn is_scaled_by_server(url: &str) -> bool {
    let Some((host, path)) = url.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    host == "cdn.shopify.com" || path.starts_with("cdn/shop/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_on_shopifys_servers_is_offered_in_the_sizes_that_it_has() {
        let (set, usual) = variants("https://cdn.shopify.com/s/a.png?v=1", 600).unwrap();
        assert_eq!(
            set,
            "https://cdn.shopify.com/s/a.png?v=1&width=180 180w, https://cdn.shopify.com/s/a.png?v=1&width=360 360w, \
             https://cdn.shopify.com/s/a.png?v=1&width=600 600w"
        );
        assert_eq!(usual, "https://cdn.shopify.com/s/a.png?v=1&width=600");
        let (set, usual) = variants("https://wands.example/cdn/shop/files/a.png", 4_000).unwrap();
        assert!(set.ends_with(
            "a.png?width=1080 1080w, https://wands.example/cdn/shop/files/a.png?width=1600 1600w"
        ));
        assert_eq!(usual, "https://wands.example/cdn/shop/files/a.png?width=720");
    }

    #[test]
    fn a_picture_elsewhere_is_loaded_as_it_is() {
        for url in [
            "https://a.example/x.png",
            "/cdn/shop/x.png",
            "data:image/png,cdn.shopify.com",
            "https://cdn.shopify.com.example/x.png",
            "https://cdn.shopify.com/x.png?width=800",
            "https://cdn.shopify.com/x,y.png",
            "https://cdn.shopify.com/x.png#y",
        ] {
            assert_eq!(variants(url, 600), None, "{url}");
        }
    }
}
