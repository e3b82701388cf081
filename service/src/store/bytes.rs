//! Records as bytes: a version, then the fields in order. A record is input like any other: every length is judged by what is there, and
//! nothing that is read can make this panic or take more memory than the bytes it came from justify.

use super::record::{About, Accepted, Attempt, Item, Record, Registration, Routed, Session, Subscribed, Told};
use crate::domain::{
    Address, AgentProfile, Author, Chat, ContainerKind, Content, Direction, EndCause, EndReason, Interaction, InteractionKind,
    InteractionState, Party, Posting, ReplyTo, Subscription, Workgroup, WorkmodeId,
};
use std::sync::Arc;

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too short, too long, or something in it means nothing.
    #[error("a record is damaged")]
    Damaged,
    /// Written by another version of Jackfield.
    #[error("a record was written by another version of Jackfield")]
    Version(u8),
}

/// Which kind of record some bytes are; the file has a table for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`Record::Session`].
    Session,
    /// [`Record::Item`].
    Item,
    /// [`Record::Data`].
    Data,
    /// [`Record::Told`].
    Told,
    /// [`Record::Routed`].
    Routed,
    /// [`Record::Registration`].
    Registration,
    /// [`Record::Bridge`].
    Bridge,
}

/// The version of every record's form. A new field means a new number.
const VERSION: u8 = 1;
/// No record is longer: the file's largest limit on attached data, and some room.
pub(super) const LONGEST: usize = 17 * 1024 * 1024;

/// Writes a record.
pub fn write(record: &Record) -> Vec<u8> {
    let mut out = Writer(vec![VERSION]);
    match record {
        Record::Session(session) => out.session(session),
        Record::Item(item) => out.item(item),
        Record::Data(data) | Record::Bridge(data) => out.0.extend_from_slice(data.as_bytes()),
        Record::Told(told) => out.list(told, |out, told| {
            out.number(told.url);
            out.number(told.message);
        }),
        Record::Routed(routed) => out.routed(routed),
        Record::Registration(registration) => out.registration(registration),
    }
    out.0
}

/// Reads a record.
///
/// # Errors
/// See [`Unreadable`].
pub fn read(kind: Kind, bytes: &[u8]) -> Result<Record, Unreadable> {
    if bytes.len() > LONGEST {
        return Err(Unreadable::Damaged);
    }
    let mut rest = Reader(bytes);
    match rest.byte()? {
        VERSION => {}
        other => return Err(Unreadable::Version(other)),
    }
    let record = match kind {
        Kind::Session => Record::Session(Box::new(rest.session()?)),
        Kind::Item => Record::Item(Box::new(rest.item()?)),
        Kind::Data => return std::str::from_utf8(rest.0).map(|data| Record::Data(data.into())).map_err(|_| Unreadable::Damaged),
        Kind::Bridge => return std::str::from_utf8(rest.0).map(|text| Record::Bridge(text.into())).map_err(|_| Unreadable::Damaged),
        Kind::Told => Record::Told(rest.list(|rest| Ok(Told { url: rest.number()?, message: rest.number()? }))?),
        Kind::Routed => Record::Routed(rest.routed()?),
        Kind::Registration => Record::Registration(Box::new(rest.registration()?)),
    };
    if rest.0.is_empty() { Ok(record) } else { Err(Unreadable::Damaged) }
}

/// Names as numbers; a name without one does not compile.
macro_rules! codes {
    ($kind:ty, $write:ident, $read:ident: $($name:path = $code:literal),+ $(,)?) => {
        fn $write(value: $kind) -> u8 {
            match value { $($name => $code,)+ }
        }

        fn $read(code: u8) -> Result<$kind, Unreadable> {
            match code { $($code => Ok($name),)+ _ => Err(Unreadable::Damaged) }
        }
    };
}

codes!(InteractionKind, kind_code, kind_of: InteractionKind::Call = 0, InteractionKind::Callback = 1, InteractionKind::Chat = 2,
    InteractionKind::Email = 3, InteractionKind::GenericObject = 4);
codes!(Direction, direction_code, direction_of: Direction::Inbound = 0, Direction::Outbound = 1);
codes!(ContainerKind, container_code, container_of: ContainerKind::Line = 0, ContainerKind::Folder = 1);
codes!(EndReason, reason_code, reason_of: EndReason::LoggedOnAgain = 0, EndReason::LoggedOff = 1, EndReason::Shutdown = 2,
    EndReason::SwitchLost = 3);
codes!(EndCause, cause_code, cause_of: EndCause::Dropped = 0, EndCause::RemoteDisconnect = 1, EndCause::Transferred = 2,
    EndCause::Conferenced = 3, EndCause::Rerouted = 4, EndCause::Failed = 5, EndCause::ListenEnded = 6);

/// An interaction that has ended says why in one more byte.
const ENDED: u8 = 255;

struct Writer(Vec<u8>);

struct Reader<'a>(&'a [u8]);

// === impl Writer ===

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn time(&mut self, seconds: i64) {
        self.0.extend_from_slice(&seconds.to_le_bytes());
    }

    fn length(&mut self, length: usize) {
        // What does not fit was never taken in: requests and attached data are bounded.
        self.0.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn list<T>(&mut self, list: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>, mut each: impl FnMut(&mut Self, T)) {
        let list = list.into_iter();
        self.length(list.len());
        for entry in list {
            each(self, entry);
        }
    }

    fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.byte(value.is_some().into());
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn session(&mut self, session: &Session) {
        let Session { profile, station, since, status, chosen, channels, queues, addresses, ignore_workmode, subscriptions, ended } =
            session;
        self.profile(profile);
        self.option(station.as_ref(), |out, station| out.text(station));
        self.time(*since);
        self.text(status);
        self.option(*chosen, |out, id| out.number(id.0.into()));
        self.option(channels.as_ref(), |out, channels| out.list(channels, |out, channel| out.text(channel.as_str())));
        self.list(queues, |out, queue| out.text(queue.as_str()));
        self.list(addresses, |out, Address { channel, address }| {
            out.text(channel.as_str());
            out.text(address);
        });
        self.byte((*ignore_workmode).into());
        self.list(subscriptions, |out, Subscribed { about, key, language, peer }| {
            match about {
                About::User => out.byte(0),
                About::Container(kind) => {
                    out.byte(1);
                    out.byte(container_code(*kind));
                }
                About::Figures => out.byte(2),
            }
            out.text(key.url.as_str());
            out.text(key.app.as_str());
            out.option(language.as_ref(), |out, language| out.text(language.as_str()));
            out.option(*peer, |out, peer| out.text(&peer.to_string()));
        });
        self.option(*ended, |out, reason| out.byte(reason_code(reason)));
    }

    fn routed(&mut self, routed: &Routed) {
        let Routed { interaction, reply_to, is_accepted } = routed;
        self.option(interaction.as_ref(), |out, id| out.text(id.as_str()));
        self.option(reply_to.as_ref(), |out, ReplyTo { url, apps, peer }| {
            out.text(url.as_str());
            out.list(apps.iter(), |out, app| out.text(app.as_str()));
            out.option(*peer, |out, peer| out.text(&peer.to_string()));
        });
        self.byte((*is_accepted).into());
    }

    fn registration(&mut self, registration: &Registration) {
        let Registration { whole, accepted, failures, refusals, last } = registration;
        self.number(*whole);
        self.option(*accepted, |out, Accepted { content, at }| {
            out.number(content);
            out.time(at);
        });
        self.number((*failures).into());
        self.number((*refusals).into());
        self.option(last.as_ref(), |out, Attempt { at, manual, class, id, values, text, status, answer }| {
            out.time(*at);
            out.byte((*manual).into());
            for said in [class, id, text, answer] {
                out.text(said);
            }
            out.list(values, |out, (name, value)| {
                out.text(name);
                out.text(value);
            });
            out.number(status.map_or(0, u64::from));
        });
    }

    fn profile(&mut self, profile: &AgentProfile) {
        let AgentProfile { user, first_name, last_name, extension, station, email, workgroups, texts: _, kinds } = profile;
        for text in [user.as_str(), first_name, last_name, extension, station, email] {
            self.text(text);
        }
        self.list(workgroups, |out, Workgroup { id, number }| {
            out.text(id.as_str());
            out.text(number);
        });
        self.list(kinds, |out, kind| out.byte(kind_code(*kind)));
    }

    fn item(&mut self, item: &Item) {
        let Item { content, shown } = item;
        self.byte((*shown).into());
        match content {
            Content::New { .. } => self.byte(0),
            Content::Placing { .. } => self.byte(1),
            Content::Live(interaction) => {
                self.byte(2);
                self.interaction(interaction);
            }
        }
    }

    fn interaction(&mut self, interaction: &Interaction) {
        // The attached data is a record of its own.
        let Interaction { id, kind, state, direction, queue, attributes, parties, consultation_for, chat, attached_data: _, since } =
            interaction;
        self.text(id.as_str());
        self.byte(kind_code(*kind));
        match state {
            InteractionState::Alerting => self.byte(0),
            InteractionState::Dialing => self.byte(1),
            InteractionState::Connected => self.byte(2),
            InteractionState::Held => self.byte(3),
            InteractionState::Listening => self.byte(4),
            InteractionState::Ended(cause) => {
                self.byte(ENDED);
                self.byte(cause_code(*cause));
            }
        }
        self.byte(direction_code(*direction));
        self.option(queue.as_ref(), |out, queue| out.text(queue.as_str()));
        self.list(attributes, |out, (name, value)| {
            out.text(name);
            out.text(value);
        });
        self.list(parties, |out, Party { id, address, name }| {
            out.text(id.as_str());
            out.text(address);
            out.text(name);
        });
        self.option(consultation_for.as_ref(), |out, id| out.text(id.as_str()));
        self.option(chat.as_deref(), |out, Chat { postings, typing: _ }| out.list(postings, |out, posting| out.posting(posting)));
        self.time(*since);
    }

    fn posting(&mut self, posting: &Posting) {
        let Posting { number, author, text, at } = posting;
        self.number(*number);
        match author {
            Author::System => self.byte(0),
            Author::Agent(user) => {
                self.byte(1);
                self.text(user.as_str());
            }
            Author::Customer { address, name } => {
                self.byte(2);
                self.text(address);
                self.text(name);
            }
        }
        self.text(text);
        self.time(*at);
    }
}

// === impl Reader ===

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        self.take(N)?.try_into().map_err(|_| Unreadable::Damaged)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Result<bool, Unreadable> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Unreadable::Damaged),
        }
    }

    fn number(&mut self) -> Result<u64, Unreadable> {
        self.array().map(u64::from_le_bytes)
    }

    fn time(&mut self) -> Result<i64, Unreadable> {
        self.array().map(i64::from_le_bytes)
    }

    fn length(&mut self) -> Result<usize, Unreadable> {
        let length = u32::from_le_bytes(self.array()?);
        usize::try_from(length).map_err(|_| Unreadable::Damaged)
    }

    fn text(&mut self) -> Result<&'a str, Unreadable> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Unreadable::Damaged)
    }

    fn list<T, L: FromIterator<T>>(&mut self, mut each: impl FnMut(&mut Self) -> Result<T, Unreadable>) -> Result<L, Unreadable> {
        // No entry is shorter than a byte, so that a length beyond the bytes is known to be wrong before anything is made for it.
        let length = self.length()?;
        if length > self.0.len() {
            return Err(Unreadable::Damaged);
        }
        (0..length).map(|_| each(self)).collect()
    }

    fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Unreadable>) -> Result<Option<T>, Unreadable> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    fn session(&mut self) -> Result<Session, Unreadable> {
        Ok(Session {
            profile: self.profile()?,
            station: self.option(|rest| Ok(rest.text()?.to_owned()))?,
            since: self.time()?,
            status: self.text()?.into(),
            chosen: self.option(|rest| u32::try_from(rest.number()?).map(WorkmodeId).map_err(|_| Unreadable::Damaged))?,
            channels: self.option(|rest| rest.list(|rest| Ok(rest.text()?.into())))?,
            queues: self.list(|rest| Ok(rest.text()?.into()))?,
            addresses: self.list(|rest| Ok(Address { channel: rest.text()?.into(), address: rest.text()?.to_owned() }))?,
            ignore_workmode: self.flag()?,
            subscriptions: self.list(|rest| {
                Ok(Subscribed {
                    about: match rest.byte()? {
                        0 => About::User,
                        1 => About::Container(container_of(rest.byte()?)?),
                        2 => About::Figures,
                        _ => return Err(Unreadable::Damaged),
                    },
                    key: Subscription { url: rest.text()?.into(), app: rest.text()?.into() },
                    language: rest.option(|rest| Ok(rest.text()?.into()))?,
                    peer: rest.option(|rest| rest.text()?.parse().map_err(|_| Unreadable::Damaged))?,
                })
            })?,
            ended: self.option(|rest| reason_of(rest.byte()?))?,
        })
    }

    fn profile(&mut self) -> Result<AgentProfile, Unreadable> {
        Ok(AgentProfile {
            user: self.text()?.into(),
            first_name: self.text()?.to_owned(),
            last_name: self.text()?.to_owned(),
            extension: self.text()?.to_owned(),
            station: self.text()?.to_owned(),
            email: self.text()?.to_owned(),
            workgroups: self.list(|rest| Ok(Workgroup { id: rest.text()?.into(), number: rest.text()?.to_owned() }))?,
            texts: Arc::default(),
            kinds: self.list(|rest| kind_of(rest.byte()?))?,
        })
    }

    fn item(&mut self) -> Result<Item, Unreadable> {
        let shown = self.flag()?;
        let content = match self.byte()? {
            0 => Content::New { attached_data: None },
            1 => Content::Placing { attached_data: None },
            2 => Content::Live(Box::new(self.interaction()?)),
            _ => return Err(Unreadable::Damaged),
        };
        Ok(Item { content, shown })
    }

    fn interaction(&mut self) -> Result<Interaction, Unreadable> {
        Ok(Interaction {
            id: self.text()?.into(),
            kind: kind_of(self.byte()?)?,
            state: match self.byte()? {
                0 => InteractionState::Alerting,
                1 => InteractionState::Dialing,
                2 => InteractionState::Connected,
                3 => InteractionState::Held,
                4 => InteractionState::Listening,
                ENDED => InteractionState::Ended(cause_of(self.byte()?)?),
                _ => return Err(Unreadable::Damaged),
            },
            direction: direction_of(self.byte()?)?,
            queue: self.option(|rest| Ok(rest.text()?.into()))?,
            attributes: self.list(|rest| Ok((rest.text()?.to_owned(), rest.text()?.to_owned())))?,
            parties: self
                .list(|rest| Ok(Party { id: rest.text()?.into(), address: rest.text()?.to_owned(), name: rest.text()?.to_owned() }))?,
            consultation_for: self.option(|rest| Ok(rest.text()?.into()))?,
            chat: self
                .option(|rest| Ok(Arc::new(Chat { postings: rest.list(|rest| rest.posting().map(Arc::new))?, typing: Vec::new() })))?,
            attached_data: None::<Arc<str>>,
            since: self.time()?,
        })
    }

    fn posting(&mut self) -> Result<Posting, Unreadable> {
        Ok(Posting {
            number: self.number()?,
            author: match self.byte()? {
                0 => Author::System,
                1 => Author::Agent(self.text()?.into()),
                2 => Author::Customer { address: self.text()?.to_owned(), name: self.text()?.to_owned() },
                _ => return Err(Unreadable::Damaged),
            },
            text: self.text()?.into(),
            at: self.time()?,
        })
    }

    fn routed(&mut self) -> Result<Routed, Unreadable> {
        Ok(Routed {
            interaction: self.option(|rest| Ok(rest.text()?.into()))?,
            reply_to: self.option(|rest| {
                Ok(ReplyTo {
                    url: rest.text()?.into(),
                    apps: rest.list::<_, Vec<_>>(|rest| Ok(rest.text()?.into()))?.into(),
                    peer: rest.option(|rest| rest.text()?.parse().map_err(|_| Unreadable::Damaged))?,
                })
            })?,
            is_accepted: self.flag()?,
        })
    }

    fn registration(&mut self) -> Result<Registration, Unreadable> {
        Ok(Registration {
            whole: self.number()?,
            accepted: self.option(|rest| Ok(Accepted { content: rest.number()?, at: rest.time()? }))?,
            failures: self.count()?,
            refusals: self.count()?,
            last: self.option(|rest| {
                let (at, manual) = (rest.time()?, rest.flag()?);
                let [class, id, text, answer] = [rest.text()?, rest.text()?, rest.text()?, rest.text()?].map(str::to_owned);
                let values = rest.list(|rest| Ok((rest.text()?.to_owned(), rest.text()?.to_owned())))?;
                let status = u16::try_from(rest.number()?).map_err(|_| Unreadable::Damaged)?;
                Ok(Attempt { at, manual, class, id, values, text, status: Some(status).filter(|status| *status != 0), answer })
            })?,
        })
    }

    fn count(&mut self) -> Result<u32, Unreadable> {
        u32::try_from(self.number()?).map_err(|_| Unreadable::Damaged)
    }
}
