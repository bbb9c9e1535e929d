//! Plain statistics.

use std::time::Duration;

/// Returns the value that `share` of the values do not exceed; zero if there is none.
pub fn quantile(values: &mut [Duration], share: f64) -> Duration {
    values.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = (values.len().saturating_sub(1) as f64 * share).round() as usize;
    values.get(index).copied().unwrap_or_default()
}

/// Returns a duration in milliseconds.
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Returns by how much the straight line through the points rises for each unit of x (least squares).
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.iter().map(|_| 1.0).sum::<f64>();
    if count < 2.0 {
        return 0.0;
    }
    let (mean_x, mean_y) = (
        points.iter().map(|(x, _)| x).sum::<f64>() / count,
        points.iter().map(|(_, y)| y).sum::<f64>() / count,
    );
    let together: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let apart: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if apart == 0.0 { 0.0 } else { together / apart }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_rises_as_much_as_its_slope_says() {
        let points: Vec<_> = (0..10).map(|x| (f64::from(x), 3.0 + 0.5 * f64::from(x))).collect();
        assert!((slope(&points) - 0.5).abs() < 1e-9);
        assert!(slope(&points[..1]).abs() < 1e-9);
    }

    #[test]
    fn a_quantile_is_a_value() {
        let mut values: Vec<_> = (0..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut values, 0.99), Duration::from_millis(99));
        assert_eq!(quantile(&mut [], 0.5), Duration::ZERO);
    }
}
