//! In which script and language a text is written.
//!
//! A page's language is judged by its most frequent words: the articles, prepositions and pronouns that no text of some
//! sentences does without.

use crate::fold::{Token, is_unspaced, words};

/// The fewest letters by which a page's language is judged. Shorter copy has too few frequent words.
const LETTERS_MIN: usize = 60;
/// The fewest frequent words of another language in a page that is in it, and how many times as many they are as those
/// of the shop's language. Words that both languages have do not count.
const FREQUENT_MIN: usize = 3;
const FREQUENT_TIMES: usize = 2;
/// The most letters of another script in a row that are no line in it: signs such as `µ` and `β`.
const FOREIGN_LETTERS_MAX: usize = 1;
/// The fewest Latin words that make a line in another language where words have no spaces.
const LATIN_WORDS_MIN: usize = 4;

/// A script, as far as languages are told apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Devanagari,
    Thai,
    Kana,
    Hangul,
    Han,
}

/// The languages whose pages are judged: the tag of BCP 47, and frequent words as they are folded. What two languages
/// of one group share (Danish and Norwegian, Russian and Ukrainian) counts for both.
const KNOWN: [(&str, &str); 20] = [
    (
        "en",
        "the and of to for with that is it you your in on a an at this from by are be not all when where who one they no but so more has its",
    ),
    (
        "de",
        "der die das und mit fur ein eine einen einem einer nicht ist im den dem zu zum zur auf von bei sich auch wie wenn du dein deine es wir was aus nach am noch oder an",
    ),
    (
        "fr",
        "le la les des du de et un une pour avec dans qui que au aux ce cette est sur vos votre vous en sans plus pas il elle ne se sont d l chez ou par quand tout",
    ),
    (
        "es",
        "el la los las de del y un una para con que en al por es su tus tu sin se lo mas como cuando donde no si cada te o entre todo",
    ),
    (
        "it",
        "il lo la i gli le di del della e un una per con che in al alla da dal non si tuo tua ogni piu come quando dove senza nel nella sul ma sono dei delle",
    ),
    (
        "pt",
        "o a os as de do da dos das e um uma para com que em no na nos nas por se nao mais ao seu sua como sem quando cada voce",
    ),
    (
        "nl",
        "de het een en van voor met in op te die dat is je jouw niet aan bij om uit als er zijn naar ook wat zonder elke waar",
    ),
    (
        "sv",
        "och i att en ett det som for med pa av den till ar om inte din ditt dina fran nar utan eller varje dar sig vi",
    ),
    (
        "da",
        "og i at en et det som for med pa af den til er om ikke din dit dine fra nar uden eller hver hvor sig vi",
    ),
    (
        "nb",
        "og i a en et det som for med pa av den til er om ikke din ditt dine fra nar uten eller hver der seg vi",
    ),
    (
        "no",
        "og i a en et det som for med pa av den til er om ikke din ditt dine fra nar uten eller hver der seg vi",
    ),
    (
        "fi",
        "ja on ei se etta joka kun tai myos sinun kuin ovat mutta niin ilman kanssa jossa jotka sen kaikki voi",
    ),
    (
        "pl",
        "i w na z do nie sie to jest dla od po przy ktory ktora ktore jak bez o za twoj twoja kazdy oraz albo gdy gdzie ze",
    ),
    (
        "cs",
        "a v na se z do je pro s ktery ktera ktere jak bez o za kazdy nebo kdyz kde ze to po od pri vas tvuj i",
    ),
    (
        "ro",
        "si de la cu pentru in un o este care pe din nu mai ca sau fara fiecare cand unde ta tau lui sa se",
    ),
    ("hu", "a az es egy hogy nem van is meg ami aki de ha minden vagy nelkul mint ahol amikor szamara ez"),
    ("tr", "ve bir bu icin ile da de en her gibi daha ya olan kadar senin sizin ne ama olarak"),
    ("ru", "и в на с не для что это как по из к от за у без который каждый когда где или ты ваш твои"),
    ("uk", "і в на з не для що це як по із до від за у без який кожен коли де або ти ваш та"),
    ("el", "και το η ο τα οι για με σε που να στο στη στην του της των δεν ειναι απο ενα μια χωρις καθε σου"),
];
/// Groups of languages. Who reads one language of a group understands the others.
const CLOSE: [&[&str]; 3] = [&["da", "nb", "no", "sv"], &["ru", "uk"], &["cs", "sk"]];

fn primary(language: &str) -> String {
    language.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// Returns whether a language writes words without spaces.
pub fn is_unspaced_language(language: &str) -> bool {
    matches!(&*primary(language), "ja" | "zh" | "th" | "lo" | "km" | "my")
}

/// Returns the scripts of a language; `None` if they are not known.
fn scripts(language: &str) -> Option<&'static [Script]> {
    Some(match &*primary(language) {
        "ja" => &[Script::Latin, Script::Han, Script::Kana],
        "zh" => &[Script::Latin, Script::Han],
        "ko" => &[Script::Latin, Script::Hangul, Script::Han],
        "el" => &[Script::Latin, Script::Greek],
        "ru" | "uk" | "bg" => &[Script::Latin, Script::Cyrillic],
        "ar" | "fa" | "ur" => &[Script::Latin, Script::Arabic],
        "he" => &[Script::Latin, Script::Hebrew],
        primary if KNOWN.iter().any(|(known, _)| *known == primary) => &[Script::Latin],
        _ => return None,
    })
}

fn script_of(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{590}'..='\u{5ff}' => Script::Hebrew,
        '\u{600}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => Script::Arabic,
        '\u{900}'..='\u{97f}' => Script::Devanagari,
        '\u{e00}'..='\u{e7f}' => Script::Thai,
        '\u{3041}'..='\u{30ff}' => Script::Kana,
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => Script::Hangul,
        '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => Script::Han,
        _ => return None,
    })
}

/// Returns whether a line is written in a script that the language does not use, or, in a language with a script of
/// its own, in Latin words only.
pub fn is_foreign_line(tokens: &[Token], language: &str) -> bool {
    let Some(scripts) = scripts(language) else { return false };
    let letters = tokens.iter().flat_map(|token| token.text.chars());
    let foreign = letters.filter(|c| script_of(*c).is_some_and(|script| !scripts.contains(&script))).count();
    let is_latin = |token: &&Token| token.text.chars().all(|c| script_of(c) == Some(Script::Latin));
    let latin = tokens.iter().filter(is_latin).count();
    let has_own = tokens
        .iter()
        .any(|token| token.text.chars().any(|c| script_of(c).is_some_and(|s| s != Script::Latin)));
    foreign > FOREIGN_LETTERS_MAX || (scripts.len() > 1 && !has_own && latin >= LATIN_WORDS_MIN)
}

/// Returns whether the joined copy of a page is certainly in another language.
pub fn is_foreign_page(copy: &str, language: &str) -> bool {
    let primary = primary(language);
    let letters = copy.chars().filter(|c| c.is_alphabetic()).count();
    if letters < LETTERS_MIN {
        return false;
    }
    if is_unspaced_language(language) {
        return !copy.contains(is_unspaced);
    }
    let Some(own) = frequent(&primary) else { return false };
    let words = words(copy);
    let is_close =
        |other: &str| CLOSE.iter().any(|group| group.contains(&&*primary) && group.contains(&other));
    KNOWN.iter().filter(|(other, _)| *other != primary && !is_close(other)).any(|(_, other)| {
        let theirs = count_of(&words, other, own);
        theirs >= FREQUENT_MIN && theirs >= count_of(&words, own, other) * FREQUENT_TIMES
    })
}

/// Returns whether a text has more frequent words of a language than of another.
pub fn is_rather(tokens: &[Token], language: &str, other: &str) -> bool {
    let count = |language: &str| {
        let frequent = frequent(&primary(language)).unwrap_or_default();
        tokens.iter().filter(|token| holds(frequent, &token.text)).count()
    };
    count(language) > count(other)
}

fn frequent(primary: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == primary).map(|(_, frequent)| *frequent)
}

fn holds(frequent: &str, word: &str) -> bool {
    frequent.split(' ').any(|known| known == word)
}

/// Returns how many words are frequent ones of a language and none of another.
fn count_of(words: &[String], frequent: &str, other: &str) -> usize {
    words.iter().filter(|word| holds(frequent, word) && !holds(other, word)).count()
}
