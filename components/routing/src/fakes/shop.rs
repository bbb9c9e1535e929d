//! The products and settings of a shop.

use model::catalog::{Assortment, Collection, Product};
use model::limits::Allowance;
use model::shop::{ShopSettings, ShopStatus};
use model::{Market, ShopId, ShopperId};

use super::{Fake, sign};
use crate::{Asker, Catalog, Clock, Failure, Limits, Log, Settings, Signatures};

impl Catalog for Fake {
    fn products(&self, _: &ShopId, market: &Market) -> Result<Assortment, Failure> {
        self.asked("catalog", "catalog.products")?;
        let currency = if market.country() == "GB" { "GBP" } else { "EUR" }.to_owned();
        let products = vec![product(self.best), product("Oak Wand")];
        let (shop_name, money_format) = (String::new(), String::new());
        Ok(Assortment { shop_name, currency, money_format, best_sellers_first: true, products })
    }

    fn collections(&self, _: &ShopId, _: &Market) -> Result<Vec<Collection>, Failure> {
        self.asked("catalog", "catalog.collections")?;
        Ok(vec![Collection {
            handle: "old-wands".into(),
            title: "Old wands".into(),
            url: "/collections/old-wands".into(),
            products: vec!["Elder-Wand".into(), "Oak-Wand".into()],
        }])
    }

    fn members(&self, _: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, Failure> {
        self.asked("members", "catalog.members")?;
        let members = |handle: &String| if handle == "oaks" { vec!["Oak-Wand".into()] } else { Vec::new() };
        Ok(handles.iter().map(members).collect())
    }

    fn by_name(&self, _: &ShopId, _: &Market, names: &[String]) -> Result<Vec<Product>, Failure> {
        self.asked("by-name", "catalog.by-name")?;
        let unlisted = [product("Rowan Wand")].into_iter();
        Ok(unlisted.filter(|product| names.contains(&product.id.to_lowercase())).collect())
    }
}

fn product(title: &str) -> Product {
    Product {
        id: title.replace(' ', "-"),
        title: title.into(),
        description: "It chooses you.".into(),
        vendor: "Ollivander".into(),
        category: "Wands".into(),
        tags: Vec::new(),
        url: "https://wands.example/products/wand".into(),
        image: None,
        price: 4_900,
        price_before: None,
        available: true,
        ..Product::default()
    }
}

impl Settings for Fake {
    fn development(&self) -> bool {
        self.calls.borrow_mut().push("settings.development");
        self.development
    }

    fn shop_status(&self, shop: &ShopId, asks: Asker) -> ShopStatus {
        self.calls.borrow_mut().push("settings.status");
        let is_closed = self.closed_to_anybody && asks == Asker::Anybody;
        match self.shops.contains(&shop.as_str()) {
            false => ShopStatus::Unknown,
            true if is_closed => ShopStatus::Unknown,
            true if self.paused => ShopStatus::Paused,
            true => ShopStatus::Open,
        }
    }

    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings> {
        self.calls.borrow_mut().push("settings.get-shop");
        self.shops.contains(&shop.as_str()).then(|| ShopSettings {
            name: "Magic Wands".into(),
            url: Some("https://wands.example".into()),
            promises: vec!["Free returns".into()],
            excluded: self.excluded.clone(),
            pinned: self.pinned.clone(),
            campaigns: self.campaigns.clone(),
            accent: "#102030".parse().ok(),
            approval: self.approval,
            only_approved: true,
            holdout: self.holdout,
            personas_paused: self.personas_paused.clone(),
            variant: self.variant.clone(),
            withdrawals: self.withdrawals,
            ..ShopSettings::default()
        })
    }

    fn first_shop(&self) -> Option<ShopId> {
        self.shops.first().and_then(|shop| ShopId::parse(shop).ok())
    }
}

impl Limits for Fake {
    fn take(&self, allowances: &[Allowance], _: &ShopId, _: &ShopperId) -> bool {
        self.taken.borrow_mut().extend(allowances);
        !allowances.iter().any(|allowance| self.used_up.contains(allowance))
    }
}

impl Signatures for Fake {
    fn matches(&self, secret: &str, candidate: &str) -> bool {
        secret == "DEBUG_TOKEN" && self.token == Some(candidate)
    }

    fn verifies(&self, secret: &str, message: &[u8], mac: &[u8]) -> bool {
        sign::verifies(secret, message, mac)
    }
}

impl Clock for Fake {
    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }
}

impl Log for Fake {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        self.warnings.borrow_mut().push(format!("{message} {particulars:?}"));
    }
}
