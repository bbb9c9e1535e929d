//! Fills a data folder with sixty days of a shop's comparison, as routing stores it: `sixty_days <data folder> <shop>`. The
//! tests in a browser look at the shop's admin then. Personal pages sell more than the fallback page, and those in the layout
//! `compact` more than the others.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use capabilities::clock::{Clock as _, System};
use capabilities::kv::{Kv as _, Sqlite};
use experiments::{Aggregates, Arm, Assignment, Cell, Earlier, Group, Sales, Shift, Source};
use model::shop::ShopSettings;
use model::{Currency, Key, PageKind, ShopId, ShopperId};

const DAYS: u32 = 60;
const SHOPPERS_A_DAY: u32 = 3_000;
/// Routing keeps so many days in one entry, spread over so many parts.
const PERIOD_DAYS: u32 = 30;
const PARTS: u32 = 8;
/// How long sums are kept.
const TTL: Duration = Duration::from_hours(400 * 24);
/// On which page of ten shoppers each first sees the block.
const PAGES: [PageKind; 10] = [
    PageKind::Home,
    PageKind::Home,
    PageKind::Home,
    PageKind::Home,
    PageKind::Home,
    PageKind::Product,
    PageKind::Product,
    PageKind::Collection,
    PageKind::Search,
    PageKind::Cart,
];
/// What is known earlier of three shoppers.
const EARLIER: [Earlier; 3] = [Earlier::New, Earlier::Browsed, Earlier::Carted];

/// The sums of each period and part.
type Sums = BTreeMap<(u32, u8), (Aggregates, Sales)>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(shop)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sixty_days <data folder> <shop>".into());
    };
    let shop = ShopId::parse(&shop)?;
    std::fs::create_dir_all(&folder)?;
    let kv = Sqlite::open(&Path::new(&folder).join("kv.db"), Arc::new(System)).await?;
    let today = experiments::day(System.now_ms());
    for ((period, part), (counted, sales)) in sums(&shop, today)? {
        for (key, value) in [
            (Key::Effects(&shop, period, part), counted.encode()),
            (Key::Sales(&shop, period, part), sales.encode()),
        ] {
            kv.set(key.store().name(), &key.to_string(), value.into(), Some(TTL)).await?;
        }
    }
    kv.close().await;
    Ok(())
}

/// Counts the shoppers of the days before today.
fn sums(shop: &ShopId, today: u32) -> Result<Sums, Box<dyn Error>> {
    let settings = ShopSettings { variant: Some("layout: compact".parse()?), ..ShopSettings::demo() };
    let usd = Currency::named("USD").ok_or("there are dollars")?;
    let mut sums = Sums::new();
    for number in 0..DAYS * SHOPPERS_A_DAY {
        let day = today - DAYS + number / SHOPPERS_A_DAY;
        let shopper = ShopperId::visitor(&format!("a-simulated-shopper-{number:08}"))?;
        let Assignment { arm, variant } = Assignment::of(&settings, shop, &shopper);
        let page = PAGES[number as usize % PAGES.len()];
        let earlier = EARLIER[number as usize % EARLIER.len()];
        let (share, persona) = (settings.holdout, page.suggests());
        let group = Group { day, share, arm, persona, page: Some(page), earlier, variant };
        let rate = rate(&group);
        // Multiples of the golden ratio lie evenly between 0 and 1.
        let chance = (f64::from(number) * 0.618_033_988_749_895).fract();
        let part = u8::try_from(number % PARTS)?;
        let (counted, sales) = sums.entry((day / PERIOD_DAYS, part)).or_default();
        let views = u64::from(number % 4);
        let carted = u64::from(chance < rate);
        let cell = Cell { shoppers: 1, carted, ordered: 0, views, views_squared: views * views };
        counted.add(group, cell).map_err(|_| "the sums are full")?;
        if chance < 0.6 * rate {
            let after = 3_000 + 100 * u64::from(number % 60);
            let shift = Shift { source: Source::Webhook, currency: usd, before: 0, after };
            sales.add(group, shift).map_err(|_| "the sums of orders are full")?;
        }
    }
    Ok(sums)
}

/// Returns which share of a group puts something into the cart.
fn rate(group: &Group) -> f64 {
    match group.arm {
        Arm::Holdout => 0.03,
        Arm::Personal if group.has_variant() => 0.06,
        Arm::Personal => 0.045,
    }
}
