//! What the file says that decisions need; made from the policy whenever it changes.

use super::{AfterReject, ChannelId, InteractionKind, UserId, WorkmodeId, workmode::Choice, workmode::Workmodes};
use std::sync::Arc;

/// The site's rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Workmodes and statuses.
    pub workmodes: Workmodes,
    /// Workmode after a rejected ACD interaction; `None` leaves it alone.
    pub reject_workmode: Option<WorkmodeId>,
    /// What becomes of a rejected call that came through no workgroup.
    pub non_acd_reject: AfterReject,
    /// Attributes searched for the caller's number, in order.
    pub remote_attributes: Vec<String>,
    /// Attributes searched for the dialled number, in order.
    pub dialed_attributes: Vec<String>,
    /// Channels that SAP is told of.
    pub channels: Vec<ChannelRule>,
    /// Interactions SAP shows at most.
    pub interactions: usize,
    /// Attached data at most, bytes.
    pub attached_data: usize,
    /// Users who may listen to others.
    pub may_listen: Vec<UserId>,
    /// Numbers go to the switch without their `+`.
    pub drop_plus: bool,
}

/// A channel that SAP is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRule {
    /// Key in the profile's table of channels.
    pub id: ChannelId,
    /// Its name for people.
    pub description: Arc<str>,
    /// Kinds of interaction that are shown on it.
    pub kinds: Vec<InteractionKind>,
    /// Domain for addresses of chats; empty for phones.
    pub address_extension: String,
}

/// The channel whose interactions SAP knows as phone calls.
pub const PHONE: &str = "phone";

impl Rules {
    /// Is this kind of interaction a phone call for SAP?
    pub fn is_call(&self, kind: InteractionKind) -> bool {
        self.channels.iter().any(|channel| channel.id.as_str() == PHONE && channel.kinds.contains(&kind))
    }

    /// The status that a rejecting agent gets.
    pub fn reject_status(&self) -> Option<Arc<str>> {
        match self.workmodes.meaning(self.reject_workmode?) {
            Some(Choice::Status(status)) => Some(status),
            // Whoever rejects a call is not thrown out of the switch.
            Some(Choice::LogOff) | None => None,
        }
    }
}
