//! A switch whose people are called as the battery calls them: names go out by the cast and come back by it, so that the claims are the very
//! same at a site.

use super::cast::{Names, lacks, person};
use crate::{
    domain::{
        AgentProfile, AgentStatus, Interaction, InteractionId, NewInteraction, Refusal, SwitchAnswer, SwitchEvent, SwitchRequest, UserId,
        Workgroup,
    },
    switch::{AgentLine, BoxFuture, Configuration, Directory, FeedSender, Health, LogOn, NotProven, Requests, Switch, Turns, feed},
};
use secrecy::SecretString;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;

/// The site's switch, and who has been logged on by a claim.
pub(super) struct Renamed {
    pub(super) switch: Arc<dyn Switch>,
    pub(super) names: Arc<Names>,
    /// Users of the site.
    touched: Mutex<BTreeSet<String>>,
}

struct Line {
    requests: Arc<dyn Requests>,
    names: Arc<Names>,
}

// === impl Renamed ===

impl Renamed {
    pub(super) fn new(switch: Arc<dyn Switch>, names: Names) -> Self {
        Self { switch, names: Arc::new(names), touched: Mutex::default() }
    }

    /// Who has been logged on since this was asked last.
    pub(super) fn take_touched(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Switch for Renamed {
    fn log_on(&self, who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>> {
        let user = self.names.user(who.user.as_str());
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).insert(user.clone());
        let station = who.station.map(|station| self.names.station(&station));
        let work = self.switch.log_on(LogOn { user: user.into(), station });
        let names = Arc::clone(&self.names);
        Box::pin(async move {
            let line = work.await.map_err(|refusal| refused(&names, refusal))?;
            let (sender, feed) = feed();
            let profile = profile(&names, line.profile);
            let mut theirs = line.feed;
            let back = Arc::clone(&names);
            tokio::spawn(async move { while pass_on(&back, theirs.next().await, &sender) {} });
            Ok(AgentLine { profile, requests: Arc::new(Line { requests: line.requests, names }), feed })
        })
    }

    fn place(&self, new: NewInteraction) -> BoxFuture<Result<InteractionId, Refusal>> {
        let new = NewInteraction { queue: self.names.queue(new.queue.as_str()).into(), ..new };
        let (work, names) = (self.switch.place(new), Arc::clone(&self.names));
        Box::pin(async move { work.await.map_err(|refusal| refused(&names, refusal)) })
    }

    fn withdraw(&self, interaction: InteractionId) -> BoxFuture<Result<(), Refusal>> {
        self.switch.withdraw(interaction)
    }

    fn turns(&self) -> Turns {
        self.switch.turns()
    }

    fn prove(&self, user: UserId, password: SecretString) -> BoxFuture<Result<String, NotProven>> {
        self.switch.prove(self.names.user(user.as_str()).into(), password)
    }

    fn directory(&self) -> BoxFuture<Result<Arc<Directory>, Refusal>> {
        lacks("a directory without other people in it")
    }

    fn configuration(&self) -> BoxFuture<Result<Arc<Configuration>, Refusal>> {
        lacks("a configuration without other people in it")
    }

    fn configuration_changes(&self) -> watch::Receiver<u64> {
        self.switch.configuration_changes()
    }

    fn health(&self) -> Health {
        self.switch.health()
    }
}

// === impl Line ===

impl Requests for Line {
    fn request(&self, request: SwitchRequest) -> BoxFuture<Result<SwitchAnswer, Refusal>> {
        let dialled = match &request {
            SwitchRequest::Dial { destination, .. } | SwitchRequest::Consult { destination, .. } => Some(destination.clone()),
            _ => None,
        };
        if let Some(dialled) = &dialled {
            // It may be told before the switch has said which call it is.
            self.names.remember_dialled(&InteractionId::new(""), dialled);
        }
        let (work, names) = (self.requests.request(renamed(&self.names, request)), Arc::clone(&self.names));
        Box::pin(async move {
            match work.await {
                Ok(SwitchAnswer::Interaction(made)) => {
                    if let Some(dialled) = dialled {
                        names.remember_dialled(&made.id, &dialled);
                    }
                    Ok(SwitchAnswer::Interaction(Box::new(interaction(&names, *made))))
                }
                Ok(answer) => Ok(answer),
                Err(refusal) => Err(refused(&names, refusal)),
            }
        })
    }

    fn log_off(&self) -> BoxFuture<()> {
        self.requests.log_off()
    }
}

/// Tells the claim; does it go on?
fn pass_on(names: &Names, event: Option<SwitchEvent>, sender: &FeedSender) -> bool {
    match event {
        Some(SwitchEvent::Snapshot { status: told, interactions }) => {
            let interactions = interactions.into_iter().map(|each| interaction(names, each)).collect();
            sender.send(SwitchEvent::Snapshot { status: status(names, told), interactions })
        }
        Some(SwitchEvent::Interaction(told)) => sender.send(SwitchEvent::Interaction(interaction(names, told))),
        Some(SwitchEvent::Status(told)) => sender.send(SwitchEvent::Status(status(names, told))),
        Some(other) => sender.send(other),
        None => false,
    }
}

fn renamed(names: &Names, request: SwitchRequest) -> SwitchRequest {
    match request {
        SwitchRequest::SetStatus(status) => SwitchRequest::SetStatus(names.status(&status).into()),
        SwitchRequest::SetStation(station) => SwitchRequest::SetStation(names.station(&station)),
        SwitchRequest::Dial { destination, attached_data } => {
            SwitchRequest::Dial { destination: names.destination(&destination), attached_data }
        }
        SwitchRequest::Consult { call, destination } => SwitchRequest::Consult { call, destination: names.destination(&destination) },
        SwitchRequest::BlindTransfer { call, destination } => {
            SwitchRequest::BlindTransfer { call, destination: names.destination(&destination) }
        }
        SwitchRequest::Reject { interaction, status, after } => {
            SwitchRequest::Reject { interaction, status: status.map(|status| names.status(&status).into()), after }
        }
        SwitchRequest::Listen { agent, call } => {
            SwitchRequest::Listen { agent: agent.map(|agent| names.user(agent.as_str()).into()), call }
        }
        other => other,
    }
}

fn profile(names: &Names, theirs: AgentProfile) -> AgentProfile {
    let user = names.user_back(theirs.user.as_str());
    let (first_name, last_name) = person(&user);
    let workgroups = theirs.workgroups.into_iter().filter_map(|workgroup| {
        let id = names.queue_back(workgroup.id.as_str())?;
        Some(Workgroup { id: id.into(), number: names.number_back(None, &workgroup.number) })
    });
    AgentProfile {
        first_name,
        last_name,
        extension: names.number_back(None, &theirs.extension),
        station: names.number_back(None, &theirs.station),
        workgroups: workgroups.collect(),
        user: user.into(),
        ..theirs
    }
}

fn status(names: &Names, theirs: AgentStatus) -> AgentStatus {
    AgentStatus { name: names.status_back(&theirs.name).into(), ..theirs }
}

fn interaction(names: &Names, mut theirs: Interaction) -> Interaction {
    let id = theirs.id.clone();
    for party in &mut theirs.parties {
        party.name = names.party_back(&id, &party.address, &party.name);
        party.address = names.number_back(Some(&id), &party.address);
    }
    theirs.queue = theirs.queue.map(|queue| names.queue_back(queue.as_str()).map_or(queue, Into::into));
    for value in theirs.attributes.values_mut() {
        *value = names.number_back(Some(&id), value);
    }
    theirs
}

fn refused(names: &Names, theirs: Refusal) -> Refusal {
    let user = |user: crate::domain::UserId| names.user_back(user.as_str()).into();
    match theirs {
        Refusal::UnknownUser(who) => Refusal::UnknownUser(user(who)),
        Refusal::UserCase { asked, known } => Refusal::UserCase { asked: user(asked), known: user(known) },
        Refusal::CannotLogOn { user: who, why } => Refusal::CannotLogOn { user: user(who), why: names.words_back(&why) },
        Refusal::NotLoggedOn(who) => Refusal::NotLoggedOn(user(who)),
        Refusal::SwitchRefused(why) => Refusal::SwitchRefused(names.words_back(&why)),
        Refusal::UnknownDestination(where_to) => Refusal::UnknownDestination(names.words_back(&where_to)),
        other => other,
    }
}
