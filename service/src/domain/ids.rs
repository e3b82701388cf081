//! Identifiers: cheap to clone, compared byte for byte, never mixed up with one another.

use std::{fmt, sync::Arc};

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is: no trimming, no change of case.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The identifier as it is written on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), &self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    };
}

text_id!(
    /// The agent's name in SAP and on the switch; the match is case-sensitive (guide, "PureConnect integration steps").
    UserId
);
text_id!(
    /// What SAP calls an interaction: the switch's own id for inbound ones, an id of ours where SAP created the item first.
    ItemId
);
text_id!(
    /// The switch's id of an interaction.
    InteractionId
);
text_id!(
    /// One party of a call, as the switch names it.
    PartyId
);
text_id!(
    /// Where interactions of an agent are: a line (his extension) or a folder ("Inbox").
    ContainerId
);
text_id!(
    /// A channel's id on SAP's wire (profile, code table `channels`).
    ChannelId
);
text_id!(
    /// A queue's id: the name of a workgroup on the switch.
    QueueId
);
text_id!(
    /// "Identifies how SAP processes the message" (guide, `subscribeUser`).
    AppId
);
text_id!(
    /// Where SAP wants its events; opaque, posted to verbatim (ici-wire §1.6).
    EventUrl
);
text_id!(
    /// SAP's two-letter language of the header, upper case, e.g. `EN`.
    Language
);

/// SAP's number for what an agent is doing: 1 logged off, 2 ready, 3 not ready, others from the file (guide, `setCurrentWorkmode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkmodeId(pub u32);

impl WorkmodeId {
    /// Logged off, or the system is shut down.
    pub const LOGOUT: Self = Self(1);
    /// Logged on and ready for ACD interactions.
    pub const READY: Self = Self(2);
    /// Logged on, not ready.
    pub const NOT_READY: Self = Self(3);
}

impl fmt::Display for WorkmodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
