//! Reads the fields of forms. A field that is not valid gets an error, and keeps its text.

use std::str::FromStr;

use model::shop::{Colour, Day, Dollars, Share};

use super::Field;
use crate::wording::Words;

/// Returns the field in one line.
pub fn line(field: &mut Field, chars_max: usize, words: &Words) -> String {
    if field.typed.chars().count() > chars_max {
        field.error = words.error_characters(count(chars_max));
    }
    one_line(&field.typed)
}

/// Returns lines that are not empty.
pub fn lines(field: &mut Field, lines_max: usize, chars_max: usize, words: &Words) -> Vec<String> {
    let lines: Vec<_> = field.typed.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    if lines.len() > lines_max {
        field.error = words.error_lines(count(lines_max));
    }
    if let Some(index) = lines.iter().position(|line| line.chars().count() > chars_max) {
        field.error = words.error_line(count(chars_max), &words.number(count(index + 1)));
    }
    lines
}

/// Returns questions with their answers.
pub fn questions(field: &mut Field, lines_max: usize, chars_max: usize, words: &Words) -> Vec<String> {
    let lines = lines(field, lines_max, chars_max, words);
    if let Some(index) = lines.iter().position(|line| model::shop::question(line).is_none()) {
        field.error = words.error_question(&words.number(count(index + 1)));
    }
    lines
}

/// Returns a colour in lower case, if one was typed.
pub fn colour(field: &mut Field, words: &Words) -> Option<Colour> {
    let typed = field.typed.trim().to_lowercase();
    parsed(field, &typed, words.error_colour())
}

/// Returns a day, if one was typed.
pub fn day(field: &mut Field, words: &Words) -> Option<Day> {
    let typed = field.typed.trim().to_owned();
    parsed(field, &typed, words.error_day())
}

/// Returns an amount of money, if one was typed, with or without a dollar sign. A comma may stand before the cents.
pub fn dollars(field: &mut Field, words: &Words) -> Option<Dollars> {
    let typed = field.typed.trim().trim_start_matches('$').trim_end_matches('$').trim().replace(',', ".");
    parsed(field, &typed, words.error_dollars())
}

/// Returns a share of shoppers, with or without a percent sign. A comma may stand before the decimals.
pub fn share(field: &mut Field, words: &Words) -> Share {
    let typed = field.typed.trim().trim_end_matches(['%', '％']).trim_end().replace(',', ".");
    typed.parse().unwrap_or_else(|_| {
        words.error_share().clone_into(&mut field.error);
        Share::NOBODY
    })
}

/// Returns what was typed as a value, if anything was.
pub fn parsed<T: FromStr>(field: &mut Field, typed: &str, error: &str) -> Option<T> {
    parsed_by(field, typed, |typed| typed.parse().ok(), error)
}

/// Returns what was typed as a value by a function that reads it, if anything was.
pub fn parsed_by<T>(field: &mut Field, typed: &str, read: fn(&str) -> Option<T>, error: &str) -> Option<T> {
    let value = read(typed);
    if value.is_none() && !typed.is_empty() {
        error.clone_into(&mut field.error);
    }
    value
}

/// Returns a text in one line, with surrounding spaces removed and inner ones collapsed.
pub fn one_line(text: &str) -> String {
    let spaced = text.replace(|char: char| char.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a number of things as texts take it.
pub fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
