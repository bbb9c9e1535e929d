//! The products, best-selling first.

use crate::picture::{Palette, Picture, Shape};

/// ISO 4217 code of all prices.
pub const CURRENCY: &str = "USD";

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The product's id, `[a-z0-9-]+`.
    pub id: &'static str,
    /// The title.
    pub title: &'static str,
    /// A sentence or two.
    pub description: &'static str,
    /// The vendor.
    pub vendor: &'static str,
    /// The product type.
    pub category: &'static str,
    /// Tags, in lower case.
    pub tags: &'static [&'static str],
    /// The price, in cents.
    pub price_cents: u64,
    /// The former price, in cents, if the product is reduced.
    pub price_before_cents: Option<u64>,
    /// Whether the product can be bought now.
    pub available: bool,
    /// The product's image.
    pub picture: Picture,
}

impl Product {
    /// Returns the address of the product. The demo has no product pages, so this is the product's card on the
    /// storefront.
    pub fn url(&self) -> String {
        format!("#product-{}", self.id)
    }
}

const fn palette(
    glow: &'static str,
    ground: &'static str,
    body: &'static str,
    accent: &'static str,
) -> Palette {
    Palette { glow, ground, body, accent }
}

const THORN: &str = "Hollow & Thorn";
const ALDERWICK: &str = "Alderwick Works";
const MOONFEN: &str = "Moonfen Atelier";
const EMBERGUILD: &str = "Emberguild";
const QUILLMARSH: &str = "Quillmarsh Press";

const WANDS: &str = "Wands";
const CORES: &str = "Cores";
const HOLSTERS: &str = "Holsters";
const CARE: &str = "Care";
const BOOKS: &str = "Books";
const GIFTS: &str = "Gifts";

/// All products.
pub const PRODUCTS: &[Product] = &[
    Product {
        id: "willow-whisper",
        title: "Willow Whisper",
        description: "A supple willow wand that listens before it answers. Beloved for mending charms and for quiet hands.",
        vendor: THORN,
        category: WANDS,
        tags: &["bestseller", "willow", "healing"],
        price_cents: 6400,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Wand,
            palette: palette("bd8", "253", "fdb", "853"),
            alt: "A pale willow wand with a sparkling tip on leafy green",
        },
    },
    Product {
        id: "first-spark",
        title: "First Spark Starter Wand",
        description: "Light, forgiving and hard to break: the wand most of us wish we had learned on.",
        vendor: ALDERWICK,
        category: WANDS,
        tags: &["bestseller", "beginner", "birch"],
        price_cents: 2900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Wand,
            palette: palette("5bd", "237", "fc8", "a52"),
            alt: "A honey-coloured birch wand with a sparkling tip on clear blue",
        },
    },
    Product {
        id: "ember-plume",
        title: "Ember Plume",
        description: "Charred cherry around a plume that never quite went out. Warm to the touch, and quick to temper.",
        vendor: EMBERGUILD,
        category: WANDS,
        tags: &["fire", "cherry", "advanced"],
        price_cents: 12_900,
        price_before_cents: Some(15_900),
        available: true,
        picture: Picture {
            shape: Shape::Wand,
            palette: palette("fa3", "811", "421", "fd6"),
            alt: "A dark cherry wand bound in gold, throwing sparks on fiery orange",
        },
    },
    Product {
        id: "moonstone-reach",
        title: "Moonstone Reach",
        description: "Ash with a moonstone cut on the night of an eclipse. It steadies long spells and lights the way home.",
        vendor: MOONFEN,
        category: WANDS,
        tags: &["light", "ash", "stone"],
        price_cents: 14_900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Gem,
            palette: palette("a8d", "325", "435", "bdf"),
            alt: "A slate-coloured wand tipped with a pale moonstone on violet",
        },
    },
    Product {
        id: "forearm-holster",
        title: "Dragon-Grain Forearm Holster",
        description: "Embossed bridle leather that keeps a wand along the forearm, out of sight and half a second away.",
        vendor: ALDERWICK,
        category: HOLSTERS,
        tags: &["bestseller", "leather"],
        price_cents: 4900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Holster,
            palette: palette("ec9", "643", "532", "da6"),
            alt: "A brown leather holster with two straps and a wand in it",
        },
    },
    Product {
        id: "bergamot-balm",
        title: "Beeswax & Bergamot Balm",
        description: "Feeds dry wood and brings up the grain. One jar lasts a year of weekly care.",
        vendor: THORN,
        category: CARE,
        tags: &["bestseller", "beeswax", "gift"],
        price_cents: 1200,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Jar,
            palette: palette("fd8", "a62", "c83", "742"),
            alt: "An amber jar of balm with a wooden lid",
        },
    },
    Product {
        id: "midwinter-ebony",
        title: "Midwinter Ebony",
        description: "Dense, dark and exact. It does what it is told, and nothing else.",
        vendor: THORN,
        category: WANDS,
        tags: &["ebony", "advanced", "duelling"],
        price_cents: 9900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Wand,
            palette: palette("99c", "224", "112", "ca6"),
            alt: "A black ebony wand with a brass-wound handle on twilight blue",
        },
    },
    Product {
        id: "wandlore-beginners",
        title: "Wandlore for Beginners",
        description: "Woods, cores, grips and the forty gestures, each with a drawing that you can follow.",
        vendor: QUILLMARSH,
        category: BOOKS,
        tags: &["bestseller", "beginner", "illustrated"],
        price_cents: 2400,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Book,
            palette: palette("e9b", "436", "724", "fc6"),
            alt: "A burgundy book with a golden star on its cover",
        },
    },
    Product {
        id: "rowan-warden",
        title: "Rowan Warden",
        description: "Cut with its leaves on, as old custom has it. No better friend on the far side of a closed door.",
        vendor: THORN,
        category: WANDS,
        tags: &["rowan", "protection"],
        price_cents: 7900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Branch,
            palette: palette("cda", "475", "643", "385"),
            alt: "A rowan wand with green leaves growing from it",
        },
    },
    Product {
        id: "twinned-hazel",
        title: "Twinned Hazel",
        description: "Two hazel shoots that grew around each other. It finds water, lost keys and the right word.",
        vendor: ALDERWICK,
        category: WANDS,
        tags: &["hazel", "divining"],
        price_cents: 6900,
        price_before_cents: Some(8400),
        available: true,
        picture: Picture {
            shape: Shape::Twist,
            palette: palette("fc9", "953", "632", "ea6"),
            alt: "Two strands of hazel wound into one wand on copper",
        },
    },
    Product {
        id: "gryphon-quill-core",
        title: "Gryphon Quill Core",
        description: "A single quill, given and not taken, from a wing that knows the way. Loyal, and slow to anger.",
        vendor: MOONFEN,
        category: CORES,
        tags: &["core", "air", "healing"],
        price_cents: 3900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Feather,
            palette: palette("acd", "347", "eef", "89b"),
            alt: "A white gryphon quill on evening blue",
        },
    },
    Product {
        id: "apprentice-box",
        title: "The Apprentice Box",
        description: "First Spark, a jar of balm and a polishing cloth under one bow: everything for a first term.",
        vendor: ALDERWICK,
        category: GIFTS,
        tags: &["gift", "beginner", "bundle"],
        price_cents: 3900,
        price_before_cents: Some(4700),
        available: true,
        picture: Picture {
            shape: Shape::Box,
            palette: palette("f9b", "925", "d35", "fd7"),
            alt: "A red gift box tied with a golden bow",
        },
    },
    Product {
        id: "stormglass",
        title: "Stormglass",
        description: "Bog oak crowned with glass that lightning made. Keep it pointed away from weathercocks.",
        vendor: EMBERGUILD,
        category: WANDS,
        tags: &["storm", "oak", "advanced"],
        price_cents: 18_900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Gem,
            palette: palette("4ac", "124", "013", "6ef"),
            alt: "A blue-black wand tipped with bright cyan glass on stormy blue",
        },
    },
    Product {
        id: "kelpie-core",
        title: "River Kelpie Core",
        description: "Drawn from fast water in March. Lends a wand reach, and a temper to go with it.",
        vendor: MOONFEN,
        category: CORES,
        tags: &["core", "water"],
        price_cents: 3400,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Vial,
            palette: palette("9db", "265", "2b9", "853"),
            alt: "A round vial of green river water with a cork",
        },
    },
    Product {
        id: "quickdraw-holster",
        title: "Quickdraw Hip Holster",
        description: "An open throat, a tilted belt loop and a suede lining: made for duels that start early.",
        vendor: ALDERWICK,
        category: HOLSTERS,
        tags: &["leather", "duelling"],
        price_cents: 4400,
        price_before_cents: Some(5900),
        available: true,
        picture: Picture {
            shape: Shape::Holster,
            palette: palette("9c9", "254", "243", "cb6"),
            alt: "A dark green leather holster with brass straps",
        },
    },
    Product {
        id: "rosewood-duet",
        title: "Rosewood Duet",
        description: "Two wands from one branch, for two people. Each knows where the other is.",
        vendor: MOONFEN,
        category: WANDS,
        tags: &["rosewood", "gift", "limited"],
        price_cents: 19_900,
        price_before_cents: None,
        available: false,
        picture: Picture {
            shape: Shape::Duet,
            palette: palette("e8a", "524", "824", "fc9"),
            alt: "Two rosewood wands crossed beneath a star",
        },
    },
    Product {
        id: "moonsilk-cloth",
        title: "Moonsilk Polishing Cloth",
        description: "Woven by night from undyed silk. Lifts soot and fingerprints, and leaves the oil where it is.",
        vendor: MOONFEN,
        category: CARE,
        tags: &["silk", "gift"],
        price_cents: 900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Cloth,
            palette: palette("bbe", "446", "77b", "ccf"),
            alt: "A folded lavender polishing cloth",
        },
    },
    Product {
        id: "field-charms",
        title: "A Field Journal of Charms",
        description: "Half handbook, half blank pages: ninety small charms, and room to write down your own.",
        vendor: QUILLMARSH,
        category: BOOKS,
        tags: &["illustrated", "gift"],
        price_cents: 1900,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Book,
            palette: palette("cd8", "362", "254", "ed9"),
            alt: "A green journal with a pale gold star on its cover",
        },
    },
    Product {
        id: "driftwood-tide",
        title: "Driftwood Tide",
        description: "Sea-bleached roots, wound by a decade of tides. Never the same spell twice, always the right one.",
        vendor: THORN,
        category: WANDS,
        tags: &["water", "driftwood"],
        price_cents: 7200,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Twist,
            palette: palette("9dd", "268", "345", "cec"),
            alt: "Two bleached driftwood strands wound into one wand on sea blue",
        },
    },
    Product {
        id: "walnut-stand",
        title: "Walnut Display Stand",
        description: "Two oiled posts that hold a wand at its resting angle, so that it does not sulk.",
        vendor: ALDERWICK,
        category: CARE,
        tags: &["walnut", "display", "gift"],
        price_cents: 3600,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Stand,
            palette: palette("dca", "765", "532", "a74"),
            alt: "A wand resting on a walnut stand",
        },
    },
    Product {
        id: "shepherds-crook",
        title: "Shepherd's Crook",
        description: "Steam-bent thorn with a curl that gathers what has strayed: sheep, clouds, attention.",
        vendor: THORN,
        category: WANDS,
        tags: &["blackthorn", "weather"],
        price_cents: 11_200,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Crook,
            palette: palette("fd8", "674", "432", "fe9"),
            alt: "A wand that ends in a curl, on meadow gold",
        },
    },
    Product {
        id: "ever-ember-core",
        title: "Ever-Ember Core",
        description: "A coal that has glowed since the founding of the guild. Handle with tongs, admire with caution.",
        vendor: EMBERGUILD,
        category: CORES,
        tags: &["core", "fire"],
        price_cents: 4500,
        price_before_cents: Some(5500),
        available: true,
        picture: Picture {
            shape: Shape::Vial,
            palette: palette("fb6", "921", "f62", "532"),
            alt: "A round vial with a glowing orange ember in it",
        },
    },
    Product {
        id: "gift-scroll",
        title: "Gift Scroll",
        description: "Sealed in red wax and good for anything in the shop. It never expires; the wax remembers.",
        vendor: QUILLMARSH,
        category: GIFTS,
        tags: &["gift"],
        price_cents: 5000,
        price_before_cents: None,
        available: true,
        picture: Picture {
            shape: Shape::Scroll,
            palette: palette("e9b", "646", "fec", "c86"),
            alt: "A parchment scroll with a red wax seal",
        },
    },
    Product {
        id: "midnight-yew",
        title: "Midnight Yew",
        description: "Felled at midnight, carved by starlight, numbered by hand. Forty were made, and forty were wanted.",
        vendor: EMBERGUILD,
        category: WANDS,
        tags: &["yew", "advanced", "limited"],
        price_cents: 24_900,
        price_before_cents: None,
        available: false,
        picture: Picture {
            shape: Shape::Wand,
            palette: palette("96d", "103", "214", "b8f"),
            alt: "A near-black yew wand with a violet grip, glowing in the dark",
        },
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn distinct<T: Ord>(of: impl Fn(&Product) -> T) -> usize {
        PRODUCTS.iter().map(of).collect::<BTreeSet<T>>().len()
    }

    #[test]
    fn an_assortment_fits_its_limit() {
        assert!((20..=100).contains(&PRODUCTS.len()));
    }

    #[test]
    fn no_two_products_look_alike() {
        assert_eq!(distinct(|product| product.id), PRODUCTS.len());
        assert_eq!(distinct(|product| product.title), PRODUCTS.len());
        assert_eq!(distinct(|product| product.description), PRODUCTS.len());
        assert_eq!(distinct(|product| product.picture.alt), PRODUCTS.len());
        assert_eq!(distinct(|product| product.picture.url()), PRODUCTS.len());
    }

    #[test]
    fn ids_and_tags_are_lower_case_words() {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        for product in PRODUCTS {
            for word in product.tags.iter().chain([&product.id]) {
                assert!(!word.is_empty() && word.chars().all(fits), "{word}");
            }
        }
    }

    #[test]
    fn prices_are_plausible_and_reductions_real() {
        for product in PRODUCTS {
            assert!((500..50_000).contains(&product.price_cents), "{}", product.id);
            assert!(
                product.price_before_cents.is_none_or(|before| before > product.price_cents),
                "{}",
                product.id
            );
        }
    }

    #[test]
    fn there_is_something_for_every_persona() {
        let reduced = PRODUCTS.iter().filter(|product| product.price_before_cents.is_some());
        let sold_out = PRODUCTS.iter().filter(|product| !product.available);
        assert_eq!((reduced.count(), sold_out.count()), (5, 2));
        assert_eq!(distinct(|product| product.category), 6);
        assert!(PRODUCTS[0].available && PRODUCTS[0].tags.contains(&"bestseller"));
    }

    #[test]
    fn a_bundle_costs_less_than_its_parts() {
        let find = |id| PRODUCTS.iter().find(|product| product.id == id).unwrap();
        let parts = ["first-spark", "bergamot-balm", "moonsilk-cloth"].map(|id| find(id).price_cents);
        assert!(find("apprentice-box").price_cents < parts.iter().sum());
    }

    #[test]
    fn colours_are_three_hexadecimal_digits() {
        for Product { id, picture: Picture { palette, .. }, .. } in PRODUCTS {
            for colour in [palette.glow, palette.ground, palette.body, palette.accent] {
                let is_colour = colour.len() == 3 && colour.bytes().all(|byte| byte.is_ascii_hexdigit());
                assert!(is_colour, "{id}: {colour}");
            }
        }
    }

    #[test]
    fn all_pictures_together_are_smaller_than_a_photograph() {
        let bytes: usize = PRODUCTS.iter().map(|product| product.picture.url().len()).sum();
        assert!(bytes < 14_000, "{bytes} bytes");
    }

    #[test]
    fn a_product_is_found_at_its_card() {
        assert_eq!(PRODUCTS[0].url(), "#product-willow-whisper");
    }
}
