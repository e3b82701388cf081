//! System: who both sides are, free seating, queues to transfer to, agents by name (guide, appendix A "System methods"; ici-wire §2.1).
//!
//! * `exchangeProductInformation` tells SAP's product and version and is answered with ours; whatever is missing is no fault.
//! * `getWorkcenterCapability` says whether agents choose their station at log-on.
//! * `getPresenceQueueInfo` lists queues with the number that a transfer goes to.
//! * `getUserPresence` finds agents by name; blank or `*` is everybody who is logged on.

use super::{
    fault::Misread,
    parameters::Parameters,
    types::{Fields, Sink},
};
use crate::domain::{Command, ProductInformation, QueueView, UserPresence, WorkcenterCapability};
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
        O::SystemGetPresenceQueueInfo => Command::GetPresenceQueueInfo { channel: parameters.optional_channel(Role::Channel)? },
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
            Role::AgentsLoggedOn => out.integer(slot, self.agents_logged_on),
            Role::AgentsAvailable => out.integer(slot, self.agents_available),
            Role::Waiting => out.integer(slot, self.waiting),
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
        domain::{ChannelId, Reply},
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
                key: O::SystemGetPresenceQueueInfo,
                parameters: &["1"],
                command: Command::GetPresenceQueueInfo { channel: Some(ChannelId::from("phone")) },
                reply: Reply::Queues(vec![queue("Support", "+7000"), queue("Verkauf & Beratung", "")]),
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
    fn the_system_is_asked_by_nobody_in_particular() {
        let decoded = golden::decode_body("<getWorkcenterCapability xmlns='urn:IciSystemInterface'/>").unwrap();
        assert_eq!(decoded.request.user, None);
    }
}
