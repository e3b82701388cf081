//! Events in Avro, by the schema in `assets/conduit`: a union of the six records of the guide's appendix A. The guide does not say how a record is
//! framed on the wire, so that both usual ways are there.
//!
//! The schema has no logical types: with them libraries disagree about its fingerprint, and by that a reader finds it.

use super::event::{Body, Event, Wanted};
use apache_avro::{Schema, rabin::Rabin, types::Value, writer::datum::GenericDatumWriter};
use std::sync::LazyLock;

/// The schema.
const SCHEMA: &str = include_str!("../../../../assets/conduit/conversation-event-v1.avsc");
/// What every event of ours says it came over.
const PLATFORM: &str = "PureConnect";

/// How a record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// The datum alone.
    #[default]
    Bare,
    /// Avro's single-object encoding: two bytes of marker and the schema's fingerprint before it.
    SingleObject,
}

static PARSED: LazyLock<Result<Parsed, String>> = LazyLock::new(|| {
    let schema = Schema::parse_str(SCHEMA).map_err(|error| error.to_string())?;
    let fingerprint = schema.fingerprint::<Rabin>().bytes.try_into().map_err(|_| "the fingerprint has not eight bytes")?;
    Ok(Parsed { schema, fingerprint })
});

struct Parsed {
    schema: Schema,
    /// As it is written: the lowest byte first.
    fingerprint: [u8; 8],
}

/// The schema's fingerprint (CRC-64-AVRO) as libraries print it: byte by byte as it stands before a record.
pub fn fingerprint() -> String {
    PARSED.as_ref().map_or_else(|_| String::new(), |parsed| format!("{:016x}", u64::from_be_bytes(parsed.fingerprint)))
}

/// Writes an event; `None`: the appendix has no record for it.
///
/// # Errors
/// It does not fit the schema.
pub(super) fn write(event: &Event, framing: Framing) -> Result<Option<Vec<u8>>, String> {
    let parsed = PARSED.as_ref()?;
    let Some(value) = value(event) else { return Ok(None) };
    let mut bytes = Vec::with_capacity(256);
    if framing == Framing::SingleObject {
        bytes.extend_from_slice(&[0xC3, 0x01]);
        bytes.extend_from_slice(&parsed.fingerprint);
    }
    let writer = GenericDatumWriter::builder(&parsed.schema).build().map_err(|error| error.to_string())?;
    writer.write_value(&mut bytes, value).map_err(|error| error.to_string())?;
    Ok(Some(bytes))
}

fn value(event: &Event) -> Option<Value> {
    let text = |text: &dyn std::fmt::Display| Value::String(text.to_string());
    let channel = vec![("mediaType".to_owned(), text(&event.media.word())), ("platform".to_owned(), text(&PLATFORM))];
    let mut fields = vec![
        ("organizationId", text(&event.organization)),
        ("conversationId", text(&event.conversation)),
        ("createdDate", Value::Long(event.created)),
        ("externalContactId", text(&event.contact)),
        ("Channels", Value::Array(vec![Value::Record(channel)])),
    ];
    match &event.body {
        Body::Abandoned { queue } => fields.push(("queueId", text(queue))),
        Body::AgentConnected { queue, criteria: wanted, .. } | Body::Enqueued { queue, criteria: wanted } => {
            fields.extend([("queueId", text(queue)), ("routingCriteria", criteria(wanted))]);
        }
        Body::AgentWrappedup { queue, agent, code } => {
            fields.extend([("queueId", text(queue)), ("agentId", text(agent)), ("wrapupCode", text(code)), ("wrapupNotes", text(&""))]);
        }
        Body::IvrDisposed { flow, code } => fields.extend([("flowId", text(flow)), ("dispositionCode", Value::Int(*code))]),
        Body::IvrMilestone { flow, code } => fields.extend([("flowId", text(flow)), ("milestone", Value::Int(*code))]),
        Body::AgentLeft { .. } => return None,
    }
    let record = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Some(Value::Union(u32::from(event.body.kind().place()), Box::new(Value::Record(record))))
}

fn criteria(wanted: &[Wanted]) -> Value {
    let one = |wanted: &Wanted| {
        Value::Record(vec![
            ("skill".to_owned(), Value::String(wanted.skill.clone())),
            ("minProficiency".to_owned(), Value::Int(wanted.least)),
            ("maxProficiency".to_owned(), Value::Int(wanted.most)),
        ])
    };
    Value::Array(wanted.iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            event::{EventKind, samples},
            ids::Ids,
        },
        *,
    };
    use apache_avro::reader::datum::GenericDatumReader;
    use uuid::Uuid;

    #[test]
    fn the_schema_has_the_fingerprint_on_which_the_libraries_agree() {
        assert_eq!(fingerprint(), "c677f56f3ddf667c");
    }

    #[test]
    fn each_kind_of_event_is_a_record_of_the_schema_at_its_place() {
        let parsed = PARSED.as_ref().unwrap_or_else(|why| panic!("{why}"));
        for turn in samples::turns("1", 1_700_000_000) {
            let event = Event::of(turn, Ids(Uuid::from_u128(7)), 0);
            let Some(bytes) = write(&event, Framing::Bare).unwrap() else {
                assert_eq!(event.body.kind(), EventKind::AgentLeft);
                continue;
            };
            let reader = GenericDatumReader::builder(&parsed.schema).build().unwrap();
            assert_eq!(reader.read_value(&mut bytes.as_slice()).ok(), value(&event));
            assert_eq!(EventKind::ALL[usize::from(bytes[0] / 2)], event.body.kind());
            let framed = write(&event, Framing::SingleObject).unwrap().unwrap();
            assert_eq!(framed[..10], [0xC3, 0x01, 0xc6, 0x77, 0xf5, 0x6f, 0x3d, 0xdf, 0x66, 0x7c]);
            assert_eq!(framed[10..], bytes);
        }
    }
}
