//! Chat: what is written in it, and its end (ici-wire §2.7, §3.10). Nothing of it is public but the five fields of a posting.
//!
//! * `getAttributes` answers with everything about one chat, `getPostings` with what was written.
//! * `post` writes to the customer, `setTyping` lets him see that somebody is about to.
//! * `transfer` gives the chat to somebody else, `leave` ends it for the agent.
//!
//! Accepting, rejecting and attached data go by `Item`, as for everything else.

use super::{
    fault::Misread,
    parameters::Parameters,
    phone_call::capability,
    types::{Fields, Sink},
};
use crate::domain::{ChatView, Command, Destination, PostingView, QueueId};
use shared::profile::{CodeTable, OperationKey, Role, Slot};
use std::sync::Arc;

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    let item = || parameters.required(Role::Item);
    Ok(match key {
        O::ChatGetAttributes => Command::GetChatAttributes(item()?),
        O::ChatGetPostings => Command::GetPostings(item()?),
        O::ChatPost => Command::Post { item: item()?, text: Arc::from(parameters.text(Role::Content)?) },
        O::ChatSetTyping => Command::SetTyping { item: item()?, on: parameters.boolean(Role::On)? },
        O::ChatTransfer => Command::Transfer { item: item()?, to: Destination::Number(parameters.required(Role::Destination)?) },
        O::ChatLeave => Command::Drop(item()?),
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

// === impl ChatView ===

impl Fields for ChatView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Participants => out.records(slot, &self.participants),
            Role::Capabilities => out.codes(slot, CodeTable::Capabilities, &self.capabilities, |one| capability(*one)),
            Role::Title => out.string(slot, &self.title),
            Role::Status => out.code(slot, CodeTable::ChatStatus, self.status.word()),
            Role::Container => out.string(slot, self.container.as_str()),
            Role::Originator => out.string(slot, &self.customer),
            Role::Queue => out.optional(slot, self.queue.as_ref().map(QueueId::as_str)),
            Role::Typing => out.strings(slot, &self.typing, |address| address),
            Role::AttachedData => out.optional(slot, self.attached_data.as_deref()),
            Role::Since => out.time(slot, self.since),
            _ => out.string(slot, self.item.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.item.as_str()
    }
}

// === impl PostingView ===

impl Fields for PostingView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Participant => out.string(slot, &self.participant),
            Role::Content => out.string(slot, &self.text),
            Role::System => out.boolean(slot, self.is_system),
            Role::Since => out.time(slot, self.at),
            _ => out.string(slot, self.item.as_str()),
        }
    }

    fn id(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ItemId, Reply},
        ici::golden::{self, Case, ITEM, chat, posting},
    };
    use OperationKey as O;

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let item = || ItemId::from(ITEM);
        golden::check(&[
            Case {
                key: O::ChatGetAttributes,
                parameters: &[ITEM],
                command: Command::GetChatAttributes(item()),
                reply: Reply::Chat(Box::new(chat())),
            },
            Case {
                key: O::ChatGetPostings,
                parameters: &[ITEM],
                command: Command::GetPostings(item()),
                reply: Reply::Postings(vec![
                    posting(),
                    PostingView { participant: String::new(), text: "You are next".into(), is_system: true, ..posting() },
                ]),
            },
            Case {
                key: O::ChatPost,
                parameters: &[ITEM, "Can I &lt;help&gt; you?"],
                command: Command::Post { item: item(), text: "Can I <help> you?".into() },
                reply: Reply::Done,
            },
            Case {
                key: O::ChatSetTyping,
                parameters: &[ITEM, "true"],
                command: Command::SetTyping { item: item(), on: true },
                reply: Reply::Done,
            },
            Case {
                key: O::ChatTransfer,
                parameters: &[ITEM, "Support"],
                command: Command::Transfer { item: item(), to: Destination::Number("Support".to_owned()) },
                reply: Reply::Done,
            },
            Case { key: O::ChatLeave, parameters: &[ITEM], command: Command::Drop(item()), reply: Reply::Done },
        ]);
    }

    #[test]
    fn what_is_typed_in_any_of_saps_ways_is_read() {
        let typing = |on: &str| {
            let body = format!("<setTyping xmlns='urn:IciChatInterface'><chatSessionId>1</chatSessionId><typing>{on}</typing></setTyping>");
            golden::decode_as(Some("A"), &body).map(|decoded| decoded.request.command)
        };
        for (text, on) in [("true", true), ("1", true), ("X", true), (" x ", true), ("false", false), ("0", false), ("", false)] {
            assert_eq!(typing(text), Ok(Command::SetTyping { item: "1".into(), on }), "{text:?}");
        }
        assert!(typing("perhaps").unwrap_err().contains("Chat.setTyping"));
    }

    #[test]
    fn a_posting_keeps_its_blanks_and_lines() {
        let body = "<post xmlns='urn:IciChatInterface'><chatSessionId>1</chatSessionId><contentText> a\n b </contentText></post>";
        let decoded = golden::decode_as(Some("A"), body).unwrap();
        assert_eq!(decoded.request.command, Command::Post { item: "1".into(), text: " a\n b ".into() });
    }
}
