//! What code mended in an answer of the model, by code. The journal says it, so that a merchant who changes the model
//! sees how well it follows the form.

use std::collections::BTreeSet;

/// A flaw of an answer that code mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mend {
    /// Text stands around the plan, such as a code fence or a greeting.
    Surroundings,
    /// Thoughts precede the plan.
    Thoughts,
    /// The plan is below another key, or in a list.
    Wrapper,
    /// The plan is a text that holds JSON.
    EncodedTwice,
    /// The text is almost JSON: comments, trailing commas, other quotes.
    Syntax,
    /// The answer ends in the middle.
    Cut,
    /// The answer holds several plans.
    GivenTwice,
    /// The parts of the plan are not where they belong, such as a hero that is not first.
    Order,
    /// A member has another name, or its value another type.
    Member,
    /// A member is not part of the form.
    UnknownMember,
    /// A product is not in the list that was offered, or not fit for its block.
    UnknownProduct,
    /// A product or a term is in a list twice.
    Repeated,
    /// A list is too long.
    TooMany,
    /// A text is too long.
    TooLong,
    /// A block, or a text in it, is not allowed, or a block is of no known kind or incomplete.
    Block,
    /// The title is missing or not allowed.
    Title,
    /// The local planner supplied blocks.
    Filled,
}

impl Mend {
    /// Returns the code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Surroundings => "surroundings",
            Self::Thoughts => "thoughts",
            Self::Wrapper => "wrapper",
            Self::EncodedTwice => "encoded-twice",
            Self::Syntax => "syntax",
            Self::Cut => "cut",
            Self::GivenTwice => "given-twice",
            Self::Order => "order",
            Self::Member => "member",
            Self::UnknownMember => "unknown-member",
            Self::UnknownProduct => "unknown-product",
            Self::Repeated => "repeated",
            Self::TooMany => "too-many",
            Self::TooLong => "too-long",
            Self::Block => "block",
            Self::Title => "title",
            Self::Filled => "filled",
        }
    }
}

/// The flaws that were mended, each once.
pub type Mended = BTreeSet<Mend>;

/// Returns the codes as one text.
pub fn codes(mended: &Mended) -> String {
    mended.iter().map(|mend| mend.code()).collect::<Vec<_>>().join(" ")
}
