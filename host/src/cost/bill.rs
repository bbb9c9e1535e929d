//! The bill.

use serde::Serialize;

use super::table::{Original, Price, Table};
use super::{DAYS, HOURS, Traffic};

/// The cores of a host.
const CORES_PER_HOST: f64 = 2.0;
/// The disk of each host: the system and compiled components.
const HOST_DISK_GB: f64 = 20.0;
/// The disk of PostgreSQL, which holds no pages.
const DATABASE_GB: f64 = 20.0;
/// The least that Valkey is billed for.
const CACHE_GB_MIN: f64 = 0.1;
/// A page that is made is written as two objects, the page and its plan.
const OBJECTS_PER_PAGE: f64 = 2.0;

/// The bill of a month, in dollars.
#[derive(Debug, Clone, Serialize)]
pub struct Bill {
    /// Page views.
    pub views: f64,
    /// Pages that are made in an hour.
    pub generations_per_hour: f64,
    /// The computing time of the hosts that is used at the busiest time, in percent.
    pub peak_percent: f64,
    /// The items besides the model.
    pub items: Vec<Item>,
    /// The model; `None` without one.
    pub model: Option<PlansCost>,
    /// The items and the model.
    pub total: PlansCost,
    /// What the original deployment cost.
    pub original: Original,
}

/// A line of the bill.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// What it is.
    pub name: &'static str,
    /// The item.
    pub what: String,
    /// How much of it.
    pub quantity: f64,
    /// What the quantity counts.
    pub unit: String,
    /// The price of one.
    pub unit_dollars: f64,
    /// The price of all.
    pub dollars: f64,
    /// The vendor's list of prices, and the month for which it was stated.
    pub source: String,
}

/// A cost that depends on which shoppers share a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PlansCost {
    /// With a plan for each segment (`llm.plans_per = "segment"`).
    pub segment: f64,
    /// With a plan for each shopper.
    pub shopper: f64,
}

/// The events of a month.
struct Month {
    views: f64,
    hits: f64,
    first_views: f64,
    generations: f64,
    hosts: f64,
}

impl Table {
    /// Returns the bill for some traffic.
    pub fn bill(&self, traffic: &Traffic) -> anyhow::Result<Bill> {
        traffic.validate()?;
        let month = self.month(traffic);
        let mut items = self.hosts(traffic, &month);
        if traffic.hosts > 1 {
            items.extend(self.shared(traffic, &month));
        }
        let sent_gb = month.views * self.figures.page_sent_bytes.value / 1e9;
        items.push(item("traffic", sent_gb, &self.prices.sent_gb));
        let model = self.model(traffic, &month);
        let besides: f64 = items.iter().map(|item| item.dollars).sum();
        let of_model = model.unwrap_or(PlansCost { segment: 0.0, shopper: 0.0 });
        Ok(Bill {
            views: month.views,
            generations_per_hour: month.generations / HOURS,
            peak_percent: self.peak_percent(&month),
            items,
            model,
            total: PlansCost { segment: besides + of_model.segment, shopper: besides + of_model.shopper },
            original: self.original,
        })
    }

    fn month(&self, traffic: &Traffic) -> Month {
        let first_views = traffic.visits * traffic.new;
        let of_returning = traffic.visits * (1.0 - traffic.new) * self.figures.views_of_returning.value;
        Month {
            views: first_views + of_returning,
            hits: of_returning,
            first_views,
            generations: traffic.generations.unwrap_or(traffic.visits * self.figures.pages_per_visit.value),
            hosts: f64::from(traffic.hosts),
        }
    }

    fn peak_percent(&self, month: &Month) -> f64 {
        let figures = &self.figures;
        let busy_seconds = month.hits * figures.hit_seconds.value
            + month.first_views * figures.first_view_seconds.value
            + month.generations * figures.page_seconds.value;
        let there = month.hosts * CORES_PER_HOST * HOURS * 3600.0;
        100.0 * figures.peak.value * busy_seconds / there
    }

    /// Returns the hosts and their disks. A single host keeps the pages itself.
    fn hosts(&self, traffic: &Traffic, month: &Month) -> Vec<Item> {
        let pages_gb = if traffic.hosts == 1 { self.kept_gb(traffic, month) } else { 0.0 };
        let disk_gb = month.hosts * HOST_DISK_GB + pages_gb;
        vec![
            item("hosts", month.hosts * HOURS, &self.prices.host_hour),
            item("disks of hosts", disk_gb, &self.prices.disk_gb),
        ]
    }

    /// Returns what several hosts share.
    fn shared(&self, traffic: &Traffic, month: &Month) -> Vec<Item> {
        let (figures, prices) = (&self.figures, &self.prices);
        let page_gb = figures.page_cached_bytes.value / 1e9;
        let cached_gb = (month.generations / HOURS * figures.peak.value * page_gb).max(CACHE_GB_MIN);
        // Each page is written once and each view reads one.
        let cache_units = (month.generations + month.views) * figures.page_cached_bytes.value / 1e3;
        let writes = month.generations * OBJECTS_PER_PAGE + month.hosts * figures.probes_per_host.value;
        vec![
            item("load balancer", HOURS, &prices.balancer_hour),
            item("database", HOURS, &prices.database_hour),
            item("disk of the database", DATABASE_GB, &prices.database_gb),
            item("cache", cached_gb * HOURS, &prices.cache_gb_hour),
            item("cache, reads and writes", cache_units / 1e6, &prices.cache_million_units),
            item("bucket", self.kept_gb(traffic, month), &prices.bucket_gb),
            item("bucket, writes", writes / 1e6, &prices.bucket_million_writes),
        ]
    }

    /// Returns what pages take if each is of another shopper.
    fn kept_gb(&self, traffic: &Traffic, month: &Month) -> f64 {
        month.generations / DAYS * traffic.kept_days * self.figures.page_kept_bytes.value / 1e9
    }

    fn model(&self, traffic: &Traffic, month: &Month) -> Option<PlansCost> {
        let prices = traffic.model?;
        let cost = |tokens: f64, microdollars: u64| tokens * microdollars_to_dollars(microdollars) / 1e6;
        let call = cost(self.figures.tokens_in.value, prices.in_microdollars)
            + cost(self.figures.tokens_out.value, prices.out_microdollars);
        let of_segments = self.figures.segment_calls_per_day.value * DAYS * traffic.shops;
        // Segments never need more calls than there are pages.
        Some(PlansCost {
            segment: call * of_segments.min(month.generations),
            shopper: call * month.generations,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a price")]
fn microdollars_to_dollars(microdollars: u64) -> f64 {
    microdollars as f64 / 1e6
}

fn item(name: &'static str, quantity: f64, price: &Price) -> Item {
    Item {
        name,
        what: price.what.clone(),
        quantity,
        unit: price.unit.clone(),
        unit_dollars: price.dollars,
        dollars: quantity * price.dollars,
        source: format!("{}, {}", price.source, price.as_of),
    }
}
