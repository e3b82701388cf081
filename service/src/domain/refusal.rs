//! Why a command cannot be done, in words that tell a person what to do.

use super::{ActionItemId, ContainerId, InteractionId, InteractionState, ItemId, UserId, WorkmodeId};

/// Who has to change something: SOAP's `Client` or `Server` fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The caller: SAP, or the agent behind it.
    Client,
    /// We, or the switch.
    Server,
}

/// Why a command is not carried out. The text goes into SAP's `faultstring` (ici-wire §8.3 has the beginnings of some).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is named.
    #[error("The command names no user: SAP must send the header block `user` or the parameter `userId`")]
    UserMissing,
    /// Header and body disagree.
    #[error("User {header} may not act for user {body}: the header and `userId` must name the same user")]
    UserMismatch {
        /// The header's user.
        header: UserId,
        /// The body's user.
        body: UserId,
    },
    /// The switch has no such user.
    #[error("User {0} is not known to the telephony server: create the user there with exactly this name")]
    UnknownUser(UserId),
    /// Only the case differs.
    #[error("User {asked} is not known to the telephony server, but {known} is: the names must match in upper and lower case")]
    UserCase {
        /// As SAP wrote it.
        asked: UserId,
        /// As the switch has it.
        known: UserId,
    },
    /// The user exists but cannot be logged on.
    #[error("User {user} cannot be logged on: {why}")]
    CannotLogOn {
        /// Who.
        user: UserId,
        /// Cause and remedy.
        why: String,
    },
    /// The agent has not logged on.
    #[error("User {0} is not logged on: log on to the Interaction Center again")]
    NotLoggedOn(UserId),
    /// No such item.
    #[error("Item {0} is not known: it has ended, or it never existed")]
    UnknownItem(ItemId),
    /// Another agent's item.
    #[error("Item {0} belongs to another agent")]
    ForeignItem(ItemId),
    /// No such container.
    #[error("Container {0} is not known: getAttributes lists the containers of an agent")]
    UnknownContainer(ContainerId),
    /// Another agent's container.
    #[error("Container {0} belongs to another agent")]
    ForeignContainer(ContainerId),
    /// The item is in another state.
    #[error("Item {item} is {state}: {operation} needs {needs}")]
    WrongState {
        /// Which item.
        item: ItemId,
        /// What it is now, in one word.
        state: &'static str,
        /// What was asked.
        operation: &'static str,
        /// What would be needed, e.g. `a connected call`.
        needs: &'static str,
    },
    /// A command of another channel.
    #[error("Item {item} is {medium}: {operation} needs {needs}")]
    WrongMedium {
        /// Which item.
        item: ItemId,
        /// What it is.
        medium: &'static str,
        /// What was asked.
        operation: &'static str,
        /// What it would have to be.
        needs: &'static str,
    },
    /// SAP does not know it (guide, "Action items cannot be placed on hold").
    #[error("Item {0} is an action item: SAP does not support action items on hold, hold needs a phone call")]
    ActionItemOnHold(ItemId),
    /// No rule of the file takes it.
    #[error("Action item {0} fits no route: an administrator can name a workgroup for the rest under `channels.action_item.workgroup`")]
    NoRoute(ActionItemId),
    /// An agent has it already.
    #[error("Action item {0} was accepted by an agent: it cannot be routed again before it has ended")]
    ActionItemTaken(ActionItemId),
    /// A callback for nobody.
    #[error("The queue is missing: name the workgroup whose agents are to call back")]
    QueueMissing,
    /// No such workmode.
    #[error("Workmode {0} is not configured")]
    UnknownWorkmode(WorkmodeId),
    /// It may be seen but not chosen.
    #[error("Workmode {0} cannot be selected by an agent")]
    WorkmodeNotSelectable(WorkmodeId),
    /// Nothing to dial.
    #[error("The destination is missing: give a phone number, an extension or the name of a queue")]
    DestinationMissing,
    /// Nobody there.
    #[error("Destination {0} cannot be reached: check the number")]
    UnknownDestination(String),
    /// Not a party of the conference.
    #[error("{party} is not a party of item {item}")]
    UnknownParty {
        /// Who was to be dropped.
        party: String,
        /// From what.
        item: ItemId,
    },
    /// The right is missing.
    #[error("User {user} may not {what}: an administrator can grant the right in the configuration")]
    NotPermitted {
        /// Who.
        user: UserId,
        /// What.
        what: &'static str,
    },
    /// Events may not go there.
    #[error("Events may not be sent to host {0}: an administrator can allow it under `service.event_hosts`")]
    EventHostNotAllowed(String),
    /// The URL is none.
    #[error("The event URL cannot be used: {0}")]
    BadEventUrl(String),
    /// An optional feature that is off or absent.
    #[error("{0} is not available")]
    NotAvailable(&'static str),
    /// A limit of the file.
    #[error("Too many {what}: the limit is {limit}")]
    LimitReached {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: usize,
    },
    /// The agent's mailbox is full.
    #[error("User {0} has too many commands waiting: try again")]
    Busy(UserId),
    /// No answer in time.
    #[error("The telephony server did not answer in time: the command may still be carried out")]
    SwitchTimeout,
    /// It has answered, but nobody can tell what.
    #[error("The answer of the telephony server cannot be read, the command may have been carried out: {0}")]
    SwitchUnclear(String),
    /// No connection.
    #[error("Telephony server is not available")]
    SwitchUnavailable,
    /// It said no, in its own words.
    #[error("The telephony server refused: {0}")]
    SwitchRefused(String),
    /// It has the call no more, or not at this agent.
    #[error("The telephony server refused: call {0} is not at this agent: it has ended or gone to somebody else")]
    CallGone(InteractionId),
    /// The service ends.
    #[error("The service is stopping: try again")]
    Stopping,
}

impl Refusal {
    /// Whose fault it is, for `faultcode`.
    pub fn side(&self) -> Side {
        match self {
            Self::Busy(_)
            | Self::SwitchTimeout
            | Self::SwitchUnclear(_)
            | Self::SwitchUnavailable
            | Self::SwitchRefused(_)
            | Self::CallGone(_)
            | Self::Stopping
            | Self::LimitReached { .. } => Side::Server,
            _ => Side::Client,
        }
    }

    /// May the switch do what was asked all the same?
    pub fn leaves_it_open(&self) -> bool {
        matches!(self, Self::SwitchTimeout | Self::SwitchUnclear(_))
    }
}

impl InteractionState {
    /// One word for messages to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alerting => "alerting",
            Self::Dialing => "dialing",
            Self::Connected => "connected",
            Self::Held => "held",
            Self::Listening => "listening",
            Self::Ended(_) => "ended",
        }
    }
}
