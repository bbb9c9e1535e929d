//! The codes of currencies.

/// ISO 4217, list one: the codes of currencies in use, without funds, metals and test codes.
const CODES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD \
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL \
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP \
    PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
    TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// Returns whether the text is the code of a currency.
pub fn is_currency(code: &str) -> bool {
    CODES.split(' ').any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_three_capital_letters_in_order_and_each_once() {
        let codes: Vec<_> = CODES.split(' ').collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        for code in codes {
            assert!(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()), "{code:?}");
        }
    }

    #[test]
    fn every_code_is_in_the_table_of_currencies() {
        let table = include_str!("../../../tests/vectors/money.json");
        for code in CODES.split(' ') {
            assert!(table.contains(&format!("{{\"currency\": \"{code}\",")), "{code}");
        }
    }

    #[test]
    fn unknown_codes_are_not_currencies() {
        for code in ["", " ", "eur", "EU", "EURO", "EUD", "EUR USD", "XXX"] {
            assert!(!is_currency(code), "{code:?}");
        }
    }
}
