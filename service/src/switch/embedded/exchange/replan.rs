//! Another plan while calls go on. Nobody's call ends by it: users and workgroups that are gone serve what they still have.

use super::{
    Exchange, Output,
    acd::Workgroup,
    call::Call,
    people::{Agent, Names},
};
use crate::{
    domain::{SwitchEvent, UserId},
    switch::embedded::plan::Plan,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

impl Exchange {
    /// Takes over another plan.
    pub(in super::super) fn replan(&mut self, now: Duration, plan: Plan) {
        self.now = now;
        self.names = Names::of(&plan);
        self.change_users(&plan);
        self.change_workgroups(&plan);
        self.plan = Arc::new(plan);

        let users: Vec<UserId> = self.agents.keys().cloned().collect();
        for user in &users {
            self.review(user, false);
            self.retire(user);
        }
        self.settle();
    }

    fn change_users(&mut self, plan: &Plan) {
        let unix = self.unix();
        for agent in self.agents.values_mut() {
            agent.gone = true;
            // His entries would be stale: the workgroups are about to change.
            agent.idle = None;
        }
        for user in &plan.users {
            if let Some(agent) = self.agents.get_mut(&user.user) {
                agent.follow(user.clone());
            } else {
                let agent = Agent::new(user.clone(), self.names.first_status(user), unix);
                self.agents.insert(user.user.clone(), agent);
            }
        }
        for (user, agent) in &mut self.agents {
            // The status may be another now though it has the same name.
            let status = self.names.status(&agent.status.name).cloned();
            let status = status.unwrap_or_else(|| self.names.first_status(&agent.plan));
            if agent.status != status {
                if agent.status.name != status.name {
                    agent.status_since = unix;
                }
                agent.status = status;
                self.outputs.push(Output::Event(user.clone(), SwitchEvent::Status(agent.status())));
            }
        }
    }

    fn change_workgroups(&mut self, plan: &Plan) {
        let offered: HashSet<_> =
            self.calls.values().flat_map(Call::legs).filter_map(|leg| leg.offer.as_ref()).map(|offer| offer.queue.clone()).collect();
        self.workgroups.retain(|queue, workgroup| !workgroup.waiting.is_empty() || offered.contains(queue));
        for workgroup in self.workgroups.values_mut() {
            workgroup.gone = true;
            workgroup.idle.clear();
        }
        for new in &plan.workgroups {
            let workgroup = self.workgroups.entry(new.queue.clone()).or_insert_with(|| Workgroup::new(new.clone()));
            workgroup.gone = false;
            workgroup.plan = new.clone();
        }
        let mut memberships: HashMap<&UserId, Vec<_>> = HashMap::new();
        for workgroup in self.workgroups.values() {
            for user in &workgroup.plan.members {
                memberships.entry(user).or_default().push(workgroup.plan.queue.clone());
            }
        }
        for (user, agent) in &mut self.agents {
            agent.workgroups = memberships.remove(user).unwrap_or_default();
        }
    }
}
