//! Amounts in millionths of a US dollar, in which the cost of the language model is counted.

/// The millionths of a dollar in one.
const DOLLAR: u64 = 1_000_000;

/// Returns the amount in dollars with all its decimals and without a sign, such as `0.003900`.
pub fn decimal(microdollars: u64) -> String {
    format!("{}.{:06}", microdollars / DOLLAR, microdollars % DOLLAR)
}

/// Returns the amount in dollars as a number for JSON, exact below a billion dollars.
#[expect(clippy::cast_precision_loss, reason = "an amount has fewer digits than a double")]
pub fn number(microdollars: u64) -> f64 {
    microdollars as f64 / DOLLAR as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_in_dollars() {
        for (microdollars, text, as_number) in
            [(0, "0.000000", 0.0), (3_900, "0.003900", 0.0039), (12_500_000, "12.500000", 12.5)]
        {
            assert_eq!(decimal(microdollars), text);
            assert!((number(microdollars) - as_number).abs() < f64::EPSILON);
        }
    }
}
