//! Learns the weights of words and signs (`evidence.rs`) from lines of claims and of honest copy.
//!
//! A linear support vector machine (squared hinge loss) is solved by dual coordinate descent (Hsieh et al., "A Dual
//! Coordinate Descent Method for Large-scale Linear SVM", 2008). That adds, multiplies, divides and takes square roots,
//! which every machine rounds alike, so the same lines give the same weights.

use crate::corpus::Lesson;
use crate::evidence::PLACES;
use crate::signs::{SIGNS, Signs};

/// How much a line that is on the wrong side costs, against large weights.
const COST: f64 = 1.0;
const ROUNDS: usize = 30;
/// The largest weight that the table holds, and the share of weights that are no larger before they are rounded.
const WEIGHT_MAX: f64 = 7.0;
const ROUNDED_BELOW: f64 = 0.9995;

/// The learned weights, in hundredths: of each place, of each sign, and of every text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// The weight of each place.
    pub words: Vec<i8>,
    /// The weight of each sign. The last is that of every text.
    pub signs: Vec<i16>,
}

impl Weights {
    /// Returns the weights as the file holds them: those of places two in a byte, each plus 8, then the others.
    pub fn packed(&self) -> Vec<u8> {
        let nibble = |weight: i8| weight.saturating_add(8).unsigned_abs();
        let pair = |pair: &[i8]| pair.iter().rev().fold(0, |byte, weight| (byte << 4) | nibble(*weight));
        let signs = self.signs.iter().flat_map(|weight| weight.to_le_bytes());
        self.words.chunks(2).map(pair).chain(signs).collect()
    }
}

/// Returns the weights that lines teach, rounded.
pub fn learned(lessons: &[&Lesson]) -> Weights {
    let weights = solved(lessons);
    let (words, signs) = weights.split_at(PLACES);
    let mut sizes: Vec<_> = words.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
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
    let words = words.iter().map(|weight| (weight / step).round().clamp(-WEIGHT_MAX, WEIGHT_MAX) as i8);
    #[expect(clippy::cast_possible_truncation, reason = "a value that is too large becomes the largest")]
    let signs = signs.iter().map(|weight| (weight / step * 100.0).round() as i16);
    Weights { words: words.collect(), signs: signs.collect() }
}

/// Returns the weight of each place, then of each sign, then of every line.
fn solved(lessons: &[&Lesson]) -> Vec<f64> {
    let mut weights = vec![0.0; PLACES + SIGNS + 1];
    let mut costs = vec![0.0; lessons.len()];
    let mut order: Vec<_> = (0..lessons.len()).collect();
    let mut seed = 1;
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut seed);
        for number in &order {
            step(&mut weights, &mut costs[*number], lessons[*number]);
        }
    }
    weights
}

fn step(weights: &mut [f64], cost: &mut f64, lesson: &Lesson) {
    #[expect(clippy::cast_precision_loss, reason = "a line has some hundred places")]
    let each = 1.0 / (lesson.places.len().max(1) as f64).sqrt();
    let side = if lesson.is_claim { 1.0 } else { -1.0 };
    let words: f64 = lesson.places.iter().map(|place| weights[*place]).sum();
    let signs: f64 = values(&lesson.signs).map(|(sign, value)| weights[PLACES + sign] * value).sum();
    // The squares of a line's places add up to one, and the weight of every line is one.
    let square = 2.0 + values(&lesson.signs).map(|(_, value)| value * value).sum::<f64>();
    let slack = 1.0 / (2.0 * COST);
    let gradient = side * (words * each + signs + weights[PLACES + SIGNS]) - 1.0 + slack * *cost;
    let new = (*cost - gradient / (square + slack)).max(0.0);
    let change = (new - *cost) * side;
    *cost = new;
    lesson.places.iter().for_each(|place| weights[*place] += change * each);
    values(&lesson.signs).for_each(|(sign, value)| weights[PLACES + sign] += change * value);
    weights[PLACES + SIGNS] += change;
}

/// Returns the signs that are not zero.
fn values(signs: &Signs) -> impl Iterator<Item = (usize, f64)> {
    let value = |value: &i64| i32::try_from(*value).map_or(0.0, |value| f64::from(value) / 100.0);
    signs.iter().map(value).enumerate().filter(|(_, value)| *value != 0.0)
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
