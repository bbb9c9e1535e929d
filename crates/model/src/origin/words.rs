//! How a plan and its page were made, in words for the operator and the merchant.

use super::{Asked, Made, Origin, Planner, Told};
use crate::microdollars::decimal;

/// One thing that is known, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub name: &'static str,
    /// The value.
    pub value: Value,
}

/// A value in a [`Row`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A time, in milliseconds since the epoch.
    Time(u64),
}

impl Told {
    /// Returns everything that is known, in words.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = match &self.origin {
            Some(origin) => origin.rows(),
            None => {
                vec![text("plan", "not recorded: an earlier release or another component made it".to_owned())]
            }
        };
        rows.extend(self.page.iter().flat_map(Made::rows));
        rows
    }
}

fn text(name: &'static str, text: String) -> Row {
    Row { name, value: Value::Text(text) }
}

impl Origin {
    fn rows(&self) -> Vec<Row> {
        let mut rows = vec![
            text("plan", self.plan_in_words()),
            Row { name: "plan made", value: Value::Time(self.planned_ms) },
            text("made by", format!("generation {}", self.release)),
        ];
        if let Some(segment) = &self.segment {
            rows.push(text("shared by", format!("the segment {segment}")));
        }
        rows.extend(self.model.iter().flat_map(Asked::rows));
        if self.edited {
            rows.push(text("copy", "edited by the merchant".to_owned()));
        }
        rows.push(match &self.approved {
            Some(approved) => text("approved by", approved.by.clone()),
            None => text("approved by", "nobody: the check is all that it passed".to_owned()),
        });
        rows.extend(self.approved.iter().map(|it| Row { name: "approved", value: Value::Time(it.at_ms) }));
        rows
    }

    fn plan_in_words(&self) -> String {
        match (self.planner, &self.model, &self.failed) {
            (Planner::Model, Some(asked), _) => format!("by the language model {}", asked.named()),
            (Planner::Model, None, _) => "by the language model".to_owned(),
            (Planner::Rules, _, Some(failed)) => format!("by rules, because {}", failed.reason),
            (Planner::Rules, ..) => "by rules".to_owned(),
        }
    }
}

impl Asked {
    /// Returns the model's name, and the configured one if the endpoint reports another.
    fn named(&self) -> String {
        let Self { answered, configured, .. } = self;
        if answered == configured || configured.is_empty() {
            answered.clone()
        } else {
            format!("{answered} (configured: {configured})")
        }
    }

    fn rows(&self) -> Vec<Row> {
        let Self { prompt, sent, calls, tokens_in, tokens_out, blocks: (models, all), .. } = self;
        let calls_in_words = if *calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") };
        let list = |list: &[String]| if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
        vec![
            text("prompt", format!("version {prompt}; what was sent has the digest {sent}")),
            text(
                "cost",
                format!(
                    "${} for {calls_in_words}, {tokens_in} tokens of questions and {tokens_out} of answers",
                    decimal(self.cost_microdollars)
                ),
            ),
            text("the model's", format!("{models} of {all} blocks that count")),
            text("mended", list(&self.mended)),
            text("refused", list(&self.refused)),
        ]
    }
}

impl Made {
    fn rows(&self) -> Vec<Row> {
        let reasons =
            if self.reasons.is_empty() { "not recorded".to_owned() } else { self.reasons.join("; ") };
        vec![
            text("why this persona", reasons),
            Row { name: "rendered", value: Value::Time(self.made_ms) },
            text("rendered by", format!("generation {}, renderer {}", self.release, self.renderer)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Failed;

    fn origin(planner: Planner) -> Origin {
        Origin {
            release: "0.1.0".to_owned(),
            planned_ms: 7,
            planner,
            segment: None,
            model: None,
            failed: None,
            edited: false,
            approved: None,
        }
    }

    fn value(origin: Origin, name: &str) -> Option<String> {
        let rows = Told { origin: Some(origin), ..Told::default() }.rows();
        rows.into_iter().find(|row| row.name == name).map(|row| match row.value {
            Value::Text(text) => text,
            Value::Time(ms) => ms.to_string(),
        })
    }

    #[test]
    fn a_plan_says_who_made_it_and_what_it_cost() {
        let asked = Asked {
            answered: "kimi-k2".to_owned(),
            configured: "kimi".to_owned(),
            calls: 1,
            tokens_in: 2_000,
            tokens_out: 500,
            cost_microdollars: 3_900,
            ..Asked::default()
        };
        let of = || Origin { model: Some(asked.clone()), ..origin(Planner::Model) };
        assert_eq!(value(of(), "plan").as_deref(), Some("by the language model kimi-k2 (configured: kimi)"));
        let cost = "$0.003900 for 1 call, 2000 tokens of questions and 500 of answers";
        assert_eq!(value(of(), "cost").as_deref(), Some(cost));
        assert_eq!(value(of(), "plan made").as_deref(), Some("7"));
    }

    #[test]
    fn rules_say_why_the_model_did_not_plan() {
        assert_eq!(value(origin(Planner::Rules), "plan").as_deref(), Some("by rules"));
        let failed = Failed { cause: None, reason: "it was away".to_owned() };
        let stand_in = Origin { failed: Some(failed), ..origin(Planner::Rules) };
        assert_eq!(value(stand_in, "plan").as_deref(), Some("by rules, because it was away"));
    }

    #[test]
    fn a_plan_without_an_origin_says_so() {
        assert!(matches!(&Told::default().rows()[..], [Row { name: "plan", .. }]));
    }
}
