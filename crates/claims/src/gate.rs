//! The gate: judges a text by every rule.

use std::cell::{LazyCell, OnceCell};

use crate::banned::Banned;
use crate::fold::{Token, tokens, words};
use crate::kind::Kind;
use crate::lexicon::{self, CLAIMS, PLAIN, Pattern};
use crate::pattern::{MASK, find};
use crate::readings::readings;
use crate::signs::{Found, signs};
use crate::{evidence, meaning, raw, script};

/// The longest text that may be copy, in bytes: 500 characters of any script. A longer one is refused unread.
const TEXT_BYTES_MAX: usize = 2 * 1024;
/// The part of a page's joined copy by which its language is judged, in bytes.
const PAGE_BYTES_MAX: usize = 8 * 1024;
/// The weight at which a text is refused that no pattern matches, one weak one, more of them, a strong one, and more of
/// those. They were chosen by lines that the lexicon was written without and the weights were
/// learned without.
const WORDS_REFUSED_FROM: i64 = 240;
const WEAK_REFUSED_FROM: i64 = 340;
const WEAKS_REFUSED_FROM: i64 = 400;
const STRONG_REFUSED_FROM: i64 = -100;
const STRONGS_REFUSED_FROM: i64 = -600;
/// The fewest words that are refused for what they weigh. A few words say too little.
const WORDS_MIN: usize = 6;
/// The most words of a text that is read in another language because of one pattern.
const FEW_WORDS: usize = 2;
/// Words that may stand before or after a promise.
const AND: [&str; 12] = ["and", "with", "plus", "und", "mit", "et", "avec", "y", "con", "e", "&", "+"];

/// What a merchant says and wants, by which texts are judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// The shop's language (BCP 47).
    pub language: &'a str,
    /// The currency of the shop's prices (ISO 4217).
    pub currency: &'a str,
    /// Names that may be written: the shop's, its categories' and vendors'.
    pub names: &'a [&'a str],
    /// The promises that a text may repeat word for word.
    pub promises: &'a [String],
    /// The words that no text may use.
    pub banned: &'a [String],
}

/// What stands beside a text on the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Of each product that stands with the text, the texts of its data: title first. What all of them say may be
    /// said.
    pub products: &'a [Vec<&'a str>],
    /// Words of the text whose claim was checked against the products and is true.
    pub proven: &'a [&'a str],
}

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The kind of the rule.
    pub kind: Kind,
    /// The banned word, if it is one.
    pub word: Option<String>,
}

/// The rules of a shop's texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    language: String,
    lexicon: Option<usize>,
    currency: String,
    names: Vec<Vec<String>>,
    promises: Vec<Vec<String>>,
    banned: Vec<Banned>,
}

impl Gate {
    /// Creates the gate of a shop.
    pub fn new(terms: &Terms<'_>) -> Self {
        let Terms { language, currency, names, promises, banned } = *terms;
        let is_worded = |words: &Vec<String>| !words.is_empty();
        Self {
            language: language.to_owned(),
            lexicon: lexicon::language(language),
            currency: currency.to_lowercase(),
            names: names.iter().map(|name| words(name)).filter(is_worded).collect(),
            promises: promises.iter().map(|promise| words(promise)).filter(is_worded).collect(),
            banned: banned.iter().filter_map(|word| Banned::new(word, language)).collect(),
        }
    }

    /// Returns the first rule that a text breaks; `None` if it may stand beside these products.
    pub fn violation(&self, text: &str, beside: &Beside<'_>) -> Option<Violation> {
        if text.len() > TEXT_BYTES_MAX {
            return Some(Violation { kind: Kind::Junk, word: None });
        }
        let plain = tokens(text);
        if self.is_promise(&plain) {
            return None;
        }
        let company = Company::of(beside);
        let is_unspaced = script::is_unspaced_language(&self.language);
        let raw = raw::violation(text, &plain, is_unspaced).or_else(|| self.in_script(&plain, &company));
        if raw.is_some_and(|kind| kind != Kind::Disguise) {
            return raw.map(|kind| Violation { kind, word: None });
        }
        let readings = readings(text, self.lexicon == lexicon::language("de"));
        let named = self
            .banned
            .iter()
            .find(|banned| readings.iter().any(|tokens| banned.is_in(tokens)) || banned.is_masked_in(text));
        if let Some(banned) = named {
            return Some(Violation { kind: Kind::Banned, word: Some(banned.name.clone()) });
        }
        let mut written = None;
        let found = readings.into_iter().find_map(|tokens| self.in_words(tokens, &company, &mut written));
        found.or(raw).map(|kind| Violation { kind, word: None })
    }

    /// Returns whether the joined copy of a page is certainly in another language than the shop's.
    pub fn is_foreign(&self, copy: &str) -> bool {
        script::is_foreign_page(cut(copy), &self.language)
    }

    fn is_promise(&self, tokens: &[Token]) -> bool {
        self.promises.iter().any(|promise| holds_at(tokens, 0, promise) && tokens.len() == promise.len())
    }

    fn in_script(&self, tokens: &[Token], company: &Company<'_>) -> Option<Kind> {
        let mut tokens = tokens.to_vec();
        self.mask_names(&mut tokens, company);
        tokens.retain(|token| token.text != MASK);
        script::is_foreign_line(&tokens, &self.language).then_some(Kind::Script)
    }

    /// Returns the kind of the rule that a reading of a text breaks. The first is the text as it is written: it puts the
    /// patterns that match into `written`. Another reading is refused only for a pattern that matches nothing there.
    fn in_words(
        &self,
        mut tokens: Vec<Token>,
        company: &Company<'_>,
        written: &mut Option<Vec<Pattern>>,
    ) -> Option<Kind> {
        let is_number = |token: &Token| lexicon::is_number(0, &token.text);
        if tokens.iter().any(|token| token.text == self.currency) && tokens.iter().any(is_number) {
            return Some(Kind::Price);
        }
        self.mask_promises(&mut tokens);
        self.mask_names(&mut tokens, company);
        for proven in company.beside.proven {
            mask(&mut tokens, &words(proven), |_, _, _| true);
        }
        let is_old = |token: &Token| {
            is_year_of_old(&token.text) && !is_fact(Kind::Origin, std::slice::from_ref(token), company)
        };
        if tokens.iter().any(is_old) {
            return Some(Kind::Origin);
        }
        self.mask_plain(&mut tokens);
        let is_amount = |token: &Token| {
            lexicon::is_large_number(&token.text)
                && !is_fact(Kind::Quantity, std::slice::from_ref(token), company)
        };
        if tokens.iter().any(is_amount) {
            return Some(Kind::Quantity);
        }
        let mut said = tokens.clone();
        let found = self.patterns_in(&tokens, company, &mut said);
        let is_known = |pattern: &Pattern| written.iter().flatten().any(|known| known.is(pattern));
        if written.is_some() && found.iter().all(is_known) {
            return None;
        }
        let is_as_written = written.is_none();
        let verdict = self.verdict(&found, &said, is_as_written);
        written.get_or_insert(found);
        verdict
    }

    /// Returns the patterns that match, each once, and masks what `said` says as the products' data does.
    fn patterns_in(&self, tokens: &[Token], company: &Company<'_>, said: &mut [Token]) -> Vec<Pattern> {
        let mut found: Vec<Pattern> = Vec::new();
        let may = |pattern: &Pattern| !pattern.is_own || self.is_of_shop(pattern);
        find(&CLAIMS, tokens, may, |pattern, at, end| {
            if found.iter().any(|known| known.is(pattern)) || !self.applies(pattern, tokens) {
            } else if is_fact(pattern.kind, &tokens[at..end], company) {
                said[at..end].iter_mut().for_each(|token| MASK.clone_into(&mut token.text));
            } else {
                found.push(*pattern);
            }
            false
        });
        found
    }

    /// Returns what a text is refused for, by the patterns that match it and the weight of its words, in the shop's
    /// language and in that of each pattern. Where the shop's language has no lexicon, any pattern is enough.
    fn verdict(&self, patterns: &[Pattern], said: &[Token], is_as_written: bool) -> Option<Kind> {
        let Some(own) = self.lexicon else { return patterns.first().map(|pattern| pattern.kind) };
        let words = words_in(said);
        let meaning = LazyCell::new(|| meaning::of(said));
        let mut languages: Vec<_> = patterns.iter().map(|pattern| pattern.language).chain([own]).collect();
        languages.retain(|language| *language != lexicon::ANY);
        languages.sort_unstable();
        languages.dedup();
        languages.into_iter().filter(|language| self.reads(*language, patterns, said)).find_map(|language| {
            let found = found_in(patterns, language);
            let kind = found.strong.first().or(found.weak.first());
            let refused_from = match (found.strong.len(), found.weak.len()) {
                (0, 0) if is_as_written && words >= WORDS_MIN => WORDS_REFUSED_FROM,
                (0, 0) => return None,
                (0, 1) => WEAK_REFUSED_FROM,
                (0, _) => WEAKS_REFUSED_FROM,
                (1, _) => STRONG_REFUSED_FROM,
                _ => STRONGS_REFUSED_FROM,
            };
            let signs = signs(&found, words, &meaning);
            let is_refused = evidence::of(said, language, &signs) >= refused_from;
            is_refused.then(|| kind.copied().unwrap_or(Kind::Claim))
        })
    }

    /// Returns the patterns that match a text as it is written, with language, kind and `~` if they are weak.
    #[cfg(feature = "corpus")]
    pub fn patterns(&self, text: &str) -> Vec<String> {
        let (beside, mut tokens) = (Beside::default(), tokens(text));
        let company = Company::of(&beside);
        self.mask_plain(&mut tokens);
        let patterns = self.patterns_in(&tokens, &company, &mut tokens.clone());
        let told = |pattern: Pattern| {
            let sign = if pattern.is_weak { "~ " } else { "" };
            format!("{} {}: {sign}{}", lexicon::LANGUAGES[pattern.language], pattern.kind, pattern.atoms)
        };
        patterns.into_iter().map(told).collect()
    }

    /// Returns what the patterns that match a text say of it, as it is written and in the shop's language.
    #[cfg(feature = "corpus")]
    pub(crate) fn signs(&self, text: &str) -> crate::signs::Signs {
        let (beside, mut tokens) = (Beside::default(), tokens(text));
        let company = Company::of(&beside);
        self.mask_plain(&mut tokens);
        let mut said = tokens.clone();
        let patterns = self.patterns_in(&tokens, &company, &mut said);
        signs(
            &found_in(&patterns, self.lexicon.unwrap_or(lexicon::ANY)),
            words_in(&said),
            &meaning::of(&said),
        )
    }

    fn is_of_shop(&self, pattern: &Pattern) -> bool {
        pattern.language == lexicon::ANY || self.lexicon == Some(pattern.language)
    }

    /// Returns whether a text is read in a language: it is the shop's, two strong patterns say so, or its frequent words.
    /// Of very few words one pattern is enough.
    fn reads(&self, language: usize, patterns: &[Pattern], said: &[Token]) -> bool {
        let strong = || patterns.iter().filter(|pattern| pattern.language == language && !pattern.is_weak);
        self.lexicon == Some(language)
            || said.len() <= FEW_WORDS
            || strong().count() > 1
            || script::is_rather(said, lexicon::LANGUAGES[language], &self.language)
    }

    /// Returns whether a text may be in the language of a pattern: it has no more words of the shop's.
    fn applies(&self, pattern: &Pattern, tokens: &[Token]) -> bool {
        self.is_of_shop(pattern)
            || !script::is_rather(tokens, &self.language, lexicon::LANGUAGES[pattern.language])
    }

    /// Masks the names of the shop and the titles of the products. A name of one word is one only if it is the whole
    /// text, because "Free" may be the name of a shop.
    fn mask_names(&self, tokens: &mut [Token], company: &Company<'_>) {
        for name in self.names.iter().chain(&company.titles) {
            let is_long = name.len() > 1;
            mask(tokens, name, |tokens, _, _| is_long || tokens.len() == 1);
        }
    }

    /// Masks promises that stand alone, between breaks or beside a word such as "and".
    fn mask_promises(&self, tokens: &mut [Token]) {
        for promise in &self.promises {
            mask(tokens, promise, |tokens, at, end| {
                let is_edge = |token: Option<&Token>| {
                    token.is_none_or(|token| token.after_break || AND.contains(&&*token.text))
                };
                let before = at == 0 || tokens[at].after_break || AND.contains(&&*tokens[at - 1].text);
                before && is_edge(tokens.get(end))
            });
        }
    }

    fn mask_plain(&self, tokens: &mut [Token]) {
        let mut plain = Vec::new();
        find(
            &PLAIN,
            tokens,
            |pattern| self.is_of_shop(pattern),
            |_, at, end| {
                plain.push(at..end);
                false
            },
        );
        for token in plain.into_iter().flatten() {
            MASK.clone_into(&mut tokens[token].text);
        }
    }
}

/// What stands beside a text, as words.
struct Company<'a> {
    beside: &'a Beside<'a>,
    titles: Vec<Vec<String>>,
    /// The data of the products. Few texts make a claim that it could prove.
    facts: OnceCell<Vec<Facts>>,
}

impl<'a> Company<'a> {
    fn of(beside: &'a Beside<'a>) -> Self {
        let titles = beside.products.iter().filter_map(|texts| texts.first());
        Self { beside, titles: titles.map(|title| words(title)).collect(), facts: OnceCell::new() }
    }

    fn facts(&self) -> &[Facts] {
        self.facts.get_or_init(|| self.beside.products.iter().map(|texts| Facts::of(texts)).collect())
    }
}

/// The data of a product as words.
struct Facts(Vec<Vec<String>>);

impl Facts {
    fn of(texts: &[&str]) -> Self {
        Self(texts.iter().map(|text| words(text)).collect())
    }

    fn say(&self, claim: &[Token]) -> bool {
        let is_it = |window: &[String]| window.iter().zip(claim).all(|(word, token)| *word == token.text);
        self.0.iter().any(|words| words.windows(claim.len()).any(is_it))
    }
}

/// Returns whether the data of every product beside the text makes the claim in the same words. What changes with
/// time or concerns people is no product's fact.
fn is_fact(kind: Kind, claim: &[Token], company: &Company<'_>) -> bool {
    let may_be = matches!(
        kind,
        Kind::Quantity
            | Kind::Superlative
            | Kind::Health
            | Kind::Safety
            | Kind::Sustainability
            | Kind::Origin
    );
    may_be && !company.facts().is_empty() && company.facts().iter().all(|facts| facts.say(claim))
}

/// Returns whether a word is a year by which a shop or a recipe would be called old.
fn is_year_of_old(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u16| (1400..2000).contains(&year))
}

fn holds_at(tokens: &[Token], at: usize, words: &[String]) -> bool {
    tokens
        .get(at..at + words.len())
        .is_some_and(|part| part.iter().zip(words).all(|(token, word)| token.text == *word))
}

/// Masks each occurrence of words for which `may` returns true.
fn mask(tokens: &mut [Token], words: &[String], may: impl Fn(&[Token], usize, usize) -> bool) {
    if words.is_empty() {
        return;
    }
    for at in 0..tokens.len() {
        let end = at + words.len();
        if holds_at(tokens, at, words) && may(tokens, at, end) {
            tokens[at..end].iter_mut().for_each(|token| MASK.clone_into(&mut token.text));
        }
    }
}

/// Returns what patterns say of a text that is read in a language.
fn found_in(patterns: &[Pattern], language: usize) -> Found {
    let mut found = Found::default();
    for pattern in patterns {
        if ![language, lexicon::ANY].contains(&pattern.language) {
            found.foreign[usize::from(pattern.is_weak)] = true;
        } else if pattern.is_weak {
            found.weak.push(pattern.kind);
        } else {
            found.strong.push(pattern.kind);
        }
    }
    found
}

/// Returns how many words of a text have not been accounted for.
fn words_in(said: &[Token]) -> usize {
    said.iter().filter(|token| token.text != MASK).count()
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(PAGE_BYTES_MAX)]
}
