//! Which parameter of a command means what.

use super::clues::Features;
use crate::learn::{traffic::Class, words};
use shared::profile::{Kind, Of, OperationKey, Profile, Role, Slot};
use std::collections::BTreeSet;

/// A parameter as it was sent.
#[derive(Debug)]
pub(in crate::learn) struct Parameter {
    pub(in crate::learn) role: Role,
    pub(in crate::learn) kind: Kind,
    pub(in crate::learn) name: String,
    /// Clues for it.
    pub(in crate::learn) score: f64,
}

/// Gives each parameter its meaning.
pub(super) fn parameters(features: &Features<'_>, profile: &Profile, key: OperationKey) -> (Vec<Parameter>, Vec<String>) {
    let slots = &profile.operation(key).parameters;
    let mut scores: Vec<(f64, usize, Role, Kind)> = Vec::new();
    for (at, name) in features.order.iter().enumerate() {
        for (rank, (role, kind)) in key.understood().into_iter().enumerate() {
            let class = features.classes[name];
            let slot = slots.iter().find(|slot| slot.role == role);
            let named = slot.map_or_else(|| words::role(name, role), |slot| names(name, slot));
            let mut score = named * 4.0 + fits(role, kind, class);
            if matches!(role, Role::User) && profile.acting_user.iter().any(|known| known == name) {
                score += 2.0;
            }
            // Where nothing else tells two of a kind apart, the first is the first.
            #[expect(clippy::cast_precision_loss, reason = "an operation has few parameters")]
            let order = if at == rank { 0.3 } else { 0.0 - (at as f64 - rank as f64).abs() * 0.01 };
            score += order;
            scores.push((score, at, role, kind));
        }
    }
    scores.sort_by(|one, two| two.0.total_cmp(&one.0));
    let (mut taken, mut roles, mut found) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (score, at, role, kind) in scores {
        if score >= 1.5 && !taken.contains(&at) && !roles.contains(&role) {
            taken.insert(at);
            roles.insert(role);
            found.push((at, Parameter { role, kind, name: features.order[at].to_owned(), score }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    let strange = (0..features.order.len()).filter(|at| !taken.contains(at)).map(|at| features.order[at].to_owned()).collect();
    (found.into_iter().map(|(_, parameter)| parameter).collect(), strange)
}

/// How alike a name is to those of a slot.
pub(in crate::learn) fn names(name: &str, slot: &Slot) -> f64 {
    let known = words::best(name, slot.aliases.iter().map(String::as_str).chain([slot.name.as_str()]));
    known.max(words::role(name, slot.role))
}

/// Does a value of this class suit what the role means?
pub(in crate::learn) fn fits(role: Role, kind: Kind, class: Class) -> f64 {
    use Class as C;
    if class == C::Empty {
        return 0.0;
    }
    let several = matches!(class, C::Texts | C::Records);
    if several && !kind.list {
        return -4.0;
    }
    match role {
        Role::User | Role::Agent => {
            if class == C::User {
                4.0
            } else {
                -3.0
            }
        }
        Role::Url => {
            if class == C::Url {
                5.0
            } else {
                -5.0
            }
        }
        Role::App | Role::Apps => {
            if class == C::App {
                4.0
            } else {
                -1.0
            }
        }
        Role::Item | Role::Other | Role::NewItem => {
            if class == C::Item {
                3.0
            } else {
                -2.0
            }
        }
        Role::Container | Role::Line => match class {
            C::Container => 4.0,
            C::Url | C::User | C::Item => -4.0,
            _ => 0.0,
        },
        Role::Destination => match class {
            C::Number => 3.5,
            C::Digits => 2.0,
            C::Item | C::User | C::Url => -3.0,
            _ => 0.0,
        },
        Role::Workmode => {
            if class == C::Digits {
                3.0
            } else {
                -1.0
            }
        }
        Role::AttachedData => {
            if class == C::Xml {
                4.0
            } else {
                -1.0
            }
        }
        Role::ProductVersion | Role::IciVersion => {
            if class == C::Version {
                2.0
            } else {
                -1.0
            }
        }
        Role::ProductName | Role::Vendor | Role::Search | Role::Folder | Role::Party => match class {
            C::Text | C::Container | C::Digits | C::Number => 1.0,
            _ => -2.0,
        },
        Role::Since => {
            if class == C::Time {
                4.0
            } else {
                -3.0
            }
        }
        _ if kind.list => match (kind.of, class) {
            (_, C::Texts | C::Records) => 3.0,
            (Of::Record(_), C::Record) => 2.0,
            (_, C::Url | C::User | C::Item) => -4.0,
            _ => 0.5,
        },
        _ => match (kind.of, class) {
            (Of::Boolean, C::Boolean) | (Of::Record(_), C::Record) => 2.0,
            (Of::Boolean, C::Digits) | (Of::Record(_), _) => 0.5,
            (Of::Integer, C::Digits) => 1.5,
            (Of::Integer, _) => -2.0,
            (_, C::Record | C::Url) => -3.0,
            (_, C::User | C::Xml) => -1.0,
            _ => 0.5,
        },
    }
}
