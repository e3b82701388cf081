//! The names that the running service's switch has, for suggestions: asked for when a file is opened and when a page is turned, never while
//! nothing happens. Whether a service can be reached makes no difference but to what can be picked.

use crate::{
    jobs::{Job, Jobs},
    model::Model,
    running::{Directory, Place, Trouble},
};
use shared::config::SwitchKind;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(20);

/// What is known, and the question that is under way.
#[derive(Default)]
pub(super) struct Names {
    /// Is somebody asked at all?
    pub(super) asks: bool,
    known: Directory,
    from: Option<(Place, Instant)>,
    job: Option<Job<Result<Directory, Trouble>>>,
}

impl Names {
    /// What is known now.
    pub(super) fn known(&self) -> &Directory {
        &self.known
    }

    /// Users and stations: those of the draft, if its switch is the built-in one, and then those of a running switch.
    pub(super) fn people(&self, model: &Model) -> (Vec<String>, Vec<String>) {
        let switch = &model.config().switch;
        let (mut users, mut stations) = (Vec::new(), Vec::new());
        if switch.kind == SwitchKind::Embedded {
            users.extend(switch.embedded.users.iter().map(|user| user.name.clone()));
            stations.extend(switch.embedded.users.iter().map(|user| user.extension.clone()).filter(|own| !own.is_empty()));
            stations.extend(switch.embedded.stations.iter().cloned());
        }
        for (names, more) in [(&mut users, &self.known.users), (&mut stations, &self.known.stations)] {
            let there: HashSet<String> = names.iter().cloned().collect();
            names.extend(more.iter().filter(|name| !there.contains(*name)).cloned());
        }
        (users, stations)
    }

    /// Asks, unless that was done a moment ago. Like the page *Live* it asks where the saved file says the service is.
    pub(super) fn ask(&mut self, jobs: &Jobs, model: &Model) {
        if !self.asks {
            return;
        }
        let Some(place) = Place::of_document(model) else { return };
        match &self.from {
            Some((before, at)) if *before == place && at.elapsed() < FRESH => return,
            Some((before, _)) if *before != place => self.known = Directory::default(),
            _ => {}
        }
        self.from = Some((place.clone(), Instant::now()));
        // Without a thread there are no suggestions of this kind; everything else works.
        self.job = place.directory(jobs).ok();
    }

    /// Takes the answer when it is there.
    pub(super) fn take(&mut self) {
        let Some(answer) = self.job.as_mut().and_then(|job| job.poll().pop()) else { return };
        self.known = answer.unwrap_or_default();
        self.job = None;
    }
}
