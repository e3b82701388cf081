//! Events to SAP: whose they are in the header, for which applications first in the body, then the complete object (ici-wire §4).

use super::types::{Sink, default_namespace};
use crate::{
    domain::{AppId, EndReason, Event, Language, UserId},
    soap::write,
};
use shared::profile::{self, CodeTable, EventKey, Profile, Role};
use std::sync::Arc;

/// What of an event the profile fixes.
pub(super) struct Outline {
    /// With its quotes.
    pub(super) action: Arc<str>,
    /// Everything up to the user's name.
    head: String,
    /// From the user's name to the language, and from there to the parameters.
    language: String,
    body: String,
    tail: String,
    top: String,
}

impl Outline {
    pub(super) fn new(event: &profile::Event) -> Self {
        let block = |name: &str| {
            let namespace = write::attribute("xmlns:pre", &event.namespace);
            format!("<pre:{name}{namespace} SOAP-ENV:mustUnderstand=\"0\" xsi:type=\"xsd:string\">")
        };
        Self {
            action: Arc::from(format!("\"{}\"", event.action)),
            head: format!("{}<SOAP-ENV:Header>{}", write::OPEN, block("user")),
            language: block("language"),
            body: format!("</SOAP-ENV:Header>{}<ns0:{}{}>", write::BODY, event.name, write::attribute("xmlns:ns0", &event.namespace)),
            tail: format!("</ns0:{}>{}", event.name, write::CLOSE),
            top: default_namespace(&event.namespace),
        }
    }
}

/// Which row of the profile an event is.
pub(super) fn key(event: &Event) -> EventKey {
    match event {
        Event::UserChanged(_) => EventKey::UserChanged,
        Event::PhoneCallChanged(_) => EventKey::PhoneCallChanged,
        Event::ChatChanged(_) => EventKey::ChatSessionChanged,
        Event::ChatPosted(_) => EventKey::ChatNewPosting,
        Event::ActionItemChanged(_) => EventKey::ActionItemChanged,
        Event::MonitorChanged(_) => EventKey::MonitorDataChanged,
        Event::SubscriptionEnded(_) => EventKey::SubscriptionEnded,
    }
}

/// Writes an event.
pub(super) fn encode(
    profile: &Profile,
    outline: &Outline,
    event: &Event,
    apps: &[AppId],
    user: &UserId,
    language: Option<&Language>,
) -> Vec<u8> {
    let mut out = Sink::new(profile, false, &outline.top, 3072);
    out.markup(&outline.head);
    out.content(user.as_str());
    out.markup("</pre:user>");
    if let Some(language) = language {
        out.markup(&outline.language);
        out.content(language.as_str());
        out.markup("</pre:language>");
    }
    out.markup(&outline.body);
    for slot in &profile.event(key(event)).parameters {
        match (slot.role, event) {
            (Role::Apps, _) => out.strings(slot, apps, AppId::as_str),
            (_, Event::UserChanged(agent)) => out.record(slot, &**agent),
            (_, Event::PhoneCallChanged(call)) => out.record(slot, &**call),
            (_, Event::ChatChanged(chat)) => out.record(slot, &**chat),
            (_, Event::ChatPosted(posting)) => out.record(slot, &**posting),
            (role, Event::ActionItemChanged(item)) => super::action_item::write_event(role, slot, item, &mut out),
            (_, Event::MonitorChanged(view)) => out.text(&slot.name, &super::monitoring::document(profile, view)),
            (_, Event::SubscriptionEnded(reason)) => out.code(slot, CodeTable::EndReasons, word(*reason)),
        }
    }
    out.markup(&outline.tail);
    out.finish()
}

/// The profile's word for a reason.
fn word(reason: EndReason) -> &'static str {
    match reason {
        EndReason::LoggedOnAgain => "logged_on_again",
        EndReason::LoggedOff => "logged_off",
        EndReason::Shutdown => "shutdown",
        EndReason::SwitchLost => "switch_lost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ici::golden::{self, APP, action_item, agent, call, chat, monitor, posting};

    #[test]
    fn every_event_has_a_golden_message() {
        let events = [
            ("userChanged", Event::UserChanged(Arc::new(agent()))),
            ("phoneCallChanged", Event::PhoneCallChanged(Box::new(call()))),
            ("chatSessionChanged", Event::ChatChanged(Box::new(chat()))),
            ("chatNewPosting", Event::ChatPosted(Box::new(posting()))),
            ("actionItemChanged", Event::ActionItemChanged(Box::new(action_item()))),
            ("monitorDataChanged", Event::MonitorChanged(Arc::new(monitor()))),
            ("subscriptionEnded", Event::SubscriptionEnded(EndReason::LoggedOnAgain)),
        ];
        assert_eq!(events.len(), EventKey::ALL.len());
        let codec = golden::codec();
        for (name, event) in events {
            let message = codec.event(&event, &[APP.into(), "2".into()], &golden::USER.into(), Some(&"EN".into()));
            assert_eq!(&*message.action, "\"\"");
            golden::compare(&format!("event.{name}.xml"), &message.body);
        }
    }

    #[test]
    fn an_event_without_language_has_no_language() {
        let message = golden::codec().event(&Event::SubscriptionEnded(EndReason::Shutdown), &[APP.into()], &"A & B".into(), None);
        let text = String::from_utf8(message.body).unwrap();
        assert!(text.contains(">A &amp; B</pre:user></SOAP-ENV:Header>"), "{text}");
    }

    #[test]
    fn every_reason_has_a_code() {
        let profile = Profile::built_in();
        for reason in [EndReason::LoggedOnAgain, EndReason::LoggedOff, EndReason::Shutdown, EndReason::SwitchLost] {
            assert!(profile.code(CodeTable::EndReasons, word(reason)).is_some(), "{reason:?}");
        }
    }
}
