//! Currencies, as far as amounts are counted in them.

/// ISO 4217 for "no currency": that of a shop whose prices are not known.
pub const NO_CURRENCY: &str = "XXX";

/// Digits after the decimal point of a currency's amounts (ISO 4217, list one, "minor unit"), by its code in upper
/// case: prices are counted in units of the last one. Shopify counts no fifths of `MGA` and `MRU`
/// (`config/currency_iso.yml` of its gem `shopify-money`); with two decimals its amounts are exact.
pub fn decimals(currency: &str) -> u8 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}
