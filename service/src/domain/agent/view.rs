//! How SAP sees an agent, and which containers are his.

use super::Agent;
use crate::domain::{
    Address, AgentView, CallStatus, ChannelId, ChannelView, ContainerId, ContainerKind, ContainerView, Item, Language, QueueView, Reader,
    Refusal, Rules, Workgroup, WorkmodeId,
    chat::agent_address,
    item::call_status,
    rules::{CHAT, PHONE},
    workmode,
};
use shared::rules::phone_number;
use std::sync::Arc;

// === impl Agent ===

impl Agent {
    /// SAP's number and text for what he does now.
    pub fn workmode(&self, rules: &Rules) -> (WorkmodeId, Arc<str>) {
        self.workmode_for(rules, Reader::default())
    }

    /// Could the switch send him ACD interactions now?
    pub fn is_ready(&self, rules: &Rules) -> bool {
        rules.workmodes.is_ready(&self.status)
    }

    /// The agent as SAP sees him in this language.
    pub fn view(&self, rules: &Rules, language: Option<&Language>) -> AgentView {
        let reader = self.reader(language);
        self.view_as(rules, self.workmode_for(rules, reader), reader)
    }

    /// The same after he has logged off.
    pub fn view_logged_off(&self, rules: &Rules, language: Option<&Language>) -> AgentView {
        self.view_as(rules, rules.workmodes.logged_off(), self.reader(language))
    }

    /// Do his statuses have texts in this language?
    pub fn speaks(&self, language: &Language) -> bool {
        self.profile.texts.speak(language)
    }

    fn reader<'a>(&'a self, language: Option<&'a Language>) -> Reader<'a> {
        Reader { texts: Some(&self.profile.texts), language }
    }

    fn workmode_for(&self, rules: &Rules, reader: Reader<'_>) -> (WorkmodeId, Arc<str>) {
        rules.workmodes.current(&self.status, self.connection, self.chosen, reader)
    }

    /// Each of his items, with its state as SAP is told, where SAP sees it.
    pub fn standing(&self) -> impl Iterator<Item = (&Item, Option<CallStatus>)> {
        self.items.iter().map(|item| (item, item.interaction().filter(|_| item.is_shown()).map(call_status)))
    }

    // Containers

    /// His line: the extension that calls come in on.
    pub fn line(&self) -> ContainerId {
        ContainerId::new(self.profile.extension.as_str())
    }

    /// His inbox; its id names the user, because it must be one agent's only.
    pub fn folder(&self) -> ContainerId {
        ContainerId::new(format!("{INBOX}:{}", self.profile.user))
    }

    /// Is `line`, where it is named, his own?
    ///
    /// # Errors
    /// [`Refusal::UnknownContainer`]; the caller can tell whether it is another agent's.
    pub fn check_line(&self, line: Option<&ContainerId>) -> Result<(), Refusal> {
        match line {
            Some(line) if self.container(line) != Some(ContainerKind::Line) => Err(Refusal::UnknownContainer(line.clone())),
            _ => Ok(()),
        }
    }

    /// Is `folder` his own? The bare word "Inbox" is everybody's name for his own queue (guide, `getMessages`).
    ///
    /// # Errors
    /// As [`Self::check_line`].
    pub fn check_folder(&self, folder: &str) -> Result<(), Refusal> {
        let own = folder.is_empty() || self.container(&folder.into()) == Some(ContainerKind::Folder);
        if own { Ok(()) } else { Err(Refusal::UnknownContainer(folder.into())) }
    }

    /// The kind of a container of his; `None`: not his.
    pub fn container(&self, id: &ContainerId) -> Option<ContainerKind> {
        if *id == self.line() || *id.as_str() == phone_number::to_sap(&self.profile.extension) {
            Some(ContainerKind::Line)
        } else if *id == self.folder() || id.as_str().eq_ignore_ascii_case(INBOX) {
            Some(ContainerKind::Folder)
        } else {
            None
        }
    }

    fn view_as(&self, rules: &Rules, current: (WorkmodeId, Arc<str>), reader: Reader<'_>) -> AgentView {
        let channels: Vec<ChannelView> = rules
            .channels
            .iter()
            .filter(|channel| self.profile.kinds.is_empty() || channel.kinds.iter().any(|kind| self.profile.kinds.contains(kind)))
            .map(|channel| ChannelView { id: channel.id.clone(), description: Arc::clone(&channel.description) })
            .collect();
        let current_channels = self.channels.clone().unwrap_or_else(|| channels.iter().map(|channel| channel.id.clone()).collect());
        AgentView {
            user: self.profile.user.clone(),
            first_name: self.profile.first_name.clone(),
            last_name: self.profile.last_name.clone(),
            workmodes: rules.workmodes.list(&current, reader),
            current_workmode: workmode::element(current.0, current.1),
            addresses: channels.iter().filter_map(|channel| self.address(&channel.id, rules)).collect(),
            channels,
            current_channels,
            queues: self.profile.workgroups.iter().map(Workgroup::view).collect(),
            current_queues: self.queues.clone(),
            containers: vec![
                ContainerView { id: self.line(), kind: ContainerKind::Line },
                ContainerView { id: self.folder(), kind: ContainerKind::Folder },
            ],
        }
    }

    /// The address on a channel: as SAP set it, else the extension for phones, and for the rest his e-mail address; for chats something of
    /// that form in any case.
    fn address(&self, channel: &ChannelId, rules: &Rules) -> Option<Address> {
        if let Some(set) = self.addresses.iter().find(|address| address.channel == *channel) {
            return Some(set.clone());
        }
        let address = match channel.as_str() {
            PHONE => phone_number::to_sap(&self.profile.extension),
            CHAT => agent_address(&self.profile, rules),
            _ => self.profile.email.clone(),
        };
        (!address.is_empty()).then(|| Address { channel: channel.clone(), address })
    }
}

/// "Inbox is the agent's queue" (guide, `getMessages`).
const INBOX: &str = "Inbox";

/// The agent whose inbox this is, if it looks like one.
pub fn inbox_owner(folder: &str) -> Option<&str> {
    folder.strip_prefix(INBOX)?.strip_prefix(':')
}

impl Workgroup {
    fn view(&self) -> QueueView {
        QueueView { id: self.id.clone(), description: self.id.as_str().into(), number: phone_number::to_sap(&self.number), figures: None }
    }
}
