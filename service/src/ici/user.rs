//! User: everything about the agent himself (guide, appendix A "User methods"; ici-wire §2.2).
//!
//! * `getAttributes` is what SAP logs on with: workmodes, channels, queues, addresses, containers.
//! * `subscribe` and `unsubscribe` start and stop the events about the agent.
//! * `setCurrentWorkmode` takes the number of a workmode, also as a structure with id and description.
//! * `setWorkcenter` names the station he sits at (free seating).
//! * `setCurrentQueues`, `setCurrentChannels`, `setAddresses` take lists in any style; an empty list is a list.

use super::{
    fault::Misread,
    parameters::Parameters,
    types::{Fields, Sink},
};
use crate::domain::{
    Address, AgentView, AppId, ChannelId, ChannelView, Command, ContainerKind, ContainerView, EventUrl, QueueId, Subscription, WorkmodeId,
};
use shared::profile::{CodeTable, OperationKey, Role, Slot};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    Ok(match key {
        O::UserGetAttributes => Command::GetUserAttributes,
        O::UserSubscribe => Command::SubscribeUser(subscription(parameters)?),
        O::UserUnsubscribe => Command::UnsubscribeUser(subscription(parameters)?),
        O::UserSetCurrentWorkmode => Command::SetCurrentWorkmode(WorkmodeId(parameters.number(Role::Workmode)?)),
        O::UserSetWorkcenter => Command::SetWorkcenter(parameters.required(Role::Workcenter)?),
        O::UserSetCurrentQueues => Command::SetCurrentQueues(parameters.list::<QueueId>(Role::Queues)?),
        O::UserSetCurrentChannels => Command::SetCurrentChannels(parameters.channels(Role::Channels)?),
        O::UserSetAddresses => Command::SetAddresses(parameters.addresses(Role::Addresses)?),
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

/// Where events are to go.
pub(super) fn subscription(parameters: &Parameters<'_, '_, '_>) -> Result<Subscription, Misread> {
    Ok(Subscription { url: parameters.required::<EventUrl>(Role::Url)?, app: parameters.required::<AppId>(Role::App)? })
}

// === impl AgentView ===

impl Fields for AgentView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::FirstName => out.string(slot, &self.first_name),
            Role::LastName => out.string(slot, &self.last_name),
            Role::Workmodes => out.records(slot, &self.workmodes),
            Role::CurrentWorkmode => out.record(slot, &self.current_workmode),
            Role::Channels => out.records(slot, &self.channels),
            Role::CurrentChannels => out.codes(slot, CodeTable::Channels, &self.current_channels, ChannelId::as_str),
            Role::Queues => out.records(slot, &self.queues),
            Role::CurrentQueues => out.strings(slot, &self.current_queues, |queue| queue.as_str()),
            Role::Addresses => out.records(slot, &self.addresses),
            Role::Containers => out.records(slot, &self.containers),
            _ => out.string(slot, self.user.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.user.as_str()
    }
}

// === impl ChannelView ===

impl Fields for ChannelView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Description => out.string(slot, &self.description),
            _ => out.code_id(slot, CodeTable::Channels, self.id.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

// === impl Address ===

impl Fields for Address {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Channel => out.code_id(slot, CodeTable::Channels, self.channel.as_str()),
            _ => out.string(slot, &self.address),
        }
    }

    fn id(&self) -> &str {
        &self.address
    }
}

// === impl ContainerView ===

impl Fields for ContainerView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Kind => {
                let word = match self.kind {
                    ContainerKind::Line => "line",
                    ContainerKind::Folder => "folder",
                };
                out.code(slot, CodeTable::ContainerKinds, word);
            }
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
        domain::{Refusal, Reply, TextElement},
        ici::golden::{self, APP, Case, URL, agent, subscription},
    };
    use OperationKey as O;
    use std::sync::Arc;

    fn address(channel: &str, address: &str) -> Address {
        Address { channel: channel.into(), address: address.to_owned() }
    }

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let user = golden::USER;
        golden::check(&[
            Case {
                key: O::UserGetAttributes,
                parameters: &[user],
                command: Command::GetUserAttributes,
                reply: Reply::Agent(Arc::new(agent())),
            },
            Case {
                key: O::UserSubscribe,
                parameters: &[user, URL, APP],
                command: Command::SubscribeUser(subscription()),
                reply: Reply::Done,
            },
            Case {
                key: O::UserUnsubscribe,
                parameters: &[user, URL, APP],
                command: Command::UnsubscribeUser(subscription()),
                reply: Reply::Done,
            },
            Case {
                key: O::UserSetCurrentWorkmode,
                parameters: &[user, "2"],
                command: Command::SetCurrentWorkmode(WorkmodeId::READY),
                reply: Reply::Done,
            },
            Case {
                key: O::UserSetWorkcenter,
                parameters: &[user, "pc-17.branch.example.com"],
                command: Command::SetWorkcenter("pc-17.branch.example.com".to_owned()),
                reply: Reply::Done,
            },
            Case {
                key: O::UserSetCurrentQueues,
                parameters: &[user, "<item>Support</item><item>Verkauf &amp; Beratung</item>"],
                command: Command::SetCurrentQueues(vec!["Support".into(), "Verkauf & Beratung".into()]),
                reply: Reply::Done,
            },
            Case {
                key: O::UserSetCurrentChannels,
                parameters: &[user, "<item>1</item><item>3</item>"],
                command: Command::SetCurrentChannels(vec!["phone".into(), "chat".into()]),
                reply: Reply::Done,
            },
            Case {
                key: O::UserSetAddresses,
                parameters: &[
                    user,
                    "<item><channelId>1</channelId><address>+8001</address></item>\
                     <item><channelId>3</channelId><address>rabas@example.com</address></item>",
                ],
                command: Command::SetAddresses(vec![address("phone", "+8001"), address("chat", "rabas@example.com")]),
                reply: Reply::Done,
            },
        ]);
    }

    #[test]
    fn a_list_is_read_in_every_style() {
        let lists = [
            "<channels><item>1</item><item>3</item></channels>",
            "<channels><String>1</String><String> 3\n</String></channels>",
            "<channels>1</channels><channels>3</channels>",
            "<channels><id>1</id><id>3</id></channels>",
            "<channels><item><id>1</id><description>Telephone</description></item><item><id>3</id><description/></item></channels>",
            "<channels><id>1</id><description>Telephone</description></channels><channels><id>3</id><description/></channels>",
            "<channels><item>1</item><item/><item>3</item></channels>",
            "<channels xmlns:c='http://schemas.xmlsoap.org/soap/encoding/' c:arrayType='int[2]'><i href='#a'/><i href='#b'/></channels>",
            "<channels href='#list'/>",
            "<channelIds><x>phone</x><x>CHAT</x></channelIds>",
            "<currentChannels><item>1</item><item>3</item></currentChannels>",
            "<CHANNELS><item>1</item><item>3</item></CHANNELS>",
        ];
        assert_eq!(lists.len(), 12);
        for list in lists {
            let body = format!(
                "<setCurrentChannels xmlns='urn:IciUserInterface'><userId>CRMFOSOUT</userId>{list}</setCurrentChannels>\
                 <multiRef id='a'>1</multiRef><multiRef id='b'>3</multiRef><multiRef id='list'><x>1</x><x href='#b'/></multiRef>"
            );
            let command = golden::decode_body(&body).unwrap_or_else(|fault| panic!("{list}: {fault}")).request.command;
            assert_eq!(command, Command::SetCurrentChannels(vec!["phone".into(), "chat".into()]), "{list}");
        }
    }

    #[test]
    fn nothing_is_an_empty_list() {
        for list in ["", "<queues/>", "<queues> </queues>", "<queues><item/></queues>"] {
            let body = format!("<setCurrentQueues xmlns='urn:IciUserInterface'><userId>A</userId>{list}</setCurrentQueues>");
            assert_eq!(golden::decode_body(&body).unwrap().request.command, Command::SetCurrentQueues(Vec::new()), "{list}");
        }
    }

    #[test]
    fn addresses_are_read_in_every_style() {
        let lists = [
            "<addresses><item><channelId>1</channelId><address>+8001</address></item></addresses>",
            "<addresses><channelId>1</channelId><address>+8001</address></addresses>",
            "<addresses><Address><channel>phone</channel><value>+8001</value></Address></addresses>",
            "<addresses><item><key>1</key><value>+8001</value></item></addresses>",
            "<addresses><item><channelId><id>1</id><description>Phone</description></channelId><address>+8001</address></item></addresses>",
            "<addresses><item>+8001</item></addresses>",
            "<addresses>+8001</addresses>",
            "<addresses><item href='#a'/></addresses>",
        ];
        assert_eq!(lists.len(), 8);
        for list in lists {
            let body = format!(
                "<setAddresses xmlns='urn:IciUserInterface'><userId>A</userId>{list}</setAddresses>\
                 <multiRef id='a'><channelId>1</channelId><address>+8001</address></multiRef>"
            );
            let command = golden::decode_body(&body).unwrap_or_else(|fault| panic!("{list}: {fault}")).request.command;
            assert_eq!(command, Command::SetAddresses(vec![address("phone", "+8001")]), "{list}");
        }
    }

    #[test]
    fn a_workmode_is_a_number_however_it_is_wrapped() {
        for workmode in
            ["<workmode>4</workmode>", "<workmode><id>4</id><description>Lunch</description></workmode>", "<workMode> 4 </workMode>"]
        {
            let body = format!("<setCurrentWorkmode xmlns='urn:IciUserInterface'><userId>A</userId>{workmode}</setCurrentWorkmode>");
            assert_eq!(golden::decode_body(&body).unwrap().request.command, Command::SetCurrentWorkmode(WorkmodeId(4)), "{workmode}");
        }
        let fault = golden::decode_body(
            "<setCurrentWorkmode xmlns='urn:IciUserInterface'><userId>A</userId><workmode>ready</workmode></setCurrentWorkmode>",
        );
        assert!(fault.unwrap_err().contains("The parameter workmode of User.setCurrentWorkmode must be a whole number, not `ready`"));
    }

    #[test]
    fn header_and_body_must_name_the_same_user() {
        let body = |user: &str| format!("<getAttributes xmlns='urn:IciUserInterface'><userId>{user}</userId></getAttributes>");
        let both = golden::decode_as(Some("A"), &body("A")).unwrap();
        assert_eq!(both.request.user, Some("A".into()));
        let header_only = golden::decode_as(Some("A"), "<getAttributes xmlns='urn:IciUserInterface'/>").unwrap();
        assert_eq!(header_only.request.user, Some("A".into()));
        let refusal = Refusal::UserMismatch { header: "A".into(), body: "a".into() };
        assert!(golden::decode_as(Some("A"), &body("a")).unwrap_err().contains(&refusal.to_string()));
        assert!(
            golden::decode_body("<getAttributes xmlns='urn:IciUserInterface'/>").unwrap_err().contains(&Refusal::UserMissing.to_string())
        );
    }

    #[test]
    fn a_record_can_be_written_as_its_id_alone() {
        let text = shared::profile::BUILT_IN
            .replace("name = \"currentWorkmode\", kind = \"TextElement\"", "name = \"currentWorkmode\", kind = \"string\"")
            .replace("name = \"queues\", kind = \"list of Queue\"", "name = \"queues\", kind = \"list of string\"");
        let reply = golden::reply_by(&text, O::UserGetAttributes, &Reply::Agent(Arc::new(agent())));
        assert!(reply.contains("<currentWorkmode>2</currentWorkmode>"), "{reply}");
        assert!(reply.contains("<queues><item>Support</item></queues>"), "{reply}");
    }

    #[test]
    fn nothing_is_written_as_the_profile_says() {
        let bare = || AgentView { first_name: String::new(), current_queues: Vec::new(), ..agent() };
        for (style, first_name, queues) in [
            ("element", "<firstName/>", "<currentQueues/>"),
            ("nil", "<firstName xsi:nil=\"true\"/>", "<currentQueues xsi:nil=\"true\"/>"),
            ("omit", "</userId><lastName>", "</queues><addresses>"),
        ] {
            let text = shared::profile::BUILT_IN.replace("empty = { is = \"element\"", &format!("empty = {{ is = \"{style}\""));
            let reply = golden::reply_by(&text, O::UserGetAttributes, &Reply::Agent(Arc::new(bare())));
            assert!(reply.contains(first_name) && reply.contains(queues), "{style}: {reply}");
        }
    }

    #[test]
    fn lists_are_written_as_the_profile_says() {
        for (style, channels) in [
            ("item", "<currentChannels><item>1</item><item>3</item></currentChannels>"),
            ("type", "<currentChannels><String>1</String><String>3</String></currentChannels>"),
            ("repeated", "<currentChannels>1</currentChannels><currentChannels>3</currentChannels>"),
        ] {
            let text = shared::profile::BUILT_IN.replace("array = { is = \"item\"", &format!("array = {{ is = \"{style}\""));
            let view = AgentView { current_channels: vec!["phone".into(), "chat".into()], ..agent() };
            let reply = golden::reply_by(&text, O::UserGetAttributes, &Reply::Agent(Arc::new(view)));
            assert!(reply.contains(channels), "{style}: {reply}");
        }
    }

    #[test]
    fn what_an_agent_is_called_cannot_break_the_message() {
        let view = AgentView {
            first_name: "<b>\u{0}\u{8}]]>&amp;".to_owned(),
            current_workmode: TextElement::new("2", "Gesprächs\u{FFFF}bereit"),
            ..agent()
        };
        let reply = golden::reply_by(shared::profile::BUILT_IN, O::UserGetAttributes, &Reply::Agent(Arc::new(view)));
        assert!(reply.contains("<firstName>&lt;b&gt;\u{FFFD}\u{FFFD}]]&gt;&amp;amp;</firstName>"), "{reply}");
        assert!(crate::soap::read(reply.as_bytes()).is_ok());
    }
}
