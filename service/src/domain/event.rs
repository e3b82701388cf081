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
    /// What it is about. The end of an interaction never gives way to anything, nor does a posting or the end of a subscription.
    pub fn subject(&self) -> Subject {
        let (status, item) = match self {
            Self::UserChanged(_) => return Subject::User,
            Self::MonitorChanged(_) => return Subject::Figures,
            Self::ChatPosted(_) | Self::SubscriptionEnded(_) => return Subject::Once,
            Self::PhoneCallChanged(call) => (call.status, &call.item),
            Self::ChatChanged(chat) => (chat.status, &chat.item),
            Self::ActionItemChanged(item) => (item.status, &item.item),
        };
        if status == CallStatus::Ended { Subject::Once } else { Subject::Item(item.clone()) }
    }
}
