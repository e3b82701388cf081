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
    /// SAP's own id of an action item, e.g. the GUID of an e-mail (ici-wire §2.10).
    ActionItemId
);
text_id!(
    /// SAP's two-letter language of the header, upper case, e.g. `EN`.
    Language
);

/// Where SAP wants its events; opaque, posted to verbatim (ici-wire §1.6).
///
/// The URL itself authorises whoever posts to it, so that it is printed without its path and query.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventUrl(Arc<str>);

impl EventUrl {
    /// Takes the text as it is.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The whole URL, for whoever posts to it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // A user name and a password may stand before the host.
        let host = authority.rsplit('@').next().unwrap_or_default();
        write!(f, "{scheme}://{host}/…")
    }
}

impl fmt::Debug for EventUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventUrl({self})")
    }
}

impl From<&str> for EventUrl {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for EventUrl {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_url_is_printed_without_what_authorises() {
        let url = EventUrl::from("http://user:pass@crm.example.com:8000/sap/bc/soap/ici?sap-client=800&token=s3cret");
        for printed in [url.to_string(), format!("{url:?}")] {
            assert!(printed.contains("crm.example.com:8000"), "{printed}");
            assert!(!printed.contains("s3cret") && !printed.contains("pass"), "{printed}");
        }
    }
}
