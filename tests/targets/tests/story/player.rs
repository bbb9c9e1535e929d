//! Plays a chapter on a host, and reports the step that failed.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use targets::{Answer, Deployment, Host, Request, Server};

use crate::model::Model;
use crate::step::{Ask, Chapter, Expected, Step};
use crate::storefront::Storefront;

/// The time limit of a wait.
const PATIENCE: Duration = Duration::from_secs(90);
/// The status of a page on a host that is too busy to determine it in time. The open page asks again.
const STATE_UNKNOWN: &str = r#""state":"unknown""#;
/// The maximum length of an answer or a log in a report.
const SHOWN_CHARS: usize = 3_000;

/// A running host and remembered answers.
struct Player {
    host: Host,
    deployment: Deployment,
    server: Option<Server>,
    model: Model,
    storefront: Storefront,
    /// The last request.
    sent: Option<Request>,
    kept: HashMap<&'static str, String>,
}

/// Plays a chapter from its start to its end.
pub fn play(host: Host, chapter: &Chapter) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let model = Model::open(&chapter.sayings).await?;
        let storefront = Storefront::open().await?;
        let deployment = Deployment::new(folder.path()).sharing_compiled();
        let deployment = deployment_of(chapter, &model, &storefront, deployment);
        let server = Some(host.start(&deployment).await?);
        let kept = HashMap::new();
        let mut player = Player { host, deployment, server, model, storefront, sent: None, kept };
        for (index, step) in chapter.steps.iter().enumerate() {
            let done = player.step(step).await.with_context(|| format!("step {}", index + 1));
            done.with_context(|| player.log())?;
        }
        Ok(())
    })
}

fn deployment_of(
    chapter: &Chapter,
    model: &Model,
    storefront: &Storefront,
    mut deployment: Deployment,
) -> Deployment {
    for (name, value) in &chapter.variables {
        deployment = deployment.with(name, *value);
    }
    if chapter.connected {
        deployment = deployment.with("SHOPIFY_ORIGIN", &storefront.origin).of_shopify();
    }
    if chapter.sayings.is_empty() {
        return deployment;
    }
    deployment.with("LLM_BASE_URL", &model.url).with("LLM_MODEL", "scripted").with("PLANS_PER", "shopper")
}

impl Player {
    async fn step(&mut self, step: &Step) -> anyhow::Result<()> {
        match step {
            Step::Ask(ask) => {
                let answer = self.send(ask).await?;
                self.check(ask, &answer)
            }
            Step::AskUntil(ask) => self.ask_until(ask).await,
            Step::ModelSays(saying) => {
                self.model.says(*saying);
                Ok(())
            }
            Step::ModelWasAsked(questions) => {
                let asked = self.model.questions();
                ensure!(asked == *questions, "the model was asked {asked} questions, not {questions}");
                Ok(())
            }
            Step::ModelIsAsked => {
                let asked = tokio::time::timeout(PATIENCE, self.model.is_asked()).await;
                asked.context("the model was not asked")
            }
            Step::AskAgain(expected) => self.ask_again(expected).await,
            Step::PriceIs(price) => {
                self.storefront.price_is(price);
                Ok(())
            }
            Step::InvalidationTakesEffect => {
                tokio::time::sleep(self.host.invalidation_max()).await;
                Ok(())
            }
            Step::StorefrontHangs => {
                self.storefront.hangs();
                Ok(())
            }
            Step::Restart => self.restart().await,
        }
    }

    async fn send(&mut self, ask: &Ask) -> anyhow::Result<Answer> {
        let server = self.server.as_ref().context("the host is stopped")?;
        let request = ask.signing.map_or_else(|| ask.request.clone(), |signing| signing.sign(&ask.request));
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let answer = loop {
            let answer = request.send(&server.address).await.with_context(|| line_of(ask));
            let is_unknown = answer.as_ref().is_ok_and(|answer| answer.body.contains(STATE_UNKNOWN));
            if !is_unknown || tokio::time::Instant::now() > deadline {
                break answer;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        self.sent = Some(request);
        answer
    }

    async fn ask_again(&mut self, expected: &[Expected]) -> anyhow::Result<()> {
        let request = self.sent.clone().context("nothing was sent before")?;
        let ask = Ask { request, signing: None, expected: expected.to_vec() };
        let answer = self.send(&ask).await?;
        self.check(&ask, &answer)
    }

    async fn ask_until(&mut self, ask: &Ask) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer = self.send(ask).await?;
            let checked = self.check(ask, &answer);
            if checked.is_ok() || answer.status >= 400 || tokio::time::Instant::now() > deadline {
                return checked;
            }
            // A host may answer a long poll at once; the pause avoids a busy loop.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn check(&mut self, ask: &Ask, answer: &Answer) -> anyhow::Result<()> {
        for expected in &ask.expected {
            if !expected.holds(answer, |name| self.kept.get(name).cloned()) {
                bail!(
                    "{}\nexpected {expected:?}\nbut there was {}",
                    line_of(ask),
                    clipped(&format!("{answer:?}"))
                );
            }
            if let Expected::Keep(name) = expected {
                self.kept.insert(name, answer.body.clone());
            }
        }
        Ok(())
    }

    async fn restart(&mut self) -> anyhow::Result<()> {
        let server = self.server.take().ok_or_else(|| anyhow!("the host is stopped"))?;
        server.stop().await?;
        self.server = Some(self.host.start(&self.deployment).await?);
        Ok(())
    }

    /// Returns the end of the host's log.
    fn log(&self) -> String {
        let log = fs::read_to_string(self.deployment.log()).unwrap_or_default();
        let skipped = log.chars().count().saturating_sub(SHOWN_CHARS);
        format!("the host logged:\n{}", log.chars().skip(skipped).collect::<String>())
    }
}

fn line_of(ask: &Ask) -> String {
    clipped(&format!("{} {}", ask.request.method, ask.request.target))
}

fn clipped(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}
