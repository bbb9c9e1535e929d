//! The words that a merchant banned: also inflected, in compounds, and in disguise.

use crate::fold::{Token, is_unspaced, words};
use crate::readings::folded_chunk;

/// The shortest word that is recognised as a part of a compound, and the shortest rest of one. A shorter word only
/// starts one, before a longer rest (`Samtkissen`).
const PART_CHARS_MIN: usize = 5;
const REST_CHARS_MIN: usize = 2;
const START_CHARS_MIN: usize = 4;
const LONG_REST_CHARS_MIN: usize = 4;
/// Languages that write compounds as one word.
const COMPOUNDING: [&str; 6] = ["de", "nl", "sv", "da", "nb", "no"];
/// Endings of inflected words in the languages of the lexicon, after a word and after its stem.
const ENDINGS: &str = " s es er ers est ed ing ings ly ness y en e em n st ste sten stem ster stes ere eren erer este esten i a o as os is he hi x aux mente ment isimo isima isimos isimas issimo issima issimi issime ito ita itos ler ier iest ies ied ily iness ten te t d r ungen ung lich liche lichen ish like ig ige iger iges igen igem ous ously oso osa osos osas amente ";
/// Endings of adjectives and adverbs that are derived from the stem of a noun (luxury, luxurious; `lujo`, `lujosas`), and
/// those that only a long stem may have (exclusive, exclusivity).
const DERIVED: &str = " ious iously urious uriously ury uries us uxus ios iose ioser ioses iosen iosem urios uriose urioser urioses uriosen uriosem eux euse euses eusement ueux ueuse ueuses ueusement oso osa osos osas osi ose osamente osissimo uoso uosa uosi uose uosamente ous ously haft hafte hafter haftes haften one oni ona accio accia uccio uccia ino ina ini ine etto etta etti ette azo aza azos azas illo illa illos illas ito ita itos itas ucho uchos isima isimo isimos isimas ";
const LONG_DERIVED: &str = " if ife ifs ives ive ively ivement iv iva ivo ivi ivos ivas ivamente ivitat ivite ividad ivita ity ities ic ics ical ically ique iques iquement ico ica ici iche icos icas al ale ales aux elle elles ally able ables abile abili ible ibles bar bare barer bares baren isch ische ischer isches ischen tion tions cion ciones zione zioni ful fully less ette ettes ";
/// Endings of words that are derived from Greek and Latin nouns (magic; `Magie`, magisch), and the endings that those
/// lose.
const LEARNED: &str = " ic ics ical ically ique iques iquement ico ica ici iche icos icas icamente isch ische ischer isches ischen ischem ien ier iers ian ians iana iano ";
const LEARNED_LOST: [&str; 4] = ["ic", "ie", "ia", "ica"];
/// Endings that a word may lose before such a one.
const LOST: [&str; 18] = [
    "us", "ury", "e", "o", "a", "y", "if", "iv", "ive", "ivo", "ie", "ia", "en", "er", "al", "el", "io",
    "ion",
];
/// The shortest stem that is left, and the shortest long one.
const STEM_CHARS_MIN: usize = 3;
const LONG_STEM_CHARS_MIN: usize = 5;
/// Prefixes that strengthen a word.
const PREFIXES: [&str; 9] = ["super", "ultra", "mega", "hyper", "hiper", "iper", "extra", "mini", "maxi"];
/// Endings of Japanese adjectives after their stem.
const JAPANESE_ENDINGS: &str = "いくかさけきそ";

/// A banned word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banned {
    /// The word as the merchant wrote it, in lower case.
    pub name: String,
    words: Vec<String>,
    is_compounding: bool,
}

impl Banned {
    /// Returns the banned word; `None` if it has no letter or digit.
    pub fn new(word: &str, language: &str) -> Option<Self> {
        let words: Vec<_> =
            words(word).into_iter().filter(|word| word.contains(char::is_alphanumeric)).collect();
        let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let is_compounding = COMPOUNDING.contains(&&*primary);
        let name = word.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        (!words.is_empty()).then_some(Self { name, words, is_compounding })
    }

    /// Returns whether a reading of a text uses the word.
    pub fn is_in(&self, tokens: &[Token]) -> bool {
        let words = &self.words[..];
        let is_unspaced = words.iter().any(|word| word.contains(is_unspaced));
        if is_unspaced && words.len() > 1 && words.last().is_some_and(|last| last == "い") {
            return self.is_japanese_adjective_in(tokens);
        }
        let all = |window: &[Token]| {
            window.iter().zip(words).all(|(token, word)| self.is_form_of(&token.text, word, is_unspaced))
        };
        tokens.windows(words.len()).any(all) || self.is_split_in(tokens)
    }

    /// Returns whether a chunk of a text is the word with some letters replaced by signs or digits.
    pub fn is_masked_in(&self, text: &str) -> bool {
        let [word] = &self.words[..] else { return false };
        let letters: Vec<_> = word.chars().collect();
        letters.len() > 2 && text.split_whitespace().any(|chunk| is_masked(&folded_chunk(chunk), &letters))
    }

    fn is_japanese_adjective_in(&self, tokens: &[Token]) -> bool {
        let stem = &self.words[..self.words.len() - 1];
        tokens.windows(self.words.len()).any(|window| {
            let starts = window.iter().zip(stem).all(|(token, word)| token.text == *word);
            starts && window.last().is_some_and(|last| JAPANESE_ENDINGS.contains(&*last.text))
        })
    }

    fn is_form_of(&self, text: &str, word: &str, exact: bool) -> bool {
        if text == word || exact {
            return text.chars().map(hiragana).eq(word.chars().map(hiragana));
        }
        let bare = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
        is_inflected(bare, word) || is_derived(bare, word) || (self.is_compounding && is_compound(text, word))
    }

    /// Returns whether the word is written in two or three parts: `ch eap`.
    fn is_split_in(&self, tokens: &[Token]) -> bool {
        let [word] = &self.words[..] else { return false };
        (2..=3).any(|count| tokens.windows(count).any(|parts| is_joined(parts, word)))
    }
}

/// Returns the hiragana of a katakana, or the character itself.
fn hiragana(c: char) -> char {
    let katakana = ('\u{30a1}'..='\u{30f6}').contains(&c).then(|| char::from_u32(u32::from(c) - 0x60));
    katakana.flatten().unwrap_or(c)
}

fn is_joined(parts: &[Token], word: &str) -> bool {
    let rest = parts.iter().try_fold(word, |rest, part| rest.strip_prefix(&*part.text));
    rest == Some("")
}

fn is_ending(rest: &str) -> bool {
    rest.is_empty() || (!rest.contains(' ') && ENDINGS.contains(&format!(" {rest} ")))
}

/// Returns whether a text is a form of a word: the word or its stem with an ending.
fn is_inflected(text: &str, word: &str) -> bool {
    if text.strip_prefix(word).is_some_and(is_ending) {
        return true;
    }
    // miracle, miraculous.
    let latin = word.strip_suffix("cle").and_then(|stem| text.strip_prefix(stem));
    if latin.is_some_and(|rest| rest.starts_with("cul")) {
        return true;
    }
    // big, bigger: the last consonant may be doubled.
    let last = word.chars().next_back().unwrap_or_default();
    let doubled = text.strip_prefix(word).and_then(|rest| rest.strip_prefix(last));
    if word.len() > 2 && doubled.is_some_and(|rest| !rest.is_empty() && is_ending(rest)) {
        return true;
    }
    let is_vowel = matches!(last, 'a' | 'e' | 'i' | 'o' | 'y');
    let stem = &word[..word.len() - last.len_utf8()];
    is_vowel && stem.chars().count() > 3 && text.strip_prefix(stem).is_some_and(is_ending)
}

/// Returns whether a text is an adjective or an adverb that is derived from a word.
fn is_derived(text: &str, word: &str) -> bool {
    let holds = |endings: &str, rest: &str| endings.contains(&format!(" {rest} "));
    let has_ending = |stem: &str, chars_min: usize, is_long: bool| {
        let chars = stem.chars().count();
        let rest = text.strip_prefix(stem).filter(|rest| !rest.is_empty() && chars >= chars_min);
        rest.is_some_and(|rest| holds(DERIVED, rest) || (is_long && holds(LONG_DERIVED, rest)))
    };
    let is_from = |lost: &&str| {
        let stem = word.strip_suffix(*lost);
        stem.is_some_and(|stem| {
            has_ending(stem, STEM_CHARS_MIN, false) || has_ending(stem, LONG_STEM_CHARS_MIN, true)
        })
    };
    let is_learned = |lost: &&str| {
        let rest = word.strip_suffix(*lost).filter(|stem| stem.chars().count() >= STEM_CHARS_MIN);
        rest.and_then(|stem| text.strip_prefix(stem)).is_some_and(|rest| holds(LEARNED, rest))
    };
    has_ending(word, LONG_STEM_CHARS_MIN, true)
        || LOST.iter().any(is_from)
        || LEARNED_LOST.iter().any(is_learned)
}

fn is_compound(text: &str, word: &str) -> bool {
    let is_part = word.chars().count() >= PART_CHARS_MIN;
    let rest = text.strip_prefix(word).or_else(|| text.strip_suffix(word));
    let inflected = || {
        (1..=3).find_map(|ending| {
            let at = text.len().checked_sub(ending)?;
            let (start, end) = (text.get(..at)?, text.get(at..)?);
            start.strip_suffix(word).filter(|_| is_ending(end))
        })
    };
    let is_start = word.chars().count() >= START_CHARS_MIN
        && text.strip_prefix(word).is_some_and(|rest| rest.chars().count() >= LONG_REST_CHARS_MIN);
    is_start
        || (is_part && rest.or_else(inflected).is_some_and(|rest| rest.chars().count() >= REST_CHARS_MIN))
}

/// Returns whether a chunk equals the letters except where it has signs or digits, which are at most half of it.
fn is_masked(chunk: &str, letters: &[char]) -> bool {
    let chunk: Vec<_> = chunk.chars().collect();
    let is_mask = |c: char| !c.is_alphabetic() && c != '-' && c != '\'' && c != '’';
    let fits = |part: &[char]| {
        let masks = part.iter().filter(|c| is_mask(**c)).count();
        masks > 0
            && masks * 2 <= part.len()
            && part.iter().zip(letters).all(|(c, letter)| c == letter || is_mask(*c))
    };
    // The first letter is not masked: otherwise `5art` would be `cart`.
    chunk.first().is_some_and(|first| first.is_alphabetic() || chunk.len() >= letters.len())
        && chunk.windows(letters.len()).any(fits)
}
