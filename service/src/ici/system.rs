//! System: who both sides are, free seating, queues to transfer to, agents by name (guide, appendix A "System methods"; ici-wire §2.1).
//!
//! * `exchangeProductInformation` tells SAP's product and version and is answered with ours; whatever is missing is no fault.
//! * `getWorkcenterCapability` says whether agents choose their station at log-on.
//! * `getWorkcenters` lists the stations he can choose from.
//! * `getPresenceQueueInfo` lists queues with the number that a transfer goes to.
//! * `createCallBack` asks that a customer be called back by a workgroup; its parameters are public (ici-wire T3).
//! * `getUserPresence` finds agents by name; blank or `*` is everybody who is logged on.

use super::{
    fault::Misread,
    parameters::Parameters,
    types::{Fields, Sink},
};
use crate::domain::{CallBack, Command, ProductInformation, QueueView, UserPresence, WorkcenterCapability};
use shared::profile::{CodeTable, OperationKey, Role, Slot};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    let text = |role| Ok::<String, Misread>(parameters.optional(role)?.unwrap_or_default());
    Ok(match key {
        O::SystemExchangeProductInformation => Command::ExchangeProductInformation(ProductInformation {
            name: text(Role::ProductName)?,
            version: text(Role::ProductVersion)?,
            vendor: text(Role::Vendor)?,
            ici_version: text(Role::IciVersion)?,
        }),
        O::SystemGetWorkcenterCapability => Command::GetWorkcenterCapability,
        O::SystemGetWorkcenters => Command::GetWorkcenters { filter: text(Role::Filter)? },
        O::SystemGetPresenceQueueInfo => Command::GetPresenceQueueInfo { channel: parameters.optional_channel(Role::Channel)? },
        O::SystemCreateCallBack => Command::CreateCallBack(Box::new(CallBack {
            number: text(Role::Number)?,
            queue: parameters.optional(Role::Queue)?,
            at: parameters.time(Role::CallTime)?,
            gateway_prefix: text(Role::GatewayPrefix)?,
            notes: text(Role::Notes)?,
            extra_data: text(Role::ExtraData)?,
        })),
        O::SystemGetUserPresence => Command::GetUserPresence { search: text(Role::Search)? },
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

// === impl ProductInformation ===

impl Fields for ProductInformation {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::ProductVersion => out.string(slot, &self.version),
            Role::Vendor => out.string(slot, &self.vendor),
            Role::IciVersion => out.string(slot, &self.ici_version),
            _ => out.string(slot, &self.name),
        }
    }

    fn id(&self) -> &str {
        &self.name
    }
}

// === impl WorkcenterCapability ===

impl Fields for WorkcenterCapability {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Filters => out.boolean(slot, self.filters),
            Role::Lists => out.boolean(slot, self.lists),
            _ => out.boolean(slot, self.free_seating),
        }
    }

    fn id(&self) -> &'static str {
        if self.free_seating { "true" } else { "false" }
    }
}

// === impl QueueView ===

impl Fields for QueueView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Description => out.string(slot, &self.description),
            Role::Number => out.string(slot, &self.number),
            Role::AgentsLoggedOn => out.number(slot, self.figures.map(|figures| figures.agents_logged_on)),
            Role::AgentsAvailable => out.number(slot, self.figures.map(|figures| figures.agents_available)),
            Role::Waiting => out.number(slot, self.figures.map(|figures| figures.waiting)),
            Role::LongestWait => out.number(slot, self.figures.map(|figures| figures.longest_wait)),
            Role::Answered => out.number(slot, self.figures.map(|figures| figures.answered)),
            Role::Abandoned => out.number(slot, self.figures.map(|figures| figures.abandoned)),
            _ => out.string(slot, self.id.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

// === impl UserPresence ===

impl Fields for UserPresence {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Name => out.string(slot, &self.name),
            Role::Number => out.string(slot, &self.number),
            Role::Presence => out.code(slot, CodeTable::Presence, self.presence),
            Role::Status => out.optional(slot, self.figures.as_ref().map(|figures| &*figures.status)),
            Role::Since => out.moment(slot, self.figures.as_ref().map(|figures| figures.since)),
            Role::Items => out.number(slot, self.figures.as_ref().map(|figures| figures.items)),
            _ => out.string(slot, self.user.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.user.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ChannelId, Reply, TextElement},
        ici::golden::{self, Case, queue},
    };
    use OperationKey as O;

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let ours = ProductInformation {
            name: "Jackfield".to_owned(),
            version: "0.1.0".to_owned(),
            vendor: "Jackfield".to_owned(),
            ici_version: "3.07".to_owned(),
        };
        let found = [
            ("RABAS", "Rolf Abas", "+8001", "available"),
            ("VZHOU", "Vera Zhou", "+8002", "busy"),
            ("ZOE", "Zoë <Z> & Co", "", "logged_off"),
        ];
        let users = found.map(|(user, name, number, presence)| UserPresence {
            user: user.into(),
            name: name.to_owned(),
            number: number.to_owned(),
            presence,
            figures: None,
        });
        golden::check(&[
            Case {
                key: O::SystemExchangeProductInformation,
                parameters: &["SAP CRM", "7.0 EHP1", "SAP", "3.06"],
                command: Command::ExchangeProductInformation(ProductInformation {
                    name: "SAP CRM".to_owned(),
                    version: "7.0 EHP1".to_owned(),
                    vendor: "SAP".to_owned(),
                    ici_version: "3.06".to_owned(),
                }),
                reply: Reply::Product(ours),
            },
            Case {
                key: O::SystemGetWorkcenterCapability,
                parameters: &[],
                command: Command::GetWorkcenterCapability,
                reply: Reply::Workcenter(WorkcenterCapability { free_seating: true, filters: false, lists: true }),
            },
            Case {
                key: O::SystemGetWorkcenters,
                parameters: &[golden::USER, "desk*"],
                command: Command::GetWorkcenters { filter: "desk*".to_owned() },
                reply: Reply::Workcenters(["Desk-1", "Desk & <Chair>"].map(|name| TextElement::new(name, name)).to_vec()),
            },
            Case {
                key: O::SystemGetPresenceQueueInfo,
                parameters: &["1"],
                command: Command::GetPresenceQueueInfo { channel: Some(ChannelId::from("phone")) },
                reply: Reply::Queues(vec![queue("Support", "+7000"), queue("Verkauf & Beratung", "")]),
            },
            Case {
                key: O::SystemCreateCallBack,
                parameters: &["+493012345678", "Support", "2009-11-05T11:29:54Z", "order 7", "0", "call after lunch"],
                command: Command::CreateCallBack(Box::new(CallBack {
                    number: "+493012345678".to_owned(),
                    queue: Some("Support".into()),
                    at: Some(1_257_420_594),
                    gateway_prefix: "0".to_owned(),
                    notes: "call after lunch".to_owned(),
                    extra_data: "order 7".to_owned(),
                })),
                reply: Reply::Item("3001234567".into()),
            },
            Case {
                key: O::SystemGetUserPresence,
                parameters: &["zh*", "1"],
                command: Command::GetUserPresence { search: "zh*".to_owned() },
                reply: Reply::Users(users.to_vec()),
            },
        ]);
    }

    #[test]
    fn product_information_may_stand_in_a_structure_of_its_own() {
        let body = "<exchangeProductInformation xmlns='urn:IciSystemInterface'><productInfo><productName>SAP CRM</productName>\
                    <iciVersion>3.05</iciVersion></productInfo></exchangeProductInformation>";
        let product = ProductInformation { name: "SAP CRM".to_owned(), ici_version: "3.05".to_owned(), ..ProductInformation::default() };
        assert_eq!(golden::decode_body(body).unwrap().request.command, Command::ExchangeProductInformation(product));
    }

    #[test]
    fn the_time_of_a_callback_is_read_in_the_usual_forms() {
        let at = |time: &str| {
            let body =
                format!("<createCallBack xmlns='urn:IciSystemInterface'><number>1</number><callTime>{time}</callTime></createCallBack>");
            golden::decode_body(&body).map(|decoded| match decoded.request.command {
                Command::CreateCallBack(wish) => wish.at,
                other => panic!("{other:?}"),
            })
        };
        for time in ["2009-11-05T11:29:54Z", "2009-11-05T12:29:54+01:00", "2009-11-05T11:29:54", "20091105112954", "2009-11-05 11:29:54"] {
            assert_eq!(at(time), Ok(Some(1_257_420_594)), "{time}");
        }
        assert_eq!(at(""), Ok(None));
        assert!(at("soon").unwrap_err().contains("callTime"));
    }

    #[test]
    fn the_system_is_asked_by_nobody_in_particular() {
        let decoded = golden::decode_body("<getWorkcenterCapability xmlns='urn:IciSystemInterface'/>").unwrap();
        assert_eq!(decoded.request.user, None);
    }
}
