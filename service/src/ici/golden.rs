//! Golden messages: every operation's request and reply and every event in `tests/data/ici`, byte for byte, and what they are made of.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; look at the difference before you keep it.

use super::{Codec, Decoded, Operation, Style};
use crate::domain::{
    ActionItem, ActionItemView, Address, AgentFigures, AgentView, CallStatus, CallView, Capability, ChannelView, ChatView, Command,
    ContainerKind, ContainerView, Direction, MonitorView, PostingView, QueueFigures, QueueView, Reply, Subscription, TextElement,
    UserPresence,
};
use shared::profile::{OperationKey, Profile};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

/// The user of the guide's message.
pub(super) const USER: &str = "CRMFOSOUT";
pub(super) const ITEM: &str = "3001234567";
pub(super) const LINE: &str = "8001";
pub(super) const APP: &str = "00505683000C1EE0B0D1";
pub(super) const URL: &str = "http://sap.example.com:8000/sap/bc/soap/ici?sap-client=100&session=4711";

/// An operation as it comes in and as it is answered.
pub(super) struct Case<'a> {
    pub(super) key: OperationKey,
    /// The parameters' contents in the profile's order: text, or markup where it begins with `<`.
    pub(super) parameters: &'a [&'a str],
    pub(super) command: Command,
    pub(super) reply: Reply,
}

/// Compares with the golden files and decodes the request from there.
pub(super) fn check(cases: &[Case<'_>]) {
    let codec = codec();
    for case in cases {
        let name = case.key.word();
        let file = format!("{name}.request.xml");
        let action = compare_request(&file, case);
        let request = fs::read(folder().join(&file)).unwrap();
        let decoded = codec.decode(&request, Some(&action), None).unwrap_or_else(|fault| panic!("{file}: {}", text(&fault.body)));
        assert_eq!(decoded.operation, Operation(case.key), "{file}");
        assert_eq!(decoded.style, Style::Literal, "{file}");
        assert_eq!(decoded.request.command, case.command, "{file}");
        assert_eq!(decoded.request.user, Some(USER.into()), "{file}");
        assert_eq!(decoded.request.language, Some("EN".into()), "{file}");

        for (style, ending) in [(Style::Literal, "reply"), (Style::Encoded, "reply.encoded")] {
            let reply = codec.answer(Operation(case.key), style, &Ok(case.reply.clone()));
            assert_eq!(reply.status, 200);
            crate::soap::read(&reply.body).unwrap_or_else(|error| panic!("{name}: {error}"));
            // One of each shape is enough for section 5: a record with everything, a list of records, a list of texts, a text, nothing.
            let kept = [
                OperationKey::UserGetAttributes,
                OperationKey::LineGetCalls,
                OperationKey::ItemGetAttachedData,
                OperationKey::PhoneCallHold,
                OperationKey::SystemGetWorkcenterCapability,
            ];
            if style == Style::Literal || kept.contains(&case.key) {
                compare(&format!("{name}.{ending}.xml"), &reply.body);
            }
        }
    }
}

/// Compares a message with its file, byte for byte.
pub(super) fn compare(file: &str, message: &[u8]) {
    let path = folder().join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&path, message).unwrap();
    }
    let golden = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; UPDATE_GOLDEN=1 writes it", path.display()));
    assert_eq!(text(message), text(&golden), "{file} differs; look at it, then UPDATE_GOLDEN=1 writes it anew");
}

/// Decodes the markup of a SOAP body; the fault's text on failure.
pub(super) fn decode_body(body: &str) -> Result<Decoded, String> {
    decode_as(None, body)
}

/// The same with a user in the header.
pub(super) fn decode_as(user: Option<&str>, body: &str) -> Result<Decoded, String> {
    let header = user.map_or_else(String::new, |user| format!("<e:Header><p:user xmlns:p='urn:any'>{user}</p:user></e:Header>"));
    let message = format!("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'>{header}<e:Body>{body}</e:Body></e:Envelope>");
    codec().decode(message.as_bytes(), None, None).map_err(|fault| {
        let document = crate::soap::read(&fault.body).unwrap();
        let fault = crate::soap::Envelope::read(&document, &[]).unwrap().call;
        fault.children().find(|child| child.name() == "faultstring").unwrap().text().unwrap().into_owned()
    })
}

/// A reply by another profile.
pub(super) fn reply_by(profile: &str, key: OperationKey, reply: &Reply) -> String {
    let profile = Profile::parse(profile).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let codec = Codec::new(Arc::new(profile));
    text(&codec.answer(Operation(key), Style::Literal, &Ok(reply.clone())).body).to_owned()
}

/// The codec of the built-in profile.
pub(super) fn codec() -> &'static Codec {
    static CODEC: LazyLock<Codec> = LazyLock::new(|| Codec::new(Arc::new(Profile::built_in())));
    &CODEC
}

pub(super) fn subscription() -> Subscription {
    Subscription { url: URL.into(), app: APP.into() }
}

/// An agent with something in every field.
pub(super) fn agent() -> AgentView {
    AgentView {
        user: USER.into(),
        first_name: "Rolf".to_owned(),
        last_name: "Abaß".to_owned(),
        workmodes: vec![TextElement::new("1", "Log off"), TextElement::new("2", "Ready"), TextElement::new("4", "Lunch & <break>")],
        current_workmode: TextElement::new("2", "Ready"),
        channels: vec![
            ChannelView { id: "phone".into(), description: Arc::from("Telephone") },
            ChannelView { id: "chat".into(), description: Arc::from("Chat") },
        ],
        current_channels: vec!["phone".into()],
        queues: vec![queue("Support", "+7000")],
        current_queues: vec!["Support".into()],
        addresses: vec![Address { channel: "phone".into(), address: "+8001".to_owned() }],
        containers: vec![
            ContainerView { id: LINE.into(), kind: ContainerKind::Line },
            ContainerView { id: "Inbox".into(), kind: ContainerKind::Folder },
        ],
    }
}

pub(super) fn queue(id: &str, number: &str) -> QueueView {
    QueueView {
        id: id.into(),
        description: Arc::from(id),
        number: number.to_owned(),
        figures: Some(QueueFigures {
            agents_logged_on: 3,
            agents_available: 1,
            waiting: 12,
            longest_wait: 95,
            answered: 340,
            abandoned: 7,
        }),
    }
}

/// A site with something in every field.
pub(super) fn monitor() -> MonitorView {
    let figures = AgentFigures { status: "At <Lunch>".into(), since: 1_257_420_594, items: 1 };
    let agent = UserPresence {
        user: USER.into(),
        name: "Rolf Abaß".to_owned(),
        number: "+8001".to_owned(),
        presence: "busy",
        figures: Some(figures),
    };
    MonitorView { at: 1_257_420_600, queues: vec![queue("Support", "+7000"), queue("Verkauf & Beratung", "")], agents: vec![agent] }
}

/// A call with something in every field.
pub(super) fn call() -> CallView {
    CallView {
        item: ITEM.into(),
        container: LINE.into(),
        status: CallStatus::Conferenced,
        direction: Direction::Inbound,
        remote_numbers: vec!["+13172222222".to_owned(), "+4962277".to_owned()],
        dialed_numbers: vec!["+7000".to_owned()],
        participants: vec![TextElement::new("p1", "+13172222222"), TextElement::new("p2", "Müller & Söhne")],
        queue: Some("Support".into()),
        consultation_for: Some("3001223344".into()),
        attached_data: Some(Arc::from("<ItemAttachedData>\r\n<Application id=\"IVR\">1 &lt; 2</Application></ItemAttachedData>")),
        capabilities: vec![Capability::Drop, Capability::Hold, Capability::DropParty],
        // The time of the guide's trace.
        since: 1_257_420_594,
    }
}

/// A call with nothing in every field that may have nothing.
pub(super) fn direct_call() -> CallView {
    CallView {
        status: CallStatus::Alerting,
        direction: Direction::Outbound,
        remote_numbers: Vec::new(),
        dialed_numbers: Vec::new(),
        participants: Vec::new(),
        queue: None,
        consultation_for: None,
        attached_data: None,
        capabilities: Vec::new(),
        ..call()
    }
}

/// A chat with something in every field.
pub(super) fn chat() -> ChatView {
    ChatView {
        item: ITEM.into(),
        container: "Inbox:CRMFOSOUT".into(),
        status: CallStatus::Connected,
        title: "Where is my order?".to_owned(),
        customer: "Max.Muster@customer.com".to_owned(),
        participants: vec![
            TextElement::new("Max.Muster@customer.com", "Max Muster & Söhne"),
            TextElement::new("rolf.abas@example.com", "Rolf Abaß"),
        ],
        typing: vec!["Max.Muster@customer.com".to_owned()],
        queue: Some("Support".into()),
        attached_data: Some(Arc::from("<ItemAttachedData/>")),
        capabilities: vec![Capability::Drop, Capability::Transfer, Capability::Post],
        since: 1_257_420_594,
    }
}

/// Something that was written in it.
pub(super) fn posting() -> PostingView {
    PostingView {
        item: ITEM.into(),
        number: 1,
        participant: "Max.Muster@customer.com".to_owned(),
        text: Arc::from("1 < 2 & \"so on\"\n😀"),
        is_system: false,
        at: 1_257_420_600,
    }
}

/// An action item with something in every field.
pub(super) fn action_item() -> ActionItemView {
    let attributes = [("ACTION_ITEM_ATTR_SUBJECT", "Où est <ma> commande ?"), ("ACTION_ITEM_ATTR_TO_NAME", "support@example.com")];
    ActionItemView {
        item: ITEM.into(),
        action: ActionItem {
            id: "0050568A3B1E1ED9B3C7A4D1E2F30415".into(),
            scenario: TextElement::new("ERMS", "E-mail"),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            users: vec![USER.into()],
        },
        container: "Inbox:CRMFOSOUT".into(),
        status: CallStatus::Connected,
        title: "Où est <ma> commande ?".to_owned(),
        originator: "max@customer.example".to_owned(),
        participants: vec![TextElement::new("rolf.abas@example.com", "Rolf Abaß")],
        queue: Some("Support".into()),
        attached_data: None,
        capabilities: vec![Capability::Drop, Capability::Transfer],
        since: 1_257_420_594,
    }
}

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/ici")
}

pub(super) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Writes the request the way SAP does, which the guide's message shows, and compares it; the `SOAPAction` with its quotes.
fn compare_request(file: &str, case: &Case<'_>) -> String {
    let codec = codec();
    let operation = codec.profile.operation(case.key);
    let interface = codec.profile.interface(case.key.interface());
    let namespace = &interface.namespace;
    let mut message = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
        r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Header>"#
    )
    .to_owned();
    for (name, value) in [("user", USER), ("language", "EN")] {
        let attributes = format!("xmlns:pre=\"{namespace}\" SOAP-ENV:mustUnderstand=\"0\" xsi:type=\"xsd:string\"");
        let _ = write!(message, "<pre:{name} {attributes}>{value}</pre:{name}>");
    }
    let _ = write!(message, "</SOAP-ENV:Header><SOAP-ENV:Body><ns0:{} xmlns:ns0=\"{namespace}\">", operation.name);
    assert!(case.parameters.len() <= operation.parameters.len(), "{file} has too many parameters");
    for (slot, value) in operation.parameters.iter().zip(case.parameters) {
        let value = if value.starts_with('<') || value.contains("&lt;") { (*value).to_owned() } else { value.replace('&', "&amp;") };
        let _ = write!(message, "<{} xmlns=\"{namespace}\">{value}</{}>", slot.name, slot.name);
    }
    let _ = write!(message, "</ns0:{}></SOAP-ENV:Body></SOAP-ENV:Envelope>", operation.name);
    compare(file, message.as_bytes());
    format!("\"{}\"", interface.action)
}

#[test]
fn every_operation_and_event_has_its_files_and_nothing_else_is_there() {
    let mut expected: Vec<String> =
        OperationKey::ALL.iter().flat_map(|key| ["request", "reply"].map(|part| format!("{}.{part}.xml", key.word()))).collect();
    let encoded = ["User.getAttributes", "Line.getCalls", "Item.getAttachedData", "PhoneCall.hold", "System.getWorkcenterCapability"];
    expected.extend(encoded.map(|name| format!("{name}.reply.encoded.xml")));
    expected.extend(codec().profile.events().iter().map(|event| format!("event.{}.xml", event.name)));
    expected.sort();
    assert_eq!(expected.len(), 2 * 52 + 5 + 7);
    let mut found: Vec<String> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, expected);
}
