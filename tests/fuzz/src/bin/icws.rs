//! Any bytes as what a CIC server says: a stream of messages by the first byte 0, however it is cut into pieces, or an answer as one of the
//! types that answers are read as.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use service::switch::icws::{
    attributes::Attributes,
    sse::{Decoder, Event},
    wire::{
        self, configuration, connection, interactions,
        message::{Message, Unread},
        statistics, status, system,
    },
};

/// The longest event here; a server's may be longer.
const LIMIT: usize = 4096;

/// Reads a value as one type; what does not fit is said in words.
macro_rules! readers {
    ($($kind:ty),+ $(,)?) => {
        &[$(|value| {
            if let Err(why) = wire::read::<$kind>(value) {
                assert!(!why.is_empty(), "a refusal says why");
            }
        }),+]
    };
}

const ANSWERS: &[fn(Value)] = readers![
    connection::ConnectionResponse,
    connection::Features,
    connection::Version,
    connection::ServerInfo,
    connection::Authentication,
    connection::ServerTime,
    connection::Connection,
    connection::StationInfo,
    connection::SwitchoverStatus,
    configuration::Page<configuration::User>,
    configuration::Page<configuration::Workgroup>,
    configuration::Page<configuration::Station>,
    configuration::Page<configuration::Named>,
    interactions::Created,
    interactions::Consult,
    interactions::Conference,
    interactions::AttributeSet,
    statistics::ParameterValues,
    status::StatusMessageList,
    status::StatusAccess,
    status::UserStatus,
    status::Request,
    status::Activations,
    system::Fault,
    system::LicenseResult,
    Attributes,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let Some(chosen) = usize::from(*first).checked_sub(1) else { return stream(bytes) };
    if let Ok(value) = serde_json::from_slice(bytes) {
        ANSWERS[chosen % ANSWERS.len()](value);
    }
});

/// What comes in pieces says the same as what comes at once.
fn stream(bytes: &[u8]) {
    let Some((step, bytes)) = bytes.split_first() else { return };
    let whole = decode(bytes, bytes.len().max(1));
    let cut = decode(bytes, usize::from(*step).max(1));
    assert_eq!(whole.is_none(), cut.is_none(), "too long is too long");
    let Some(events) = whole else { return };
    assert_eq!(Some(&events), cut.as_ref());
    for event in events {
        let Event::Data(text) = event else { continue };
        assert!(text.len() <= 3 * LIMIT, "a letter that is none takes three bytes");
        match serde_json::from_str(&text) {
            Ok(Value::Array(all)) => all.into_iter().for_each(message),
            Ok(one) => message(one),
            Err(_) => {}
        }
    }
}

fn decode(bytes: &[u8], step: usize) -> Option<Vec<Event>> {
    let mut decoder = Decoder::new(LIMIT);
    let mut events = Vec::new();
    for piece in bytes.chunks(step) {
        events.extend(decoder.feed(piece).ok()?);
    }
    Some(events)
}

fn message(value: Value) {
    match Message::read(value) {
        Err(Unread::Malformed { name, why }) => assert!(!name.is_empty() && !why.is_empty()),
        Ok(_) | Err(Unread::UnknownType(_)) => {}
    }
}
