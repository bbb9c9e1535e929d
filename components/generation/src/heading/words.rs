//! Words that make a claim in a heading, in lower case and with hyphens as spaces.

/// The lowest prices of the shop.
pub const LOWEST: &[&str] = &["lowest", "cheapest", "least expensive"];
/// Products in ascending order of price.
pub const BY_PRICE: &[&str] =
    &["sorted by price", "ordered by price", "order of price", "price order", "low to high", "cheaper first"];
/// Half of the former price.
pub const HALF_PRICE: &[&str] = &["half price", "half the price", "half off"];
/// Less than the former price.
pub const REDUCED: &[&str] = &[
    "reduced",
    "reduction",
    "reductions",
    "discount",
    "discounts",
    "discounted",
    "sale",
    "sales",
    "clearance",
    "markdown",
    "markdowns",
    "marked down",
    "price drop",
    "price drops",
    "price cut",
    "price cuts",
    "cut price",
    "cut prices",
    "slashed",
    "lower than before",
    "cheaper than before",
    "less than before",
    "deal",
    "deals",
    "bargain",
    "bargains",
    "savings",
    "save on",
    "save up to",
    "save big",
    "save now",
    "you save",
    "percent off",
    "% off",
    "money off",
    "price off",
    "prices off",
    "off the price",
    "special offer",
    "special offers",
    "special price",
    "special prices",
];
/// Phrases that contain a word of [`REDUCED`] but do not claim a reduction.
pub const NOT_REDUCED: &[&str] = &[
    "for sale",
    "point of sale",
    "after sales",
    "pre sale",
    "deal with",
    "deals with",
    "great deal of",
    "good deal of",
    "great deal more",
    "good deal more",
    "no big deal",
    "real deal",
    "into the bargain",
    "ground clearance",
    "energy savings",
    "time savings",
    "savings bank",
    "reduced sugar",
    "reduced salt",
    "reduced fat",
    "reduced waste",
    "reduced to the",
];
/// Products that sell best.
pub const BEST_SELLING: &[&str] = &[
    "best seller",
    "best sellers",
    "bestseller",
    "bestsellers",
    "best selling",
    "bestselling",
    "top seller",
    "top sellers",
    "most popular",
    "popular",
    "most bought",
];
/// Products that can be bought now.
pub const AVAILABLE: &[&str] = &["in stock", "available now"];
/// New products.
pub const NEW: &[&str] = &[
    "new arrivals",
    "new in",
    "newest",
    "just in",
    "just arrived",
    "just added",
    "latest",
    "recently added",
    "brand new",
];
/// A merchant's tags for best-selling products.
pub const BEST_SELLING_TAGS: &[&str] =
    &["bestseller", "bestsellers", "best seller", "best-seller", "best sellers"];
/// A merchant's tags for new products.
pub const NEW_TAGS: &[&str] =
    &["new", "new arrival", "new arrivals", "new-arrival", "new-arrivals", "new in"];
