//! `wandstore report spending`: what the language model costs each shop, straight from the budget.

use std::collections::BTreeMap;

use anyhow::bail;
use capabilities::llm::budget::{Amount, DEPLOYMENT, Day, Entry, Limits};
use clap::Args;
use host::backends;
use host::config::Config;

use super::output::{aligned, print};

const HEADINGS: [&str; 4] = ["shop", "tokens today", "cost today", "cost this month"];

/// List what the language model costs each shop, today and in this month (UTC).
///
/// A call that is under way counts with its maximum cost.
#[derive(Args)]
pub struct Spending {
    /// Print comma-separated values (RFC 4180): whole tokens, and dollars.
    #[arg(long)]
    csv: bool,
}

/// What a shop, or the whole deployment, used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Line {
    today: Amount,
    month_microdollars: u64,
}

impl Spending {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let capabilities = backends::open(config).await?;
        let Some(budget) = capabilities.llm.budget() else {
            bail!("there is no language model: set LLM_API_KEY or `llm.base_url`");
        };
        let today = Day::at(capabilities.clock.now_ms());
        let lines = lines(budget.since(today.first_of_month).await?, today);
        if self.csv {
            print("shop,tokens_today,dollars_today,dollars_month")?;
            return Ok(lines.iter().map(csv).try_for_each(print)?);
        }
        let cells = lines.iter().map(|(owner, line)| shown(owner, line));
        let rows: Vec<_> = std::iter::once(HEADINGS.map(str::to_owned)).chain(cells).collect();
        rows.iter().map(|row| aligned(row, &rows)).try_for_each(print)?;
        Ok(print(limits(&config.file.document.llm.limits()))?)
    }
}

/// Adds up the days of each owner.
fn lines(entries: Vec<Entry>, today: Day) -> BTreeMap<String, Line> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for Entry { owner, day, amount } in entries {
        let line = lines.entry(owner).or_default();
        line.month_microdollars += amount.microdollars;
        if day == today.number {
            line.today = amount;
        }
    }
    lines
}

/// Returns owner, tokens, and what today and the month cost.
fn cells(owner: &str, line: &Line) -> [String; 4] {
    let owner = if owner == DEPLOYMENT { "all" } else { owner };
    let [today, month] = [line.today.microdollars, line.month_microdollars].map(dollars);
    [owner.to_owned(), line.today.tokens.to_string(), today, month]
}

fn shown(owner: &str, line: &Line) -> [String; 4] {
    let [owner, tokens, today, month] = cells(owner, line);
    [owner, tokens, format!("${today}"), format!("${month}")]
}

fn csv((owner, line): (&String, &Line)) -> String {
    cells(owner, line).join(",")
}

/// Returns millionths of a dollar as dollars, rounded up to a hundredth of a cent.
fn dollars(microdollars: u64) -> String {
    let hundredths = microdollars.div_ceil(100);
    format!("{}.{:04}", hundredths / 10_000, hundredths % 10_000)
}

fn limits(limits: &Limits) -> String {
    let amount =
        |limit: Option<u64>| limit.map_or_else(|| "none".to_owned(), |limit| format!("${}", dollars(limit)));
    let tokens = limits.tokens_per_day.map_or_else(|| "none".to_owned(), |tokens| tokens.to_string());
    let [day, month] = [limits.microdollars_per_day, limits.microdollars_per_month].map(amount);
    format!("limits of the deployment: tokens per day {tokens}, cost per day {day}, cost per month {month}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_month_add_up_and_today_stands_alone() {
        let entry = |owner: &str, day, microdollars| {
            let amount = Amount { tokens: 10 * microdollars, microdollars };
            Entry { owner: owner.to_owned(), day, amount }
        };
        let entries =
            vec![entry("", 31, 900), entry("tea-house", 31, 250), entry("tea-house", 40, 1_050_001)];
        let lines = lines(entries, Day { number: 40, first_of_month: 31 });
        let rows: Vec<_> = lines.iter().map(|(owner, line)| shown(owner, line)).collect();
        assert_eq!(rows[0], ["all", "0", "$0.0000", "$0.0009"].map(str::to_owned));
        assert_eq!(rows[1], ["tea-house", "10500010", "$1.0501", "$1.0503"].map(str::to_owned));
        assert_eq!(lines.iter().map(csv).next_back(), Some("tea-house,10500010,1.0501,1.0503".to_owned()));
    }
}
