//! The tap, without a service around it.

use super::*;
use crate::capture::Line;

fn order(agents: &[&str]) -> Order {
    Order { agents: agents.iter().map(|&name| name.into()).collect(), seconds: 60, bytes: 1 << 20 }
}

fn note(user: Option<&str>, body: &str) -> Note {
    Note {
        way: Way::FromSap,
        user: user.map(str::to_owned),
        to: None,
        action: None,
        status: 200,
        began: Instant::now(),
        took: Duration::from_micros(1500),
        body: body.into(),
        answer: Vec::new(),
    }
}

async fn lines(recorder: &Recorder, id: u64) -> Vec<Line> {
    let batch = recorder.fetch(id, Duration::ZERO).await.unwrap();
    batch.text.lines().map(|line| Line::parse(line).unwrap()).collect()
}

fn bodies(lines: &[Line]) -> Vec<&str> {
    lines.iter().filter_map(|line| if let Line::Message(message) = line { Some(message.body.as_str()) } else { None }).collect()
}

#[tokio::test]
async fn only_the_agents_that_were_chosen_are_recorded_and_what_names_nobody() {
    let recorder = Recorder::default();
    assert!(!recorder.wants(Some("ANNA")) && !recorder.wants(None));
    let (id, head) = recorder.begin(order(&["ANNA"])).unwrap();
    assert!(head.agents == ["ANNA"] && head.numbers == Numbers::Masked);
    assert!(recorder.wants(Some("ANNA")) && recorder.wants(None) && !recorder.wants(Some("BERT")));
    let strange = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><x:user xmlns:x='x'>BERT</x:user></e:Header></e:Envelope>";
    for (user, body) in [(Some("ANNA"), "<a/>"), (Some("BERT"), "<b/>"), (None, "<c/>"), (None, strange)] {
        recorder.note(note(user, body));
    }
    assert_eq!(bodies(&lines(&recorder, id).await), ["<a/>", "<c/>"]);
    recorder.stop(id).unwrap();
    recorder.note(note(Some("ANNA"), "<late/>"));
    let rest = lines(&recorder, id).await;
    assert_eq!(rest, [Line::End(End { end: "stopped".into(), messages: 3, lost: 0 })]);
    assert_eq!(recorder.fetch(id, Duration::ZERO).await, Err(Refused::Unknown));
    assert!(!recorder.wants(None));
}

#[tokio::test]
async fn what_finds_no_room_is_counted_and_nobody_waits() {
    let recorder = Recorder::default();
    let (id, _) = recorder.begin(Order { bytes: 256 << 20, ..order(&[]) }).unwrap();
    for _ in 0..QUEUE + 5 {
        recorder.note(note(Some("A"), "<a/>"));
    }
    assert_eq!(recorder.figures(), Figures { on: true, messages: QUEUE as u64, lost: 5 });
    let taken = lines(&recorder, id).await;
    assert_eq!((bodies(&taken).len(), taken.last()), (QUEUE, Some(&Line::Lost(5))));
    let large = "x".repeat(BODY);
    for _ in 0..=(QUEUE_BYTES / BODY) {
        recorder.note(note(Some("A"), &large));
    }
    assert_eq!(recorder.figures().lost, 6);
    recorder.note(note(Some("A"), "<room/>"));
    assert_eq!(recorder.figures().lost, 7, "16 MiB are full to the last byte");
}

#[tokio::test]
async fn a_recording_ends_at_its_size_and_a_body_is_cut_at_its_own() {
    let recorder = Recorder::default();
    let (id, _) = recorder.begin(Order { bytes: 300 << 10, ..order(&[]) }).unwrap();
    recorder.note(note(None, &"y".repeat(BODY + 10)));
    recorder.note(note(None, &"y".repeat(BODY)));
    recorder.note(note(None, "<late/>"));
    let taken = lines(&recorder, id).await;
    let [Line::Message(cut), Line::Message(whole), Line::End(end)] = taken.as_slice() else { panic!("{}", taken.len()) };
    assert_eq!((cut.body.len(), cut.truncated, whole.truncated, end.end.as_str()), (BODY, true, false, "size"));
}

#[tokio::test]
async fn one_administrator_records_at_a_time() {
    let recorder = Recorder::default();
    let (id, _) = recorder.begin(order(&[])).unwrap();
    assert_eq!(recorder.begin(order(&[])), Err(Refused::Busy(id)));
    assert_eq!(recorder.stop(id + 1), Err(Refused::Unknown));
    recorder.stop(id).unwrap();
    assert!(recorder.fetch(id, Duration::ZERO).await.unwrap().over);
    assert!(recorder.begin(order(&[])).is_ok());
}

#[tokio::test]
async fn numbers_are_masked_unless_the_file_says_otherwise() {
    let recorder = Recorder::default();
    for (mask, kept) in [(true, false), (false, true)] {
        recorder.obey(mask, 30);
        let (id, _) = recorder.begin(order(&[])).unwrap();
        recorder.note(note(Some("A"), "<n>+493012345678</n>"));
        recorder.stop(id).unwrap();
        let batch = recorder.fetch(id, Duration::ZERO).await.unwrap();
        assert_eq!(batch.text.contains("493012345678"), kept, "{}", batch.text);
    }
}

#[tokio::test]
async fn who_spoke_first_is_known_within_a_millisecond() {
    let recorder = Recorder::default();
    let (id, _) = recorder.begin(order(&[])).unwrap();
    let event = Instant::now();
    let command = event + Duration::from_micros(400);
    while Instant::now() < command {}
    // The event's answer came after the command's.
    recorder.note(Note { began: command, ..note(Some("A"), "<command/>") });
    recorder.note(Note { began: event, way: Way::ToSap, ..note(Some("A"), "<event/>") });
    let taken = lines(&recorder, id).await;
    let [Line::Message(command), Line::Message(event)] = taken.as_slice() else { panic!("{}", taken.len()) };
    assert!((event.at, event.at_us) < (command.at, command.at_us), "{event:?} {command:?}");
}
