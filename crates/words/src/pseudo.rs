//! Finds words in a page that are not of the files, for tests. Pages in the pseudo-language `en-XA` have the English
//! words in brackets, so whatever is neither in brackets nor the shop's own was written somewhere else.

/// The tag of the pseudo-language.
pub const TAG: &str = "en-XA";

/// The brackets around its texts.
const BRACKETS: [char; 2] = ['⟦', '⟧'];
/// The attributes that shoppers read or hear.
const READ: [&str; 8] =
    ["alt", "aria-description", "aria-label", "data-added", "data-ready", "label", "placeholder", "title"];
/// The elements whose content shoppers do not read.
const CODE: [&str; 2] = ["style", "script"];

/// Returns the texts in an HTML document with a letter outside of brackets, except for `own`: the texts of the shop.
/// The document is ours: no text has a tag in it, and no attribute a quotation mark.
pub fn untranslated(html: &str, own: &[&str]) -> Vec<String> {
    let mut own: Vec<_> = own.to_vec();
    own.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let has_words = |text: &String| {
        let rest = outside_brackets(text);
        let rest =
            own.iter().filter(|text| !text.is_empty()).fold(rest, |rest, text| rest.replace(text, " "));
        rest.contains(char::is_alphabetic)
    };
    texts(html).into_iter().filter(has_words).collect()
}

/// Returns what shoppers read or hear: the texts between tags, and those of some attributes.
fn texts(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for part in without_code(html).split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else { continue };
        texts.extend(attributes(tag).filter(|(name, _)| is_read(name)).map(|(_, value)| decoded(value)));
        texts.push(decoded(text));
    }
    texts
}

fn without_code(html: &str) -> String {
    CODE.iter().fold(html.to_owned(), |html, name| {
        let (start, end) = (format!("<{name}"), format!("</{name}>"));
        let mut parts = html.split(&start);
        let first = parts.next().unwrap_or_default().to_owned();
        first + &parts.filter_map(|part| part.split_once(&end)).map(|(_, rest)| rest).collect::<String>()
    })
}

fn is_read(attribute: &str) -> bool {
    READ.contains(&attribute) || attribute.starts_with("data-found-")
}

fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut parts = tag.split('"');
    std::iter::from_fn(move || {
        let name = parts.next()?.trim().strip_suffix('=')?;
        Some((name.rsplit(' ').next().unwrap_or(name), parts.next()?))
    })
}

/// Returns a text with its numeric character references decoded. The escaper writes no others.
fn decoded(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').unwrap_or(("", part));
        decoded.extend(number.parse().ok().and_then(char::from_u32));
        decoded.push_str(rest);
    }
    decoded
}

fn outside_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut is_outside = |c: &char| {
        if *c == BRACKETS[0] {
            depth += 1;
        }
        let before = depth;
        if *c == BRACKETS[1] {
            depth = depth.saturating_sub(1);
        }
        before == 0
    };
    text.chars().filter(&mut is_outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_no_file_are_found_wherever_they_are_read() {
        let html = "<title>Wands</title><style>p{color:red}</style><p class=\"big\">⟦Now⟧ <b>$5</b> · Old</p>\
                    <img src=\"x\" alt=\"Our wand\"><body data-found-one=\"# found\" data-ready=\"⟦Ready⟧\"></body>";
        assert_eq!(untranslated(html, &["Wands"]), [" · Old", "Our wand", "# found"]);
        assert_eq!(untranslated(html, &["Wands", "Old", "Our wand", "found"]), [""; 0]);
    }

    #[test]
    fn the_pseudo_language_has_english_in_brackets() {
        let words = crate::Language::of(TAG).unwrap().words();
        assert_eq!((words.sold_out, words.deals[2]), ("⟦Sold out⟧", "⟦Marked down⟧"));
        assert_eq!(words.together.of(2), "⟦2 products together⟧");
        assert_eq!((words.percent_off.before, words.percent_off.after), ("⟦", "% off⟧"));
    }
}
