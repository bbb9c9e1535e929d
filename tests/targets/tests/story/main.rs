//! One story, three hosts: every chapter is played on each host that this machine has.
//!
//! A chapter is data (`chapters.rs`). Nothing in it knows which host answers.
#![expect(clippy::disallowed_types, reason = "a host has a limited time to do what a chapter expects")]
#![expect(clippy::print_stderr, reason = "a developer's command, which may fail if its output is closed")]

mod chapters;
mod hostile;
mod model;
mod models;
mod player;
mod plugin;
mod shopify;
mod step;
mod storefront;

use libtest_mimic::{Arguments, Failed, Trial};
use targets::Host;

use crate::step::Chapter;

fn main() {
    let trials = Host::ALL.into_iter().flat_map(|host| {
        let missing = host.missing();
        if let Some(why) = missing {
            eprintln!("{why}");
        }
        all().into_iter().map(move |chapter| trial(host, chapter).with_ignored_flag(missing.is_some()))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// A chapter's name and constructor.
type Named = (&'static str, fn() -> Chapter);

/// Every chapter.
fn all() -> Vec<Named> {
    chapters::all().into_iter().chain(models::all()).chain(hostile::all()).chain(plugin::all()).collect()
}

fn trial(host: Host, (name, chapter): Named) -> Trial {
    let play = move || player::play(host, &chapter()).map_err(|error| Failed::from(told(&error)));
    Trial::test(format!("{}::{name}", host.name()), play)
}

/// A failure, with the host's log and the answer.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
