//! What the attributes of one entry of a queue mean (icws §4.9): its state, its kind, who is at the other end. One entry alone; what several
//! of them make together is the matter of `picture`.

use super::{attributes::Attributes, policy::Policy};
use crate::domain::{Direction, InteractionKind, InteractionState, Party, QueueId};
use std::collections::BTreeMap;

/// What is read of every interaction, whatever the file adds (icws §4.1).
pub(super) const READ: [&str; 40] = [
    "Eic_InteractionId",
    "Eic_CallId",
    "Eic_ObjectType",
    STATE,
    "Eic_CallDirection",
    "Eic_CallType",
    "Eic_RemoteName",
    "Eic_RemoteId",
    "Eic_RemoteAddress",
    "Eic_RemoteTn",
    "Eic_RemoteTnRaw",
    "Eic_LocalTn",
    "Eic_LocalTnRaw",
    "Eic_LocalAddress",
    "Eic_LocalId",
    "Eic_LocalName",
    "Eic_WorkgroupName",
    "Eic_AssignedWorkgroup",
    "Eic_UserName",
    "Eic_ConferenceId",
    super::queue::MEMBERS,
    "Eic_ConsultCallId",
    CONSULTING,
    CALLED_BACK,
    "Eic_CallbackPhone",
    "Eic_CallbackNotes",
    "Eic_CallbackExtraData",
    "Eic_Subject",
    "Eic_EmailSubject",
    "Subject",
    "Eic_InitiationTime",
    "Eic_ConnectTime",
    DATA,
    "Sap_ActionItemId",
    "Sap_ActionItemScenario",
    "Sap_ActionItemScenarioText",
    "Sap_ActionItemUsers",
    NAMES,
    KIND,
    HANDLE,
];

/// SAP's attached data (guide, "Attached data").
pub(super) const DATA: &str = "Sap_Cad";
/// The call that this one is a consultation for.
pub(super) const CONSULTING: &str = "Eic_ConsultingCallId";
/// The call to the customer of a callback.
pub(super) const CALLED_BACK: &str = "Eic_CallbackAssociatedCallId";
/// Names of further attributes, which only this interaction has: a queue is watched for names that are known before, so that these are read by
/// themselves. Whoever places an interaction writes them, with `|` between them.
pub(super) const NAMES: &str = "Sap_AttributeNames";
/// The handle that an interaction got before CIC had it.
pub(super) const HANDLE: &str = "Sap_Handle";
/// What an interaction is to SAP that CIC has only a generic object for; whoever places it writes it.
const KIND: &str = "Sap_InteractionKind";
/// Its letter (icws §4.9).
pub(super) const STATE: &str = "Eic_State";

/// Attributes that say what the interaction already says in other ways, or that change without a meaning to anybody above.
const OWN: [&str; 12] = [
    STATE,
    HANDLE,
    NAMES,
    KIND,
    DATA,
    CONSULTING,
    CALLED_BACK,
    "Eic_ConsultCallId",
    "Eic_ConferenceId",
    super::queue::MEMBERS,
    "Eic_InitiationTime",
    "Eic_ConnectTime",
];

/// Where an interaction is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing that the agent could see yet: offered and not ringing.
    Before,
    /// The agent has it.
    Live(InteractionState),
    /// It is over, or with somebody else.
    Gone(Gone),
    /// Its state was not told.
    Untold,
}

/// How it came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// This side hung up.
    Here,
    /// The other side did.
    There,
    /// A voicemail, an orbit or the like has it.
    Elsewhere,
}

/// Its state (icws §4.9). The text for people says more, but may be in any language and is never looked at.
pub(super) fn stage(attributes: &Attributes) -> Stage {
    let outbound = direction(attributes) == Direction::Outbound;
    match attributes.get(STATE).map(str::trim).unwrap_or_default().to_ascii_uppercase().as_str() {
        "A" => Stage::Live(InteractionState::Alerting),
        "C" => Stage::Live(InteractionState::Connected),
        "H" => Stage::Live(InteractionState::Held),
        "S" | "R" if outbound => Stage::Live(InteractionState::Dialing),
        "O" | "S" | "R" => Stage::Before,
        "I" => Stage::Gone(Gone::Here),
        "E" => Stage::Gone(Gone::There),
        "M" | "P" | "X" => Stage::Gone(Gone::Elsewhere),
        _ => Stage::Untold,
    }
}

/// What it is. Only `Call` has been seen in print, so that blanks and case do not count and the file may name others (icws §10.2, 6).
pub(super) fn kind(attributes: &Attributes, policy: &Policy) -> InteractionKind {
    if attributes.get(KIND).is_some_and(|kind| kind.eq_ignore_ascii_case("email")) {
        return InteractionKind::Email;
    }
    let plain = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    let named = plain(attributes.get("Eic_ObjectType").unwrap_or_default());
    if let Some((_, kind)) = policy.object_types.iter().find(|(name, _)| plain(name) == named) {
        return *kind;
    }
    match named.as_str() {
        "" | "call" | "telephonecall" | "phonecall" => InteractionKind::Call,
        "callback" | "webcallback" => InteractionKind::Callback,
        "chat" | "webchat" => InteractionKind::Chat,
        "email" => InteractionKind::Email,
        _ => InteractionKind::GenericObject,
    }
}

/// Who began it.
pub(super) fn direction(attributes: &Attributes) -> Direction {
    match attributes.get("Eic_CallDirection").map(str::trim) {
        Some("O" | "o" | "2") => Direction::Outbound,
        _ => Direction::Inbound,
    }
}

/// The workgroup it came through. What an agent has dialled came through none, whomever he dialled it for.
pub(super) fn queue(attributes: &Attributes) -> Option<QueueId> {
    let named = attributes.text("Eic_WorkgroupName").or_else(|| attributes.text("Eic_AssignedWorkgroup"));
    // The second one stays when the call has gone on to an agent directly; the first says that he has it as a member.
    let named = if attributes.get("Eic_WorkgroupName").is_some() { attributes.text("Eic_WorkgroupName") } else { named };
    named.filter(|_| direction(attributes) == Direction::Inbound).map(QueueId::from)
}

/// Who is at the other end. His id is that of the interaction: to drop him is to disconnect it.
pub(super) fn party(id: &str, attributes: &Attributes) -> Party {
    let number =
        ["Eic_RemoteTn", "Eic_RemoteAddress", "Eic_RemoteTnRaw", "Eic_RemoteId"].into_iter().find_map(|name| attributes.text(name));
    Party {
        id: id.into(),
        address: number.unwrap_or_default().to_owned(),
        name: attributes.text("Eic_RemoteName").unwrap_or_default().to_owned(),
    }
}

/// Is a colleague at the other end?
pub(super) fn is_internal(attributes: &Attributes) -> bool {
    attributes.get("Eic_CallType").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("I"))
}

/// Whose queue it is in, as far as that is told.
pub(super) fn user(attributes: &Attributes) -> &str {
    attributes.text("Eic_UserName").unwrap_or_default()
}

/// What the rest of the program looks numbers, subjects and the like up in.
pub(super) fn shown(attributes: &Attributes) -> BTreeMap<String, String> {
    let mut all = attributes.to_map();
    all.retain(|name, _| !OWN.iter().any(|own| own.eq_ignore_ascii_case(name)));
    all
}

/// What to dial for a callback: what was asked for, else its customer's number.
pub(super) fn number_to_call(id: &str, attributes: &Attributes) -> Option<String> {
    let wished = attributes.text("Eic_CallbackPhone").map(str::to_owned);
    wished.or_else(|| Some(party(id, attributes).address)).filter(|number| !number.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Attributes {
        pairs.iter().copied().collect()
    }

    #[test]
    fn every_letter_of_a_state_has_its_meaning() {
        use InteractionState::{Alerting, Connected, Dialing, Held};
        let cases = [
            ("A", "I", Stage::Live(Alerting)),
            ("a", "I", Stage::Live(Alerting)),
            ("C", "I", Stage::Live(Connected)),
            ("H", "O", Stage::Live(Held)),
            ("S", "O", Stage::Live(Dialing)),
            ("R", "O", Stage::Live(Dialing)),
            ("S", "I", Stage::Before),
            ("O", "I", Stage::Before),
            ("M", "I", Stage::Gone(Gone::Elsewhere)),
            ("P", "I", Stage::Gone(Gone::Elsewhere)),
            ("X", "I", Stage::Gone(Gone::Elsewhere)),
            ("I", "I", Stage::Gone(Gone::Here)),
            ("E", "O", Stage::Gone(Gone::There)),
            ("", "I", Stage::Untold),
            ("?", "I", Stage::Untold),
        ];
        for (letter, direction, expected) in cases {
            assert_eq!(stage(&of(&[("Eic_State", letter), ("Eic_CallDirection", direction)])), expected, "{letter} {direction}");
        }
    }

    #[test]
    fn a_kind_is_known_however_it_is_spelled_and_the_file_may_name_more() {
        let mut policy = Policy::default();
        policy.object_types.insert("Work Item".to_owned(), InteractionKind::Email);
        let cases = [
            ("Call", InteractionKind::Call),
            ("", InteractionKind::Call),
            ("CALLBACK", InteractionKind::Callback),
            ("Web Callback", InteractionKind::Callback),
            ("Chat", InteractionKind::Chat),
            ("E-Mail", InteractionKind::Email),
            ("Generic Object", InteractionKind::GenericObject),
            ("Fax", InteractionKind::GenericObject),
            ("workitem", InteractionKind::Email),
        ];
        for (name, expected) in cases {
            assert_eq!(kind(&of(&[("Eic_ObjectType", name)]), &policy), expected, "{name}");
        }
    }

    #[test]
    fn a_workgroup_is_that_of_an_offer_and_never_of_what_was_dialled() {
        let queue_of = |pairs: &[(&str, &str)]| queue(&of(pairs)).map(|queue| queue.to_string());
        assert_eq!(queue_of(&[("Eic_WorkgroupName", "Sales"), ("Eic_AssignedWorkgroup", "Support")]).as_deref(), Some("Sales"));
        assert_eq!(queue_of(&[("Eic_AssignedWorkgroup", "Support")]).as_deref(), Some("Support"));
        assert_eq!(queue_of(&[("Eic_WorkgroupName", ""), ("Eic_AssignedWorkgroup", "Support")]), None);
        assert_eq!(queue_of(&[("Eic_WorkgroupName", "Sales"), ("Eic_CallDirection", "O")]), None);
        assert_eq!(queue_of(&[]), None);
    }

    #[test]
    fn the_other_end_has_the_first_number_that_is_told() {
        let all = of(&[("Eic_RemoteTn", ""), ("Eic_RemoteAddress", "sip:5550123@10.0.0.9"), ("Eic_RemoteName", "Smith")]);
        let party = party("1001234567", &all);
        assert_eq!((party.id.as_str(), party.address.as_str(), party.name.as_str()), ("1001234567", "sip:5550123@10.0.0.9", "Smith"));
    }

    #[test]
    fn what_is_shown_elsewhere_is_no_attribute_above() {
        let all = of(&[("EIC_STATE", "C"), ("sap_cad", "<x/>"), ("Customer_Id", "42"), ("Eic_RemoteId", "")]);
        assert_eq!(shown(&all).into_iter().collect::<Vec<_>>(), [("Customer_Id".to_owned(), "42".to_owned())]);
    }
}
