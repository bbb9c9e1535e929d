//! Turns the lexicon (`lexicon/*.toml`) into strings that the library reads into tables when it first judges a text. A
//! component carries them: strings in the order of the lexicon compress several times better than tables of pointers.
//! Of the confusable characters of Unicode TR39 it keeps those that look like a Latin letter or a digit, and of
//! Unicode's normalisation what `src/unicode.rs` says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use unicode_normalization::UnicodeNormalization as _;

#[path = "src/fold.rs"]
mod fold;
#[path = "src/left_out.rs"]
mod left_out;

/// The functions of `src/unicode.rs` over whole Unicode's data.
mod unicode {
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_normalization::char::decompose_canonical;
    pub use unicode_normalization::char::{compose as composed, is_combining_mark as is_mark};

    pub fn compatible(c: char, put: impl FnMut(char)) {
        c.nfkc().for_each(put);
    }

    pub fn unmarked(c: char) -> char {
        let mut first = None;
        decompose_canonical(c, |part| first = first.or(Some(part)));
        first.unwrap_or(c)
    }
}

/// The languages, in the order of their numbers in the tables. `any` is the first.
const LANGUAGES: [&str; 7] = ["any", "en", "de", "fr", "es", "it", "ja"];
/// The lists whose words count only with a capital letter.
const PROPER: [&str; 2] = ["name", "city"];

#[derive(Default)]
struct Tables {
    lists: Vec<Vec<String>>,
    names: BTreeMap<(usize, String), usize>,
    /// Language, kind (`plain` for plain phrases), whether it is the language's own, and pattern, after `~` if it is
    /// weak.
    patterns: Vec<(usize, String, bool, String)>,
    numbers: Vec<[Vec<String>; 3]>,
}

fn main() {
    println!("cargo::rerun-if-changed=lexicon");
    println!("cargo::rerun-if-changed=src/fold.rs");
    println!("cargo::rerun-if-changed=src/left_out.rs");
    let mut tables = Tables::default();
    for (at, language) in LANGUAGES.into_iter().enumerate() {
        let path = format!("lexicon/{language}.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let table = text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{path}: {error}"));
        tables.add(at, &table);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script by its environment where to write"
    )]
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let rust = tables.rust() + &lookalikes();
    let write = |name, rust| fs::write(Path::new(&out).join(name), rust).expect("OUT_DIR can be written");
    write("tables.rs", rust);
    write("unicode.rs", normalisation());
}

/// Returns the tables of `src/unicode.rs`.
fn normalisation() -> String {
    let chars = || ('\0'..=char::MAX).filter(|c| !left_out::is_left_out(*c));
    let is_compatible = |c: char| c.nfkc().eq([c]);
    let forms = chars().filter(|c| !is_compatible(*c)).map(|c| (c, c.nfkc().collect()));
    let pairs = chars().filter(|c| is_compatible(*c)).filter_map(|c| Some((c, pair(c)?)));
    let mut marks = String::new();
    let mut last = '\0';
    for c in chars().chain(['\u{10ffff}']) {
        if unicode::is_mark(c) != unicode::is_mark(last) {
            marks.push(if unicode::is_mark(c) { c } else { last });
        }
        last = c;
    }
    format!(
        "static FORMS: &str = \"{}\";\nstatic PAIRS: &str = \"{}\";\nstatic MARKS: &str = \"{}\";\n",
        runs(forms).escape_unicode(),
        runs(pairs).escape_unicode(),
        marks.escape_unicode(),
    )
}

/// Returns the letter and the mark that a character is composed of.
fn pair(c: char) -> Option<String> {
    let parts: Vec<char> = c.to_string().nfd().collect();
    let (mark, letters) = parts.split_last().filter(|(_, letters)| !letters.is_empty())?;
    Some(letters.iter().copied().nfc().chain([*mark]).collect())
}

/// Returns entries as lines, each a run of characters that follow one another.
fn runs(entries: impl Iterator<Item = (char, String)>) -> String {
    let mut lines = String::new();
    let mut next = 0;
    for (c, form) in entries {
        if u32::from(c) != next {
            lines.extend(["\n".to_owned(), c.to_string()]);
        }
        lines.extend(["\t", &form]);
        next = u32::from(c) + 1;
    }
    lines
}

/// Returns letters that look like one ASCII letter or digit, each followed by it, sorted. Compatibility forms are
/// resolved before.
fn lookalikes() -> String {
    let mut pairs = String::new();
    for c in ('\u{80}'..=char::MAX).filter(|c| c.is_alphabetic() && !fold::is_unspaced(*c)) {
        let text = c.to_string();
        let mut looks = unicode_security::confusable_detection::skeleton(&text);
        if let (Some(look), None) = (looks.next(), looks.next())
            && look.is_ascii_alphanumeric()
            && !text.nfkc().all(|c| c.is_ascii())
        {
            write!(pairs, "{}{look}", c.escape_unicode()).unwrap();
        }
    }
    format!("static LOOKALIKES: &str = \"{pairs}\";\n")
}

fn text<'a>(table: &'a toml::Table, key: &str) -> &'a str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

fn folded_list(text: &str) -> Vec<String> {
    let mut words: Vec<_> = text.split_whitespace().map(folded).collect();
    words.sort();
    words.dedup();
    words
}

fn folded(word: &str) -> String {
    fold::tokens(word).into_iter().map(|token| token.text).collect()
}

impl Tables {
    fn add(&mut self, language: usize, table: &toml::Table) {
        for (name, list) in table.get("lists").and_then(toml::Value::as_table).into_iter().flatten() {
            self.names.insert((language, name.clone()), self.lists.len());
            self.lists.push(folded_list(list.as_str().expect("a list is a string of words")));
        }
        self.numbers.push(["numbers", "morphemes", "digits"].map(|key| folded_list(text(table, key))));
        self.add_lines(language, "plain", false, text(table, "plain"));
        for (section, is_own) in [("rules", false), ("own", true)] {
            for (kind, lines) in table.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                self.add_lines(language, kind, is_own, lines.as_str().expect("rules are lines of text"));
            }
        }
    }

    fn add_lines(&mut self, language: usize, kind: &str, is_own: bool, lines: &str) {
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let (weak, line) = line.strip_prefix("~ ").map_or(("", line), |line| ("~", line));
            let is_phrase = line.contains(fold::is_unspaced) && !numbered_choice(line);
            let lines = if is_phrase { vec![line.to_owned()] } else { expanded(line) };
            for line in lines {
                let pattern = self.pattern(language, &line);
                if !pattern.is_empty() {
                    self.patterns.push((language, kind.to_owned(), is_own, format!("{weak}{pattern}")));
                }
            }
        }
    }

    /// Returns a pattern with folded words, resolved lists and numbers of its language.
    fn pattern(&self, language: usize, line: &str) -> String {
        let atoms = line.split_whitespace().flat_map(|atom| self.atoms(language, atom));
        atoms.collect::<Vec<_>>().join(" ")
    }

    fn atoms(&self, language: usize, atom: &str) -> Vec<String> {
        let (optional, atom) = atom.strip_prefix('?').map_or(("", atom), |atom| ("?", atom));
        if matches!(atom, ".." | "_" | "^" | "$" | "," | "*") {
            return vec![format!("{optional}{}", if atom == "*" { "_" } else { atom })];
        }
        if !atom.contains('|') && atom.contains(fold::is_unspaced) {
            return self.unspaced(language, atom);
        }
        let inner = atom.strip_prefix('{').and_then(|atom| atom.strip_suffix('}'));
        let atom = &inner.map_or(atom.to_owned(), |inner| inner.replace(',', "|"));
        let choices: Vec<_> = atom.split('|').map(|choice| self.choice(language, choice)).collect();
        vec![format!("{optional}{}", choices.join("|"))]
    }

    /// Splits a phrase of a script without spaces into its fixed parts, its numbers and its choices; an empty choice
    /// makes the others optional.
    fn unspaced(&self, language: usize, phrase: &str) -> Vec<String> {
        let choice = |text: &str| self.choice(language, text);
        let fixed =
            |part: &str| part.split('#').map(&choice).collect::<Vec<_>>().join(&format!(" {} ", choice("#")));
        let group = |part: &str| {
            let choices = part.split(',').filter(|text| !text.is_empty()).map(&choice).collect::<Vec<_>>();
            let is_optional = part.split(',').any(str::is_empty);
            format!("{}{}", if is_optional { "?" } else { "" }, choices.join("|"))
        };
        let mut atoms = Vec::new();
        for (at, part) in phrase.split(['{', '}']).enumerate() {
            let part = if at % 2 == 1 { group(part) } else { fixed(part) };
            atoms.extend(part.split_whitespace().map(str::to_owned));
        }
        atoms
    }

    fn choice(&self, language: usize, choice: &str) -> String {
        if choice == "#" {
            return format!("#{language}");
        }
        if let Some(name) = choice.strip_prefix('@').filter(|name| !name.is_empty()) {
            let key = |of: usize| (of, name.to_owned());
            let list = self.names.get(&key(language)).or(self.names.get(&key(0)));
            let list = list.unwrap_or_else(|| panic!("there is no list {name:?}"));
            return format!("@{}{list}", if PROPER.contains(&name) { "^" } else { "" });
        }
        let (start, rest) = choice.strip_prefix('*').map_or(("", choice), |rest| ("*", rest));
        let (end, rest) = rest.strip_suffix('*').map_or(("", rest), |rest| ("*", rest));
        format!("{start}{}{end}", folded(rest))
    }

    /// Returns the tables: patterns one a line, headed by a line for each language, kind and ownership; lists one a
    /// line; numbers in three lines for each language.
    fn rust(self) -> String {
        let mut patterns = String::new();
        let mut head = (usize::MAX, String::new(), false);
        for (language, kind, is_own, pattern) in self.patterns {
            if (language, &kind, is_own) != (head.0, &head.1, head.2) {
                writeln!(patterns, "={language} {kind} {is_own}").unwrap();
                head = (language, kind, is_own);
            }
            writeln!(patterns, "{pattern}").unwrap();
        }
        let lists: Vec<_> = self.lists.iter().map(|list| list.join(" ")).collect();
        let numbers: Vec<_> = self.numbers.iter().flatten().map(|list| list.join(" ")).collect();
        let typos = self.names[&(0, "typo".to_owned())];
        format!(
            "static PATTERNS: &str = {patterns:?};\nstatic LISTS: &str = {:?};\nstatic NUMBERS: &str = {:?};\n\
             const TYPOS: usize = {typos};\n/// The languages of the lexicon.\npub const LANGUAGES: [&str; 7] = {LANGUAGES:?};\n",
            lists.join("\n"),
            numbers.join("\n"),
        )
    }
}

/// Returns whether a choice of a line has a number among other characters.
fn numbered_choice(line: &str) -> bool {
    let groups = line.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    groups.flat_map(|group| group.split(',')).any(|choice| choice.len() > 1 && choice.contains('#'))
}

/// Expands `{a,b}` into one line for each of its alternatives.
fn expanded(line: &str) -> Vec<String> {
    let Some((before, (inner, after))) =
        line.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return vec![line.to_owned()];
    };
    let rests = expanded(after);
    let each =
        inner.split(',').flat_map(|choice| rests.iter().map(move |rest| format!("{before}{choice}{rest}")));
    each.collect()
}
