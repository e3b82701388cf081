//! What the file says that decisions need; made from the policy whenever it changes.

use super::{AfterReject, ChannelId, Interaction, InteractionKind, Medium, UserId, WorkmodeId, workmode::Choice, workmode::Workmodes};
use shared::rules::routing;
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
    /// Where action items go.
    pub routing: routing::Table,
    /// SAP is told of what an agent has written himself (profile, `own_postings`).
    pub own_postings: bool,
    /// SAP is told who is writing (profile, `ChatSession`).
    pub typing: bool,
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
/// The channel whose interactions SAP knows as chats.
pub(super) const CHAT: &str = "chat";
/// The channel whose interactions SAP knows as action items.
pub(super) const ACTION_ITEM: &str = "action_item";

impl Rules {
    /// Is this kind of interaction a phone call that SAP is told of?
    pub fn is_call(&self, kind: InteractionKind) -> bool {
        kind.medium() == Medium::Call && self.has_channel_for(kind)
    }

    /// Is SAP told of it? An e-mail that SAP did not ask for is only a message of the inbox: SAP could not open it.
    pub fn is_shown(&self, interaction: &Interaction) -> bool {
        let opens = interaction.kind != InteractionKind::Email || interaction.action_item().is_some();
        opens && self.has_channel_for(interaction.kind)
    }

    /// Does SAP send its action items through the switch?
    pub fn routes_action_items(&self) -> bool {
        self.channels.iter().any(|channel| channel.id.as_str() == ACTION_ITEM)
    }

    /// The domain of chat addresses; empty where the file names none.
    pub fn chat_extension(&self) -> &str {
        self.channels.iter().find(|channel| channel.id.as_str() == CHAT).map_or("", |channel| &channel.address_extension)
    }

    fn has_channel_for(&self, kind: InteractionKind) -> bool {
        let channel = match kind.medium() {
            Medium::Call => PHONE,
            Medium::Chat => CHAT,
            Medium::ActionItem => ACTION_ITEM,
        };
        self.channels.iter().any(|rule| rule.id.as_str() == channel && rule.kinds.contains(&kind))
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
