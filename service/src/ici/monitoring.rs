//! Monitoring and statistics (chapters 4.9 and 4.10 of the specification, which are not public): figures of queues and agents.
//!
//! * `subscribe` and `unsubscribe` start and stop `monitorDataChanged`.
//! * `getMonitorData` answers with the same figures at once.
//!
//! What is public is that the figures travel as an XML document in a string (ici-wire §2.11); what is in the document is the profile's.

use super::{
    fault::Misread,
    parameters::Parameters,
    types::{Fields, Sink},
    user,
};
use crate::domain::{Command, MonitorView};
use shared::profile::{OperationKey, Profile, RecordKey, Role, Slot};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    Ok(match key {
        O::MonitoringSubscribe => Command::SubscribeMonitor(user::subscription(parameters)?),
        O::MonitoringUnsubscribe => Command::UnsubscribeMonitor(user::subscription(parameters)?),
        O::MonitoringGetData => Command::GetMonitorData,
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

/// The document, with its declaration.
pub(super) fn document(profile: &Profile, view: &MonitorView) -> String {
    let mut out = Sink::new(profile, false, "", 4096);
    out.markup(DECLARATION);
    for slot in &profile.record(RecordKey::DataForm).fields {
        out.record(slot, view);
    }
    String::from_utf8_lossy(&out.finish()).into_owned()
}

/// As SAP's other documents in strings begin (ici-wire §6).
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

// === impl MonitorView ===

impl Fields for MonitorView {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Queues => out.records(slot, &self.queues),
            Role::Users => out.records(slot, &self.agents),
            _ => out.time(slot, self.at),
        }
    }

    fn id(&self) -> &'static str {
        ""
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{Command, Event, Reply, UserPresence, presence::MOST_MONITORED},
        ici::{
            Codec,
            golden::{self, APP, Case, URL, monitor, subscription},
        },
    };
    use shared::profile::{OperationKey as O, Profile};
    use std::sync::Arc;

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let user = golden::USER;
        golden::check(&[
            Case {
                key: O::MonitoringSubscribe,
                parameters: &[user, URL, APP],
                command: Command::SubscribeMonitor(subscription()),
                reply: Reply::Done,
            },
            Case {
                key: O::MonitoringUnsubscribe,
                parameters: &[user, URL, APP],
                command: Command::UnsubscribeMonitor(subscription()),
                reply: Reply::Done,
            },
            Case {
                key: O::MonitoringGetData,
                parameters: &[user],
                command: Command::GetMonitorData,
                reply: Reply::Monitor(Arc::new(monitor())),
            },
        ]);
    }

    /// ARCHITECTURE names the size.
    #[test]
    fn a_message_of_as_many_agents_as_it_takes_stays_below_two_and_a_half_megabytes() {
        let mut view = monitor();
        let agent = view.agents.last().expect("there is one").clone();
        view.agents = (0..MOST_MONITORED)
            .map(|n| UserPresence {
                user: format!("AGENT{n:04}").as_str().into(),
                name: format!("Annemarie Beispiel-Muster {n:04}"),
                number: format!("+4962277{n:05}"),
                ..agent.clone()
            })
            .collect();
        let codec = Codec::new(Arc::new(Profile::built_in()));
        let (document, user) = (super::document(&Profile::built_in(), &view).len(), "BOSS".into());
        let message = codec.event(&Event::MonitorChanged(Arc::new(view)), &[], &user, None).body.len();
        assert!(document > 800_000 && message < 2_500_000, "document {document}, message {message}");
    }

    #[test]
    fn the_document_is_one_of_its_own_whatever_is_written_in_it() {
        let document = super::document(&shared::profile::Profile::built_in(), &monitor());
        let read = crate::soap::read(document.as_bytes()).unwrap();
        assert_eq!(read.root().name(), "MonitorData");
        assert!(document.contains("Verkauf &amp; Beratung") && document.contains("<longestWait>95</longestWait>"), "{document}");
    }
}
