//! The agent's toolbar as SAP has it: what it shows, and which of its buttons can be pressed. Everything comes from what the service tells;
//! nothing is guessed, so that a button that is dark here would be dark in SAP.

use super::told::{Agent, Call, Told};

/// The toolbar of one agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Toolbar {
    agent: Option<Agent>,
    /// Live calls in the order in which they came.
    calls: Vec<Call>,
    /// The call that is worked with.
    selected: Option<String>,
    /// Why the service has ended the agent's session.
    ended: Option<String>,
}

/// A button of the toolbar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the button of that name")]
pub enum Button {
    Accept,
    Reject,
    Hold,
    Retrieve,
    HangUp,
    Toggle,
    Reconnect,
    Conference,
    CompleteTransfer,
    Dial,
    Consult,
    Transfer,
}

/// What is to be asked of SAP's double: a command, and the call that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// As it could be typed.
    pub command: String,
    /// The call.
    pub item: Option<String>,
}

impl Button {
    /// Buttons that need nothing but the call, in the toolbar's order.
    pub const PLAIN: [Self; 9] = [
        Self::Accept,
        Self::Reject,
        Self::Hold,
        Self::Retrieve,
        Self::HangUp,
        Self::Toggle,
        Self::Reconnect,
        Self::Conference,
        Self::CompleteTransfer,
    ];
    /// Buttons that need a number.
    pub const WITH_NUMBER: [Self; 3] = [Self::Dial, Self::Consult, Self::Transfer];

    /// The key of its text.
    pub fn key(self) -> &'static str {
        match self {
            Self::Accept => "toolbar-accept",
            Self::Reject => "toolbar-reject",
            Self::Hold => "toolbar-hold",
            Self::Retrieve => "toolbar-retrieve",
            Self::HangUp => "toolbar-hang-up",
            Self::Toggle => "toolbar-toggle",
            Self::Reconnect => "toolbar-reconnect",
            Self::Conference => "toolbar-conference",
            Self::CompleteTransfer => "toolbar-complete-transfer",
            Self::Dial => "toolbar-dial",
            Self::Consult => "toolbar-consult",
            Self::Transfer => "toolbar-transfer",
        }
    }

    /// What lights it, and the command's word.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Accept => ("accept", "accept"),
            Self::Reject => ("reroute", "reject"),
            Self::Hold => ("hold", "hold"),
            Self::Retrieve => ("unhold", "unhold"),
            Self::HangUp => ("drop", "drop"),
            Self::Toggle => ("alternate", "alternate"),
            Self::Reconnect => ("reconnect", "reconnect"),
            Self::Conference => ("conference", "conference"),
            Self::CompleteTransfer => ("transfer", "transfer warm"),
            Self::Dial => ("", "dial"),
            Self::Consult => ("consult", "consult"),
            Self::Transfer => ("transfer", "transfer"),
        }
    }
}

impl Toolbar {
    /// Takes in what was told; messages and outcomes change nothing here.
    pub fn take(&mut self, told: &Told) {
        match told {
            Told::LoggedOn { agent, .. } => {
                // Events that have come meanwhile know better.
                if self.agent.is_none() {
                    self.agent = Some(agent.clone());
                }
                self.ended = None;
            }
            Told::Event { call, agent, reason, .. } => {
                if let Some(agent) = agent {
                    self.agent = Some(Agent::clone(agent));
                }
                if let Some(call) = call {
                    self.update(call);
                }
                if let Some(reason) = reason {
                    self.ended = Some(reason.description.clone());
                    self.calls.clear();
                    self.selected = None;
                }
            }
            Told::End {} => *self = Self { ended: self.ended.take(), ..Self::default() },
            _ => {}
        }
    }

    /// The agent; `None` before he is logged on.
    pub fn agent(&self) -> Option<&Agent> {
        self.agent.as_ref()
    }

    /// Why the service has ended the session, if it has.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// His calls.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// The call that is worked with.
    pub fn selected(&self) -> Option<&Call> {
        let item = self.selected.as_ref()?;
        self.calls.iter().find(|call| call.item == *item)
    }

    /// Works with another call.
    pub fn select(&mut self, item: &str) {
        self.selected = Some(item.to_owned());
    }

    /// What pressing a button asks for; `None` when it cannot be pressed now.
    pub fn press(&self, button: Button, number: &str) -> Option<Wish> {
        let (capability, word) = button.words();
        let number = number.trim();
        let needs_number = Button::WITH_NUMBER.contains(&button);
        if self.agent.is_none() || self.ended.is_some() || (needs_number && number.is_empty()) {
            return None;
        }
        if button == Button::Dial {
            return Some(Wish { command: format!("dial {number}"), item: None });
        }
        let call = self.selected().filter(|call| can(call, capability))?;
        let command = match button {
            Button::Consult | Button::Transfer => format!("{word} {number}"),
            Button::CompleteTransfer => {
                self.consultation_of(call)?;
                word.to_owned()
            }
            Button::Toggle | Button::Reconnect | Button::Conference => word.to_owned(),
            _ => format!("{word} {}", call.item),
        };
        Some(Wish { command, item: Some(call.item.clone()) })
    }

    /// Lets a party of the conference go.
    pub fn drop_party(&self, party: &str) -> Option<Wish> {
        let call = self.selected().filter(|call| can(call, "dropParty"))?;
        Some(Wish { command: format!("dropparty {party}"), item: Some(call.item.clone()) })
    }

    /// Chooses a workmode.
    pub fn workmode(&self, id: &str) -> Option<Wish> {
        let agent = self.agent.as_ref().filter(|agent| agent.workmode.id != id && self.ended.is_none())?;
        agent.workmodes.iter().any(|mode| mode.id == id).then(|| Wish { command: format!("workmode {id}"), item: None })
    }

    fn consultation_of(&self, call: &Call) -> Option<&Call> {
        self.calls.iter().find(|other| {
            (!other.consultation_for.is_empty() && other.consultation_for == call.item) || call.consultation_for == other.item
        })
    }

    fn update(&mut self, call: &Call) {
        let known = self.calls.iter().position(|known| known.item == call.item);
        match (known, call.status.as_str()) {
            (Some(at), "ended") => {
                self.calls.remove(at);
                if self.selected.as_ref() == Some(&call.item) {
                    self.selected = self.calls.last().map(|call| call.item.clone());
                }
            }
            (None, "ended") => {}
            (Some(at), _) => self.calls[at] = call.clone(),
            (None, _) => {
                // What has just begun is what the agent looks at.
                self.selected = Some(call.item.clone());
                self.calls.push(call.clone());
            }
        }
    }
}

fn can(call: &Call, capability: &str) -> bool {
    call.capabilities.iter().any(|lit| lit == capability)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged_on() -> Toolbar {
        let mut toolbar = Toolbar::default();
        let line = r#"{"type":"logged_on","agent":{"user":"ANNA","workmodes":[{"id":"2","description":"Available"},{"id":"3","description":"Busy"}],"workmode":{"id":"3","description":"Busy"},"queues":[],"addresses":[["1","8001"]]},"event_url":"x","requests":12,"took_ms":3.5}"#;
        toolbar.take(&Told::read(line).unwrap());
        toolbar
    }

    fn call(item: &str, status: &str, capabilities: &[&str]) -> Call {
        let capabilities = capabilities.iter().map(|lit| (*lit).to_owned()).collect();
        Call { item: item.into(), status: status.into(), capabilities, ..Call::default() }
    }

    fn tell(toolbar: &mut Toolbar, call: Call) {
        let event = Told::Event {
            at: String::new(),
            name: None,
            status: 200,
            body: String::new(),
            call: Some(Box::new(call)),
            agent: None,
            reason: None,
        };
        toolbar.take(&event);
    }

    fn commands(toolbar: &Toolbar) -> Vec<Button> {
        Button::PLAIN.into_iter().chain(Button::WITH_NUMBER).filter(|button| toolbar.press(*button, "8002").is_some()).collect()
    }

    #[test]
    fn nothing_can_be_pressed_before_the_log_on() {
        let mut toolbar = Toolbar::default();
        tell(&mut toolbar, call("1", "alerting", &["accept"]));
        assert_eq!(commands(&toolbar), []);
        assert_eq!(toolbar.workmode("2"), None);
    }

    #[test]
    fn the_buttons_are_those_that_the_event_lights() {
        let mut toolbar = logged_on();
        assert_eq!(commands(&toolbar), [Button::Dial]);
        tell(&mut toolbar, call("1", "alerting", &["accept", "reroute"]));
        assert_eq!(commands(&toolbar), [Button::Accept, Button::Reject, Button::Dial]);
        let wish = toolbar.press(Button::Accept, "").unwrap();
        assert_eq!((wish.command.as_str(), wish.item.as_deref()), ("accept 1", Some("1")));
        tell(&mut toolbar, call("1", "connected", &["drop", "hold", "consult", "transfer"]));
        assert_eq!(commands(&toolbar), [Button::Hold, Button::HangUp, Button::Dial, Button::Consult, Button::Transfer]);
        assert_eq!(toolbar.press(Button::Transfer, "  "), None, "without a number there is nobody to transfer to");
    }

    #[test]
    fn a_transfer_is_completed_only_with_a_consultation() {
        let mut toolbar = logged_on();
        tell(&mut toolbar, call("1", "held", &["unhold", "transfer"]));
        assert_eq!(toolbar.press(Button::CompleteTransfer, ""), None);
        tell(&mut toolbar, Call { consultation_for: "1".into(), ..call("2", "connected", &["transfer"]) });
        assert_eq!(toolbar.selected().map(|call| call.item.as_str()), Some("2"), "the newest call is looked at");
        for item in ["1", "2"] {
            toolbar.select(item);
            assert_eq!(toolbar.press(Button::CompleteTransfer, "").unwrap().command, "transfer warm", "{item}");
        }
    }

    #[test]
    fn an_ended_call_goes_and_the_one_before_is_looked_at_again() {
        let mut toolbar = logged_on();
        tell(&mut toolbar, call("1", "held", &["unhold"]));
        tell(&mut toolbar, call("2", "connected", &["drop"]));
        tell(&mut toolbar, call("2", "ended", &[]));
        assert_eq!(commands(&toolbar), [Button::Retrieve, Button::Dial]);
        tell(&mut toolbar, call("1", "ended", &[]));
        assert!(toolbar.calls().is_empty() && toolbar.selected().is_none());
    }

    #[test]
    fn only_another_of_the_listed_workmodes_can_be_chosen() {
        let toolbar = logged_on();
        assert_eq!(toolbar.workmode("2").unwrap().command, "workmode 2");
        assert_eq!((toolbar.workmode("3"), toolbar.workmode("9")), (None, None));
    }

    #[test]
    fn a_session_that_the_service_ended_darkens_everything() {
        let mut toolbar = logged_on();
        let line = r#"{"type":"event","at":"x","name":"subscriptionEnded","status":200,"body":"","reason":{"id":"1","description":"logged on again"}}"#;
        toolbar.take(&Told::read(line).unwrap());
        assert_eq!((commands(&toolbar), toolbar.ended()), (vec![], Some("logged on again")));
    }
}
