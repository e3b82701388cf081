//! Conversation events as the file asks for them: the backlog opened beside the store, credentials to be asked for, begun anew when the file or
//! the switch changes; and how they are, for whoever looks.

#[cfg(feature = "oauth")]
use super::bridge;
#[cfg(feature = "kinesis")]
use super::secrets;
use super::{exchange::Exchange, source::Loaded};
#[cfg(feature = "kinesis")]
use crate::genesys_cloud::conduit::kinesis::{Credentials, Settings};
use crate::{
    genesys_cloud::{
        conduit::{self, Bounds, Conduit, EventKind, Figures, Flush, Policy, Target},
        engine::Bridge,
    },
    serve::{Part, admin},
    store::{Backlog, OpenError},
};
#[cfg(feature = "kinesis")]
use shared::config::Framing;
use shared::config::{Conduit as Section, ConduitSink, Config};
use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Of the part of health.
const NAME: &str = "conversations";
/// What the backlog's file is called, after the store's.
const SUFFIX: &str = ".conversations";
/// So many that can never be sent are shown.
const SHOWN: usize = 20;
/// Entries that are moved to another file at a time.
const MOVED: usize = 4_096;

/// Conversation events; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Conversations(Arc<Mutex<Option<Arc<Conduit>>>>);

// === impl Conversations ===

impl Conversations {
    /// Opens what waits from before, if events are to be sent.
    pub(super) async fn open(config: &Config) -> Self {
        let conversations = Self::default();
        if config.genesys_cloud.conduit.enabled {
            conversations.set(Some(opened(backlog_of(config)).await));
        }
        conversations
    }

    /// Begins to listen to the switch and to send.
    pub(super) fn begin(&self, config: &Config, exchange: &Exchange, bridge: &Bridge) {
        if let (Some(conduit), Some(policy)) = (self.get(), policy(config, bridge)) {
            conduit.begin(policy, exchange.switch().turns());
        }
    }

    /// Goes by another configuration; cannot fail. The switch is the new one already.
    pub(super) async fn apply(&self, old: &Loaded, new: &Loaded, exchange: &Exchange, bridge: &Bridge) {
        let section =
            |loaded: &Loaded| (loaded.config.genesys_cloud.conduit.clone(), loaded.config.store.clone(), loaded.config.switch.clone());
        // The organisation's own interface is reached as the bridge reaches it.
        let same_way = old.config.genesys_cloud == new.config.genesys_cloud || !is_injection(&new.config.genesys_cloud.conduit);
        if section(old) == section(new) && same_way {
            return;
        }
        let before = self.get();
        if let Some(conduit) = &before {
            conduit.end().await;
        }
        let settings = &new.config.genesys_cloud.conduit;
        let (was, is) = (backlog_of(&old.config), backlog_of(&new.config));
        match before {
            Some(conduit) if !settings.enabled => {
                if !settings.keep_when_off {
                    conduit.empty().await;
                }
                self.set(None);
            }
            Some(conduit) if was != is => self.set(Some(moved(&conduit, settings, is).await)),
            None if settings.enabled => self.set(Some(opened(is).await)),
            _ => {}
        }
        self.begin(&new.config, exchange, bridge);
    }

    /// Writes down what was heard, and ends.
    pub(super) async fn stop(&self) {
        if let Some(conduit) = self.get() {
            conduit.end().await;
        }
    }

    /// How it is, for `/readyz` and the service page; nothing where no events are sent. Somebody who does not take them is no reason to send SAP
    /// elsewhere.
    pub(super) fn part(&self) -> Option<Part> {
        let Figures { waiting, oldest, sent, dropped, missed, rejected, trouble, lasting, disk, .. } = self.get()?.figures();
        let (waiting, sent, lost): (u64, u64, u64) = (waiting.iter().sum(), sent.iter().sum(), dropped.iter().sum::<u64>() + missed);
        let age = oldest.map_or(0, |at| super::parts::now().saturating_sub(at));
        let mut detail = format!("sent: {sent}, waiting: {waiting}, schema {}", conduit::fingerprint());
        for (count, what) in [(lost, "lost"), (rejected, "put aside")] {
            if count > 0 {
                detail = format!("{detail}, {what}: {count}");
            }
        }
        if waiting > 0 {
            detail = format!("{detail}, the oldest for {age} s");
        }
        let hint = "/status says what waits and what was lost; it is tried again by itself";
        let part = match (disk, trouble) {
            (Some(why), _) => Part::works(NAME, format!("{detail}; nothing can be written down: {why}"))
                .degraded("make room beside the store and let the service write there; it is tried again by itself"),
            (None, Some(why)) if lasting => Part::works(NAME, format!("{detail}; {why}")).degraded(
                "put that right at AWS, in the organization, or under [genesys_cloud.conduit]; it is tried again every five minutes",
            ),
            (None, Some(why)) => Part::works(NAME, format!("{detail}; {why}")).degraded(hint),
            (None, None) if lost > 0 => Part::works(NAME, detail).degraded(hint),
            (None, None) => Part::works(NAME, detail),
        };
        Some(part)
    }

    /// The same for `/status`.
    pub(super) fn report(&self) -> Option<admin::Conversations> {
        let conduit = self.get()?;
        let Figures { waiting, bytes, oldest, sent, again, skipped, dropped, missed, rejected, trouble, lasting, disk, .. } =
            conduit.figures();
        let kinds = EventKind::ALL.iter().enumerate().map(|(place, kind)| admin::ConversationKind {
            kind: kind.name(),
            waiting: waiting[place],
            sent: sent[place],
            skipped: skipped[place],
            dropped: dropped[place],
        });
        let letters = conduit.rejected().into_iter().rev().take(SHOWN).map(|letter| admin::DeadLetter {
            number: letter.number,
            at: letter.at,
            kind: letter.kind.map(EventKind::name),
            conversation: letter.conversation.map(|conversation| conversation.to_string()),
            why: letter.why,
        });
        Some(admin::Conversations {
            schema: conduit::fingerprint(),
            kinds: kinds.collect(),
            bytes,
            oldest,
            again,
            missed,
            rejected,
            dead_letters: letters.collect(),
            trouble,
            lasting,
            disk,
        })
    }

    fn get(&self) -> Option<Arc<Conduit>> {
        self.lock().clone()
    }

    fn set(&self, conduit: Option<Arc<Conduit>>) {
        *self.lock() = conduit;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Conduit>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Beside the store; nowhere where there is none.
fn backlog_of(config: &Config) -> Option<PathBuf> {
    let mut name = OsString::from(config.store.path.as_ref()?);
    name.push(SUFFIX);
    Some(name.into())
}

/// A backlog whose file cannot be used is no reason not to start: events wait in memory then, and the log says so.
async fn opened(path: Option<PathBuf>) -> Arc<Conduit> {
    let open = move || match Backlog::open(path.as_deref()) {
        Ok(backlog) => Ok(backlog),
        Err(error) => {
            tracing::error!(target: "service::genesys_cloud", %error, "conversation events wait in memory only");
            Backlog::open(None)
        }
    };
    let backlog: Result<Backlog, OpenError> = match tokio::task::spawn_blocking(open).await {
        Ok(opened) => opened,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    Arc::new(Conduit::new(backlog.unwrap_or_else(|_| unreachable!("memory can always be had"))))
}

/// Takes what waits over into another file.
async fn moved(before: &Conduit, settings: &Section, path: Option<PathBuf>) -> Arc<Conduit> {
    let next = opened(path).await;
    if let Err(why) = next.take_over(before, bounds(settings), MOVED).await {
        tracing::error!(target: "service::genesys_cloud", why, "what waited of conversation events stays in its old file");
    }
    next
}

fn bounds(settings: &Section) -> Bounds {
    Bounds { events: u64::from(settings.most_waiting), age: settings.retention }
}

fn flush(settings: &Section) -> Flush {
    let bytes = usize::try_from(settings.flush_bytes).unwrap_or(usize::MAX);
    Flush { after: settings.flush_after, events: usize::from(settings.flush_records), bytes }
}

/// `None`: nothing is to be sent. The check lets no file pass that says too little.
fn policy(config: &Config, bridge: &Bridge) -> Option<Policy> {
    let settings = &config.genesys_cloud.conduit;
    let organization = settings.organization_id.as_deref().filter(|_| settings.enabled)?;
    let target = if is_injection(settings) { injection(config, bridge)? } else { kinesis(settings)? };
    Some(Policy { organization: organization.parse().ok()?, target, bounds: bounds(settings), flush: flush(settings) })
}

fn is_injection(settings: &Section) -> bool {
    settings.sink == ConduitSink::Injection
}

#[cfg(feature = "oauth")]
fn injection(config: &Config, bridge: &Bridge) -> Option<Target> {
    let (rest, bridge) = (bridge::rest(&config.genesys_cloud)?, bridge.clone());
    let known: conduit::injection::Known = Arc::new(move || bridge.ids());
    Some(Target::Injection(conduit::injection::Settings { rest, site: config.genesys_cloud.site.clone(), known }))
}

#[cfg(not(feature = "oauth"))]
fn injection(_config: &Config, _bridge: &Bridge) -> Option<Target> {
    None
}

#[cfg(feature = "kinesis")]
fn kinesis(settings: &Section) -> Option<Target> {
    Some(Target::Kinesis(Settings {
        stream: settings.stream.clone()?,
        region: settings.region.clone()?,
        endpoint: settings.endpoint.clone(),
        sts_endpoint: settings.sts_endpoint.clone(),
        framing: match settings.framing {
            Framing::Bare => conduit::Framing::Bare,
            Framing::SingleObject => conduit::Framing::SingleObject,
        },
        credentials: credentials(settings),
    }))
}

#[cfg(not(feature = "kinesis"))]
fn kinesis(_settings: &Section) -> Option<Target> {
    None
}

/// A token's role first, then a role that the key takes on, or the profile where there is no key.
#[cfg(feature = "kinesis")]
fn credentials(settings: &Section) -> Credentials {
    let by = match settings.access_key.clone().zip(settings.secret_key.clone()) {
        Some((id, secret)) => Credentials::Static { id, secret: secrets::password(secret) },
        None => Credentials::Profile { name: settings.profile.clone(), file: settings.profile_file.clone() },
    };
    match (settings.role.clone(), settings.web_identity_token.clone()) {
        (Some(role), Some(token)) => Credentials::WebIdentity { role, token },
        (Some(role), None) => Credentials::AssumeRole { role, external_id: settings.external_id.clone(), by: Box::new(by) },
        (None, _) => by,
    }
}

/// Is there something to say against the file, because this program was built without what it asks for?
pub(super) fn judge(config: &Config) -> Option<shared::Finding> {
    // Of the log-on to the organisation the bridge says it.
    let conduit = &config.genesys_cloud.conduit;
    let wanted = conduit.enabled && !is_injection(conduit) && !cfg!(feature = "kinesis");
    wanted.then(|| {
        let path = "genesys_cloud.conduit.enabled".parse().unwrap_or_default();
        let text = "this Jackfield was built without Amazon Kinesis";
        shared::Finding::error(path, "not-built-in", text, "Write false, or take a build with the feature `kinesis`")
    })
}
