//! Reads a plan from the model's answer.
//!
//! It tolerates text around the JSON, such as a code fence or a greeting, and nothing else.

use crate::capabilities::Ending;
use crate::check::Problem;
use crate::plan::Plan;

/// The longest answer that is read, in bytes.
pub const BYTES_MAX: usize = 64 * 1024;
/// The longest part of a parser's message that is passed on, in characters.
const MESSAGE_CHARS_MAX: usize = 200;

/// Reads the plan in an answer. The plan may be complete even if the answer was cut off.
pub fn read(text: &str, ending: Ending) -> Result<Plan, Problem> {
    if text.len() > BYTES_MAX {
        return Err(problem(format!("is longer than {BYTES_MAX} bytes")));
    }
    let json = outermost_object(text).ok_or_else(|| problem("holds no JSON object".to_owned()));
    let parsed = json.and_then(|json| serde_json::from_str(json).map_err(|error| refused(&error)));
    parsed.map_err(|found| match ending {
        Ending::Complete => found,
        Ending::Length => problem("was cut off; be shorter".to_owned()),
        Ending::Filter => problem("was cut off by a content filter".to_owned()),
    })
}

fn outermost_object(text: &str) -> Option<&str> {
    let start = text.find('{')?;
    let end = text.rfind('}')?;
    text.get(start..=end)
}

fn refused(error: &serde_json::Error) -> Problem {
    let message: String = error.to_string().chars().take(MESSAGE_CHARS_MAX).collect();
    problem(format!("does not follow the schema: {message}"))
}

fn problem(what: String) -> Problem {
    Problem { path: "answer".to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::every_block;
    use proptest::prelude::*;

    fn json() -> String {
        serde_json::to_string(&every_block()).unwrap()
    }

    #[test]
    fn a_plan_is_found_in_a_fence_and_in_prose() {
        for text in [json(), format!("```json\n{}\n```", json()), format!("Sure!\n{}\nEnjoy.", json())] {
            assert_eq!(read(&text, Ending::Complete), Ok(every_block()), "{text}");
        }
    }

    #[track_caller]
    fn check(text: &str, ending: Ending, what: &str) {
        let problem = read(text, ending).unwrap_err();
        assert_eq!(problem.path, "answer");
        assert!(problem.what.starts_with(what), "{problem}");
    }

    #[test]
    fn invalid_plans_are_refused() {
        check("", Ending::Complete, "holds no JSON object");
        check("} {", Ending::Complete, "holds no JSON object");
        check("[]", Ending::Complete, "holds no JSON object");
        check("{}", Ending::Complete, "does not follow the schema: missing field `title`");
        check(&json()[..json().len() / 2], Ending::Complete, "does not follow the schema");
        check(&json()[..json().len() / 2], Ending::Length, "was cut off; be shorter");
        check(&json()[..json().len() / 2], Ending::Filter, "was cut off by a content filter");
        check(
            &json().replace("\"title\"", "\"html\""),
            Ending::Complete,
            "does not follow the schema: unknown field",
        );
        check(&format!("{}}}", "{\"blocks\":".repeat(6_000)), Ending::Complete, "does not follow the schema");
        check(&"{".repeat(BYTES_MAX + 1), Ending::Complete, "is longer than");
    }

    #[test]
    fn parser_errors_are_shortened() {
        let plan = format!("{{{:?}:1}}", "x".repeat(9000));
        assert!(read(&plan, Ending::Complete).unwrap_err().what.len() < 300);
    }

    proptest! {
        #[test]
        fn any_text_is_a_plan_or_a_problem(text in "[{}\\[\\]\",:a-z\\\\0-9 ]{0,200}") {
            for ending in [Ending::Complete, Ending::Length, Ending::Filter] {
                let _ = read(&text, ending);
            }
        }
    }
}
