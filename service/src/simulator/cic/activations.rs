//! Members who work for their workgroups, or do not for now (reference of ICWS, §3.3).

use super::{
    Cic,
    answer::{Answer, Outcome, Problem},
    ask::Ask,
    desk::Desk,
    scene::Scene,
    session::Watch,
    site::Right,
};
use crate::{
    domain::UserId,
    switch::embedded::{Plan, WorkgroupPlan},
};
use serde_json::{Map, Value, json};

pub(super) async fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    let ["users", user] = path else { return Err(Problem::unsupported(&ask.path)) };
    let user = desk.with(|state| state.scene.user_named(user)).ok_or_else(|| Problem::not_found(format_args!("User {user}")))?;
    match ask.method.as_str() {
        "GET" => {}
        "PUT" => {
            if user != desk.user && !desk.may(Right::Workgroups) {
                return Err(Problem::denied(format!("The user may not change the activations of {user}.")));
            }
            let body = ask.json()?;
            let given = body["activations"].as_object().ok_or_else(|| Problem::missing("activations"))?;
            desk.with(|state| {
                for (workgroup, on) in given {
                    let member = state.scene.workgroup(workgroup).filter(|each| each.members.contains(&user));
                    let queue =
                        member.map(|each| each.queue.clone()).ok_or_else(|| Problem::not_found(format_args!("Workgroup {workgroup}")))?;
                    let on = on.as_bool().ok_or_else(|| Problem::invalid("activations", "true or false was expected"))?;
                    if on {
                        state.scene.inactive.remove(&(user.clone(), queue));
                    } else {
                        state.scene.inactive.insert((user.clone(), queue));
                    }
                }
                state.scene.stir(&user);
                Ok::<_, Problem>(())
            })?;
            obey(&desk.cic).await;
        }
        method => return Err(Problem::method(method)),
    }
    Ok(Answer::ok(desk.with(|state| json!({ "userId": user.as_str(), "activations": of(&state.scene, &user, &[]) }))))
}

/// The embedded switch has members only: who is not activated is none for now.
async fn obey(cic: &Cic) {
    let plan = cic.with(|state| {
        let scene = &state.scene;
        let active = |workgroup: &WorkgroupPlan| {
            let works = |user: &&UserId| !scene.inactive.contains(&((*user).clone(), workgroup.queue.clone()));
            WorkgroupPlan { members: workgroup.members.iter().filter(works).cloned().collect(), ..workgroup.clone() }
        };
        Plan { workgroups: scene.site.plan.workgroups.iter().map(active).collect(), ..scene.site.plan.clone() }
    });
    cic.outside().replan(plan).await;
}

/// `workgroups` empty, or `*` among them: all of his.
fn of(scene: &Scene, user: &UserId, workgroups: &[String]) -> Map<String, Value> {
    let wanted = |workgroup: &&WorkgroupPlan| {
        let name = workgroup.queue.as_str();
        workgroup.members.contains(user)
            && (workgroups.is_empty() || workgroups.iter().any(|each| each == "*" || each.eq_ignore_ascii_case(name)))
    };
    let his = scene.site.plan.workgroups.iter().filter(wanted);
    his.map(|each| (each.queue.to_string(), json!(!scene.inactive.contains(&(user.clone(), each.queue.clone()))))).collect()
}

/// A user's workgroups.
pub(super) struct UserWatch {
    id: String,
    user: UserId,
    workgroups: Vec<String>,
    told: Option<Map<String, Value>>,
}

/// A workgroup's members.
pub(super) struct WorkgroupWatch {
    id: String,
    workgroup: String,
    /// Empty: all.
    users: Vec<UserId>,
    told: Option<Map<String, Value>>,
}

// === impl UserWatch ===

impl UserWatch {
    pub(super) fn new(id: &str, user: UserId, workgroups: Vec<String>) -> Self {
        Self { id: id.to_owned(), user, workgroups, told: None }
    }
}

impl Watch for UserWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let Some((is_delta, changes)) = news(&mut self.told, of(scene, &self.user, &self.workgroups)) else { return Vec::new() };
        let kind = "urn:inin.com:activations:userActivationMessage";
        vec![
            json!({ "__type": kind, "isDelta": is_delta, "subscriptionId": self.id, "userId": self.user.as_str(), "activations": changes }),
        ]
    }

    fn is_wide(&self, user: &UserId) -> bool {
        self.user != *user
    }
}

// === impl WorkgroupWatch ===

impl WorkgroupWatch {
    pub(super) fn new(id: &str, workgroup: &str, users: Vec<UserId>) -> Self {
        Self { id: id.to_owned(), workgroup: workgroup.to_owned(), users, told: None }
    }
}

impl Watch for WorkgroupWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let members =
            scene.workgroup(&self.workgroup).into_iter().flat_map(|workgroup| workgroup.members.iter().map(move |user| (workgroup, user)));
        let wanted = members.filter(|(_, user)| self.users.is_empty() || self.users.contains(user));
        let now =
            wanted.map(|(workgroup, user)| (user.to_string(), json!(!scene.inactive.contains(&(user.clone(), workgroup.queue.clone())))));
        let Some((is_delta, changes)) = news(&mut self.told, now.collect()) else { return Vec::new() };
        let kind = "urn:inin.com:activations:workgroupActivationMessage";
        vec![
            json!({ "__type": kind, "isDelta": is_delta, "subscriptionId": self.id, "workgroupId": self.workgroup, "activations": changes }),
        ]
    }
}

/// What has changed since it was told; everything at first.
fn news(told: &mut Option<Map<String, Value>>, now: Map<String, Value>) -> Option<(bool, Map<String, Value>)> {
    let before = told.replace(now.clone());
    let is_delta = before.is_some();
    let before = before.unwrap_or_default();
    let changes: Map<_, _> = now.into_iter().filter(|(name, value)| before.get(name) != Some(value)).collect();
    (!is_delta || !changes.is_empty()).then_some((is_delta, changes))
}
