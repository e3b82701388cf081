//! What an organisation has.

use super::{Faults, Site, events::Told, object::Objects, pace::Minute, user::Users};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fmt::Write as _,
    time::Duration,
};
use tokio::time::Instant;

/// Tokens that are good at once; older ones are forgotten.
const TOKENS: usize = 1000;
/// Refusals that are kept.
const REFUSALS: usize = 1000;

/// See the module.
pub(super) struct State {
    pub(super) site: Site,
    pub(super) faults: Faults,
    pub(super) users: Users,
    pub(super) queues: Objects,
    pub(super) skills: Objects,
    pub(super) languages: Objects,
    pub(super) codes: Objects,
    /// OAuth clients.
    pub(super) clients: Objects,
    /// Of each queue: who is in it himself, who by a group, and its codes.
    pub(super) joined: HashMap<String, Joined>,
    pub(super) tokens: HashMap<String, Token>,
    /// How often each operation was asked for.
    pub(super) calls: BTreeMap<String, u64>,
    /// How often something was refused because it came too fast.
    pub(super) throttled: u64,
    /// What was refused otherwise, the last of it.
    pub(super) refusals: VecDeque<String>,
    /// Events of conversations.
    pub(super) told: Told,
    ids: u64,
}

/// What belongs to a queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    pub(super) members: Vec<String>,
    pub(super) by_group: Vec<String>,
    pub(super) codes: Vec<String>,
}

/// A token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) client: String,
    pub(super) until: Instant,
    pub(super) minute: Minute,
}

// === impl State ===

impl State {
    pub(super) fn new(site: Site) -> Self {
        Self {
            faults: site.faults.clone(),
            site,
            users: Users::default(),
            queues: Objects::default(),
            skills: Objects::default(),
            languages: Objects::default(),
            codes: Objects::default(),
            clients: Objects::default(),
            joined: HashMap::new(),
            tokens: HashMap::new(),
            calls: BTreeMap::new(),
            throttled: 0,
            refusals: VecDeque::new(),
            told: Told::default(),
            ids: 0,
        }
    }

    /// A new id in the form of a UUID; the same ones in every run.
    pub(super) fn id(&mut self) -> String {
        self.ids += 1;
        format!("{:08x}-d0b1-4000-8000-{:012x}", self.ids, self.ids.wrapping_mul(0x9E37_79B9) & 0xFFFF_FFFF_FFFF)
    }

    pub(super) fn lag(&self) -> Duration {
        Duration::from_millis(self.faults.lag)
    }

    /// A new token for a client; nobody can guess it.
    pub(super) fn token(&mut self, client: &str) -> Option<String> {
        let now = Instant::now();
        self.tokens.retain(|_, token| token.until > now);
        if self.tokens.len() >= TOKENS {
            self.tokens.clear();
        }
        let mut bytes = [0_u8; 24];
        aws_lc_rs::rand::fill(&mut bytes).ok()?;
        let text = bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        // All tokens of a client share its minute.
        let minute = self.tokens.values().find(|token| token.client == client).map_or_else(Minute::new, |token| token.minute);
        let until = now + Duration::from_secs(self.faults.token_seconds);
        self.tokens.insert(text.clone(), Token { client: client.to_owned(), until, minute });
        Some(text)
    }

    /// Keeps what was refused, for whoever looks.
    pub(super) fn refused(&mut self, what: String) {
        if self.refusals.len() == REFUSALS {
            self.refusals.pop_front();
        }
        self.refusals.push_back(what);
    }
}
