//! The loop of a worker: it claims jobs, extends their leases while they run, and completes them.
//!
//! Sans-I/O: [`Claims`](claims::Claims) decides when to claim the next job of a queue, and [`Run`](run::Run) what to do
//! for a claimed one. The host carries out each [`Action`](claims::Action), reports what happened as an event, and gets
//! the next action. Time is an argument, in milliseconds of any clock that only goes forward. The crate does not know
//! what a job is, how it runs or which comes next. It reads and stores nothing.
//!
//! The hosts differ in their policies only. The native host never stops and runs several jobs at once; in Spin, an
//! instance runs one job after the other and ends soon. The Worker on Cloudflare implements the same decisions in
//! TypeScript (`targets/cloudflare/src/objects/drain.ts`); `tests/vectors/drain.json` holds both to the same answers.
//!
//! A host that runs one job at a time:
//!
//! ```
//! use drain::run::{Action, Answer, End, Event, Run, Terms};
//! use drain::claims::{self, Claims, Policy, WhenIdle};
//!
//! # struct Host { clock_ms: u64, waiting: u32, done: u32 }
//! # impl Host {
//! #     fn now_ms(&self) -> u64 { self.clock_ms }
//! #     fn sleep_until(&mut self, ms: u64) { self.clock_ms = ms }
//! #     fn claim(&mut self) -> Option<()> { self.waiting = self.waiting.checked_sub(1)?; Some(()) }
//! #     fn work(&mut self) { self.clock_ms += 10 }
//! #     fn extend(&mut self) -> Answer { Answer::Ours }
//! #     fn complete(&mut self) -> Answer { self.done += 1; Answer::Ours }
//! # }
//! fn work(host: &mut Host) -> End {
//!     let terms = Terms { extend_ms: 1_000, parts_max: None, complete_attempts: 4, complete_pause_ms: 250 };
//!     let mut run = Run::new(terms, host.now_ms());
//!     let mut action = Action::Work;
//!     loop {
//!         let event = match action {
//!             Action::Work => { host.work(); Event::Ended }
//!             Action::Extend => Event::Extended(host.extend()),
//!             Action::Complete | Action::GiveBack => Event::Completed(host.complete()),
//!             Action::Wait(until_ms) => { host.sleep_until(until_ms); Event::Timeout }
//!             Action::Stop(end) => return end,
//!         };
//!         action = run.handle(event, host.now_ms());
//!     }
//! }
//!
//! fn drain(host: &mut Host) {
//!     let when_idle = WhenIdle::StopWhenNothingRuns;
//!     let mut claims = Claims::new(Policy { slots: 1, jobs_max: None, begin_before_ms: None, when_idle });
//!     let mut action = claims.begin(host.now_ms());
//!     loop {
//!         let event = match action {
//!             claims::Action::Claim => match host.claim() {
//!                 Some(()) => {
//!                     claims.handle(claims::Event::Claimed, host.now_ms());
//!                     work(host);
//!                     claims::Event::Ended
//!                 }
//!                 None => claims::Event::Idle(None),
//!             },
//!             claims::Action::Wait(until_ms) => {
//!                 host.sleep_until(until_ms.unwrap_or(host.now_ms()));
//!                 claims::Event::Timeout
//!             }
//!             claims::Action::Stop(_) => return,
//!         };
//!         action = claims.handle(event, host.now_ms());
//!     }
//! }
//!
//! let mut host = Host { clock_ms: 0, waiting: 3, done: 0 };
//! drain(&mut host);
//! assert_eq!(host.done, 3);
//! ```

pub mod claims;
pub mod run;
#[cfg(test)]
mod vectors;
