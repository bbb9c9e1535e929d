//! Checks every currency against a table: its decimals (ISO 4217, list one), its default money format at Shopify,
//! and how its amounts read. The formats are from the currency switcher that Shopify themes copy from each other
//! (`Currency.moneyFormats` of `currencies.js`), if it has the currency; no page of Shopify lists them. `null`
//! means that there is no format, so we use our own. The expected amounts were computed with another program
//! (Python's `html.unescape` and `decimal`, half rounded up).

use page::money;
use serde_json::Value;

const TABLE: &str = include_str!("../../../tests/vectors/money.json");

/// A currency of the table.
struct Row {
    code: String,
    decimals: u64,
    format: Option<String>,
    amounts: Vec<(u64, String)>,
}

fn table() -> Vec<Row> {
    let rows: Vec<Value> = serde_json::from_str(TABLE).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let amount = |pair: &Value| (pair[0].as_u64().unwrap(), text(&pair[1]).unwrap());
    let row = |row: &Value| Row {
        code: text(&row["currency"]).unwrap(),
        decimals: row["decimals"].as_u64().unwrap(),
        format: text(&row["format"]),
        amounts: row["amounts"].as_array().unwrap().iter().map(amount).collect(),
    };
    rows.iter().map(row).collect()
}

#[test]
fn every_currency_reads_as_in_the_table() {
    let table = table();
    assert!(table.len() >= 157 && table.iter().filter(|row| row.format.is_some()).count() >= 115);
    for Row { code, decimals, format, amounts } in table {
        assert_eq!(u64::from(model::decimals(&code)), decimals, "{code}");
        for (minor, text) in amounts {
            assert_eq!(money(minor, &code, format.as_deref().unwrap_or_default()), text, "{code}");
        }
    }
}

#[test]
fn no_default_format_shows_a_reference_or_a_brace() {
    for Row { code, format, .. } in table() {
        let Some(format) = format else { continue };
        for format in [format.clone(), format!("<span class=money>{format} {code}</span>")] {
            let price = money(123_450, &code, &format);
            assert!(!price.contains(['&', '#', '<', '>', '{', '}']), "{code}: {price}");
        }
    }
}
