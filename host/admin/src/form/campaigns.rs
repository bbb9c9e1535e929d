//! Campaigns, in numbered rows of fields.

use model::Persona;
use model::shop::Campaign;
use model::shop::campaign::{CAMPAIGNS_MAX, InvalidCampaign, Link, TEXT_CHARS_MAX};

use super::fields::{self, count, one_line};
use super::{Field, Posted};
use crate::wording::Words;

/// A row of the form: a campaign, or room for one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    /// Its number, from 1 on.
    pub number: usize,
    pub text: Field,
    pub from: Field,
    pub until: Field,
    pub link: Field,
    /// Names of personas, with commas between them.
    pub personas: Field,
    /// Whether the merchant removes the campaign.
    pub removed: bool,
}

impl Row {
    /// Returns the name of a field of the row.
    pub fn name(&self, field: &str) -> String {
        format!("campaign_{}_{field}", self.number)
    }

    /// Returns what the row is called.
    pub fn title(&self, words: &Words) -> String {
        words.campaign(&words.number(count(self.number)))
    }

    /// Returns whether the row holds a campaign, and not only room for one.
    pub fn is_used(&self) -> bool {
        self.fields().iter().any(|field| !field.typed.trim().is_empty())
    }

    pub fn has_errors(&self) -> bool {
        self.fields().iter().any(|field| !field.error.is_empty())
    }

    fn fields(&self) -> [&Field; 5] {
        [&self.text, &self.from, &self.until, &self.link, &self.personas]
    }

    fn typed(number: usize, posted: &Posted) -> Self {
        let row = Self { number, ..Self::default() };
        let field = |name: &str| posted.field(&row.name(name));
        Self {
            text: field("text"),
            from: field("from"),
            until: field("until"),
            link: field("link"),
            personas: field("personas"),
            removed: field("removed").typed == "on",
            ..row
        }
    }

    fn of(number: usize, campaign: &Campaign) -> Self {
        let personas: Vec<_> = campaign.personas.iter().map(|persona| persona.name()).collect();
        Self {
            number,
            text: campaign.text.clone().into(),
            from: campaign.from.map(|day| day.to_string()).unwrap_or_default().into(),
            until: campaign.until.map(|day| day.to_string()).unwrap_or_default().into(),
            link: campaign.link.as_ref().map(ToString::to_string).unwrap_or_default().into(),
            personas: personas.join(", ").into(),
            removed: false,
        }
    }

    /// Returns the campaign, and marks the fields that are wrong.
    fn judge(&mut self, place: usize, words: &Words) -> Campaign {
        let campaign = Campaign {
            text: one_line(&self.text.typed),
            from: fields::day(&mut self.from, words),
            until: fields::day(&mut self.until, words),
            link: link(&mut self.link, words),
            personas: personas(&mut self.personas, words),
        };
        match campaign.validate(place) {
            Ok(()) => {}
            Err(InvalidCampaign::EndsBefore) => words.error_campaign_ends().clone_into(&mut self.until.error),
            Err(InvalidCampaign::NoText) => words.error_campaign_text().clone_into(&mut self.text.error),
            Err(InvalidCampaign::TooLong) => self.text.error = words.error_characters(count(TEXT_CHARS_MAX)),
            Err(InvalidCampaign::TooMany) => self.text.error = words.error_campaigns(count(CAMPAIGNS_MAX)),
        }
        campaign
    }
}

/// Returns the rows for campaigns, and one with room for another.
pub fn rows(campaigns: &[Campaign]) -> Vec<Row> {
    with_room((1..).zip(campaigns).map(|(number, campaign)| Row::of(number, campaign)).collect())
}

/// Returns the rows that were typed, and one with room for another.
pub fn typed(posted: &Posted) -> Vec<Row> {
    let rows = (1..=CAMPAIGNS_MAX).map(|number| Row::typed(number, posted));
    with_room(rows.filter(|row| row.is_used() && !row.removed).collect())
}

/// Returns the campaigns, and marks the fields that are wrong.
pub fn judge(rows: &mut [Row], words: &Words) -> Vec<Campaign> {
    let used = rows.iter_mut().filter(|row| row.is_used());
    used.enumerate().map(|(place, row)| row.judge(place, words)).collect()
}

fn with_room(mut rows: Vec<Row>) -> Vec<Row> {
    if rows.len() < CAMPAIGNS_MAX {
        rows.push(Row::default());
    }
    for (number, row) in (1..).zip(&mut rows) {
        row.number = number;
    }
    rows
}

fn link(field: &mut Field, words: &Words) -> Option<Link> {
    let typed = field.typed.trim().to_owned();
    fields::parsed(field, &typed, words.error_link())
}

fn personas(field: &mut Field, words: &Words) -> Vec<Persona> {
    let names: Vec<_> =
        field.typed.split([',', '、', ' ']).map(str::trim).filter(|name| !name.is_empty()).collect();
    let known: Vec<_> = names.iter().filter_map(|name| Persona::named(&name.to_lowercase())).collect();
    if known.len() < names.len() {
        field.error = words.error_campaign_personas(&Persona::ALL.map(Persona::name).join(", "));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Vec<Campaign>, Vec<Row>) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut rows = typed(&Posted::of(body.as_bytes()));
        (judge(&mut rows, Words::of("en")), rows)
    }

    #[test]
    fn a_row_is_a_campaign_and_the_last_has_room_for_another() {
        let (campaigns, rows) = read(&[
            ("campaign_1_text", " Robes  are\nback "),
            ("campaign_1_until", "2026-12-24"),
            ("campaign_1_link", "https://wands.example/collections/robes?x=1"),
            ("campaign_1_personas", "Explorer, loyalist"),
            ("campaign_3_text", "Later"),
            ("campaign_3_from", "2026-12-25"),
        ]);
        assert!(rows.iter().all(|row| !row.has_errors()), "{rows:?}");
        assert_eq!(
            campaigns.iter().map(|campaign| campaign.text.as_str()).collect::<Vec<_>>(),
            ["Robes are back", "Later"]
        );
        assert_eq!(campaigns[0].personas, [Persona::Explorer, Persona::Loyalist]);
        let shown = super::rows(&campaigns);
        assert_eq!(
            shown.iter().map(|row| (row.number, row.is_used())).collect::<Vec<_>>(),
            [(1, true), (2, true), (3, false)]
        );
        assert_eq!(
            (shown[0].link.typed.as_str(), shown[0].name("text").as_str()),
            ("collection: robes", "campaign_1_text")
        );
        assert_eq!(super::rows(&vec![campaigns[0].clone(); CAMPAIGNS_MAX]).len(), CAMPAIGNS_MAX);
    }

    #[test]
    fn a_removed_row_is_gone_whatever_is_typed_in_it() {
        let (campaigns, rows) =
            read(&[("campaign_1_text", "Robes"), ("campaign_1_from", "soon"), ("campaign_1_removed", "on")]);
        assert_eq!((campaigns.len(), rows.len(), rows[0].is_used()), (0, 1, false));
    }

    #[test]
    fn wrong_fields_are_marked_and_everything_typed_is_kept() {
        let error = |pairs: &[(&str, &str)]| {
            let (_, rows) = read(pairs);
            assert!(pairs.iter().all(|(name, value)| {
                let row = &rows[0];
                let fields = ["text", "from", "until", "link", "personas"].map(|field| row.name(field));
                let at = fields.iter().position(|field| field == name).expect("a field");
                row.fields()[at].typed == *value
            }));
            rows[0].fields().map(|field| field.error.clone()).into_iter().find(|error| !error.is_empty())
        };
        let day = "Write a day such as 2026-12-24, or leave this empty.";
        assert_eq!(error(&[("campaign_1_text", "a"), ("campaign_1_from", "soon")]).as_deref(), Some(day));
        assert_eq!(error(&[("campaign_1_until", "2026-12-24")]).as_deref(), Some("Say what is announced."));
        let ends =
            [("campaign_1_text", "a"), ("campaign_1_from", "2026-12-25"), ("campaign_1_until", "2026-12-24")];
        assert_eq!(error(&ends).as_deref(), Some("Its last day is before its first."));
        let link = error(&[("campaign_1_text", "a"), ("campaign_1_link", "vendor: b")]).unwrap();
        assert!(link.starts_with("Write a collection or a product"), "{link}");
        let who = error(&[("campaign_1_text", "a"), ("campaign_1_personas", "wizards")]).unwrap();
        assert!(who.starts_with("Write some of ") && who.contains("explorer"), "{who}");
        let long = "x".repeat(121);
        assert_eq!(error(&[("campaign_1_text", &long)]).as_deref(), Some("Use at most 120 characters."));
        assert_eq!(error(&[("campaign_1_text", "a")]), None);
    }
}
