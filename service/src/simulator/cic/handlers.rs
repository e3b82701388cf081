//! Handlers of the server: what begins with a custom notification, and notifications that handlers send (reference of ICWS, §4.8, §7).
//!
//! Two samples are there from the start: `JackfieldReject`/`Reject` takes a rejected interaction back to its workgroup with a raised priority
//! (data: interaction, workgroup, agent), `JackfieldActionItem`/`Create` makes a generic object (data: a word that comes back, workgroup,
//! address, name, then `attribute=value` …). Both send a notification with the ids they were called by: the first datum again, and what came of
//! it.

use super::{
    Cic,
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    scene::{News, Scene},
    session::Watch,
};
use crate::{
    domain::{AfterReject, InteractionKind, SwitchRequest},
    switch::{
        BoxFuture,
        embedded::{Caller, Reach},
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a handler does; it may send notifications with [`Cic::notify`].
pub type Handler = Arc<dyn Fn(Cic, Vec<String>) -> BoxFuture<()> + Send + Sync>;

/// Takes rejected interactions back.
pub const REJECT: (&str, &str) = ("JackfieldReject", "Reject");
/// Makes generic objects.
pub const ACTION_ITEM: (&str, &str) = ("JackfieldActionItem", "Create");

impl Cic {
    /// From now on this runs when a notification with these ids comes; they mean the same in any case.
    pub fn on_notification(&self, object: &str, event: &str, handler: Handler) {
        let ids = (object.to_lowercase(), event.to_lowercase());
        self.with(|state| state.handlers.insert(ids, handler));
    }

    /// A handler sends a notification to every session that listens for it.
    pub fn notify(&self, object: &str, event: &str, data: Vec<String>) {
        self.with(|state| state.scene.news.push(News { object: object.to_owned(), event: event.to_owned(), data }));
    }

    pub(super) fn install_samples(&self) {
        self.on_notification(REJECT.0, REJECT.1, Arc::new(|cic, data| Box::pin(async move { reject(&cic, data).await })));
        self.on_notification(ACTION_ITEM.0, ACTION_ITEM.1, Arc::new(|cic, data| Box::pin(async move { action_item(&cic, data).await })));
    }
}

/// `/system/…`
pub(super) fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", ["handler-notification"]) => {
            let body = ask.json()?;
            let (object, event, data) = (body.text("objectId")?, body.text("eventId")?, body.texts("data")?);
            let ids = (object.to_lowercase(), event.to_lowercase());
            let handler = desk.with(|state| state.handlers.get(&ids).cloned());
            if let Some(handler) = handler {
                // It is accepted; nobody waits for what it does.
                tokio::spawn(handler(desk.cic.clone(), data));
            }
            Ok(Answer::empty(202))
        }
        (method, ["handler-notification"]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

async fn reject(cic: &Cic, data: Vec<String>) {
    let [id, _, agent, ..] = data.as_slice() else { return };
    let (line, call) = cic.with(|state| {
        let user = state.scene.user_named(agent);
        let line = user.and_then(|user| state.lines.get(&user).cloned());
        (line, state.scene.queues.find(id).map(|(_, item)| item.call.clone()))
    });
    let outcome = match (line, call) {
        (Some(line), Some(interaction)) => {
            let request = SwitchRequest::Reject { interaction, status: None, after: AfterReject::Requeue };
            line.request(request).await.map_or_else(|refusal| refusal.to_string(), |_| "ok".to_owned())
        }
        _ => "there is no such interaction or agent".to_owned(),
    };
    cic.notify(REJECT.0, REJECT.1, vec![id.clone(), outcome]);
}

async fn action_item(cic: &Cic, data: Vec<String>) {
    let [word, workgroup, address, name, attributes @ ..] = data.as_slice() else { return };
    let attributes =
        attributes.iter().filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let kind = InteractionKind::GenericObject;
    let caller = Caller { kind, number: address.clone(), name: name.clone(), attributes, ..Caller::default() };
    let placed = cic.outside().call_in(caller, Reach::Queue(workgroup.as_str().into())).await;
    let outcome = placed.map_or_else(|refusal| refusal.to_string(), |id| id.to_string());
    cic.notify(ACTION_ITEM.0, ACTION_ITEM.1, vec![word.clone(), outcome]);
}

/// Notifications that handlers send.
pub(super) struct NotificationsWatch(Vec<(String, Vec<String>)>);

// === impl NotificationsWatch ===

impl NotificationsWatch {
    pub(super) fn new(body: &Value) -> Result<Self, Problem> {
        let headers = body["headers"].as_array().ok_or_else(|| Problem::missing("headers"))?;
        let read = |header: &Value| {
            Ok((header.text("objectId")?.to_lowercase(), header.texts("eventIds")?.iter().map(|id| id.to_lowercase()).collect()))
        };
        headers.iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Watch for NotificationsWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let wanted = |news: &&News| {
            self.0.iter().any(|(object, events)| *object == news.object.to_lowercase() && events.contains(&news.event.to_lowercase()))
        };
        let told = scene.news.iter().filter(wanted).map(|News { object, event, data }| {
            let kind = "urn:inin.com:system:handlerSentNotificationMessage";
            json!({ "__type": kind, "isDelta": false, "objectId": object, "eventId": event, "data": data })
        });
        told.collect()
    }
}
