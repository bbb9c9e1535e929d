//! The unit that amounts in a currency are counted in. `cargo xtask new generation` copies this file.

/// The ISO 4217 code for "no currency", for a shop whose prices are not known.
pub const NO_CURRENCY: &str = "XXX";

/// Returns the number of decimals of a currency, by its code in upper case (ISO 4217, list one, "minor unit"). Prices
/// are counted in units of the last decimal. `MGA` and `MRU` have two: Shopify does not count their fifths
/// (`config/currency_iso.yml` of its gem `shopify-money`), and with two decimals its amounts are exact.
pub fn decimals(currency: &str) -> u8 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}
