//! Personas that lose are paused, and the merchant is told and can undo it.

use model::Persona;

use crate::harness::{Bench, SHOP};

const FORM: &str = "holdout=10";
const EXPERIMENTS: &str = "/admin/experiments";

fn paused(bench: &Bench) -> Vec<Persona> {
    bench.host.shop(SHOP).unwrap().personas_paused
}

#[tokio::test]
async fn a_losing_persona_is_paused_until_the_merchant_undoes_it_for_good() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    bench.visit(SHOP).await;
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [], "it wins");
    assert!(bench.host.asked().contains(&format!("measure {SHOP}")));

    *bench.host.loses.lock().unwrap() = true;
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [Persona::Explorer]);
    let page = bench.visit_at(EXPERIMENTS, SHOP).await.text;
    assert!(page.contains("Paused, because personal pages lose"), "{page}");
    assert!(page.contains(r#"name="was_paused" value="explorer""#), "{page}");

    // A form that was opened before, and the same with the choice left as it is.
    for form in [FORM.to_owned(), format!("{FORM}&was_paused=explorer&stay_paused=explorer")] {
        assert_eq!(bench.save_at(EXPERIMENTS, Some(&token), &form).await.status, 200);
        assert_eq!(paused(&bench), [Persona::Explorer]);
    }
    let page = bench.save_at(EXPERIMENTS, Some(&token), &format!("{FORM}&was_paused=explorer")).await;
    assert!(page.status == 200 && !page.text.contains("was_paused"), "{}", page.text);
    assert_eq!(paused(&bench), []);
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [], "the merchant wants them");

    // Another holdout is another comparison.
    bench.save_at(EXPERIMENTS, Some(&token), &FORM.replace("holdout=10", "holdout=20")).await;
    bench.admin.pause_losing().await;
    assert_eq!(paused(&bench), [Persona::Explorer]);
}
