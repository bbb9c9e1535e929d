//! An admin with a scripted Shopify and a host that records its calls.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use admin::{
    Admin, App, Billing, Connections, Effects, Failed, Keys, Links, Made, Parts, Preview, Report, Shops,
    Stored, Storefronts, Worth, router,
};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use capabilities::kind::{Selection, Site};
use capabilities::llm::budget::{Amount, Used};
use capabilities::postgres::server::Schema;
use capabilities::signatures::Secrets;
use capabilities::{Secret, clock, random};
use experiments::{Aggregates, Arm, Cell, Earlier, Group, Rollouts, Sales, Totals};
use http_body_util::BodyExt as _;
use model::pages::JobId;
use model::review::{Decision, Edit, Edited, Outdated, Problem, Review, Shown, Text, WaitingPlan};
use model::shop::{Share, ShopSettings};
use model::{Audience, Cause, EventId, PageKind, Persona, ShopId, ShopperId};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::KIND;
use crate::shopify::Shopify;

pub const KEY: &str = "the-client-id";
pub const SECRET: &str = "hush";
pub const SHOP: &str = "magic-wands.myshopify.com";
pub const OTHER: &str = "lamps.myshopify.com";
pub const PUBLIC_URL: &str = "https://app.example";
pub const START_MS: u64 = 1_790_000_000_000;

/// Everything in the rows of shops.
const ROWS: &str = "SELECT coalesce(string_agg(concat_ws(' ', shop, state, scopes, encode(access, 'escape'),
        encode(refresh, 'escape'), choices), ' '), '')
    FROM shops";

pub struct Bench {
    pub admin: Arc<Admin>,
    pub shopify: Arc<Shopify>,
    pub host: Arc<Host>,
    pub clock: Arc<clock::Scripted>,
    pub origin: String,
    folder: TempDir,
    schema: Option<Schema>,
    billing: Billing,
    router: Router,
}

/// A host that records its calls.
#[derive(Default)]
pub struct Host {
    pub served: Mutex<BTreeMap<String, ShopSettings>>,
    /// New and old domains of shops.
    pub renamed: Mutex<Vec<(&'static str, &'static str)>>,
    /// Shops that are closed.
    pub closed: Mutex<BTreeSet<String>>,
    /// How many more times it fails to make existing pages stale.
    pub failures_to_move: Mutex<u32>,
    /// The decisions about plans, by audience, of any shop.
    pub reviews: Mutex<BTreeMap<String, Review>>,
    /// What the language model cost today beyond 15 cents, in millionths of a dollar.
    pub spent_more: Mutex<u64>,
    /// The Rollouts that are kept.
    pub rollouts: Mutex<Option<Rollouts>>,
    /// Whether personal pages lose. Otherwise they win.
    pub loses: Mutex<bool>,
    /// The calls so far, in order, such as `reopen lamps.myshopify.com`.
    pub asked: Mutex<Vec<String>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Bench {
    /// Returns none if the tables need a server that is missing.
    pub async fn start() -> Option<Self> {
        Self::selling(Billing::default()).await
    }

    /// Starts an admin whose app has these plans.
    pub async fn selling(billing: Billing) -> Option<Self> {
        let schema = Schema::for_kind(KIND).await?;
        let (shopify, origin) = Shopify::start().await;
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::<Host>::default();
        let clock = Arc::new(clock::Scripted::new(START_MS));
        let shops = shops(folder.path(), schema.as_ref(), &[1], &clock).await;
        let admin = open(shops, &origin, &host, &clock, &billing).await;
        Some(Self {
            router: router(admin.clone()),
            admin,
            shopify,
            host,
            clock,
            origin,
            folder,
            schema,
            billing,
        })
    }

    /// Restarts the admin on the same tables, with these encryption keys.
    pub async fn restart(&mut self, keys: &[u8]) {
        self.admin.close().await;
        self.host = Arc::default();
        let shops = shops(self.folder.path(), self.schema.as_ref(), keys, &self.clock).await;
        self.admin = open(shops, &self.origin, &self.host, &self.clock, &self.billing).await;
        self.router = router(self.admin.clone());
    }

    /// Opens the tables as another process would.
    pub async fn other_process(&self) -> Shops {
        shops(self.folder.path(), self.schema.as_ref(), &[1], &self.clock).await
    }

    /// Starts another host on the same tables.
    pub async fn other_host(&self) -> (Arc<Admin>, Arc<Host>) {
        let host = Arc::<Host>::default();
        (open(self.other_process().await, &self.origin, &host, &self.clock, &self.billing).await, host)
    }

    pub fn now_s(&self) -> u64 {
        clock::Clock::now_ms(&*self.clock) / 1_000
    }

    /// Returns a session token of a shop that is valid now.
    pub fn token(&self, shop: &str) -> String {
        signing::session_token(SECRET, &claims(shop, self.now_s()))
    }

    /// Opens the page as a shop's staff do.
    pub async fn visit(&self, shop: &str) -> Answer {
        self.get(&format!("/admin?shop={shop}&id_token={}", self.token(shop)), None).await
    }

    pub async fn get(&self, target: &str, token: Option<&str>) -> Answer {
        self.send("GET", target, token, Body::empty()).await
    }

    /// Opens another page of the admin as a shop's staff do.
    pub async fn visit_at(&self, path: &str, shop: &str) -> Answer {
        self.get(&format!("{path}?shop={shop}&id_token={}", self.token(shop)), None).await
    }

    /// Sends the form of the page *Brand*.
    pub async fn save(&self, token: Option<&str>, form: &str) -> Answer {
        self.save_at("/admin/brand", token, form).await
    }

    /// Sends the form of a page.
    pub async fn save_at(&self, path: &str, token: Option<&str>, form: &str) -> Answer {
        self.send("POST", path, token, Body::from(form.to_owned())).await
    }

    /// Lets a plan wait for approval. Returns its version.
    pub fn submit(&self, audience: &str, json: &str) -> String {
        let plan = WaitingPlan { json: json.to_owned(), job: JobId::UNKNOWN, planned_ms: 5 };
        let version = plan.version();
        self.host.reviews.lock().unwrap().entry(audience.to_owned()).or_default().waiting = Some(plan);
        version
    }

    pub async fn send(&self, method: &str, target: &str, token: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(target);
        // Simulate a proxy that rewrites the host.
        request = request.header("host", "127.0.0.1:8787").header("x-forwarded-host", "evil.example");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Returns what is stored: the files, including their logs, or the rows.
    fn stored(&self) -> Vec<u8> {
        if let Some(schema) = &self.schema {
            return schema.text(ROWS).into_bytes();
        }
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    pub fn holds(&self, text: &str) -> bool {
        self.stored().windows(text.len()).any(|bytes| bytes == text.as_bytes())
    }
}

impl Host {
    pub fn shop(&self, shop: &str) -> Option<ShopSettings> {
        self.served.lock().unwrap().get(shop).cloned()
    }

    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn note(&self, what: &str, shop: &ShopId) {
        self.asked.lock().unwrap().push(format!("{what} {shop}"));
    }
}

#[async_trait]
impl Storefronts for Host {
    fn configured(&self, _: &ShopId) -> Option<ShopSettings> {
        None
    }

    fn set_shop(&self, id: &ShopId, shop: ShopSettings) {
        self.note("set", id);
        self.served.lock().unwrap().insert(id.to_string(), shop);
    }

    fn remove_shop(&self, shop: &ShopId) {
        self.note("remove", shop);
        self.served.lock().unwrap().remove(shop.as_str());
    }

    async fn close(&self, shop: &ShopId) -> Result<(), Failed> {
        self.note("close", shop);
        self.closed.lock().unwrap().insert(shop.to_string());
        Ok(())
    }

    fn has_model(&self) -> bool {
        true
    }

    fn model_trouble(&self, _: &ShopId) -> Option<Cause> {
        None
    }

    /// Knows every product but those that are gone.
    async fn unknown(&self, _: &ShopId, settings: &ShopSettings) -> Result<Vec<String>, Failed> {
        let lines = settings.excluded.iter().chain(&settings.pinned).map(ToString::to_string);
        Ok(lines.filter(|line| line.contains("gone")).collect())
    }

    async fn reopen(&self, shop: &ShopId) -> Result<(), Failed> {
        self.note("reopen", shop);
        self.closed.lock().unwrap().remove(shop.as_str());
        Ok(())
    }

    async fn other_domains(&self, shop: &ShopId) -> Result<Vec<ShopId>, Failed> {
        let renamed = self.renamed.lock().unwrap();
        Ok(renamed
            .iter()
            .filter(|(new, _)| *new == shop.as_str())
            .map(|(_, old)| crate::harness::shop(old))
            .collect())
    }

    async fn is_closed(&self, shop: &ShopId) -> Result<bool, Failed> {
        Ok(self.closed.lock().unwrap().contains(shop.as_str()))
    }

    async fn bump_catalog_version(&self, shop: &ShopId) -> Result<(), Failed> {
        self.note("bump", shop);
        let mut failures = self.failures_to_move.lock().unwrap();
        match failures.checked_sub(1) {
            Some(left) => {
                *failures = left;
                Err(Failed("the file is locked".to_owned()))
            }
            None => Ok(()),
        }
    }

    async fn products(&self, shop: &ShopId) -> Result<usize, Failed> {
        if shop.as_str() == SHOP { Ok(12) } else { Err(Failed("the shop does not answer".to_owned())) }
    }

    async fn used(&self, shop: &ShopId) -> Result<Option<Used>, Failed> {
        let of_day = Amount { tokens: 40_000, microdollars: 150_000 + *self.spent_more.lock().unwrap() };
        let used = Used { of_day, month_microdollars: 17_000_000 };
        Ok(Some(used).filter(|_| shop.as_str() == SHOP))
    }

    async fn preview(&self, shop: &ShopId, persona: Persona) -> Result<Preview, Failed> {
        let html = format!("<p>{} at {shop}</p>", persona.name());
        let made = match persona {
            Persona::Explorer => Made::Now,
            Persona::Loyalist => Made::Before,
            _ => Made::Never,
        };
        Ok(Preview { html, made })
    }

    async fn reviews(&self, shop: &ShopId) -> Result<Vec<(Audience, Review)>, Failed> {
        let reviews = self.reviews.lock().unwrap();
        let of_shop = reviews.iter().filter(|_| shop.as_str() == SHOP);
        Ok(of_shop.map(|(audience, review)| (Audience::parse(audience).unwrap(), review.clone())).collect())
    }

    /// A plan is its title, which is also its digest.
    async fn show_plan(&self, _: &ShopId, _: &Audience, plan: &str) -> Result<Shown, Failed> {
        if plan == "away" {
            return Err(Failed("the catalog is away".to_owned()));
        }
        let title = Text {
            path: "title".to_owned(),
            block: String::new(),
            field: "title".to_owned(),
            value: plan.to_owned(),
            chars_max: 70,
        };
        let mut shown = Shown { texts: vec![title], digest: plan.to_owned(), ..Shown::default() };
        if plan == "problem" {
            let what = "the product is sold out".to_owned();
            shown.problems.push(Problem { path: "blocks[0].product".to_owned(), what });
        } else {
            shown.document = format!("<!doctype html><html lang=\"en\"><p>{plan}</p></html>");
        }
        Ok(shown)
    }

    async fn edit_plan(
        &self,
        _: &ShopId,
        _: &Audience,
        plan: &str,
        digest: &str,
        edits: &[Edit],
    ) -> Result<Edited, Failed> {
        let Edit { path, value } = edits.first().expect("only what was edited is checked").clone();
        Ok(if digest != plan {
            Edited::Changed
        } else if value.contains("forbidden") {
            Edited::Refused(vec![Problem { path, what: "promises too much".to_owned() }])
        } else {
            Edited::Accepted(value)
        })
    }

    async fn decide(
        &self,
        shop: &ShopId,
        audience: &Audience,
        version: &str,
        decision: &Decision,
        by: &str,
    ) -> Result<Result<(), Outdated>, Failed> {
        let mut reviews = self.reviews.lock().unwrap();
        let review = reviews.entry(audience.to_string()).or_default();
        let decided = review.decide(version, decision.clone(), by, START_MS);
        if decided.is_ok() {
            self.note("decide", shop);
        }
        Ok(decided)
    }

    async fn request_plan(&self, shop: &ShopId, _: &Audience) -> Result<(), Failed> {
        self.note("request", shop);
        Ok(())
    }

    async fn reports(&self, shop: &ShopId) -> Result<Vec<Report>, Failed> {
        let report = Report { id: EventId::parse("r-1").unwrap(), made_ms: Some(START_MS - 7_200_000) };
        Ok(if shop.as_str() == SHOP { vec![report] } else { Vec::new() })
    }

    /// One shop in which more shoppers put something into the cart, or fewer, and no others.
    async fn effects(&self, shop: &ShopId) -> Result<Effects, Failed> {
        if shop.as_str() != SHOP {
            return Err(Failed("the file is locked".to_owned()));
        }
        let share = Share::TENTH;
        let carted = if *self.loses.lock().unwrap() { 20_000 } else { 36_000 };
        let (mut sums, sales) = (Aggregates::default(), Sales::default());
        for (arm, shoppers, carted) in [(Arm::Holdout, 100_000, 3_000), (Arm::Personal, 900_000, carted)] {
            let group = Group {
                day: 100,
                share,
                arm,
                persona: Persona::Explorer,
                page: Some(PageKind::Home),
                earlier: Earlier::New,
                variant: None,
            };
            sums.add(group, Cell { shoppers, carted, ..Cell::default() }).unwrap();
        }
        let report = experiments::Report::of(&Totals::of(&sums, share, 120));
        Ok(Effects { report, sums, sales })
    }

    async fn keep_rollouts(&self, _: &ShopId, rollouts: &Rollouts) -> Result<(), Failed> {
        *self.rollouts.lock().unwrap() = Some(rollouts.clone());
        Ok(())
    }

    fn measure(&self, shop: &ShopId, worth: &Worth) {
        assert!(!worth.days.is_empty());
        self.note("measure", shop);
    }

    /// Shoppers named `customer-7` have a page, in one shop.
    async fn stored(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<Stored>, Failed> {
        if shop.as_str() != SHOP {
            return Err(Failed("the file is locked".to_owned()));
        }
        let told = r#"{"origin":{"release":"0.1.0","planned_ms":1790000000000,"planner":"model","model":{"answered":"quill-2",
            "configured":"quill","prompt":"a1","sent":"b2","calls":1,"tokens_in":1000,"tokens_out":200,
            "cost_microdollars":1750,"refused":["blocks[2].text"],"blocks":[3,4]}},
            "page":{"release":"0.1.0","renderer":"c3","made_ms":1790000000000,"reasons":["sorts by lowest <price>"]}}"#;
        let page = Stored {
            state: "fresh",
            persona: "dealhunter",
            confidence: 60,
            source: "the language model",
            planned_ms: START_MS,
            fresh_until_ms: START_MS + 86_400_000,
            variant: Some("layout: compact".to_owned()),
            instead: "the fallback page",
            told: serde_json::from_str(told).unwrap(),
            plan: Some(serde_json::json!({ "title": "A <calm> evening", "blocks": [] })),
        };
        Ok(Some(page).filter(|_| shopper.as_str() == "customer-7"))
    }

    async fn report(&self, shop: &ShopId, id: &EventId) -> Result<Option<Vec<u8>>, Failed> {
        let own = shop.as_str() == SHOP && id.as_str() == "r-1";
        Ok(own.then(|| br#"{"customer":7}"#.to_vec()))
    }
}

async fn open(
    shops: Shops,
    origin: &str,
    host: &Arc<Host>,
    clock: &Arc<clock::Scripted>,
    billing: &Billing,
) -> Arc<Admin> {
    let secrets = vec![Secret::new(SECRET), Secret::new("the one before")];
    let signatures = Secrets::new([7; 32], [("SHOPIFY_API_SECRET".to_owned(), secrets)]);
    let app = App {
        key: KEY.into(),
        secret: Secret::new(SECRET),
        public_url: PUBLIC_URL.into(),
        origin: Some(origin.to_owned()),
        links: Links { support: Some("https://help.example".to_owned()), ..Links::default() },
        billing: billing.clone(),
    };
    let (app, signatures) = (Arc::new(app), Arc::new(signatures));
    let connections = Arc::new(Connections::new(app.clone(), &shops, clock.clone()).unwrap());
    let parts =
        Parts { app, connections, signatures, storefronts: host.clone(), shops, clock: clock.clone() };
    let admin = Admin::new(parts);
    admin.follow().await.unwrap();
    admin
}

async fn shops(folder: &Path, schema: Option<&Schema>, keys: &[u8], clock: &Arc<clock::Scripted>) -> Shops {
    let keys: Vec<_> = keys.iter().map(|&number| STANDARD.encode([number; 32])).collect();
    let keys = Keys::parse(&keys.join(",")).unwrap();
    let site = Site {
        folder: folder.to_owned(),
        clock: clock.clone(),
        random: Arc::new(random::System),
        process: None,
        secrets: BTreeMap::new(),
        database: Schema::migrated_if_any(schema).await,
        replaces_damaged: false,
        redis: None,
    };
    let tables = capabilities::shops::open(&Selection::of(KIND), &site).await.unwrap();
    Shops::new(tables, keys, clock.clone(), Arc::new(random::System))
}

pub fn shop(shop: &str) -> ShopId {
    ShopId::parse(shop).unwrap()
}

/// Returns the claims of Shopify's session token for a shop.
pub fn claims(shop: &str, now_s: u64) -> Value {
    signing::claims(KEY, shop, now_s)
}
