//! Ghost agents: logged on at the switch, although SAP seems to know nothing of them any more. A browser that was closed or lost logs nobody
//! off, and the switch goes on to offer calls to an empty chair.

use std::time::Duration;

/// What tells of an agent's SAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// Since SAP's last command, or the last event that it has taken.
    pub silent: Duration,
    /// SAP holds a subscription for his events.
    pub subscribed: bool,
    /// SAP has said that the session behind his events is no more, and has not subscribed again.
    pub gone: bool,
    /// SAP is reached where it wants his events.
    pub reachable: bool,
    /// He has a call or another item that lives: whoever talks for an hour clicks nothing.
    pub busy: bool,
}

/// Why an agent is a ghost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ghost {
    /// SAP has ended the session of his browser.
    Gone,
    /// SAP cannot be reached where it wanted his events.
    Unreachable,
    /// SAP does not want his events.
    Unsubscribed,
    /// SAP wants his events and can be reached, but has neither taken one nor sent a command.
    Silent,
}

impl Ghost {
    /// The reason, in a word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Unreachable => "unreachable",
            Self::Unsubscribed => "unsubscribed",
            Self::Silent => "silent",
        }
    }
}

/// Is he a ghost? At once when SAP says so itself, otherwise when nothing has come from SAP for so long.
pub fn ghost(signs: Signs, after: Duration) -> Option<Ghost> {
    let Signs { silent, subscribed, gone, reachable, busy } = signs;
    match () {
        () if gone && !subscribed => Some(Ghost::Gone),
        () if silent < after => None,
        () if !subscribed => Some(Ghost::Unsubscribed),
        () if !reachable => Some(Ghost::Unreachable),
        () if busy => None,
        () => Some(Ghost::Silent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_mins(30);

    #[test]
    fn who_is_a_ghost_and_why() {
        let well = Signs { silent: Duration::from_mins(1), subscribed: true, gone: false, reachable: true, busy: false };
        let quiet = Signs { silent: AFTER, ..well };
        let table = [
            (well, None),
            (quiet, Some(Ghost::Silent)),
            (Signs { busy: true, ..quiet }, None),
            (Signs { reachable: false, ..well }, None),
            (Signs { reachable: false, ..quiet }, Some(Ghost::Unreachable)),
            (Signs { reachable: false, busy: true, ..quiet }, Some(Ghost::Unreachable)),
            (Signs { subscribed: false, ..well }, None),
            (Signs { subscribed: false, busy: true, ..quiet }, Some(Ghost::Unsubscribed)),
            (Signs { subscribed: false, gone: true, busy: true, ..well }, Some(Ghost::Gone)),
            (Signs { gone: true, ..well }, None),
        ];
        for (signs, expected) in table {
            assert_eq!(ghost(signs, AFTER), expected, "{signs:?}");
        }
    }
}
