//! Records as bytes: what is written is read, and nothing that is read does harm.

use super::*;
use crate::domain::{Author, Chat, Direction, EndReason, InteractionKind, Party, Posting};
use bytes::Kind;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}"
}

fn interaction() -> impl Strategy<Value = Interaction> {
    let state = prop_oneof![
        Just(InteractionState::Alerting),
        Just(InteractionState::Held),
        Just(InteractionState::Listening),
        Just(InteractionState::Ended(EndCause::Transferred)),
        Just(InteractionState::Ended(EndCause::ListenEnded)),
    ];
    let kind = prop_oneof![Just(InteractionKind::Call), Just(InteractionKind::Chat), Just(InteractionKind::GenericObject)];
    let lists = (prop::collection::btree_map(text(), text(), 0..4), prop::collection::vec((text(), text(), text()), 0..3));
    let texts = (prop::option::of(text()), prop::option::of(text()));
    (text(), kind, state, any::<bool>(), texts, lists, prop::option::of(chat()), any::<i64>()).prop_map(
        |(id, kind, state, outbound, (queue, consultation_for), (attributes, parties), chat, since)| Interaction {
            id: id.into(),
            kind,
            state,
            direction: if outbound { Direction::Outbound } else { Direction::Inbound },
            queue: queue.map(Into::into),
            attributes,
            parties: parties.into_iter().map(|(id, address, name)| Party { id: id.into(), address, name }).collect(),
            consultation_for: consultation_for.map(Into::into),
            chat: chat.map(Arc::new),
            attached_data: None,
            since,
        },
    )
}

fn chat() -> impl Strategy<Value = Chat> {
    let author = prop_oneof![
        Just(Author::System),
        text().prop_map(|user| Author::Agent(user.into())),
        (text(), text()).prop_map(|(address, name)| Author::Customer { address, name }),
    ];
    let posting = (any::<u64>(), author, text(), any::<i64>())
        .prop_map(|(number, author, text, at)| Arc::new(Posting { number, author, text: text.into(), at }));
    prop::collection::vec(posting, 0..4).prop_map(|postings| Chat { postings, typing: Vec::new() })
}

#[test]
fn who_is_writing_is_not_kept() {
    let mut live = samples::chat("7", InteractionState::Connected, 2);
    Arc::make_mut(live.chat.as_mut().unwrap()).typing.push("p1".into());
    let (kept, _) = Item::split(Content::Live(Box::new(live.clone())), true);
    live.chat = Some(Arc::new(Chat { typing: Vec::new(), ..Chat::clone(live.chat.as_deref().unwrap()) }));
    assert_eq!(kept.content, Content::Live(Box::new(live)));
}

#[test]
fn every_reason_for_an_end_comes_back() {
    for reason in [EndReason::LoggedOnAgain, EndReason::LoggedOff, EndReason::Shutdown, EndReason::SwitchLost] {
        let record = Record::Session(Box::new(Session { ended: Some(reason), ..session("A") }));
        assert_eq!(bytes::read(Kind::Session, &bytes::write(&record)), Ok(record));
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(live in interaction(), shown: bool, told in prop::collection::vec((any::<u64>(), any::<u64>()), 0..5)) {
        let item = Record::Item(Box::new(Item { content: Content::Live(Box::new(live)), shown }));
        prop_assert_eq!(bytes::read(Kind::Item, &bytes::write(&item)), Ok(item));
        let told = Record::Told(told.into_iter().map(|(url, message)| record::Told { url, message }).collect());
        prop_assert_eq!(bytes::read(Kind::Told, &bytes::write(&told)), Ok(told));
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..5_usize, valid: bool) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut().filter(|_| valid) {
            *first = 1;
        }
        let _ = bytes::read([Kind::Session, Kind::Item, Kind::Data, Kind::Told, Kind::Routed][kind], &bytes);
    }

    #[test]
    fn a_record_that_is_cut_or_changed_is_read_as_something_or_refused(cut in 0..400_usize, at in 0..400_usize, flip: u8) {
        let mut bytes = bytes::write(&Record::Session(Box::new(session("A"))));
        let at = at % bytes.len();
        bytes[at] ^= flip;
        bytes.truncate(bytes.len().saturating_sub(cut));
        let _ = bytes::read(Kind::Session, &bytes);
    }
}
