//! What SAP is told.

use super::{AgentView, CallView, ItemId};
use std::sync::Arc;

/// One message to SAP: always a complete snapshot (ici-wire §4).
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The agent's workmode, queues, channels or addresses changed.
    UserChanged(Arc<AgentView>),
    /// A call began, changed or ended.
    PhoneCallChanged(Box<CallView>),
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
    /// One call.
    Call(ItemId),
    /// Never coalesced.
    Once,
}

impl Event {
    /// What it is about. The end of an interaction never gives way to anything, nor does the end of a subscription.
    pub fn subject(&self) -> Subject {
        match self {
            Self::UserChanged(_) => Subject::User,
            Self::PhoneCallChanged(call) if call.status == super::CallStatus::Ended => Subject::Once,
            Self::PhoneCallChanged(call) => Subject::Call(call.item.clone()),
            Self::SubscriptionEnded(_) => Subject::Once,
        }
    }
}
