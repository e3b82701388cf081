//! What was looked at after the kills, at each point and on each channel, and what was not as it had to be.

use std::{collections::BTreeMap, fmt, ops::AddAssign, time::Duration};

/// What an item of SAP's is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// A phone call.
    Call,
    /// A chat session.
    Chat,
    /// An action item.
    ActionItem,
}

/// What was seen at one point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Times that the process died there.
    pub kills: usize,
    /// Sessions that had to be there, and were.
    pub sessions: usize,
    /// Subscriptions that had to be there, and were told of a change.
    pub subscriptions: usize,
    /// Attached data of items not dialled yet that had to be there, and was.
    pub data: usize,
    /// Commands that were answered before the process died.
    pub answered: usize,
    /// Postings that SAP was told of, without a hole before them.
    pub postings: usize,
    /// Action items that SAP had sent before, and could send again and take back.
    pub sent_again: usize,
    /// What was seen on each channel, in the order of [`Channel::ALL`].
    pub channels: [Ends; 3],
}

/// What was seen on one channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Items that SAP showed when the process died, and whose end it was told.
    pub ends: usize,
    /// Items that SAP showed when the process died, and that go on under their ids.
    pub goes_on: usize,
    /// Of both, those that had to carry attached data, and did.
    pub with_data: usize,
}

/// What came of it all.
#[derive(Debug, Default)]
pub struct Report {
    /// By point.
    pub checked: BTreeMap<&'static str, Checked>,
    /// What was lost, or left hanging.
    pub failures: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

// === impl Channel ===

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Call, Self::Chat, Self::ActionItem];
}

// === impl Checked ===

impl Checked {
    /// What was seen on a channel.
    pub fn on(&mut self, channel: Channel) -> &mut Ends {
        &mut self.channels[channel as usize]
    }
}

impl AddAssign for Checked {
    fn add_assign(&mut self, other: Self) {
        self.kills += other.kills;
        self.sessions += other.sessions;
        self.subscriptions += other.subscriptions;
        self.data += other.data;
        self.answered += other.answered;
        self.postings += other.postings;
        self.sent_again += other.sent_again;
        for (ours, theirs) in self.channels.iter_mut().zip(other.channels) {
            ours.ends += theirs.ends;
            ours.goes_on += theirs.goes_on;
            ours.with_data += theirs.with_data;
        }
    }
}

// === impl Report ===

impl Report {
    /// Over all points.
    pub fn sum(&self) -> Checked {
        self.checked.values().fold(Checked::default(), |mut sum, checked| {
            sum += *checked;
            sum
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>15} kills answered sessions subscriptions data", "point")?;
        write!(f, "  calls end, go on (data)  chats end, go on (data) postings  action items end, go on (data) sent again")?;
        writeln!(f)?;
        for (point, checked) in self.checked.iter().map(|(point, checked)| (*point, *checked)).chain([("all", self.sum())]) {
            let Checked { kills, sessions, subscriptions, data, answered, postings, sent_again, channels: [calls, chats, actions] } =
                checked;
            let Ends { ends, goes_on, with_data } = calls;
            write!(f, "{point:>15} {kills:>5} {answered:>8} {sessions:>8} {subscriptions:>13} {data:>4}")?;
            write!(f, "  {ends:>9} {goes_on:>6} {with_data:>6}")?;
            let Ends { ends, goes_on, with_data } = chats;
            write!(f, "  {ends:>9} {goes_on:>6} {with_data:>6} {postings:>8}")?;
            let Ends { ends, goes_on, with_data } = actions;
            writeln!(f, "  {ends:>16} {goes_on:>6} {with_data:>6} {sent_again:>10}")?;
        }
        write!(f, "{} lost or left hanging, in {:.1} s", self.failures.len(), self.took.as_secs_f64())?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}
