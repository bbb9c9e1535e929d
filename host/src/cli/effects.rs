//! `wandstore report effects`: what personal pages change in a shop, straight from storage.

use admin::{ByPage, COST_DAYS, Worth};
use anyhow::bail;
use clap::Args;
use experiments::{Interval, Measure, Report, Row, Totals, VariantTest};
use host::config::Config;
use host::{backends, effects};
use model::shop::{Share, Variant};
use model::{Persona, ShopId};

use super::output::{aligned, print};
use super::worth;

/// Compare shoppers with personal pages and shoppers who are held out.
///
/// The intervals may be looked at every day: with 95 % all of them hold at all times. docs/experiments.md has the method.
#[derive(Args)]
pub struct Effects {
    /// The shop's id.
    shop: String,
    /// The holdout whose days are compared, in percent [default: the one under which shoppers were counted last].
    #[arg(long, value_name = "PERCENT")]
    holdout: Option<Share>,
    /// Print what pages cost and bring on each day, by kind of page and persona, instead of the comparison.
    #[arg(long)]
    days: bool,
    /// Print comma-separated values (RFC 4180), without notes.
    #[arg(long)]
    csv: bool,
}

impl Effects {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let shop = ShopId::parse(&self.shop)?;
        let capabilities = backends::open(config).await?;
        let sums = effects::sums(&*capabilities.kv, &shop).await?;
        let Some(share) = self.holdout.or_else(|| sums.last_share()) else {
            bail!(
                "no shopper of {shop} has been counted yet: a shopper counts who consents and sees the block"
            );
        };
        let now_ms = capabilities.clock.now_ms();
        let sales = effects::sales(&*capabilities.kv, &shop).await?;
        let rollouts = effects::rollouts(&*capabilities.kv, &shop).await?;
        let totals = Totals::outside(&rollouts, &sums, share, experiments::day(now_ms));
        let report = Report::of(&totals.with_sales(&sales));
        let lines = match (self.days, self.csv) {
            (false, false) => {
                let settings = config.file.document.shops.get(shop.as_str());
                table(
                    &report,
                    settings.and_then(|settings| settings.variant_test().zip(settings.variant.as_ref())),
                )
            }
            (false, true) => csv(&shop, &report),
            (true, is_csv) => {
                let costs = match backends::usage(config).await? {
                    Some(usage) => usage.by_day_and_page(&shop, COST_DAYS).await?,
                    None => ByPage::new(),
                };
                let worth = Worth::of(&report, &sums, &sales, &costs);
                if is_csv { admin::csv(&shop, &worth) } else { worth::table(&worth) }
            }
        };
        lines.iter().try_for_each(print)?;
        Ok(())
    }
}

const HEADINGS: [&str; 7] =
    ["shoppers", "measure", "held out", "personal pages", "estimate", "difference", "result"];
const HEADINGS_OF_VARIANT: [&str; 6] =
    ["measure", "without it", "with it", "estimate", "difference", "result"];

/// Returns the report for people. `running` is the variant of the test that the configuration names.
fn table(report: &Report, running: Option<(u32, &Variant)>) -> Vec<String> {
    let mut lines = vec![format!("holdout {} %, {} complete days", report.share, report.days)];
    lines.extend(report.notes());
    lines.push(String::new());
    let cells = report.rows.iter().map(|row| {
        let [held_out, personal] = groups(row);
        let (who, measure) = (row.who().to_owned(), row.measure.name().to_owned());
        [who, measure, held_out, personal, row.estimate_words(), row.interval_words(), row.words()]
    });
    let rows: Vec<_> = std::iter::once(HEADINGS.map(str::to_owned)).chain(cells).collect();
    lines.extend(rows.iter().map(|row| aligned(row, &rows)));
    lines.extend(report.variants.iter().flat_map(|test| table_of_variant(test, running)));
    lines
}

/// Returns the comparison of a variant, for people.
fn table_of_variant(test: &VariantTest, running: Option<(u32, &Variant)>) -> Vec<String> {
    let number = test.test;
    let name = running.filter(|(running, _)| *running == number);
    let name =
        name.map_or_else(|| format!("variant {number:08x}"), |(_, variant)| format!("variant {variant}"));
    let mut lines = vec![String::new(), format!("{name}, {} complete days", test.days)];
    lines.extend(test.notes());
    lines.push(String::new());
    let cells = test.rows.iter().map(|row| {
        let [without, with] = groups(row);
        let measure = row.measure.name().to_owned();
        [measure, without, with, row.estimate_words(), row.interval_words(), row.words_on_variant()]
    });
    let rows: Vec<_> = std::iter::once(HEADINGS_OF_VARIANT.map(str::to_owned)).chain(cells).collect();
    lines.extend(rows.iter().map(|row| aligned(row, &rows)));
    lines
}

/// Returns the mean of each group and of how many shoppers it is.
fn groups(row: &Row) -> [String; 2] {
    let of = |mean: String, shoppers: u64| format!("{mean} of {shoppers}");
    [of(row.held_out(), row.holdout.shoppers), of(row.personalised(), row.personal.shoppers)]
}

/// Returns the report for programs. No field has a comma or a quotation mark but the words, which are quoted.
fn csv(shop: &ShopId, report: &Report) -> Vec<String> {
    let head = "shop,comparison,holdout_percent,days,persona,measure,holdout_shoppers,personal_shoppers,holdout_mean,\
                personal_mean,difference,low,high,estimate,currency,verdict,words";
    let of_pages = format!("{shop},personal pages,{},{}", report.share, report.days);
    let rows = report.rows.iter().map(|row| line(&of_pages, row, &row.words()));
    let of_variant = report.variants.iter().flat_map(|test| {
        let first = format!("{shop},variant {:08x},,{}", test.test, test.days);
        test.rows.iter().map(move |row| line(&first, row, &row.words_on_variant()))
    });
    std::iter::once(head.to_owned()).chain(rows).chain(of_variant).collect()
}

/// Returns a line that begins with these columns. In the comparison of a variant, those without it stand in the columns of the
/// holdout.
fn line(first: &str, row: &Row, words: &str) -> String {
    let persona = row.persona.map_or("all", Persona::name);
    let (measure, holdout, personal) = (row.measure.name(), row.holdout, row.personal);
    // Amounts of money are in the currency's unit.
    let (scale, currency) = match row.measure {
        Measure::Revenue => (0.01, row.currency.map(|currency| currency.to_string())),
        _ => (1.0, None),
    };
    let numbers = |numbers: &[f64]| {
        numbers.iter().map(|number| format!("{:.6}", number * scale)).collect::<Vec<_>>().join(",")
    };
    let ends = row.interval.map(|Interval { difference, low, high, .. }| numbers(&[difference, low, high]));
    let (ends, verdict) = (ends.unwrap_or_else(|| ",,".to_owned()), row.verdict_name());
    let estimate = row.estimate.map(|estimate| numbers(&[estimate])).unwrap_or_default();
    let (means, currency) = (numbers(&[holdout.mean, personal.mean]), currency.unwrap_or_default());
    format!(
        "{first},{persona},{measure},{},{},{means},{ends},{estimate},{currency},{verdict},\"{words}\"",
        holdout.shoppers, personal.shoppers
    )
}
