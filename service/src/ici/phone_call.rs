//! Phone call: everything that is done with one call (guide, appendix A "Phone call methods"; ici-wire §2.6).
//!
//! * `dial` calls out for an item that `Item.create` made; `drop`, `hold`, `unhold` do what they say.
//! * `alternate`, `reconnect` and `conference` concern a held and a connected call; either may be named first, the second may be left out.
//! * `consult` holds a call and calls out, and answers with the new call's item.
//! * `transfer` is blind to a destination, and completes a consultation where that item is named instead.
//! * `dropParty` removes somebody from a conference; `listen` and `listenEnd` are a supervisor's.
//! * `getAttributes` answers with everything about one call.

use super::{
    fault::Misread,
    parameters::Parameters,
    types::{Fields, Sink},
};
use crate::domain::{CallView, Capability, Command, Destination, Direction, ItemId, Listened, Refusal};
use shared::profile::{CodeTable, OperationKey, Role, Slot};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    let item = || parameters.required(Role::Item);
    let other = || parameters.optional(Role::Other);
    Ok(match key {
        O::PhoneCallDial => Command::Dial { item: parameters.optional(Role::Item)?, destination: parameters.required(Role::Destination)? },
        O::PhoneCallDrop => Command::Drop(item()?),
        O::PhoneCallHold => Command::Hold(item()?),
        O::PhoneCallUnhold => Command::Unhold(item()?),
        O::PhoneCallAlternate => Command::Alternate { item: item()?, other: other()? },
        O::PhoneCallConsult => Command::Consult {
            item: item()?,
            destination: parameters.required(Role::Destination)?,
            new_item: parameters.optional(Role::NewItem)?,
        },
        O::PhoneCallReconnect => Command::Reconnect { item: item()?, other: other()? },
        O::PhoneCallConference => Command::Conference { item: item()?, other: other()? },
        O::PhoneCallTransfer => Command::Transfer { item: item()?, to: destination(parameters)? },
        O::PhoneCallDropParty => Command::DropParty { item: item()?, party: parameters.required(Role::Party)? },
        O::PhoneCallListen => Command::Listen(listened(parameters)?),
        O::PhoneCallListenEnd => Command::ListenEnd(item()?),
        O::PhoneCallGetAttributes => Command::GetPhoneCallAttributes(item()?),
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

/// An item that is named counts more than a number: a client that fills in every field names the number of the consultation too.
fn destination(parameters: &Parameters<'_, '_, '_>) -> Result<Destination, Misread> {
    if let Some(item) = parameters.optional::<ItemId>(Role::Other)? {
        return Ok(Destination::Item(item));
    }
    let number = parameters.optional(Role::Destination)?;
    Ok(Destination::Number(number.ok_or(Refusal::DestinationMissing)?))
}

/// A call that is named counts more than an agent, who is then the supervisor himself.
fn listened(parameters: &Parameters<'_, '_, '_>) -> Result<Listened, Misread> {
    if let Some(item) = parameters.optional(Role::Item)? {
        return Ok(Listened::Call(item));
    }
    let agent = parameters.optional(Role::Agent)?;
    Ok(Listened::Agent(agent.ok_or_else(|| parameters.missing_role(Role::Item))?))
}

/// The profile's word for a button.
pub(super) fn capability(capability: Capability) -> &'static str {
    match capability {
        Capability::Accept => "accept",
        Capability::Reroute => "reroute",
        Capability::Drop => "drop",
        Capability::Hold => "hold",
        Capability::Unhold => "unhold",
        Capability::Alternate => "alternate",
        Capability::Consult => "consult",
        Capability::Reconnect => "reconnect",
        Capability::Conference => "conference",
        Capability::Transfer => "transfer",
        Capability::DropParty => "drop_party",
        Capability::ListenEnd => "listen_end",
        Capability::Post => "post",
    }
}

// === impl CallView ===

impl Fields for CallView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Container => out.string(slot, self.container.as_str()),
            Role::Status => out.code(slot, CodeTable::ProcessingStatus, self.status.word()),
            Role::Direction => {
                let word = match self.direction {
                    Direction::Inbound => "inbound",
                    Direction::Outbound => "outbound",
                };
                out.code(slot, CodeTable::Directions, word);
            }
            Role::RemoteNumbers => out.strings(slot, &self.remote_numbers, |number| number),
            Role::DialedNumbers => out.strings(slot, &self.dialed_numbers, |number| number),
            Role::Participants => out.records(slot, &self.participants),
            Role::Queue => out.optional(slot, self.queue.as_ref().map(crate::domain::QueueId::as_str)),
            Role::ConsultationFor => out.optional(slot, self.consultation_for.as_ref().map(ItemId::as_str)),
            Role::Capabilities => out.codes(slot, CodeTable::Capabilities, &self.capabilities, |one| capability(*one)),
            Role::AttachedData => out.optional(slot, self.attached_data.as_deref()),
            Role::Since => out.time(slot, self.since),
            _ => out.string(slot, self.item.as_str()),
        }
    }

    fn id(&self) -> &str {
        self.item.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Reply,
        ici::golden::{self, Case, ITEM, call},
    };
    use OperationKey as O;

    const OTHER: &str = "3001223344";

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let (item, other) = (|| ItemId::from(ITEM), || Some(ItemId::from(OTHER)));
        let done = |key, parameters, command| Case { key, parameters, command, reply: Reply::Done };
        let number = || "+13172222222".to_owned();
        golden::check(&[
            Case {
                key: O::PhoneCallDial,
                parameters: &[ITEM, "+13172222222"],
                command: Command::Dial { item: Some(item()), destination: number() },
                reply: Reply::Item(item()),
            },
            done(O::PhoneCallDrop, &[ITEM], Command::Drop(item())),
            done(O::PhoneCallHold, &[ITEM], Command::Hold(item())),
            done(O::PhoneCallUnhold, &[ITEM], Command::Unhold(item())),
            done(O::PhoneCallAlternate, &[ITEM, OTHER], Command::Alternate { item: item(), other: other() }),
            Case {
                key: O::PhoneCallConsult,
                parameters: &[ITEM, "+13172222222", OTHER],
                command: Command::Consult { item: item(), destination: number(), new_item: other() },
                reply: Reply::Item(OTHER.into()),
            },
            done(O::PhoneCallReconnect, &[ITEM, OTHER], Command::Reconnect { item: item(), other: other() }),
            Case {
                key: O::PhoneCallConference,
                parameters: &[ITEM, OTHER],
                command: Command::Conference { item: item(), other: other() },
                reply: Reply::Item(item()),
            },
            done(O::PhoneCallTransfer, &[ITEM, "+13172222222"], Command::Transfer { item: item(), to: Destination::Number(number()) }),
            done(O::PhoneCallDropParty, &[ITEM, "p2"], Command::DropParty { item: item(), party: "p2".to_owned() }),
            Case {
                key: O::PhoneCallListen,
                parameters: &[ITEM],
                command: Command::Listen(Listened::Call(item())),
                reply: Reply::Item("3009999999".into()),
            },
            done(O::PhoneCallListenEnd, &[ITEM], Command::ListenEnd(item())),
            Case {
                key: O::PhoneCallGetAttributes,
                parameters: &[ITEM],
                command: Command::GetPhoneCallAttributes(item()),
                reply: Reply::Call(Box::new(call())),
            },
        ]);
    }

    fn command(operation: &str, parameters: &str) -> Result<Command, String> {
        let body = format!("<{operation} xmlns='urn:IciPhoneCallInterface'>{parameters}</{operation}>");
        golden::decode_as(Some("SUPERVISOR"), &body).map(|decoded| decoded.request.command)
    }

    #[test]
    fn a_transfer_goes_to_an_item_or_to_a_number() {
        let to = |parameters: &str| command("transfer", &format!("<itemId>1</itemId>{parameters}"));
        let transfer = |to| Ok(Command::Transfer { item: "1".into(), to });
        assert_eq!(to("<otherItemId>2</otherItemId>"), transfer(Destination::Item("2".into())));
        assert_eq!(to("<destination>+49</destination>"), transfer(Destination::Number("+49".to_owned())));
        assert_eq!(to("<destination>+49</destination><otherItemId>2</otherItemId>"), transfer(Destination::Item("2".into())));
        assert_eq!(to("<destination>+49</destination><otherItemId/>"), transfer(Destination::Number("+49".to_owned())));
        assert!(to("").unwrap_err().contains(&Refusal::DestinationMissing.to_string()));
    }

    #[test]
    fn a_supervisor_listens_to_a_call_or_to_an_agent() {
        assert_eq!(command("listen", "<itemId>1</itemId>"), Ok(Command::Listen(Listened::Call("1".into()))));
        // The user named here is whom he listens to, not who asks: no mismatch with the header.
        assert_eq!(command("listen", "<userId>AGENT</userId>"), Ok(Command::Listen(Listened::Agent("AGENT".into()))));
        assert!(command("listen", "").unwrap_err().contains("PhoneCall.listen needs the parameter itemId"));
    }

    #[test]
    fn a_supervisor_without_header_is_the_user_beside_the_call() {
        let body = "<listen xmlns='urn:IciPhoneCallInterface'><itemId>1</itemId><userId>SUPERVISOR</userId></listen>";
        let decoded = golden::decode_body(body).unwrap();
        assert_eq!(decoded.request.user, Some("SUPERVISOR".into()));
        assert_eq!(decoded.request.command, Command::Listen(Listened::Call("1".into())));
    }

    #[test]
    fn a_parameter_that_is_missing_or_doubled_is_named() {
        let missing = command("hold", "").unwrap_err();
        assert!(missing.contains("PhoneCall.hold needs the parameter itemId, which is missing or empty: add it"), "{missing}");
        let empty = command("hold", "<itemId> </itemId>").unwrap_err();
        assert!(empty.contains("PhoneCall.hold needs the parameter itemId"), "{empty}");
        let doubled = command("hold", "<itemId>1</itemId><itemId>2</itemId>").unwrap_err();
        assert!(doubled.contains("PhoneCall.hold has the parameter itemId more than once: send it once"), "{doubled}");
    }

    #[test]
    fn a_parameter_is_found_by_any_name_and_by_its_place() {
        let expected = Command::Dial { item: Some("1".into()), destination: "+49".to_owned() };
        for parameters in [
            "<itemId>1</itemId><destination>+49</destination>",
            "<destination>+49</destination><itemId>1</itemId>",
            "<p:callId xmlns:p='x'>1</p:callId><q:number xmlns:q='y'>+49</q:number>",
            "<ITEMID>1</ITEMID><Destination>+49</Destination>",
            "<itemId>1</itemId><somethingElse>+49</somethingElse>",
            "<unknown/><itemId>1</itemId><destination>+49</destination>",
            "<itemId xmlns=''>1</itemId><destination xmlns=''>+49</destination>",
        ] {
            assert_eq!(command("dial", parameters).as_ref(), Ok(&expected), "{parameters}");
        }
    }

    #[test]
    fn the_profile_s_own_name_counts_more_than_an_alias() {
        assert_eq!(command("hold", "<callId>2</callId><itemId>1</itemId>"), Ok(Command::Hold("1".into())));
    }

    #[test]
    fn an_endless_identifier_is_refused() {
        let fault = command("hold", &format!("<itemId>{}</itemId>", "1".repeat(5000))).unwrap_err();
        assert!(fault.contains("too long: at most 4096 bytes"), "{fault}");
    }
}
