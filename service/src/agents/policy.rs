//! What the file says of agents; `app` makes it from `[workmodes]`, `[ici]`, `[flags]`, `[attributes]`, `[channels]`, `[agents]`, `[limits]`.

use crate::domain::{
    AfterReject, ChannelId, ChannelRule, InteractionKind, Refusal, RoutingTable, Rules, UserId, Workmode, WorkmodeId, Workmodes,
};
use std::{sync::Arc, time::Duration};

/// Everything an agent session needs to know of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Workmodes 1, 2 and 3.
    pub standard: StandardWorkmodes,
    /// The others, in the file's order.
    pub mapped: Vec<MappedWorkmode>,
    /// Workmode at log-on when SAP's own first one is ignored; `None`: the status the switch has.
    pub login_workmode: Option<WorkmodeId>,
    /// Workmode after a reject; `None` leaves it alone.
    pub reject_workmode: Option<WorkmodeId>,
    /// Workmode when SAP's last subscription of an agent is gone or SAP cannot be reached.
    pub lost_workmode: WorkmodeId,
    /// An agent of whose SAP nothing is heard for so long is a ghost.
    pub ghost_after: Duration,
    /// The guide's service flags.
    pub flags: Flags,
    /// What becomes of a rejected call that came through no workgroup.
    pub non_acd_reject: NonAcdReject,
    /// Attributes searched for the caller's number, in order.
    pub remote_attributes: Vec<String>,
    /// Attributes searched for the dialled number, in order.
    pub dialed_attributes: Vec<String>,
    /// Channels that SAP is told of.
    pub channels: Vec<Channel>,
    /// Where action items go.
    pub routing: RoutingTable,
    /// A chat in which nobody has written for this long is ended; zero: never.
    pub close_chats_after: Duration,
    /// SAP is told of what an agent has written himself.
    pub own_postings: bool,
    /// SAP is told who is writing.
    pub typing: bool,
    /// SAP may watch the figures of queues and agents (profile, `offers`).
    pub monitoring: bool,
    /// SAP may look for agents by name (profile, `offers`).
    pub user_presence: bool,
    /// Interactions SAP shows at most (six, guide "Limitations").
    pub interactions: usize,
    /// Commands that may wait for one agent.
    pub mailbox: usize,
    /// Agents at most.
    pub sessions: usize,
    /// Deadline of one request to the switch; under 5 s.
    pub switch_deadline: Duration,
    /// Attached data at most, bytes.
    pub attached_data: usize,
    /// Users who may listen to others.
    pub may_listen: Vec<UserId>,
    /// Users who may watch the figures of queues and agents; `None`: everybody.
    pub may_monitor: Option<Vec<UserId>>,
    /// When older subscriptions of a user end (profile, `end_older`).
    pub end_older: OlderSubscriptions,
    /// ICI version we offer, capped to the one SAP announces.
    pub ici_version: String,
}

/// The statuses of the switch for the workmodes that every site has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardWorkmodes {
    /// Text of workmode 1, which leaves the status alone.
    pub logout_text: Arc<str>,
    /// Status of workmode 2.
    pub ready: Arc<str>,
    /// Status of workmode 3.
    pub not_ready: Arc<str>,
}

/// A workmode of the site's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedWorkmode {
    /// From 4 on.
    pub id: WorkmodeId,
    /// The switch's status.
    pub status: Arc<str>,
    /// May an agent choose it?
    pub user_selectable: bool,
}

/// The guide's service flags that concern agents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Agents may name their station.
    pub free_seating: bool,
    /// Work centres can be filtered.
    pub workcenter_filters: bool,
    /// Work centres can be listed.
    pub workcenter_lists: bool,
    /// Agents see statuses they cannot choose.
    pub view_non_selectable: bool,
    /// Queues in the transfer list (the file's flag, where the profile offers it).
    pub presence_queue_info: bool,
    /// `+13172222222` goes to the switch as `13172222222`.
    pub reformat_make_call_number: bool,
    /// The workmode at log-on is ours or the switch's, not SAP's.
    pub ignore_initial_workmode: bool,
}

/// Guide, `reroute`: the attribute `sapsendlocalcalltovoicemailonreject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonAcdReject {
    /// To the agent's voicemail.
    Voicemail,
    /// Disconnected.
    Disconnect,
}

/// A channel that SAP is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Key in the profile's table of channels: `phone`, `chat`, `action_item`.
    pub key: Arc<str>,
    /// Kinds of interaction that are shown on it.
    pub kinds: Vec<InteractionKind>,
    /// Domain for addresses of chats; empty for phones.
    pub address_extension: String,
}

/// When older subscriptions of a user end, with `subscriptionEnded` to their URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OlderSubscriptions {
    /// At `getAttributes`, as SAP's own connector does (ici-wire §2.2).
    OnGetAttributes,
    /// When the user subscribes with another URL.
    OnSubscribe,
    /// Never.
    Never,
}

// === impl Policy ===

impl Policy {
    /// May this user watch the figures of queues and agents?
    pub(super) fn may_monitor(&self, user: Option<&UserId>) -> Result<(), Refusal> {
        let Some(may) = &self.may_monitor else { return Ok(()) };
        let user = user.ok_or(Refusal::UserMissing)?;
        if may.contains(user) {
            return Ok(());
        }
        Err(Refusal::NotPermitted { user: user.clone(), what: "watch the figures of queues and agents" })
    }

    /// What of it decisions need.
    pub fn rules(&self) -> Rules {
        Rules {
            workmodes: Workmodes {
                logout_text: Arc::clone(&self.standard.logout_text),
                ready: Arc::clone(&self.standard.ready),
                not_ready: Arc::clone(&self.standard.not_ready),
                mapped: self.mapped.iter().map(MappedWorkmode::rule).collect(),
                view_non_selectable: self.flags.view_non_selectable,
            },
            reject_workmode: self.reject_workmode,
            non_acd_reject: match self.non_acd_reject {
                NonAcdReject::Voicemail => AfterReject::Voicemail,
                NonAcdReject::Disconnect => AfterReject::Disconnect,
            },
            remote_attributes: self.remote_attributes.clone(),
            dialed_attributes: self.dialed_attributes.clone(),
            channels: self.channels.iter().map(Channel::rule).collect(),
            routing: self.routing.clone(),
            own_postings: self.own_postings,
            typing: self.typing,
            interactions: self.interactions,
            attached_data: self.attached_data,
            may_listen: self.may_listen.clone(),
            drop_plus: self.flags.reformat_make_call_number,
        }
    }
}

impl MappedWorkmode {
    fn rule(&self) -> Workmode {
        Workmode { id: self.id, status: Arc::clone(&self.status), selectable: self.user_selectable }
    }
}

impl Channel {
    fn rule(&self) -> ChannelRule {
        ChannelRule {
            id: ChannelId::new(Arc::clone(&self.key)),
            description: name_for_people(&self.key),
            kinds: self.kinds.clone(),
            address_extension: self.address_extension.clone(),
        }
    }
}

/// `action_item` as `Action item`.
fn name_for_people(key: &str) -> Arc<str> {
    let mut name = key.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name.into()
}
