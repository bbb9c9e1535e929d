//! What a request may cost. Whoever exceeds a limit is refused the cost and never the page.

use model::Signals;
use model::jobs::{State, Work};
use model::limits::Allowance;

use crate::capabilities::{Limits, Queue};
use crate::http::Request;
use crate::visitor::Visitor;

/// What a plan is taken from. Of signed requests the client is Shopify, which asks for many shoppers.
const GENERATION: [Allowance; 4] = [
    Allowance::ClientGenerations,
    Allowance::ShopperGenerations,
    Allowance::ShopGenerations,
    Allowance::DeploymentGenerations,
];
/// What a report of events is taken from.
const REPORT: [Allowance; 2] = [Allowance::ClientReports, Allowance::ShopperReports];
/// What a new session is taken from.
const SESSION: [Allowance; 2] = [Allowance::ClientSessions, Allowance::ShopSessions];

/// What crawlers call themselves, in lower case. Most also give an address that explains them, as
/// <https://developers.google.com/search/docs/crawling-indexing/google-common-crawlers> does; browsers give none.
const BOTS: [&str; 8] =
    ["bot", "crawl", "spider", "slurp", "://", "facebookexternalhit", "whatsapp", "lighthouse"];
/// A brand of telephones whose name ends like a bot's.
const NO_BOT: &str = "cubot";

/// Returns whether a request says that a program sent it, and no shopper.
pub(crate) fn is_bot(request: &impl Request) -> bool {
    let agent = request.header("user-agent").unwrap_or_default().to_ascii_lowercase().replace(NO_BOT, "");
    BOTS.iter().any(|name| agent.contains(name))
}

/// Returns whether a page may be planned for a visitor now. A job that is live already costs nothing more.
pub(crate) fn admits_generation(deployment: &(impl Limits + Queue), visitor: &Visitor) -> bool {
    take(deployment, visitor, &GENERATION)
        || matches!(
            deployment.status(&visitor.shop, &visitor.shopper),
            Ok(Some(State::Queued | State::Running))
        )
}

/// Returns how the first page of a shopper with these signals is planned. While newcomers arrive faster than a shop
/// usually has them, shoppers without signals get a page that is planned without the model.
pub(crate) fn first_page(deployment: &impl Limits, visitor: &Visitor, signals: &Signals) -> Work {
    let is_newcomer = signals.is_empty() && !visitor.is_anybody();
    if is_newcomer && !take(deployment, visitor, &[Allowance::ShopNewcomers]) {
        Work::PlanLocally
    } else {
        Work::Generate
    }
}

/// Returns whether a report of a visitor's events may be stored.
pub(crate) fn admits_report(deployment: &impl Limits, visitor: &Visitor) -> bool {
    take(deployment, visitor, &REPORT)
}

/// Returns whether a visitor may get a session.
pub(crate) fn admits_session(deployment: &impl Limits, visitor: &Visitor) -> bool {
    take(deployment, visitor, &SESSION)
}

fn take(deployment: &impl Limits, visitor: &Visitor, allowances: &[Allowance]) -> bool {
    let counts = |allowance: &Allowance| !(visitor.is_vouched_for && allowance.is_of_client());
    let counted: Vec<_> = allowances.iter().copied().filter(counts).collect();
    deployment.take(&counted, &visitor.shop, &visitor.shopper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::FakeRequest;

    fn is_bot_called(agent: &str) -> bool {
        is_bot(&FakeRequest { headers: vec![("user-agent", agent.into())], ..FakeRequest::default() })
    }

    #[test]
    fn bots_are_known_by_their_names() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0 Safari/537.36",
            "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
            "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Mozilla/5.0 (compatible; Yahoo! Slurp)",
        ] {
            assert!(is_bot_called(agent), "{agent}");
        }
    }

    #[test]
    fn browsers_are_no_bots() {
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Linux; Android 14; CUBOT X90) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/148.0 Safari/537.36",
            "curl/8.5.0",
            "",
        ] {
            assert!(!is_bot_called(agent), "{agent}");
        }
    }
}
