//! What SAP is told.

use super::{ActionItemView, AgentView, CallStatus, CallView, ChatView, ItemId, MonitorView, PostingView};
use std::sync::Arc;

/// One message to SAP: always a complete snapshot (ici-wire §4).
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The agent's workmode, queues, channels or addresses changed.
    UserChanged(Arc<AgentView>),
    /// A call began, changed or ended.
    PhoneCallChanged(Box<CallView>),
    /// A chat began, changed or ended.
    ChatChanged(Box<ChatView>),
    /// Somebody has written into a chat.
    ChatPosted(Box<PostingView>),
    /// An action item was offered, accepted or taken away.
    ActionItemChanged(Box<ActionItemView>),
    /// Figures of queues and agents.
    MonitorChanged(Arc<MonitorView>),
    /// We end the subscription ourselves.
    SubscriptionEnded(EndReason),
}

/// Why a subscription ends from our side; the profile's table `end_reasons` has the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The same user logged on again.
    LoggedOnAgain,
    /// The agent was logged off.
    LoggedOff,
    /// The service ends and was told to log everybody off.
    Shutdown,
    /// The switch is lost for good.
    SwitchLost,
}

/// What an event is about: two unsent events about the same subject coalesce, the later wins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The agent himself.
    User,
    /// One call, chat or action item.
    Item(ItemId),
    /// The whole site.
    Figures,
    /// Never coalesced.
    Once,
}

impl Event {
    /// What it is called in figures and timelines, which is what the profile calls it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::UserChanged(_) => "userChanged",
            Self::PhoneCallChanged(_) => "phoneCallChanged",
            Self::ChatChanged(_) => "chatSessionChanged",
            Self::ChatPosted(_) => "chatNewPosting",
            Self::ActionItemChanged(_) => "actionItemChanged",
            Self::MonitorChanged(_) => "monitorDataChanged",
            Self::SubscriptionEnded(_) => "subscriptionEnded",
        }
    }

    /// The item that it is about.
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::ChatPosted(posting) => Some(&posting.item),
            other => other.shows().map(|(_, item)| item),
        }
    }

    /// The item whose end it tells.
    pub fn ends(&self) -> Option<&ItemId> {
        self.shows().filter(|(status, _)| *status == CallStatus::Ended).map(|(_, item)| item)
    }

    /// What it is about. The end of an interaction never gives way to anything, nor does a posting or the end of a subscription.
    pub fn subject(&self) -> Subject {
        match self.shows() {
            _ if matches!(self, Self::UserChanged(_)) => Subject::User,
            _ if matches!(self, Self::MonitorChanged(_)) => Subject::Figures,
            Some((status, item)) if status != CallStatus::Ended => Subject::Item(item.clone()),
            _ => Subject::Once,
        }
    }

    /// The item whose state it tells, and the state.
    fn shows(&self) -> Option<(CallStatus, &ItemId)> {
        match self {
            Self::UserChanged(_) | Self::MonitorChanged(_) | Self::ChatPosted(_) | Self::SubscriptionEnded(_) => None,
            Self::PhoneCallChanged(call) => Some((call.status, &call.item)),
            Self::ChatChanged(chat) => Some((chat.status, &chat.item)),
            Self::ActionItemChanged(item) => Some((item.status, &item.item)),
        }
    }
}
