//! State that survives a restart.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use admin::{Counts, Event, Rotated};
use capabilities::Secret;
use model::PageKind;

use crate::harness::{Bench, OTHER, SHOP, START_MS, shop};

const FORM: &str = "tone=dry&accent=%23112233&surface=&banned_words=&promises=";

#[tokio::test]
async fn a_key_is_rotated_without_a_merchant_noticing() {
    let Some(mut bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.restart(&[2, 1]).await;
    assert!(bench.admin.connections().storefront_token(&shop(SHOP)).await.is_some());

    bench.restart(&[2]).await;
    let access = bench.admin.connections().access_token(&shop(SHOP)).await;
    assert_eq!(access, Ok(Secret::new("shpat_1")));
    assert_eq!(bench.shopify.grants(), ["exchange"]);
}

#[tokio::test]
async fn a_rotation_encrypts_all_tokens_again_and_names_shops_without_a_key() {
    let Some(mut bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.visit(OTHER).await;
    bench.restart(&[2, 1]).await;
    let rotate = async |bench: &Bench| bench.admin.installations().rotate().await.unwrap();
    assert_eq!(rotate(&bench).await, Rotated { again: 2, ..Rotated::default() });
    assert_eq!(rotate(&bench).await, Rotated { current: 2, ..Rotated::default() });

    bench.restart(&[2]).await;
    for id in [SHOP, OTHER] {
        assert!(bench.admin.connections().storefront_token(&shop(id)).await.is_some(), "{id}");
    }
    bench.restart(&[3]).await;
    let mut lost = rotate(&bench).await.lost;
    lost.sort();
    let mut both = vec![shop(SHOP), shop(OTHER)];
    both.sort();
    assert_eq!(lost, both);
}

#[tokio::test]
async fn tokens_whose_key_was_removed_are_requested_again() {
    let Some(mut bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.restart(&[3]).await;
    assert!(bench.host.shop(SHOP).is_some(), "it is still served");
    assert_eq!(bench.admin.connections().storefront_token(&shop(SHOP)).await, None);
    bench.visit(SHOP).await;
    assert_eq!(bench.shopify.grants(), ["exchange", "exchange"]);
    assert!(bench.admin.connections().storefront_token(&shop(SHOP)).await.is_some());
}

#[tokio::test]
async fn shops_and_choices_are_back_after_a_restart() {
    let Some(mut bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.visit(OTHER).await;
    bench.save(Some(&bench.token(SHOP)), FORM).await;
    bench.restart(&[1]).await;
    let shop = bench.host.shop(SHOP).unwrap();
    assert_eq!((shop.tone.as_str(), shop.accent), ("dry", "#112233".parse().ok()));
    assert_eq!(bench.host.shop(OTHER).unwrap().tone, "warm and clear");
}

#[tokio::test]
async fn usage_is_counted_by_shop_over_the_last_day() {
    let Some(mut bench) = Bench::start().await else { return };
    let usage = bench.admin.usage().clone();
    usage.count(&shop(SHOP), PageKind::Home, Event::Hit);
    usage.count(&shop(SHOP), PageKind::Home, Event::Stale);
    usage.count(&shop(OTHER), PageKind::Home, Event::Miss);
    usage.flush().await;
    bench.clock.advance(Duration::from_hours(23));
    let attempt = Event::Attempt { calls: 2, tokens_in: 900, tokens_out: 100, cost_microdollars: 1_255 };
    for event in [attempt, attempt, Event::Generation, attempt, Event::Failure, Event::Hit] {
        usage.count(&shop(SHOP), PageKind::Home, event);
    }

    let expected = Counts {
        hits: 2,
        stale: 1,
        generations: 1,
        failures: 1,
        calls: 6,
        tokens_in: 2_700,
        tokens_out: 300,
        cost_microdollars: 3_765,
        ..Counts::default()
    };
    assert_eq!(usage.last_24_hours(&shop(SHOP)).await.unwrap(), expected);
    bench.restart(&[1]).await;
    assert_eq!(bench.admin.usage().last_24_hours(&shop(SHOP)).await.unwrap(), expected);

    bench.clock.advance(Duration::from_hours(1));
    let later = bench.admin.usage().last_24_hours(&shop(SHOP)).await.unwrap();
    assert_eq!((later.hits, later.stale, later.generations), (1, 0, 1));
}

#[tokio::test]
async fn usage_is_counted_by_day_and_kind_of_page() {
    let Some(mut bench) = Bench::start().await else { return };
    let today = u32::try_from(START_MS / 86_400_000).unwrap();
    bench.admin.usage().count(&shop(SHOP), PageKind::Home, Event::Hit);
    bench.admin.usage().count(&shop(SHOP), PageKind::Cart, Event::Miss);
    bench.restart(&[1]).await;
    bench.admin.usage().count(&shop(SHOP), PageKind::Cart, Event::Miss);
    let hit = Counts { hits: 1, ..Counts::default() };
    let misses = Counts { misses: 2, ..Counts::default() };
    let by_page = bench.admin.usage().by_day_and_page(&shop(SHOP), 2).await.unwrap();
    let expected = [((today, Some(PageKind::Home)), hit), ((today, Some(PageKind::Cart)), misses)];
    assert_eq!(by_page, expected.into());
    let all = Counts { hits: 1, misses: 2, ..Counts::default() };
    assert_eq!(bench.admin.usage().by_day(&shop(SHOP), 2).await.unwrap(), [(today, all)].into());
}

#[tokio::test]
async fn counts_that_were_being_written_when_the_process_ends_are_not_lost() {
    let Some(mut bench) = Bench::start().await else { return };
    let usage = bench.admin.usage().clone();
    usage.count(&shop(SHOP), PageKind::Home, Event::Hit);
    usage.count(&shop(OTHER), PageKind::Home, Event::Hit);
    // Simulate the periodic task being stopped in the middle of a write.
    let mut task = Context::from_waker(Waker::noop());
    assert!(pin!(usage.flush()).poll(&mut task).is_pending());
    bench.restart(&[1]).await;
    for id in [SHOP, OTHER] {
        assert_eq!(bench.admin.usage().last_24_hours(&shop(id)).await.unwrap().hits, 1, "{id}");
    }
}

#[tokio::test]
async fn counts_of_long_ago_are_dropped() {
    let Some(bench) = Bench::start().await else { return };
    bench.admin.usage().count(&shop(SHOP), PageKind::Home, Event::Failure);
    bench.admin.usage().flush().await;
    assert_eq!(bench.admin.usage().purge().await, Ok(0));
    bench.clock.advance(Duration::from_hours(31 * 24));
    assert_eq!(bench.admin.usage().purge().await, Ok(1));
}
