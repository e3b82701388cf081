//! The profile that is compiled in, and what a site may do to it.

use super::*;

fn findings(from: &str, to: &str) -> Vec<String> {
    assert!(BUILT_IN.contains(from), "the profile has no {from:?}");
    Profile::parse(&BUILT_IN.replacen(from, to, 1)).expect_err("this profile should have been refused")
}

#[test]
fn the_built_in_profile_is_complete() {
    let profile = Profile::parse(BUILT_IN).unwrap();
    assert_eq!(profile.operations().len(), 52);
    assert_eq!(profile.interfaces().len(), 10);
    assert_eq!(profile.events().len(), 7);
    for (index, operation) in profile.operations().iter().enumerate() {
        assert_eq!(operation.key as usize, index, "operations stand where their key says");
    }
    assert_eq!(profile, Profile::built_in());
}

#[test]
fn what_the_known_message_proves_is_in_the_profile() {
    let profile = Profile::built_in();
    let user = profile.interface(InterfaceKey::User);
    assert_eq!(user.namespace, "urn:IciUserInterface");
    assert_eq!(user.action, "http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean");
    let operation = profile.operation(OperationKey::UserGetAttributes);
    assert_eq!(operation.name, "getAttributes");
    assert_eq!(operation.parameters[0].name, "userId");
    assert_eq!(operation.parameters[0].confidence, Confidence::Seed);
}

#[test]
fn a_profile_that_is_no_toml_is_refused_with_its_place_and_without_its_text() {
    let refused = Profile::parse("schema = 1\nname = hunter2 oops\n").unwrap_err();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with("line 2, column "), "{refused:?}");
    assert!(!refused[0].contains("hunter2"), "{refused:?}");
}

#[test]
fn every_fault_of_a_profile_is_found() {
    let cases = [
        ("schema = 1", "schema = 9", "schema: 9 is not a version this program knows"),
        ("confidence = \"seed\"", "confidence = \"sure\"", "`sure` is no confidence"),
        ("is = \"System\"\n", "is = \"Sistem\"\n", "`Sistem` is no interface"),
        ("is = \"Line.dropCalls\"", "is = \"Line.dropAll\"", "`Line.dropAll` is no operation"),
        ("name = \"alternate\"", "name = \"alter nate\"", "`alter nate` cannot be the name of an XML element"),
        ("name = \"hold\"", "name = \"drop\"", "`drop` is also the name of PhoneCall.drop"),
        ("urn:IciLineInterface", "urn:IciItemInterface", "`urn:IciItemInterface` is also the namespace of Item"),
        ("{ is = \"party\", name = \"party\"", "{ is = \"partie\", name = \"party\"", "`partie` is no word"),
        ("{ is = \"party\", name = \"party\"", "{ is = \"subject\", name = \"party\"", "PhoneCall.dropParty does not understand `subject`"),
        ("{ is = \"party\", name = \"party\"", "{ is = \"party\", name = \"itemId\"", "`itemId` is also the name of `item`"),
        ("kind = \"list of Queue\"", "kind = \"Queue\"", "holds a list of Queue and cannot be written as Queue"),
        ("kind = \"list of Queue\"", "kind = \"list of Thing\"", "`list of Thing` is no kind"),
        ("held = { id = \"3\"", "held = { id = \"2\"", "`2` is also the id of `connected`"),
        ("held = { id = \"3\"", "healed = { id = \"3\"", "`healed` is no word of this table"),
        ("held = { id = \"3\"", "healed = { id = \"3\"", "`held` is missing"),
        ("is = \"item\", confidence", "is = \"rows\", confidence", "`rows` is none of item, type, repeated"),
        ("is = \"on_get_attributes\"", "is = \"sometimes\"", "`sometimes` is none of on_get_attributes, on_subscribe, never"),
        ("queue_presence = { is = \"offered\"", "queue_presence = { is = \"yes\"", "`yes` is none of offered, refused"),
        ("action = \"\"", "action = \"a\\nb\"", "a SOAPAction is one line without quotes"),
        ("namespace = \"urn:IciEventInterface\"", "namespace = \"\"", "a namespace is a URI without blanks"),
        ("is = \"phone_call_changed\"", "is = \"user_changed\"", "`user_changed` stands here twice"),
        ("is = \"phone_call_changed\"", "is = \"user_changed\"", "`phone_call_changed` is missing"),
    ];
    assert_eq!(cases.len(), 22);
    for (from, to, expected) in cases {
        let found = findings(from, to);
        assert!(found.iter().any(|finding| finding.contains(expected)), "{from:?} → {to:?}: {found:#?}");
    }
}

#[test]
fn findings_name_their_path() {
    let found = findings("name = \"hold\"", "name = \"drop\"");
    assert!(found.iter().any(|finding| finding.starts_with("operation[PhoneCall.hold].name: ")), "{found:#?}");
}

#[test]
fn an_unknown_key_is_a_finding() {
    let found = findings("schema = 1", "schema = 1\ncolour = \"red\"");
    assert!(found[0].contains("colour"), "{found:?}");
}

#[test]
fn a_record_may_be_written_as_its_id_alone() {
    let text = BUILT_IN.replace("name = \"currentWorkmode\", kind = \"TextElement\"", "name = \"currentWorkmode\", kind = \"string\"");
    let profile = Profile::parse(&text).unwrap();
    let field = profile.record(RecordKey::UserAttributes).fields.iter().find(|field| field.role == Role::CurrentWorkmode).unwrap();
    assert_eq!(field.kind, Kind { list: false, of: Of::String });
}

#[test]
fn a_site_may_have_channels_of_its_own() {
    let text = BUILT_IN.replacen("[codes.channels]", "[codes.channels]\nsms = { id = \"9\", text = \"SMS\", confidence = \"seed\" }", 1);
    assert_eq!(Profile::parse(&text).unwrap().code(CodeTable::Channels, "sms").unwrap().id, "9");
}
