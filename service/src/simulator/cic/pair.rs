//! Two servers of which one is active (reference of ICWS, §8): the other one refuses sessions until it takes over.

use super::{Cic, Mode, Site};
use crate::switch::embedded::Embedded;
use serde::{Deserialize, Serialize};

/// A pair; cheap to clone.
#[derive(Clone)]
pub struct Pair([Cic; 2]);

/// How the active one goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Going {
    /// It tells its sessions, and refuses them from then on.
    #[default]
    Yields,
    /// It is gone.
    Dies,
    /// It takes what comes and answers nothing.
    Hangs,
}

// === impl Pair ===

impl Pair {
    /// Two servers that name each other; the first is active. `keeps_calls`: they are two ways to one switch, so that calls go on; else each has
    /// its own, and calls are lost.
    pub async fn start(first: Site, second: Site, keeps_calls: bool) -> Self {
        let names = |site: &Site, other: &Site| if site.alternates.is_empty() { vec![other.name.clone()] } else { site.alternates.clone() };
        let first = Site { alternates: names(&first, &second), ..first };
        let second = Site { alternates: names(&second, &first), ..second };
        let switch = Embedded::start(first.plan.clone());
        let other = if keeps_calls { switch.clone() } else { Embedded::start(second.plan.clone()) };
        let pair = Self([Cic::beside(first, switch).await, Cic::beside(second, other).await]);
        pair.0[1].set_mode(Mode::Standby);
        pair
    }

    /// The first and the second.
    pub fn servers(&self) -> &[Cic; 2] {
        &self.0
    }

    /// The one that takes sessions; the first when none does.
    pub fn active(&self) -> &Cic {
        self.0.iter().find(|cic| cic.mode() == Mode::Active).unwrap_or(&self.0[0])
    }

    /// The active one goes, and the other one takes over. One that was gone before is there again by that.
    pub fn switch_over(&self, how: Going) {
        let from = usize::from(self.0[1].mode() == Mode::Active);
        let mode = match how {
            Going::Yields => Mode::Standby,
            Going::Dies => Mode::Dead,
            Going::Hangs => Mode::Hung,
        };
        self.0[from].set_mode(mode);
        self.0[1 - from].set_mode(Mode::Active);
    }
}
