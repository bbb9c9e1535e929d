//! The season of a product, as its tags and title name it, and whether it is over or far away.
//!
//! It only changes the order in which products are offered to the model. A product that names no season is always in
//! season.

use model::Market;
use model::catalog::Product;

/// The milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// The days of a year, on average.
const YEAR_DAYS: f64 = 365.242_5;
/// The days by which summer in the south differs from summer in the north.
const HALF_YEAR: u16 = 183;
/// The countries of the southern hemisphere in which most shops of it are (ISO 3166-1).
const SOUTHERN: [&str; 12] = ["AR", "AU", "BO", "BR", "CL", "MZ", "NA", "NZ", "PE", "PY", "UY", "ZA"];

/// Seasons and occasions: their words in lower case, the day of the year on which they begin to sell, the number of days
/// for which they do, and whether they depend on the hemisphere. A season begins to sell a month before it begins.
const SEASONS: [Season; 6] = [
    Season {
        words: &["summer", "sommer", "verano", "zomer", "été"], from: 110, days: 135, is_weather: true
    },
    Season { words: &["winter", "hiver", "invierno", "inverno"], from: 285, days: 145, is_weather: true },
    Season {
        words: &["christmas", "xmas", "weihnachten", "weihnachts", "noël", "navidad", "natale", "kerst"],
        from: 274,
        days: 87,
        is_weather: false,
    },
    Season { words: &["halloween"], from: 244, days: 61, is_weather: false },
    Season {
        words: &["easter", "ostern", "pâques", "pascua", "pasqua", "pasen"],
        from: 32,
        days: 85,
        is_weather: false,
    },
    Season { words: &["valentine", "valentines", "valentinstag"], from: 1, days: 45, is_weather: false },
];

struct Season {
    words: &'static [&'static str],
    from: u16,
    days: u16,
    is_weather: bool,
}

/// A day of the year, 1 to 366, in a hemisphere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    day: u16,
    is_southern: bool,
}

impl Today {
    /// Returns the day of a time in a market. It may be a day off, which does not matter here.
    pub fn at(now_ms: u64, market: &Market) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "days since the epoch are few")]
        let days = (now_ms / DAY_MS) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 366")]
        let day = (days % YEAR_DAYS) as u16 + 1;
        let is_southern = SOUTHERN.contains(&market.country());
        Self { day, is_southern }
    }

    /// Returns whether a product names seasons, and none of them sells now.
    pub fn is_out_of_season(self, product: &Product) -> bool {
        let mut named = SEASONS.iter().filter(|season| season.is_named(product)).peekable();
        named.peek().is_some() && named.all(|season| !self.is_in(season))
    }

    fn is_in(self, season: &Season) -> bool {
        let shift = if self.is_southern && season.is_weather { HALF_YEAR } else { 0 };
        let since = (self.day + 2 * 366 - season.from - shift) % 366;
        since < season.days
    }
}

impl Season {
    fn is_named(&self, product: &Product) -> bool {
        let texts = product.tags.iter().map(String::as_str).chain([product.title.as_str()]);
        let mut words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
        words.any(|word| self.words.contains(&word.to_lowercase().as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::product;

    /// Returns the time of a day of the year 2026.
    fn day(day: u64) -> u64 {
        (20_454 + day - 1) * DAY_MS
    }

    fn called(title: &str) -> Product {
        Product { title: title.to_owned(), tags: Vec::new(), ..product("a", "Wands", 1) }
    }

    #[track_caller]
    fn check(title: &str, country: &str, on: u64, expected: bool) {
        let market = Market::of(country, country).unwrap();
        assert_eq!(
            Today::at(day(on), &market).is_out_of_season(&called(title)),
            expected,
            "{title} {country} {on}"
        );
    }

    #[test]
    fn a_product_is_out_of_season_where_its_season_does_not_sell() {
        check("Winter Hat", "DE", 15, false);
        check("Winter Hat", "DE", 180, true);
        check("Winter Hat", "AU", 180, false);
        check("Summer Hat", "DE", 180, false);
        check("Summer Hat", "AU", 180, true);
        check("Christmas Star", "AU", 340, false);
        check("Christmas Star", "DE", 100, true);
        check("Summer and Winter Hat", "DE", 180, false);
        check("Wintergreen Oil", "DE", 180, false);
        check("Hat", "DE", 180, false);
    }

    #[test]
    fn a_tag_names_a_season_too() {
        let hat = Product { tags: vec!["gift".into(), "winter sale".into()], ..called("Hat") };
        let market = Market::default();
        assert!(Today::at(day(180), &market).is_out_of_season(&hat));
        assert!(!Today::at(day(340), &market).is_out_of_season(&hat));
    }
}
