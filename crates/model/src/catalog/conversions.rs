//! Conversions between these types and those that bindings generate from WIT.

/// Implements the conversions for `catalog-types` of `wit/storefront` in both directions. The caller names the module
/// that its bindings generated for the interface. A market from the other side may be invalid.
#[macro_export]
macro_rules! catalog_types_conversions {
    ($($wit:ident)::+) => {
        const _: () = {
            use $($wit)::+ as wit;

            $crate::conversions!(struct $crate::catalog::Image as wit::Image { url, alt, width, height });
            $crate::conversions!(struct $crate::catalog::Rating as wit::Rating { average_hundredths, count });
            $crate::conversions!(struct $crate::catalog::Variant as wit::ProductVariant { id, title, price, available });
            $crate::conversions!(struct $crate::catalog::Choice as wit::Choice { name, variants: list });
            $crate::conversions!(struct $crate::catalog::Product as wit::Product {
                id, title, description, vendor, category, tags, url, image: option, second_image: option, price,
                price_before, available, rating: option, choice: option
            });
            $crate::conversions!(struct $crate::catalog::Assortment as wit::Assortment {
                shop_name, currency, money_format, best_sellers_first, products: list
            });
            $crate::conversions!(struct $crate::catalog::Collection as wit::Collection {
                handle, title, url, products
            });
            $crate::conversions!(enum $crate::catalog::Freshness as wit::Freshness { StaleOk, Current });
            $crate::conversions!(enum $crate::catalog::CatalogError as wit::CatalogError {
                NoSuchShop, Unavailable(retry_after_ms), Busy(retry_after_ms)
            });

            impl From<&$crate::Market> for wit::Market {
                fn from(market: &$crate::Market) -> Self {
                    Self { country: market.country().to_owned(), language: market.language().to_owned() }
                }
            }

            impl TryFrom<wit::Market> for $crate::Market {
                type Error = $crate::InvalidMarket;

                fn try_from(market: wit::Market) -> Result<Self, $crate::InvalidMarket> {
                    Self::of(&market.country, &market.language).ok_or($crate::InvalidMarket)
                }
            }
        };
    };
}
