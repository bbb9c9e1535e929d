//! Selectors: a line of text by which a merchant names products, or a kind of block.
//!
//! The configuration, the form of the admin and its errors have this one form: `product: oak-wand`, `collection: sale`,
//! `vendor: Ollivander`, `type: Robes`, `block: story`. The address of a product or a collection stands for it.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use crate::text::{is_invisible, is_shaping};

/// The most selectors of a list.
pub const SELECTORS_MAX: usize = 100;
/// The most collections of a list: the catalog is asked for the products of each.
pub const COLLECTIONS_MAX: usize = 10;
/// The longest name in a selector, in characters, as Shopify limits handles, vendors and types.
const NAME_CHARS_MAX: usize = 255;
/// The longest line, in characters: an address may have a long query.
const LINE_CHARS_MAX: usize = 2_000;
/// The longest part of a line that an error repeats, in characters.
const REPEATED_CHARS_MAX: usize = 40;

/// What a merchant names: products, or a kind of block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The product with this handle or id.
    Product(String),
    /// The products of the collection with this handle.
    Collection(String),
    /// The products of this vendor.
    Vendor(String),
    /// The products of this type.
    Type(String),
    /// The blocks of this kind.
    Block(String),
}

/// Why a line is not a selector, or does not belong into its list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSelector {
    /// There is no kind in front.
    #[error("say in front what it is, such as product: oak-wand")]
    NoKind,
    /// The kind is unknown.
    #[error("{0:?} is not a kind; write product, collection, vendor, type or block")]
    UnknownKind(String),
    /// There is nothing after the kind.
    #[error("write a name after the kind, such as product: oak-wand")]
    NoName,
    /// The name cannot be that of a block.
    #[error("{0:?} is not the name of a block, such as story")]
    NotABlock(String),
    /// The block is unknown, or every page needs it.
    #[error("{name:?} is not a block that pages can do without; write one of {known}")]
    UnknownBlock {
        /// The block.
        name: String,
        /// The blocks that can be excluded.
        known: String,
    },
    /// The name is not a handle.
    #[error("{0:?} is not a handle; copy the address of the page, or its last part")]
    NotAHandle(String),
    /// The address leads to no product and no collection.
    #[error(
        "this is not the address of a product or a collection; those contain /products/ or /collections/"
    )]
    UnknownAddress,
    /// There are characters that nobody sees.
    #[error("it holds invisible characters; type it instead of pasting it")]
    Invisible,
    /// It is too long.
    #[error("it is longer than {NAME_CHARS_MAX} characters")]
    TooLong,
    /// Blocks cannot be pinned.
    #[error("a block can be excluded, but not pinned")]
    PinnedBlock,
    /// An earlier line says the same.
    #[error("line {0} says the same; remove one of them")]
    Duplicate(usize),
    /// There are too many lines.
    #[error("too many lines; the limit is {SELECTORS_MAX}: name vendors, types or collections instead")]
    TooMany,
    /// There are too many collections.
    #[error("too many collections; the limit is {COLLECTIONS_MAX}")]
    TooManyCollections,
}

/// A line of a list that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct InvalidLine {
    /// The number of the line, from 1 on.
    pub line: usize,
    /// Why it is refused.
    pub problem: InvalidSelector,
}

/// Parses what is excluded. Empty lines are skipped. A block may have any name: [`excluded_of`] refuses unknown ones.
pub fn excluded<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<Selector>, InvalidLine> {
    list(lines, |_| Ok(()))
}

/// Parses what is excluded, where `blocks` are the kinds of block that a page can do without.
pub fn excluded_of<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    blocks: &[&str],
) -> Result<Vec<Selector>, InvalidLine> {
    list(lines, |selector| match selector {
        Selector::Block(name) if !blocks.contains(&name.as_str()) => {
            Err(InvalidSelector::UnknownBlock { name: repeated(name), known: blocks.join(", ") })
        }
        _ => Ok(()),
    })
}

/// Parses what is pinned. Empty lines are skipped.
pub fn pinned<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<Selector>, InvalidLine> {
    list(lines, |selector| match selector {
        Selector::Block(_) => Err(InvalidSelector::PinnedBlock),
        _ => Ok(()),
    })
}

/// Parses lines until the first that is refused, so a long list costs no more than a short one.
fn list<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    belongs: impl Fn(&Selector) -> Result<(), InvalidSelector>,
) -> Result<Vec<Selector>, InvalidLine> {
    let mut known: Vec<(usize, Selector)> = Vec::new();
    for (line, text) in (1..).zip(lines).filter(|(_, text)| !text.trim().is_empty()) {
        let selector: Result<Selector, _> = text.parse();
        let selector = selector.and_then(|selector| belongs(&selector).map(|()| selector));
        let selector = selector.and_then(|selector| fitting(selector, &known));
        known.push((line, selector.map_err(|problem| InvalidLine { line, problem })?));
    }
    Ok(known.into_iter().map(|(_, selector)| selector).collect())
}

fn fitting(selector: Selector, known: &[(usize, Selector)]) -> Result<Selector, InvalidSelector> {
    let is_collection = |selector: &Selector| matches!(selector, Selector::Collection(_));
    if let Some((line, _)) = known.iter().find(|(_, other)| other.is_same(&selector)) {
        return Err(InvalidSelector::Duplicate(*line));
    }
    if known.len() == SELECTORS_MAX {
        return Err(InvalidSelector::TooMany);
    }
    let collections = known.iter().filter(|(_, other)| is_collection(other)).count();
    if is_collection(&selector) && collections == COLLECTIONS_MAX {
        return Err(InvalidSelector::TooManyCollections);
    }
    Ok(selector)
}

impl Selector {
    /// Returns whether two selectors name the same.
    fn is_same(&self, other: &Self) -> bool {
        self.to_string().to_lowercase() == other.to_string().to_lowercase()
    }

    fn of_kind(kind: &str, name: &str) -> Result<Self, InvalidSelector> {
        match kind {
            "product" => handle(name).map(Self::Product),
            "collection" => handle(name).map(Self::Collection),
            "vendor" => named(name).map(Self::Vendor),
            "type" => named(name).map(Self::Type),
            "block" => block(name).map(Self::Block),
            _ => Err(InvalidSelector::UnknownKind(repeated(kind))),
        }
    }

    /// Reads the address of a product or a collection: of the shop itself, with or without a market's folder and a query,
    /// or of Shopify's admin. A product in a collection is the product.
    fn of_address(address: &str) -> Result<Self, InvalidSelector> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<_> = path.split('/').collect();
        let after = |folder: &str| {
            let at = segments.iter().position(|segment| *segment == folder)?;
            segments.get(at + 1).copied().filter(|name| !name.is_empty())
        };
        match (after("products"), after("collections")) {
            (Some(name), _) => handle(name).map(Self::Product),
            (None, Some(name)) => handle(name).map(Self::Collection),
            (None, None) => Err(InvalidSelector::UnknownAddress),
        }
    }
}

impl FromStr for Selector {
    type Err = InvalidSelector;

    fn from_str(text: &str) -> Result<Self, InvalidSelector> {
        let text = text.trim();
        if text.chars().count() > LINE_CHARS_MAX {
            return Err(InvalidSelector::TooLong);
        }
        if text.contains(is_unseen) {
            return Err(InvalidSelector::Invisible);
        }
        if is_address(text) {
            return Self::of_address(text);
        }
        if let Some(id) = text.strip_prefix("gid://shopify/Product/") {
            return handle(id).map(Self::Product);
        }
        let (kind, name) = text.split_once(':').ok_or(InvalidSelector::NoKind)?;
        let (kind, name) = (kind.trim().to_lowercase(), name.trim());
        match Self::of_address(name) {
            Ok(selector) if is_address(name) && selector.kind() == kind => Ok(selector),
            _ => Self::of_kind(&kind, name),
        }
    }
}

impl Selector {
    fn kind(&self) -> &'static str {
        match self {
            Self::Product(_) => "product",
            Self::Collection(_) => "collection",
            Self::Vendor(_) => "vendor",
            Self::Type(_) => "type",
            Self::Block(_) => "block",
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Product(name)
        | Self::Collection(name)
        | Self::Vendor(name)
        | Self::Type(name)
        | Self::Block(name)) = self;
        write!(f, "{}: {name}", self.kind())
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://") || text.starts_with('/')
}

fn is_unseen(c: char) -> bool {
    c.is_control() || is_invisible(c) && !is_shaping(c)
}

/// Returns a name with single spaces.
fn named(name: &str) -> Result<String, InvalidSelector> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(InvalidSelector::NoName),
        1..=NAME_CHARS_MAX => Ok(name),
        _ => Err(InvalidSelector::TooLong),
    }
}

/// Returns a handle or an id, without the encoding that it has in an address.
fn handle(name: &str) -> Result<String, InvalidSelector> {
    let name = named(&percent_decode_str(name).decode_utf8_lossy())?;
    let is_part = |c: char| c.is_alphanumeric() || is_shaping(c) || "-_.~".contains(c);
    if name.chars().all(is_part) { Ok(name) } else { Err(InvalidSelector::NotAHandle(repeated(&name))) }
}

fn block(name: &str) -> Result<String, InvalidSelector> {
    let kind = named(name)?.to_lowercase().replace([' ', '-'], "_");
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if kind.chars().all(is_part) { Ok(kind) } else { Err(InvalidSelector::NotABlock(repeated(name))) }
}

fn repeated(text: &str) -> String {
    text.chars().take(REPEATED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, InvalidSelector>) {
        let read = text.parse::<Selector>().map(|selector| selector.to_string());
        assert_eq!(read, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn a_line_names_products_or_a_block() {
        check("product: oak-wand", Ok("product: oak-wand"));
        check("  Product :  Oak-Wand ", Ok("product: Oak-Wand"));
        check("product: 8123456789", Ok("product: 8123456789"));
        check("collection: sale", Ok("collection: sale"));
        check("vendor: Hollow  &  Sons", Ok("vendor: Hollow & Sons"));
        check("vendor: <b>Robes: fine</b>", Ok("vendor: <b>Robes: fine</b>"));
        check("TYPE: Robes", Ok("type: Robes"));
        check("block: Story", Ok("block: story"));
        check("block: price guide", Ok("block: price_guide"));
    }

    #[test]
    fn an_address_stands_for_its_product_or_collection() {
        for address in [
            "https://wands.example/products/oak-wand",
            "https://wands.example/de/products/oak-wand?variant=7&utm=x#top",
            "https://wands.example/collections/sale/products/oak-wand",
            "/products/oak-wand",
            "product: https://wands.example/products/oak-wand",
        ] {
            check(address, Ok("product: oak-wand"));
        }
        check("https://admin.shopify.com/store/wands/products/812", Ok("product: 812"));
        check("gid://shopify/Product/812", Ok("product: 812"));
        check("https://wands.example/products/caf%C3%A9", Ok("product: café"));
        check("https://wands.example/collections/sale", Ok("collection: sale"));
        check("https://wands.example/pages/about", Err(InvalidSelector::UnknownAddress));
        check("https://wands.example/products/", Err(InvalidSelector::UnknownAddress));
    }

    #[test]
    fn an_invalid_selector_is_refused_with_the_reason() {
        use InvalidSelector::{Invisible, NoKind, NoName, NotABlock, NotAHandle, TooLong, UnknownKind};
        check("oak-wand", Err(NoKind));
        check("brand: Ollivander", Err(UnknownKind("brand".into())));
        check("product:", Err(NoName));
        check("product: <script>", Err(NotAHandle("<script>".into())));
        check("product: oak wand", Err(NotAHandle("oak wand".into())));
        check("block: <b>", Err(NotABlock("<b>".into())));
        check("block: größe", Err(NotABlock("größe".into())));
        check("vendor: a\u{202e}b", Err(Invisible));
        check("vendor: a\u{0}b", Err(Invisible));
        check("vendor: \u{200b}", Err(Invisible));
        check(&format!("vendor: {}", "x".repeat(256)), Err(TooLong));
        check(&"x".repeat(1_000_000), Err(TooLong));
    }

    #[test]
    fn a_block_that_pages_have_not_or_need_is_refused_where_the_blocks_are_known() {
        let known = ["search", "story"];
        assert_eq!(excluded_of(["block: Story", "vendor: A"], &known).unwrap().len(), 2);
        for name in ["quote", "hero"] {
            let line = format!("block: {name}");
            let error = excluded_of(["vendor: A", line.as_str()], &known).unwrap_err().to_string();
            let expected = "is not a block that pages can do without; write one of search, story";
            assert_eq!(error, format!("line 2: {name:?} {expected}"));
            assert_eq!(excluded([line.as_str()]), Ok(vec![Selector::Block(name.to_owned())]), "stored once");
        }
    }

    #[test]
    fn a_list_says_which_line_is_wrong() {
        let error = |text: &str| excluded(text.lines()).unwrap_err().to_string();
        assert_eq!(excluded("\nvendor: A\n\n type: B\n".lines()).unwrap().len(), 2);
        assert_eq!(error("vendor: A\n\nvendor: a"), "line 3: line 1 says the same; remove one of them");
        assert_eq!(error("vendor: A\nrobe"), "line 2: say in front what it is, such as product: oak-wand");
        assert_eq!(pinned(["block: story"]).unwrap_err().problem, InvalidSelector::PinnedBlock);
        let many = |kind: &str| (0..10_000).map(|at| format!("{kind}: x{at}\n")).collect::<Vec<_>>().concat();
        assert!(error(&many("vendor")).starts_with("line 101: too many lines"));
        assert!(error(&many("collection")).starts_with("line 11: too many collections"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_selector_that_reads_back_or_is_refused(text in "(product|vendor|type|block|.{0,9}): ?.{0,40}") {
            if let Ok(selector) = text.parse::<Selector>() {
                let again: Selector = selector.to_string().parse().unwrap();
                prop_assert!(again.is_same(&selector));
            }
        }
    }
}
