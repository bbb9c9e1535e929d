//! `wandstore cost`: what a month of traffic costs.

use clap::Args;
use host::config::Config;
use host::cost::{Bill, Item, Table, Traffic};
use model::shop::PlansPer;

use super::output::{aligned, print};

/// Estimate the monthly bill for given traffic.
///
/// It is computed from measured figures and published prices of one cloud, which docs/capacity.md explains. The prices of
/// the language model and the days that pages are kept come from the configuration. Without visits or generations, it is
/// about the traffic of the original deployment.
#[derive(Args)]
pub struct Cost {
    /// Visits a month [default: 640,000].
    #[arg(long, value_name = "NUMBER")]
    visits: Option<f64>,
    /// The share of visits by new shoppers, in percent [default: 70].
    #[arg(long, value_name = "PERCENT")]
    new: Option<f64>,
    /// Pages that are made an hour [default: as many as a simulated day had for each visit].
    #[arg(long, value_name = "NUMBER")]
    generations_per_hour: Option<f64>,
    /// Shops.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    shops: u32,
    /// Hosts. One keeps everything on its disk; several share PostgreSQL, Valkey and a bucket.
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    hosts: u32,
    /// Price of a million tokens of question, in dollars [default: `llm.price_in_microdollars`].
    #[arg(long, value_name = "DOLLARS")]
    price_in: Option<f64>,
    /// Price of a million tokens of answer, in dollars [default: `llm.price_out_microdollars`].
    #[arg(long, value_name = "DOLLARS")]
    price_out: Option<f64>,
    /// Plan without a language model.
    #[arg(long, conflicts_with_all = ["price_in", "price_out"])]
    no_model: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Cost {
    pub fn run(self, config: &Config) -> anyhow::Result<()> {
        let bill = Table::built_in()?.bill(&self.traffic(config)?)?;
        if self.json {
            return Ok(print(serde_json::to_string_pretty(&bill)?)?);
        }
        let plans_per = config.file.document.llm.plans_per;
        lines(&bill, self.hosts, plans_per).iter().try_for_each(print)?;
        Ok(())
    }

    fn traffic(&self, config: &Config) -> anyhow::Result<Traffic> {
        let usual = Traffic::default();
        let mut prices = config.file.document.llm.prices();
        for (price, given) in
            [(&mut prices.in_microdollars, self.price_in), (&mut prices.out_microdollars, self.price_out)]
        {
            if let Some(dollars) = given {
                *price = microdollars(dollars)?;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "days")]
        let kept_days = config.file.retention.pages_unread_days as f64;
        Ok(Traffic {
            visits: self.visits.unwrap_or(usual.visits),
            new: self.new.map_or(usual.new, |percent| percent / 100.0),
            generations: self.generations_per_hour.map(|hourly| hourly * host::cost::HOURS),
            shops: self.shops.into(),
            hosts: self.hosts,
            kept_days,
            model: (!self.no_model).then_some(prices),
        })
    }
}

fn microdollars(dollars: f64) -> anyhow::Result<u64> {
    anyhow::ensure!((0.0..=1e9).contains(&dollars), "{dollars} is not a price in dollars");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was checked")]
    Ok((dollars * 1e6).round() as u64)
}

fn lines(bill: &Bill, hosts: u32, plans_per: PlansPer) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{:.0} page views a month, {:.0} generations an hour; hosts: {hosts}, with {:.1} % of their computing time in use at \
             the busiest time",
            bill.views, bill.generations_per_hour, bill.peak_percent
        ),
        String::new(),
    ];
    let mut rows = vec![["item", "what", "quantity", "price in $", "$ a month"].map(str::to_owned)];
    rows.extend(bill.items.iter().map(row));
    if let Some(model) = bill.model {
        let (name, dollars) = match plans_per {
            PlansPer::Segment => ("a plan for each segment", model.segment),
            PlansPer::Shopper => ("a plan for each shopper", model.shopper),
        };
        rows.push(["language model", name, "", "", &money(dollars)].map(str::to_owned));
    }
    let (total, other, otherwise) = match plans_per {
        PlansPer::Segment => (bill.total.segment, "shopper", bill.total.shopper),
        PlansPer::Shopper => (bill.total.shopper, "segment", bill.total.segment),
    };
    rows.push(["total", "", "", "", &money(total)].map(str::to_owned));
    if bill.model.is_some() {
        let name = format!("total with a plan for each {other}");
        rows.push([name.as_str(), "", "", "", &money(otherwise)].map(str::to_owned));
    }
    lines.extend(rows.iter().map(|row| aligned(row, &rows)));
    let original = bill.original;
    lines.extend([
        String::new(),
        format!(
            "the original deployment at about {:.0} generations an hour: {:.0} to {:.0} $ a month",
            original.generations_per_hour, original.dollars_min, original.dollars_max
        ),
        String::new(),
        "prices:".to_owned(),
    ]);
    lines.extend(sources(bill));
    lines
}

fn row(item: &Item) -> [String; 5] {
    let quantity = format!("{:.2} {}", item.quantity, item.unit);
    [item.name.to_owned(), item.what.clone(), quantity, item.unit_dollars.to_string(), money(item.dollars)]
}

fn money(dollars: f64) -> String {
    format!("{dollars:.2}")
}

/// Returns the lists of prices, each once.
fn sources(bill: &Bill) -> Vec<String> {
    let sources: std::collections::BTreeSet<_> = bill.items.iter().map(|item| item.source.clone()).collect();
    sources.into_iter().map(|source| format!("  {source}")).collect()
}
