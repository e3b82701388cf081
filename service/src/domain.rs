//! What Jackfield knows of agents, interactions and commands, and every decision about them.
//!
//! Nothing here waits, reads, writes or knows XML or JSON: `domain` decides, everything else carries. A command from SAP comes in as
//! [`Request`], leaves as [`Reply`] or [`Refusal`]; what the switch says comes in as [`SwitchEvent`], what SAP is told leaves as
//! [`Event`].

mod action_item;
mod agent;
mod agent_profile;
pub mod call;
mod capability;
mod chat;
mod command;
mod event;
mod ghost;
mod ids;
mod interaction;
mod item;
mod new_interaction;
pub mod presence;
mod product;
mod refusal;
mod reply;
mod rules;
#[cfg(test)]
pub(crate) mod samples;
mod status_texts;
mod switch_event;
mod switch_request;
mod turn;
mod view;
mod workmode;

pub use action_item::{ActionItem, ActionItemView, ReplyTo, place as place_action_item};
pub use agent::{Agent, Change, inbox_owner};
pub use agent_profile::{AgentProfile, Workgroup};
pub use chat::{Author, Chat, ChatView, Posting, PostingView};
pub use command::{Command, Destination, Listened, Request, Subscription};
pub use event::{EndReason, Event, Subject};
pub use ghost::{Ghost, Signs, ghost};
pub use ids::{
    ActionItemId, AppId, ChannelId, ContainerId, EventUrl, InteractionId, ItemId, Language, PartyId, QueueId, UserId, WorkmodeId,
};
pub use interaction::{Direction, EndCause, Interaction, InteractionKind, InteractionState, Medium, Party};
pub use item::{Content, Item};
pub use new_interaction::{CallBack, NewInteraction};
pub use refusal::{Refusal, Side};
pub use reply::{ProductInformation, Reply, WorkcenterCapability};
pub use rules::{ChannelRule, PHONE, Rules};
pub use shared::rules::routing::Table as RoutingTable;
pub use status_texts::{Reader, StatusTexts};
pub use switch_event::{AgentStatus, Connection, SwitchEvent};
pub use switch_request::{AfterReject, SwitchAnswer, SwitchRequest};
pub use turn::{Criterion, Level, Step, Turn};
pub use view::{
    Address, AgentFigures, AgentView, CallStatus, CallView, Capability, ChannelView, ContainerKind, ContainerView, MessageView,
    MonitorView, QueueFigures, QueueView, StationView, TextElement, UserPresence,
};
pub use workmode::{Choice, Workmode, Workmodes};
