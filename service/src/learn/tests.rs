//! Learning from small captures; a whole installation is learnt in the system tests.

use super::*;
use crate::capture::{Head, Message, Numbers};
use shared::profile::BUILT_IN;

fn body(user: &str, call: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><h:user xmlns:h='h'>{user}</h:user></e:Header><e:Body>{call}</e:Body></e:Envelope>"
    )
}

fn message(way: Way, call: &str, answer: &str) -> Message {
    Message {
        at: 0,
        at_us: 0,
        way: Some(way),
        user: Some("ANNA".into()),
        to: None,
        action: None,
        status: 200,
        took_ms: 0.0,
        body: body("ANNA", call),
        answer: if answer.is_empty() { String::new() } else { body("ANNA", answer) },
        truncated: false,
        ours: true,
    }
}

fn learn_from(messages: Vec<Message>) -> Result<Learnt, Nothing> {
    let head = Head {
        jackfield_capture: 1,
        made: String::new(),
        keep_until: None,
        by: String::new(),
        agents: Vec::new(),
        numbers: Numbers::Masked,
    };
    learn(&Capture { head: Some(head), messages, ..Capture::default() }, BUILT_IN, "site")
}

const KNOWN: &str = "<n:getAttributes xmlns:n='urn:IciUserInterface' xmlns='urn:IciUserInterface'><userId>ANNA</userId></n:getAttributes>";

#[test]
fn what_the_profile_knows_is_confirmed_and_stays() {
    let learnt = learn_from(vec![message(Way::FromSap, KNOWN, "")]).unwrap();
    assert_eq!(learnt.report.proposed, []);
    assert!(learnt.report.confirmed.iter().any(|row| row == "operation[User.getAttributes]: getAttributes"), "{:?}", learnt.report);
    let check = &learnt.report.check;
    assert_eq!((check.commands, check.understood_now, check.understood_then), (1, 1, 1));
    assert!(learnt.profile.contains("name = \"site\""));
}

#[test]
fn what_jackfield_has_written_itself_is_no_evidence() {
    let answer =
        "<n:getAttributesResponse xmlns:n='urn:IciUserInterface'><response><strange>ANNA</strange></response></n:getAttributesResponse>";
    let event = "<n:phoneCallMoved xmlns:n='urn:e'><call><itemId>4711</itemId></call></n:phoneCallMoved>";
    let learnt = learn_from(vec![message(Way::FromSap, KNOWN, answer), message(Way::ToSap, event, "")]).unwrap();
    assert_eq!(learnt.report.proposed, [], "{:#?}", learnt.report);
    assert_eq!(learnt.report.capture.foreign, 0);
    assert!(learnt.report.text().contains("cannot be learnt from it"));
}

#[test]
fn what_is_recognised_under_another_name_is_understood_by_the_proposed_profile() {
    let call = "<n:readUser xmlns:n='urn:other:User' xmlns='urn:other:User'><agentNo>ANNA</agentNo></n:readUser>";
    let answer = "<n:readUserResult xmlns:n='urn:other:User'><out><agentNo>ANNA</agentNo><modes><e><no>2</no></e><e><no>3</no></e></modes></out></n:readUserResult>";
    let mut foreign = message(Way::FromSap, call, answer);
    foreign.ours = false;
    let learnt = learn_from(vec![foreign]).unwrap();
    let profile = Profile::parse(&learnt.profile).unwrap();
    let operation = profile.operation(shared::profile::OperationKey::UserGetAttributes);
    assert_eq!((operation.name.as_str(), operation.parameters[0].name.as_str()), ("readUser", "agentNo"), "{:#?}", learnt.report);
    assert_eq!(profile.style.response, "out");
    assert_eq!(learnt.report.check.understood_then, 1);
}

#[test]
fn what_nobody_knows_is_listed_with_its_namespace_and_parameters() {
    let call = "<n:qzx xmlns:n='urn:q'><a><b>1</b></a><c>http://x/</c><d>http://x/</d></n:qzx>";
    let learnt = learn_from(vec![message(Way::FromSap, call, "")]).unwrap();
    assert!(learnt.report.unknown.iter().any(|line| line.contains("{urn:q}qzx(a, c, d)")), "{:#?}", learnt.report);
    assert!(learnt.report.check.still[0].contains("qzx"), "{:?}", learnt.report.check);
}

#[test]
fn what_sap_refuses_is_told() {
    let event = "<n:phoneCallChanged xmlns:n='urn:IciEventInterface'/>";
    let fault = "<e:Fault><faultcode>x</faultcode><faultstring>cannot understand ICI event</faultstring></e:Fault>";
    let learnt = learn_from(vec![message(Way::ToSap, event, fault)]).unwrap();
    assert_eq!(learnt.report.refused_by_sap, ["phoneCallChanged: cannot understand ICI event"]);
}

#[test]
fn from_nothing_nothing_is_learnt() {
    assert!(matches!(learn_from(Vec::new()), Err(Nothing::Empty(_))));
    let mut broken = message(Way::FromSap, KNOWN, "");
    broken.body = "<html/>".into();
    assert!(learn_from(vec![broken]).unwrap_err().to_string().contains("no SOAP envelope"));
    let capture = Capture { messages: vec![message(Way::FromSap, KNOWN, "")], ..Capture::default() };
    assert!(matches!(learn(&capture, "schema = 9", "x"), Err(Nothing::Profile(_))));
}
