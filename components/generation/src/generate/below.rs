//! Pages with a subject: which parts of them are planned.

use model::{PageKind, Persona, Source};
use serde_json::{Value, json};

use super::tests::job;
use super::*;
use crate::fakes::{World, answer, every_block};

/// The kinds of page that have a subject.
fn kinds() -> impl Iterator<Item = PageKind> {
    PageKind::ALL.into_iter().filter(|page| page.has_subject())
}

fn job_at(page: PageKind, persona: Persona) -> Job {
    let job = job();
    let request = GenerationRequest { page, persona: Some(persona), ..job.request };
    Job { request, ..job }
}

/// An answer of the model for a page of this kind.
pub fn planned(page: PageKind) -> String {
    let copy = match page {
        PageKind::Search => json!({ "type": "categories", "heading": "Other ways in" }),
        _ => json!({ "type": "story", "heading": "A quiet moment", "text": "There is time to think." }),
    };
    json!({ "title": "A moment", "blocks": [copy, { "type": "reassurance" }] }).to_string()
}

fn fragment(world: &World) -> String {
    let Fragment { offset, size } = world.metadata().fragment;
    let (start, size) = (usize::try_from(offset).unwrap(), usize::try_from(size).unwrap());
    world.html()[start..start + size].to_owned()
}

#[test]
fn a_page_with_a_subject_is_planned_in_its_own_way_and_names_no_product() {
    for page in kinds() {
        let world = World::new([answer(planned(page))]);
        assert_eq!(generate(&world, &job_at(page, Persona::Explorer)), Outcome::Done(None));
        assert_eq!(world.metadata().source, Source::Llm, "{page:?}: {:?}", world.events.borrow());
        let fragment = fragment(&world);
        assert!(fragment.contains("A quiet moment") || fragment.contains("Other ways in"), "{fragment}");
        assert!(fragment.ends_with("</section></div>") && !fragment.contains("class=\"page\""), "{fragment}");
        assert!(!fragment.contains("data-id=") && !fragment.contains("<h1"), "{fragment}");

        let asked = world.asked.borrow()[0].clone();
        assert!(asked.messages[0].text.starts_with(&crate::task::of(page)));
        let schema: Value = serde_json::from_str(&asked.schema).unwrap();
        assert_eq!(schema["required"], json!(["title", "blocks"]), "{page:?}");
        assert!(!asked.schema.contains("\"product"), "{page:?}: {}", asked.schema);
    }
}

#[test]
fn a_plan_of_a_home_page_is_no_plan_for_another() {
    for page in kinds() {
        let home = serde_json::to_string(&every_block()).unwrap();
        let world = World::new([answer(home.clone()), answer(home)]);
        generate(&world, &job_at(page, Persona::Loyalist));
        assert!(!fragment(&world).contains("data-id="), "{page:?}: {}", world.html());
        assert!(!world.html().contains("Dusk is near"), "no hero: {page:?}");
    }
}

#[test]
fn without_a_model_every_kind_of_page_is_planned_by_rules_for_each_persona() {
    for page in kinds() {
        let mut seen = std::collections::BTreeSet::new();
        for persona in Persona::ALL {
            let world = World::new([]);
            assert_eq!(generate(&world, &job_at(page, persona)), Outcome::Done(None));
            assert_eq!(world.metadata().source, Source::Local);
            let plan = plan::from_stored(&world.plan.borrow().as_ref().unwrap().json).unwrap();
            assert!(!plan.blocks.is_empty() && plan.blocks.len() <= plan::limits::BLOCKS_BELOW_MAX);
            assert!(fragment(&world).contains("Free returns"), "{page:?} {persona:?}");
            seen.insert(plan.blocks.iter().map(page::blocks::Block::name).collect::<Vec<_>>());
        }
        assert!(seen.len() >= 2, "{page:?}: {seen:?}");
    }
}
