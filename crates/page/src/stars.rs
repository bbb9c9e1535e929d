//! The rating of a product, as stars and in words.

use model::catalog::Rating;
use words::Words;
use words::numbers::Numbers;

/// A rating as a page shows it.
pub struct Stars {
    pub words: &'static Words,
    /// How many halves of stars are filled, 2 to 10.
    pub halves: u32,
    /// The average as a number, such as `4.6`.
    pub average: String,
    pub reviews: Option<Reviews>,
}

/// How many reviews there are.
pub struct Reviews {
    /// The number.
    pub count: String,
    /// The number with a word.
    pub text: String,
}

impl Stars {
    /// Returns the stars of a rating; `None` if it is no rating of one to five stars.
    pub fn of(rating: Rating, words: &'static Words) -> Option<Self> {
        let Rating { average_hundredths, count } = Rating::of(rating.average_hundredths, rating.count)?;
        let numbers = Numbers::of(words.language.tag());
        let reviews =
            |count: u32| Reviews { count: numbers.whole(count.into()), text: words.reviews.of(count.into()) };
        let rounded = |size: u32| (average_hundredths + size / 2) / size;
        let tenths = rounded(10);
        Some(Self {
            words,
            halves: rounded(50),
            average: numbers.decimal(&format!("{}.{}", tenths / 10, tenths % 10)),
            reviews: count.map(reviews),
        })
    }
}

#[cfg(test)]
mod tests {
    use words::Language;

    use super::*;

    #[test]
    fn stars_are_rounded_to_halves_and_the_number_to_tenths() {
        for (hundredths, halves, average) in [
            (100, 2, "1,0"),
            (124, 2, "1,2"),
            (125, 3, "1,3"),
            (474, 9, "4,7"),
            (475, 10, "4,8"),
            (500, 10, "5,0"),
        ] {
            let words = Language::of("de").unwrap().words();
            let rating = Rating { average_hundredths: hundredths, count: Some(1_200) };
            let stars = Stars::of(rating, words).unwrap();
            assert_eq!((stars.halves, stars.average.as_str()), (halves, average));
            let Reviews { count, text } = stars.reviews.unwrap();
            assert_eq!((count.as_str(), text.as_str()), ("1.200", "1.200 Bewertungen"));
        }
    }

    #[test]
    fn what_is_no_rating_has_no_stars() {
        let of = |average_hundredths, count| {
            Stars::of(Rating { average_hundredths, count }, Language::ENGLISH.words()).is_some()
        };
        assert!(of(450, None) && !of(501, None) && !of(u32::MAX, None) && !of(450, Some(0)) && !of(0, None));
    }
}
