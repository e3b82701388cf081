//! Action items: what SAP wants routed to an agent (guide, "Action items"; ici-wire §2.10, §3.8, §3.9).
//!
//! * `route` sends one through the switch, for no agent in particular; `cancel` takes it back.
//! * `getAttributes` answers with everything about one that an agent has, `transfer` gives it away, `end` says that it is done.
//!
//! Accepting and rejecting go by `Item`.

use super::{
    fault::Misread,
    parameters::Parameters,
    phone_call::capability,
    types::{Fields, Sink},
};
use crate::domain::{ActionItem, ActionItemView, AppId, Command, Destination, QueueId, ReplyTo, UserId};
use shared::profile::{CodeTable, OperationKey, Role, Slot};
use std::sync::Arc;

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    let item = || parameters.required(Role::Item);
    Ok(match key {
        O::ActionItemRoute => {
            let item = ActionItem {
                id: parameters.required(Role::ActionItem)?,
                scenario: parameters.element(Role::Scenario)?,
                attributes: parameters.attributes(Role::ItemData)?,
                users: parameters.list(Role::Users)?,
            };
            let apps: Vec<AppId> = parameters.list(Role::Apps)?;
            let url = parameters.optional(Role::Url)?;
            let reply_to = url.map(|url| ReplyTo { url, apps: Arc::from(apps), peer: None });
            Command::RouteActionItem { item: Box::new(item), reply_to }
        }
        O::ActionItemCancel => Command::CancelActionItem(parameters.required(Role::ActionItem)?),
        O::ActionItemGetAttributes => Command::GetActionItemAttributes(item()?),
        O::ActionItemTransfer => Command::Transfer { item: item()?, to: Destination::Number(parameters.required(Role::Destination)?) },
        O::ActionItemEnd => Command::Drop(item()?),
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

/// One parameter of `actionItemChanged`.
pub(super) fn write_event(role: Role, slot: &Slot, item: &ActionItemView, out: &mut Sink<'_>) {
    match role {
        Role::Session => out.record(slot, &Session(item)),
        Role::ItemData => out.record(slot, &Data(item)),
        Role::Scenario => out.record(slot, &item.action.scenario),
        Role::Users => out.strings(slot, &item.action.users, UserId::as_str),
        _ => out.string(slot, item.action.id.as_str()),
    }
}

/// Its way through the switch.
pub(super) struct Session<'a>(pub(super) &'a ActionItemView);

/// What SAP sent.
struct Data<'a>(&'a ActionItemView);

struct Attribute<'a>(&'a (String, String));

// === impl Session ===

impl Fields for Session<'_> {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        let Self(item) = self;
        match slot.role {
            Role::Participants => out.records(slot, &item.participants),
            Role::Capabilities => out.codes(slot, CodeTable::Capabilities, &item.capabilities, |one| capability(*one)),
            Role::Title => out.string(slot, &item.title),
            Role::Status => {
                let word = match item.status.word() {
                    "connected" => "accepted",
                    word => word,
                };
                out.code(slot, CodeTable::ActionStatus, word);
            }
            Role::ActionItem => out.string(slot, item.action.id.as_str()),
            Role::Container => out.string(slot, item.container.as_str()),
            Role::Originator => out.string(slot, &item.originator),
            Role::Queue => out.optional(slot, item.queue.as_ref().map(QueueId::as_str)),
            Role::AttachedData => out.optional(slot, item.attached_data.as_deref()),
            Role::Since => out.time(slot, item.since),
            _ => out.string(slot, item.item.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.0.item.as_str()
    }
}

// === impl Data ===

impl Fields for Data<'_> {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        let Self(item) = self;
        match slot.role {
            Role::Title => out.string(slot, &item.title),
            Role::Originator => out.string(slot, &item.originator),
            Role::Attributes => {
                let attributes: Vec<_> = item.action.attributes.iter().map(Attribute).collect();
                out.records(slot, &attributes);
            }
            _ => out.string(slot, item.action.id.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.0.action.id.as_str()
    }
}

// === impl Attribute ===

impl Fields for Attribute<'_> {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Value => out.string(slot, &self.0.1),
            _ => out.string(slot, &self.0.0),
        }
    }

    fn id(&self) -> &str {
        &self.0.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ItemId, Reply, TextElement},
        ici::golden::{self, APP, Case, ITEM, URL, action_item},
    };
    use OperationKey as O;

    const ID: &str = "0050568A3B1E1ED9B3C7A4D1E2F30415";

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let item = || ItemId::from(ITEM);
        let data = "<id>0050568A3B1E1ED9B3C7A4D1E2F30415</id><attributes>\
                    <item><name>ACTION_ITEM_ATTR_SUBJECT</name><value>Where is my &lt;order&gt;?</value></item>\
                    <item><name>ACTION_ITEM_ATTR_FROM_ADDRESS</name><value>max@customer.example</value></item>\
                    <item><name>ACTION_ITEM_ATTR_TO_NAME</name><value>support@example.com</value></item></attributes>";
        let apps = format!("<item>{APP}</item>");
        let parameters = [ID, "<id>ERMS</id><description>E-mail</description>", data, "<item>RABAS</item>", &apps, URL];
        let route = ActionItem {
            id: ID.into(),
            scenario: TextElement::new("ERMS", "E-mail"),
            attributes: SENT.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            users: vec!["RABAS".into()],
        };
        let reply_to = ReplyTo { url: URL.into(), apps: Arc::from([APP.into()]), peer: None };
        golden::check(&[
            Case {
                key: O::ActionItemRoute,
                parameters: &parameters,
                command: Command::RouteActionItem { item: Box::new(route), reply_to: Some(reply_to) },
                reply: Reply::Item(item()),
            },
            Case { key: O::ActionItemCancel, parameters: &[ID], command: Command::CancelActionItem(ID.into()), reply: Reply::Done },
            Case {
                key: O::ActionItemGetAttributes,
                parameters: &[ITEM],
                command: Command::GetActionItemAttributes(item()),
                reply: Reply::ActionItem(Box::new(action_item())),
            },
            Case {
                key: O::ActionItemTransfer,
                parameters: &[ITEM, "Support"],
                command: Command::Transfer { item: item(), to: Destination::Number("Support".to_owned()) },
                reply: Reply::Done,
            },
            Case { key: O::ActionItemEnd, parameters: &[ITEM], command: Command::Drop(item()), reply: Reply::Done },
        ]);
    }

    const SENT: [(&str, &str); 3] = [
        ("ACTION_ITEM_ATTR_SUBJECT", "Where is my <order>?"),
        ("ACTION_ITEM_ATTR_FROM_ADDRESS", "max@customer.example"),
        ("ACTION_ITEM_ATTR_TO_NAME", "support@example.com"),
    ];

    fn routed(data: &str) -> Vec<(String, String)> {
        let body = format!("<route xmlns='urn:IciActionItemInterface'><actionItemId>1</actionItemId>{data}</route>");
        let decoded = golden::decode_body(&body).unwrap_or_else(|fault| panic!("{data}: {fault}"));
        assert_eq!(decoded.request.user, None, "routing is for no agent in particular");
        match decoded.request.command {
            Command::RouteActionItem { item, .. } => item.attributes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = vec![pair("SUBJECT", "Hi"), pair("TO", "a@b")];
        for data in [
            "<itemData><attributes><item><name>SUBJECT</name><value>Hi</value></item><item><name>TO</name><value>a@b</value></item></attributes></itemData>",
            "<itemData><item><attributeName>SUBJECT</attributeName><attributeValue>Hi</attributeValue></item>\
             <item><key>TO</key><val>a@b</val></item></itemData>",
            "<itemData><SUBJECT>Hi</SUBJECT><TO>a@b</TO></itemData>",
            "<itemData><SUBJECT> Hi </SUBJECT><nested><item><name>TO</name><value>a@b</value></item></nested></itemData>",
            "<attributes><item><name>SUBJECT</name><value>Hi</value></item><item><name>TO</name><value>a@b</value></item></attributes>",
        ] {
            assert_eq!(routed(data), expected, "{data}");
        }
        assert_eq!(routed("<itemData/>"), []);
        assert_eq!(routed(""), []);
    }

    #[test]
    fn an_endless_or_deep_list_of_attributes_is_bounded() {
        let many = "<item><name>A</name><value>1</value></item>".repeat(501);
        let body = format!("<route xmlns='urn:IciActionItemInterface'><actionItemId>1</actionItemId><itemData>{many}</itemData></route>");
        assert!(golden::decode_body(&body).unwrap_err().contains("itemData"));
        let deep = format!("{}<a>1</a>{}", "<b>".repeat(20), "</b>".repeat(20));
        assert_eq!(routed(&format!("<itemData>{deep}</itemData>")), []);
    }
}
