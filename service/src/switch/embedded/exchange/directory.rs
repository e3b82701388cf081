//! Lists: statuses, workgroups with their figures, users with their presence, stations.

use super::Exchange;
use crate::{
    domain::{AgentFigures, AgentStatus, QueueFigures, QueueView, UserPresence},
    switch::{Directory, StatusEntry},
};
use std::{sync::Arc, time::Duration};

impl Exchange {
    /// Everything anew, with the figures of this moment; users sorted by name.
    pub(in super::super) fn directory(&mut self, now: Duration) -> Directory {
        self.now = now;
        let statuses = self.names.status_list.iter().map(|status| StatusEntry {
            status: AgentStatus {
                name: Arc::clone(&status.name),
                text: Arc::clone(&status.name),
                do_not_disturb: status.do_not_disturb,
                since: self.epoch,
            },
            selectable: status.selectable,
        });
        let queues = self.workgroups.values().filter(|workgroup| !workgroup.gone).map(|workgroup| {
            let began = workgroup.waiting.iter().filter_map(|(.., no)| Some(self.calls.get(no)?.waiting.as_ref()?.since)).min();
            let members = workgroup.plan.members.iter().filter_map(|user| self.agents.get(user));
            QueueView {
                id: workgroup.plan.queue.clone(),
                description: workgroup.plan.queue.as_str().into(),
                number: workgroup.plan.extension.clone(),
                figures: Some(QueueFigures {
                    agents_logged_on: count(members.filter(|agent| agent.session.is_some()).count()),
                    agents_available: count(workgroup.idle.len()),
                    waiting: count(workgroup.waiting.len()),
                    longest_wait: began.map_or(0, |began| u32::try_from(self.now.saturating_sub(began).as_secs()).unwrap_or(u32::MAX)),
                    answered: workgroup.answered,
                    abandoned: workgroup.abandoned,
                }),
            }
        });
        let mut users: Vec<_> = self
            .agents
            .values()
            .filter(|agent| !agent.gone && !agent.plan.excluded_from_directory)
            .map(|agent| UserPresence {
                user: agent.plan.user.clone(),
                name: agent.name.to_string(),
                number: agent.plan.extension.clone(),
                presence: agent.presence(),
                figures: agent.session.map(|_| AgentFigures {
                    status: Arc::clone(&agent.status.name),
                    since: agent.status_since,
                    items: count(agent.load()),
                }),
            })
            .collect();
        users.sort_by(|a, b| a.user.cmp(&b.user));
        Directory { statuses: statuses.collect(), queues: queues.collect(), users, stations: self.stations() }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
