//! The kinds of texts that are not allowed as copy.

use std::fmt;

/// Defines the kinds: a name in code, its stable code, and what a planner reads.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident $code:literal $reason:literal),+ $(,)?) => {
        /// Why a text is not allowed as copy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[doc = $doc])+ $name,)+
            /// A phrase that only looks like a claim; no text is refused for it.
            #[doc(hidden)]
            Plain,
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the kind's stable code, for logs, metrics and documents.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                    Self::Plain => "plain",
                }
            }

            /// Returns the kind of a code.
            pub(crate) fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }

            /// Returns what a planner has to do about it.
            pub fn reason(self) -> &'static str {
                match self {
                    $(Self::$name => $reason,)+
                    Self::Plain => "claims nothing",
                }
            }
        }
    };
}

kinds! {
    /// A price, in digits or words.
    Price "price" "names a price, a percentage or how cheap something is; prices are added from the catalog",
    /// An amount that the product data does not have.
    Quantity "quantity" "names an amount that the product data does not have; leave it out",
    /// A reduction, an offer, a gift or a code.
    Offer "offer" "offers a reduction, a gift or a code; leave it out",
    /// Scarcity or urgency.
    Scarcity "scarcity" "urges, or says that little is left; leave it out",
    /// Shipping, returns or guarantees.
    Delivery "delivery" "speaks of shipping, returns or guarantees; only the merchant's promises may, word for word",
    /// A superlative, a comparison or praise by others.
    Superlative "superlative" "praises in superlatives, by comparison or by what others say; describe instead",
    /// A health claim.
    Health "health" "claims an effect on health, body or mind; leave it out",
    /// A financial claim.
    Finance "finance" "speaks of credit, payment or profit; leave it out",
    /// A safety claim.
    Safety "safety" "claims safety, resistance or a certificate; leave it out",
    /// A claim about environment or ethics.
    Sustainability "sustainability" "claims an effect on the environment or fair conditions; leave it out",
    /// Origin, making, age or awards.
    Origin "origin" "says where, how or since when something is made, or names an award; leave it out",
    /// A contact, an address or a handle.
    Contact "contact" "holds an address or a way of contact; leave it out",
    /// Markup of any kind.
    Markup "markup" "holds markup; plain text only",
    /// What concerns the shopper's person.
    Person "person" "speaks of the shopper's person, place or doings; speak of the products",
    /// Insults and politics.
    Insult "insult" "insults, or speaks of politics or religion; leave it out",
    /// What no reader should see: placeholders, leaks, repetitions.
    Junk "junk" "holds a placeholder, an identifier, a repetition or words about the task; write copy",
    /// Words that together sound like a claim, though no pattern matches.
    Claim "claim" "sounds like a claim about price, effect, quality or the shopper; describe the products instead",
    /// Letters that only look like letters.
    Disguise "disguise" "writes words with look-alike, spaced or masked letters; use plain letters",
    /// A word that the merchant banned.
    Banned "banned" "uses a banned word",
    /// A line in another script than the shop's language.
    Script "script" "is not in the script of the shop's language",
    /// A page in another language than the shop's.
    Language "language" "is not in the shop's language",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
