//! `wandstore replay` renders a stored page again from its record, and compares the bytes.

use anyhow::bail;
use clap::Args;
use host::config::Config;
use host::pages::{self, Replayed};

use super::cache::{check_shop, deployment};
use super::output::print;

/// How much of a page is shown around the first difference, in bytes on each side.
const AROUND_BYTES: usize = 60;

/// Render a shopper's stored page again, from the plan, products and settings that are recorded with it, and compare the
/// bytes.
///
/// It asks neither the shop nor the language model, and changes nothing. It fails if the page differs, cannot be
/// rendered again, or does not exist.
#[derive(Args)]
pub struct Replay {
    /// The shop's id.
    shop: String,
    /// The shopper's id.
    shopper: String,
    /// Print the page that was rendered again.
    #[arg(long)]
    print: bool,
}

impl Replay {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let Self { shop, shopper, print: prints } = self;
        check_shop(config, &shop)?;
        let deployment = deployment(config).await?;
        let Some(replayed) = pages::replay(&deployment, &shop, &shopper).await? else {
            bail!("there is no page for {shopper} in {shop}");
        };
        if let (true, Ok(page)) = (prints, &replayed.again) {
            print(page)?;
        }
        let bytes = judge(&replayed)?;
        if !prints {
            print(format_args!("identical: {bytes} bytes"))?;
        }
        Ok(())
    }
}

/// Returns the size of a page that is the same again.
fn judge(replayed: &Replayed) -> anyhow::Result<usize> {
    let Replayed { stored, again, told } = replayed;
    let again = match again {
        Ok(again) => again.as_bytes(),
        Err(reason) => bail!("{reason}"),
    };
    let Some(at) = first_difference(stored, again) else { return Ok(stored.len()) };
    let rendered = told.page.as_ref().map_or_else(String::new, |made| {
        format!("\nit was rendered by generation {}, renderer {}", made.release, made.renderer)
    });
    bail!(
        "the page differs from byte {at} on ({} bytes are stored, {} were rendered again)\nstored:  {}\nagain:   {}{rendered}\n\
         either the stored page was changed, or this deployment's generation component renders otherwise: \
         `wandstore components` lists it",
        stored.len(),
        again.len(),
        around(stored, at),
        around(again, at),
    )
}

fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let differs = one.iter().zip(other).position(|(one, other)| one != other);
    differs.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}

/// Returns the text around a position, on one line.
fn around(page: &[u8], at: usize) -> String {
    let part = page.get(at.saturating_sub(AROUND_BYTES)..page.len().min(at + AROUND_BYTES));
    String::from_utf8_lossy(part.unwrap_or_default()).escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use host::pages::NotReplayable;
    use model::origin::Told;

    use super::*;

    fn judged(stored: &str, again: Result<&str, &str>) -> Result<usize, String> {
        let again = again.map(str::to_owned).map_err(|reason| NotReplayable::Refused(reason.to_owned()));
        let replayed = Replayed { stored: stored.to_owned().into(), again, told: Told::default() };
        judge(&replayed).map_err(|error| error.to_string())
    }

    #[test]
    fn the_same_bytes_are_identical() {
        assert_eq!(judged("<p>wände</p>", Ok("<p>wände</p>")), Ok(13));
    }

    #[test]
    fn the_first_difference_is_shown_on_both_sides() {
        let differs = judged("<p>3900\n</p>", Ok("<p>1\n</p>")).unwrap_err();
        assert!(differs.contains("from byte 3 on (12 bytes are stored, 9 were rendered again)"), "{differs}");
        assert!(differs.contains(r"stored:  <p>3900\n</p>"), "{differs}");
        let cut = judged("<p>1", Ok("<p>1</p>")).unwrap_err();
        assert!(cut.contains("from byte 4 on"), "{cut}");
    }

    #[test]
    fn a_page_that_cannot_be_rendered_again_says_why() {
        assert_eq!(judged("<p>", Err("the page has no plan")), Err("the page has no plan".to_owned()));
    }
}
