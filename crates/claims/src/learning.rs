//! Learns the weights of words (`evidence.rs`) from lines of claims and of honest copy.
//!
//! A linear support vector machine (squared hinge loss) is solved by dual coordinate descent (Hsieh et al., "A Dual
//! Coordinate Descent Method for Large-scale Linear SVM", 2008). That adds, multiplies, divides and takes square roots,
//! which every machine rounds alike, so the same lines give the same weights.

use crate::corpus::Lesson;
use crate::evidence::PLACES;

/// How much a line that is on the wrong side costs, against large weights.
const COST: f64 = 0.5;
const ROUNDS: usize = 30;
/// The largest weight that the table holds, and the share of weights that are no larger before they are rounded.
const WEIGHT_MAX: f64 = 7.0;
const ROUNDED_BELOW: f64 = 0.9995;

/// Returns weights as the file holds them: two in a byte, each plus 8.
pub fn packed(weights: &[i8]) -> Vec<u8> {
    let nibble = |weight: i8| weight.saturating_add(8).unsigned_abs();
    weights
        .chunks(2)
        .map(|pair| pair.iter().rev().fold(0, |byte, weight| (byte << 4) | nibble(*weight)))
        .collect()
}

/// Returns the weight of each place, rounded.
pub fn learned(lessons: &[&Lesson]) -> Vec<i8> {
    let weights = solved(lessons);
    let mut sizes: Vec<_> = weights.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "the number of weights is small"
    )]
    let largest = sizes[(sizes.len() as f64 * ROUNDED_BELOW) as usize];
    let step = largest / WEIGHT_MAX;
    #[expect(clippy::cast_possible_truncation, reason = "it is at most 7")]
    weights.iter().map(|weight| (weight / step).round().clamp(-WEIGHT_MAX, WEIGHT_MAX) as i8).collect()
}

/// Returns the weight of each place. The last is that of every line, which the gate's threshold stands for.
fn solved(lessons: &[&Lesson]) -> Vec<f64> {
    let mut weights = vec![0.0; PLACES + 1];
    let mut costs = vec![0.0; lessons.len()];
    let mut order: Vec<_> = (0..lessons.len()).collect();
    let mut seed = 1;
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut seed);
        for number in &order {
            step(&mut weights, &mut costs[*number], lessons[*number]);
        }
    }
    weights.truncate(PLACES);
    weights
}

fn step(weights: &mut [f64], cost: &mut f64, lesson: &Lesson) {
    #[expect(clippy::cast_precision_loss, reason = "a line has some hundred places")]
    let each = 1.0 / (lesson.places.len() as f64).sqrt();
    let side = if lesson.is_claim { 1.0 } else { -1.0 };
    let sum: f64 = lesson.places.iter().map(|place| weights[*place]).sum();
    let slack = 1.0 / (2.0 * COST);
    let gradient = side * (sum * each + weights[PLACES]) - 1.0 + slack * *cost;
    // The squares of a line's places add up to one, and that of what every line has is one.
    let new = (*cost - gradient / (2.0 + slack)).max(0.0);
    let change = (new - *cost) * side;
    *cost = new;
    lesson.places.iter().for_each(|place| weights[*place] += change * each);
    weights[PLACES] += change;
}

/// Shuffles by the generator xorshift.
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for at in (1..order.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let other = usize::try_from(*seed % (at as u64 + 1)).unwrap_or_default();
        order.swap(at, other);
    }
}
