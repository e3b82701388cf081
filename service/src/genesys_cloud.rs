//! The bridge to Genesys Cloud: keeps users, queues, skills, languages and wrap-up codes of an organisation as the switch has them (guide
//! *Genesys Cloud for CIC*, "Types of information synced to Genesys Cloud"). One way only: the switch is the source.
//!
//! ```text
//! switch ── configuration ──▶ desired ─┐
//! store ───── what we know ──▶ known ──┼──▶ plan (pure) ──▶ writes ──▶ [`cloud::Cloud`] ──▶ the organisation
//! organisation ── lists ────▶ actual ──┘
//! ```
//!
//! Beside it [`conduit`] sends what happens to conversations; it needs nothing of the above.
//!
//! Words: a *record* is one thing that is kept in step, known by its [`record::RecordId`], which is the switch's; the organisation knows it by a
//! [`record::CloudId`]. What the organisation has and no record stands for is *foreign* and never changed.

pub mod actual;
pub mod carry_out;
pub mod cloud;
#[cfg_attr(not(feature = "kinesis"), expect(dead_code, reason = "without a sink nothing is ever sent"))]
pub mod conduit;
pub mod connection;
pub mod desired;
pub mod engine;
pub mod history;
pub mod known;
pub mod memory;
#[cfg(test)]
mod model;
mod phone_number;
pub mod plan;
pub mod reason;
pub mod record;
#[cfg_attr(not(feature = "oauth"), expect(dead_code, reason = "without a token nobody is asked"))]
pub mod rest;
