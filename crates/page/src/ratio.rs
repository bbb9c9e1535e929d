//! The ratio of the pictures in a list. All tiles of a list have one ratio, so that rows are even: the one that suits the
//! catalog's pictures. A picture of another ratio is shown whole instead of cropped.

use model::catalog::Image;

/// The most of a picture's width or height that may be cropped, in percent.
const CROPPED_PERCENT_MAX: u64 = 5;

/// Ratios that tiles may have, the tallest first: their class in the style, width and height.
const RATIOS: [Ratio; 8] = [
    Ratio { class: "r23", width: 2, height: 3 },
    Ratio { class: "r34", width: 3, height: 4 },
    Ratio { class: "r45", width: 4, height: 5 },
    Ratio::SQUARE,
    Ratio { class: "r54", width: 5, height: 4 },
    Ratio { class: "r43", width: 4, height: 3 },
    Ratio { class: "r32", width: 3, height: 2 },
    Ratio { class: "r169", width: 16, height: 9 },
];

/// A ratio of width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Its class in the style.
    pub class: &'static str,
    width: u32,
    height: u32,
}

impl Ratio {
    const SQUARE: Self = Self { class: "r11", width: 1, height: 1 };

    /// Returns the ratio by which the fewest of these pictures are cropped too much; of those, the one that is nearest to
    /// all of them, and then the squarest.
    pub fn of_most(images: &[&Image]) -> Self {
        let cost = |ratio: &&Self| {
            let unfit = images.iter().filter(|image| !ratio.suits(image)).count();
            let cropped: u64 = images.iter().map(|image| 100 - ratio.left_percent(image)).sum();
            (unfit, cropped, Self::SQUARE.left_percent_of(ratio.width, ratio.height).abs_diff(100))
        };
        RATIOS.iter().min_by_key(cost).copied().unwrap_or(Self::SQUARE)
    }

    /// Returns whether a picture that covers a tile of this ratio is cropped by little.
    pub fn suits(self, image: &Image) -> bool {
        self.left_percent(image) >= 100 - CROPPED_PERCENT_MAX
    }

    /// Returns how much of a picture is left if it covers a tile of this ratio, in percent, rounded down.
    fn left_percent(self, image: &Image) -> u64 {
        self.left_percent_of(image.width, image.height)
    }

    fn left_percent_of(self, width: u32, height: u32) -> u64 {
        let tile = u64::from(self.width) * u64::from(height.max(1));
        let picture = u64::from(self.height) * u64::from(width.max(1));
        tile.min(picture) * 100 / tile.max(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn image(width: u32, height: u32) -> Image {
        Image { url: "/x.png".into(), alt: String::new(), width, height }
    }

    fn of_most(sizes: &[(u32, u32)]) -> &'static str {
        let images: Vec<_> = sizes.iter().map(|(width, height)| image(*width, *height)).collect();
        Ratio::of_most(&images.iter().collect::<Vec<_>>()).class
    }

    #[test]
    fn a_list_has_the_ratio_of_most_of_its_pictures() {
        assert_eq!(of_most(&[]), "r11");
        assert_eq!(of_most(&[(800, 1000), (1600, 2000), (900, 900)]), "r45");
        assert_eq!(of_most(&[(1000, 667), (3000, 2000)]), "r32");
        assert_eq!(of_most(&[(1, 4000), (4000, 1)]), "r11", "no ratio suits them");
        assert_eq!(of_most(&[(2400, 1000), (2000, 800)]), "r169", "none suits them, and this is the nearest");
        assert_eq!(of_most(&[(500, 1200)]), "r23");
        assert_eq!(of_most(&[(800, 800), (800, 1000)]), "r11", "of equals, the squarest");
    }

    #[test]
    fn a_picture_that_would_lose_more_than_a_twentieth_does_not_fit() {
        assert!(Ratio::SQUARE.suits(&image(1000, 950)) && Ratio::SQUARE.suits(&image(950, 1000)));
        assert!(!Ratio::SQUARE.suits(&image(1000, 949)) && !Ratio::SQUARE.suits(&image(0, 1000)));
    }

    proptest! {
        #[test]
        fn any_sizes_have_a_ratio(sizes in prop::collection::vec((any::<u32>(), any::<u32>()), 0..30)) {
            let class = of_most(&sizes);
            prop_assert!(RATIOS.iter().any(|ratio| ratio.class == class));
        }
    }
}
