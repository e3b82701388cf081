//! What happens, one struct for each happening. [`Event::emit`] logs it and counts it, so that log and figures never disagree.

use super::{COUNTERS, FIGURES, SwitchOutcome};
use std::{fmt::Display, net::SocketAddr, time::Duration};
use tracing::{debug, error, info, warn};

/// Something that happened.
pub trait Event {
    /// Logs and counts it.
    fn emit(self);
}

/// A listener is open.
pub struct Listening<'a> {
    /// `ici` or `admin`.
    pub what: &'static str,
    /// Where.
    pub url: &'a str,
}

/// A connection came in.
pub struct Connected {
    /// From where.
    pub peer: SocketAddr,
}

/// A connection was closed at once, because its address has as many as it may.
pub struct ConnectionRefused {
    /// From where.
    pub peer: SocketAddr,
}

/// No encrypted connection came about.
pub struct HandshakeFailed<'a> {
    /// Why, in words that say what to do.
    pub why: &'a str,
    /// With whom.
    pub peer: SocketAddr,
}

/// A connection could not be accepted.
pub struct AcceptFailed<'a> {
    /// Why.
    pub error: &'a std::io::Error,
}

/// A request was answered by the interface, as asked or with a fault.
pub struct RequestAnswered {
    /// The operation, or what stands for it when none was recognised.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// From the whole request to the answer.
    pub took: Duration,
    /// From where.
    pub peer: SocketAddr,
}

/// The switch has answered, or not in time.
pub struct SwitchAnswered<'a> {
    /// Whose request.
    pub user: &'a str,
    /// What was asked.
    pub request: &'static str,
    /// What came of it.
    pub outcome: SwitchOutcome,
    /// How long it took.
    pub took: Duration,
}

/// A request was refused before it was understood.
pub struct RequestRefused<'a> {
    /// The HTTP status.
    pub status: u16,
    /// What the caller is told.
    pub why: &'a str,
    /// From where.
    pub peer: SocketAddr,
}

/// Somebody has shown his password, and goes on to Genesys Cloud.
pub struct SignedOn<'a> {
    /// His name on the switch.
    pub user: &'a str,
    /// By what Genesys Cloud knows him.
    pub email: &'a str,
    /// From where.
    pub peer: SocketAddr,
}

/// Somebody could not sign on. Who, is not said: people type passwords into the wrong field.
pub struct SignOnRefused<'a> {
    /// The HTTP status.
    pub status: u16,
    /// For whoever reads the log.
    pub why: &'a str,
    /// From where.
    pub peer: SocketAddr,
}

/// A request met a fault of ours; the process goes on.
pub struct HandlerPanicked<'a> {
    /// What the fault said.
    pub message: &'a str,
    /// From where.
    pub peer: SocketAddr,
}

/// The configuration is another one now.
pub struct ReloadApplied<'a> {
    /// What changed, setting by setting.
    pub changes: &'a [String],
}

/// The file cannot be used; the configuration stays as it was.
pub struct ReloadRejected<'a, T> {
    /// Everything that is wrong with it.
    pub findings: &'a [T],
}

/// A System Landscape Directory has taken the registration.
pub struct Registered<'a> {
    /// Which.
    pub url: &'a str,
    /// Its answer.
    pub how: &'a str,
}

/// It has not.
pub struct RegistrationFailed<'a, T> {
    /// Which.
    pub url: &'a str,
    /// Why, and what to do.
    pub why: &'a T,
    /// There will be no other attempt by itself.
    pub stopped: bool,
}

/// Conversation events were taken by whom they are for.
pub struct ConversationsSent {
    /// How many.
    pub count: u64,
}

/// Conversation events will never be sent.
pub struct ConversationsDropped {
    /// Of which kind.
    pub kind: &'static str,
    /// How many.
    pub count: u64,
    /// Why.
    pub why: &'static str,
}

/// Conversation events get through, for the first time or again.
pub struct ConduitWorks<'a> {
    /// Of the schema that they are written by.
    pub fingerprint: &'a str,
}

/// They do not.
pub struct ConduitFails<'a> {
    /// Why.
    pub why: &'a str,
    /// Somebody has to do something about it.
    pub lasting: bool,
}

// === impl Event ===

impl Event for Listening<'_> {
    fn emit(self) {
        info!(target: "service", url = self.url, "listening {}", self.what);
    }
}

impl Event for Connected {
    fn emit(self) {
        COUNTERS.connections.add();
        debug!(target: "service::serve", peer = %self.peer, "connected");
    }
}

impl Event for ConnectionRefused {
    fn emit(self) {
        COUNTERS.connections_refused.add();
        debug!(target: "service::serve", peer = %self.peer, "connection refused: its address has as many as it may");
    }
}

impl Event for HandshakeFailed<'_> {
    fn emit(self) {
        COUNTERS.handshakes_failed.add();
        info!(target: "service::serve", why = self.why, peer = %self.peer, "no TLS");
    }
}

impl Event for AcceptFailed<'_> {
    fn emit(self) {
        COUNTERS.accept_failures.add();
        warn!(target: "service::serve", error = %self.error, "a connection could not be accepted");
    }
}

impl Event for RequestAnswered {
    fn emit(self) {
        let Self { operation, status, took, peer } = self;
        FIGURES.requests.add(operation, usize::from(status >= 400));
        FIGURES.request.record(took);
        if status < 400 {
            COUNTERS.requests_answered.add();
            debug!(target: "service::serve", operation, status, ?took, %peer, "answered");
        } else {
            COUNTERS.requests_faulted.add();
            info!(target: "service::serve", operation, status, ?took, %peer, "answered with a fault");
        }
    }
}

impl Event for SwitchAnswered<'_> {
    fn emit(self) {
        let Self { user, request, outcome, took } = self;
        FIGURES.switch_requests.add(request, outcome as usize);
        FIGURES.switch_request.record(took);
        debug!(target: "service::switch", user, request, ?outcome, ?took, "the switch was asked");
    }
}

impl Event for RequestRefused<'_> {
    fn emit(self) {
        COUNTERS.requests_refused.add();
        info!(target: "service::serve", status = self.status, why = self.why, peer = %self.peer, "request refused");
    }
}

impl Event for SignedOn<'_> {
    fn emit(self) {
        info!(target: "service::serve", user = self.user, email = self.email, peer = %self.peer, "signed on to Genesys Cloud");
    }
}

impl Event for SignOnRefused<'_> {
    fn emit(self) {
        info!(target: "service::serve", status = self.status, why = self.why, peer = %self.peer, "sign-on refused");
    }
}

impl Event for HandlerPanicked<'_> {
    fn emit(self) {
        COUNTERS.panics.add();
        error!(target: "service::serve", message = self.message, peer = %self.peer, "a request met a fault of Jackfield's own");
    }
}

impl Event for ReloadApplied<'_> {
    fn emit(self) {
        COUNTERS.reloads_applied.add();
        info!(target: "service", changes = self.changes.join("; "), "configuration reloaded");
    }
}

impl<T: Display> Event for ReloadRejected<'_, T> {
    fn emit(self) {
        COUNTERS.reloads_rejected.add();
        for finding in self.findings {
            error!(target: "service", "configuration refused, the old one goes on: {finding}");
        }
    }
}

impl Event for Registered<'_> {
    fn emit(self) {
        COUNTERS.registrations_sent.add();
        info!(target: "service::sld", url = self.url, "registered: the directory {}", self.how);
    }
}

impl<T: Display> Event for RegistrationFailed<'_, T> {
    fn emit(self) {
        COUNTERS.registrations_failed.add();
        let Self { url, why, stopped } = self;
        if stopped {
            error!(target: "service::sld", url, "not registered, and not tried again by itself: {why}; then `jackfield sld send --by-service`");
        } else {
            warn!(target: "service::sld", url, "not registered, to be tried again: {why}");
        }
    }
}

impl Event for ConversationsSent {
    fn emit(self) {
        COUNTERS.conversation_events_sent.add_many(self.count);
        debug!(target: "service::genesys_cloud", count = self.count, "conversation events sent");
    }
}

impl Event for ConversationsDropped {
    fn emit(self) {
        let Self { kind, count, why } = self;
        COUNTERS.conversation_events_dropped.add_many(count);
        warn!(target: "service::genesys_cloud", kind, count, "conversation events are lost: {why}");
    }
}

impl Event for ConduitWorks<'_> {
    fn emit(self) {
        info!(target: "service::genesys_cloud", schema = self.fingerprint, "conversation events get through");
    }
}

impl Event for ConduitFails<'_> {
    fn emit(self) {
        COUNTERS.conduit_failures.add();
        let Self { why, lasting } = self;
        if lasting {
            error!(target: "service::genesys_cloud", "conversation events wait until this is put right: {why}");
        } else {
            warn!(target: "service::genesys_cloud", "conversation events wait and are sent again: {why}");
        }
    }
}
