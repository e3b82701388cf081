//! Reload: the file that is there now takes effect, or nothing changes and everybody is told why.
//!
//! Whatever can fail comes first: reading, checking, binding. What follows cannot: policies are published, the switch gets its new
//! plan or gives way to another one, the log its new levels.

use super::{
    keep,
    parts::{Parts, administration_at, cannot_administrate, cannot_serve, listens, now},
    policy, roll_call, sign_on,
    source::Loaded,
    watch::Watch,
};
use crate::{
    ici::Codec,
    serve::admin::{Reload, ReloadResult},
    telemetry::{
        self,
        event::{Event, ReloadApplied, ReloadRejected},
    },
};
use secrecy::ExposeSecret;
use shared::{
    Finding,
    diff::{Change, Class, diff},
};
use std::sync::{Arc, PoisonError};

/// What came of a look at the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Another configuration is in force.
    Applied(Vec<Change>),
    /// There is nothing new.
    Unchanged,
    /// The file cannot be used; the configuration stays as it was.
    Rejected(Vec<Finding>),
}

/// Settings that name something whose content counts as well.
const PROFILE: &str = "ici.profile";
const AUTHORITY: &str = "switch.authority";
const TEMPLATE: &str = "sld.template";
const TOKEN: &str = "admin.token";

impl Parts {
    /// Reloads when the files are not as they were when they were last judged.
    pub(super) async fn look(&mut self, watch: &mut Watch) {
        if self.source.look().await != self.look {
            self.reload(watch).await;
        }
        self.shown.mind_certificates();
    }

    /// Reads and judges everything anew, and puts it to work if it is good.
    pub(super) async fn reload(&mut self, watch: &mut Watch) -> Outcome {
        // Before the files are read: what changes in between is seen by the next look.
        let look = self.source.look().await;
        if look.files != self.look.files {
            *watch = Watch::start(&look.files);
        }
        self.look = look;
        let outcome = match self.source.load().await {
            Ok(loaded) => self.apply(loaded).await,
            Err(error) => Outcome::Rejected(error.into_findings()),
        };
        self.tell(&outcome);
        outcome
    }

    /// Puts it to work, or changes nothing.
    pub(super) async fn apply(&mut self, loaded: Loaded) -> Outcome {
        let mut changes = diff(&self.loaded.config, &loaded.config);
        let token = |loaded: &Loaded| loaded.token.as_ref().map(|token| token.expose_secret().to_owned());
        let profile = loaded.profile != self.loaded.profile;
        let roots = loaded.roots != self.loaded.roots;
        changes.extend((roots && same_name(&changes, AUTHORITY)).then(|| Change { class: Class::Relogin, ..within(AUTHORITY) }));
        changes.extend((profile && same_name(&changes, PROFILE)).then(|| within(PROFILE)));
        changes.extend((token(&loaded) != token(&self.loaded) && same_name(&changes, TOKEN)).then(|| within(TOKEN)));
        let before = &self.loaded.certificates.contents;
        let contents =
            loaded.certificates.contents.iter().filter(|(setting, number)| before.get(*setting).is_some_and(|old| old != *number));
        let contents: Vec<_> = contents.map(|(setting, _)| *setting).filter(|setting| same_name(&changes, setting)).collect();
        changes.extend(contents.into_iter().map(within));
        let about_sld = |change: &Change| change.path.to_string().starts_with("sld.");
        let registrations = !loaded.sld.is(&self.loaded.sld);
        changes.extend((registrations && !changes.iter().any(about_sld)).then(|| within(TEMPLATE)));
        if changes.is_empty() {
            return Outcome::Unchanged;
        }
        if let Some(finding) = loaded.certificates.worse_than(&self.loaded.certificates, now()) {
            return Outcome::Rejected(vec![finding]);
        }
        let config = &loaded.config;
        let (service, administration) = (sign_on::serve(&loaded, &self.exchange), policy::admin(&loaded));
        let (ici_at, admin_at) = (listens(&service), administration_at(&administration));
        let moves = config.store != self.loaded.config.store;
        let prepared = match if moves { keep::prepare(&self.source, config).await } else { Ok(None) } {
            Ok(prepared) => prepared,
            Err(error) => return Outcome::Rejected(error.into_findings()),
        };
        if let Err(error) = self.server.apply(service).await {
            return Outcome::Rejected(cannot_serve(ici_at)(error).into_findings());
        }
        if let Err(error) = self.admin.apply(administration).await {
            // The address before is still being served, so that this cannot fail.
            let _ = self.server.apply(sign_on::serve(&self.loaded, &self.exchange)).await;
            return Outcome::Rejected(cannot_administrate(admin_at)(error).into_findings());
        }
        if profile {
            self.codec.send_replace(Arc::new(Codec::new(Arc::clone(&loaded.profile))));
        }
        if moves {
            keep::go_over(&self.store, prepared).await;
        }
        self.delivery.send_replace(Arc::new(policy::outbox(&loaded)));
        self.agents.send_replace(Arc::new(policy::agents(&loaded)));
        self.log_interval.send_if_modified(|every| std::mem::replace(every, roll_call::interval(&config.ici)) != *every);
        self.sld.apply(loaded.sld.clone());
        self.exchange.apply(&self.loaded, &loaded, &self.people).await;
        self.bridge.apply(&self.loaded, &loaded);
        self.conversations.apply(&self.loaded, &loaded, &self.exchange, &self.bridge.bridge()).await;
        self.log.set(policy::levels(config));
        self.log.write_files(policy::log_files(config));
        self.to_text.obey(policy::to_text(config));
        telemetry::hide_numbers(config.log.mask_numbers);
        self.recorder.obey(config.log.mask_numbers, config.log.keep_captures_days);
        self.shown.certificates.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&loaded.certificates.watched);
        *self.shown.in_force.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(config.clone());
        self.loaded = loaded;
        self.tell_moves();
        Outcome::Applied(changes)
    }

    fn tell_moves(&self) {
        let moved = *self.places.borrow() != self.found_at();
        if moved {
            self.tell_places();
        }
    }

    /// Log, counters, `/readyz` and `/status`.
    fn tell(&self, outcome: &Outcome) {
        let mut shown = self.shown.reload.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            // Back to the file that is in force: what was refused is no longer there.
            Outcome::Unchanged if shown.result == ReloadResult::Rejected => {
                *shown = Reload { result: ReloadResult::Applied, at: now(), changes: Vec::new(), findings: self.loaded.warnings.clone() };
            }
            Outcome::Unchanged => {}
            Outcome::Applied(changes) => {
                let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
                ReloadApplied { changes: &changes }.emit();
                *shown = Reload { result: ReloadResult::Applied, at: now(), changes, findings: self.loaded.warnings.clone() };
            }
            Outcome::Rejected(findings) => {
                ReloadRejected { findings }.emit();
                *shown = Reload { result: ReloadResult::Rejected, at: now(), changes: Vec::new(), findings: findings.clone() };
            }
        }
    }
}

/// Has the setting itself stayed the same?
fn same_name(changes: &[Change], setting: &str) -> bool {
    changes.iter().all(|change| change.path.to_string() != setting)
}

/// A change of what a setting names, while the setting is as it was.
fn within(setting: &str) -> Change {
    let content = |age: &str| Some(format!("{age} content").into());
    Change { path: setting.parse().unwrap_or_default(), old: content("old"), new: content("new"), class: Class::Live }
}
