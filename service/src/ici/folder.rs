//! Folder: messages that wait for an agent (guide, appendix A "Folder methods"; ici-wire §2.9).
//!
//! `getMessages` lists what is in a folder; `Inbox` is the agent's queue. Ended interactions are left out by whoever answers.

use super::{
    fault::Misread,
    parameters::Parameters,
    types::{Fields, Sink},
};
use crate::domain::{Command, MessageView};
use shared::profile::{CodeTable, OperationKey, Role, Slot};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    match key {
        OperationKey::FolderGetMessages => Ok(Command::GetMessages { folder: parameters.required(Role::Folder)? }),
        other => Err(Misread::UnknownOperation(other.word().to_owned())),
    }
}

// === impl MessageView ===

impl Fields for MessageView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Folder => out.string(slot, self.folder.as_str()),
            Role::Originator => out.string(slot, &self.originator),
            Role::Subject => out.string(slot, &self.subject),
            Role::Read => out.boolean(slot, self.read),
            Role::Answered => out.boolean(slot, self.answered),
            // A delivery report and the like; the switch routes none.
            Role::Notification => out.boolean(slot, false),
            Role::Status => out.code(slot, CodeTable::ProcessingStatus, self.status.word()),
            _ => out.string(slot, self.id.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{CallStatus, Reply},
        ici::golden::{self, Case},
    };

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let message = MessageView {
            id: "4001".into(),
            folder: "Inbox".into(),
            originator: "customer@example.com".to_owned(),
            subject: "Où est <ma> commande ?".to_owned(),
            read: true,
            answered: false,
            status: CallStatus::Alerting,
        };
        golden::check(&[Case {
            key: OperationKey::FolderGetMessages,
            parameters: &["Inbox"],
            command: Command::GetMessages { folder: "Inbox".to_owned() },
            reply: Reply::Messages(vec![message]),
        }]);
    }

    #[test]
    fn booleans_are_written_as_the_profile_says() {
        let message = || MessageView {
            id: "1".into(),
            folder: "Inbox".into(),
            originator: String::new(),
            subject: String::new(),
            read: true,
            answered: false,
            status: CallStatus::Held,
        };
        for (style, read) in [
            ("true_false", "<read>true</read><answered>false</answered>"),
            ("one_zero", "<read>1</read><answered>0</answered>"),
            ("abap", "<read>X</read><answered/>"),
        ] {
            let text = shared::profile::BUILT_IN.replace("boolean = { is = \"true_false\"", &format!("boolean = {{ is = \"{style}\""));
            let reply = golden::reply_by(&text, OperationKey::FolderGetMessages, &Reply::Messages(vec![message()]));
            assert!(reply.contains(read), "{style}: {reply}");
        }
    }
}
