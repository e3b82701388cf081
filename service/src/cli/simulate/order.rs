//! What can be typed to the agent of `simulate sap`, and what he does then.

use crate::simulator::sap::{Agent, Answer, Call, Desk, Failure, Status, xml::Element};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// All commands, for people.
pub(super) const HELP: &str = "Commands:
  ready | notready | workmode N    set the workmode: 2, 3, any
  dial NUMBER                      call out
  accept | reject                  answer or reject what rings
  hold | unhold | drop             put on hold, retrieve, hang up
  consult NUMBER                   ask somebody while the call waits
  alternate | reconnect            toggle; end the consultation and go back
  conference | dropparty PARTY     join all; remove one
  transfer NUMBER | transfer warm  blind; to whom the consultation reached
  listen ITEM | listenend          hear a call of another agent
  data | data set TEXT | data delete   the attached data
  callin NUMBER [NAME] | callend   somebody outside calls the agent, or workgroup or agent NAME; he hangs up
  chatin NAME [TO] | chatsay TEXT  a customer opens a chat with the agent, or TO; he writes
  callback NUMBER [TO]             a customer wants to be called back by the agent, or TO
  say TEXT                         write to the customer of the chat
  route NAME=VALUE … | cancel ID   SAP sends an action item to a workgroup; takes it back
  chats | items                    the chats with what was written; the action items
  calls | me | queues | who NAME   the calls; the agent; transfer targets; agents
  seats PART | sit NAME            the stations an agent may sit at; sit there
  figures                          the queues and agents of the site, as whoever watches them is told
  logoff | logon                   end the session, begin another
  help | quit                      this; log off and end
A command about a call takes the one whose button is lit; `hold ITEM` names another.";

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Help,
    Quit,
    LogOn,
    LogOff,
    Me,
    Calls,
    Workmode(u32),
    Dial(String),
    /// A button of a call: which, and whose where it is named.
    Button(Button, Option<String>),
    Consult(String),
    Alternate,
    Reconnect,
    Conference,
    /// `None`: warm.
    Transfer(Option<String>),
    DropParty(String),
    Listen(String),
    /// `None`: show it; empty: delete it.
    Data(Option<String>),
    Queues,
    Who(String),
    Seats(String),
    Sit(String),
    Figures,
    /// The caller's number, and whom he calls: `None` for the agent himself.
    CallIn(String, Option<String>),
    /// A customer opens a chat: his name, and with whom.
    ChatIn(String, Option<String>),
    /// He writes.
    ChatSay(String),
    /// A customer wants to be called back: his number, and by whom.
    Callback(String, Option<String>),
    /// The last of these callers hangs up.
    CallEnd,
    /// The agent writes.
    Say(String),
    /// SAP sends an action item with these attributes.
    Route(Vec<(String, String)>),
    /// And takes it back.
    Cancel(String),
    Chats,
    Items,
}

/// A button that needs nothing but its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Button {
    Accept,
    Reject,
    Hold,
    Unhold,
    Drop,
    ListenEnd,
}

/// What came of a command.
pub(super) type Outcome = Result<Done, Problem>;

/// It was done.
#[derive(Debug)]
pub(super) struct Done {
    /// The operation, with the time its answer took; `None` where SAP asked nothing.
    pub(super) operation: Option<(String, Duration)>,
    /// What the answer says.
    pub(super) value: Value,
}

/// It was not.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    /// The service says no, or nothing.
    #[error(transparent)]
    Sap(#[from] Failure),
    /// SAP would not even ask: no call has this button lit.
    #[error("no call of the agent can {0} now; `calls` lists them")]
    NoCall(&'static str),
    /// The telephone network says no: its words.
    #[error("{0}")]
    Outside(String),
}

// === impl Order ===

impl Order {
    /// Understands what was typed.
    ///
    /// # Errors
    /// What should be typed instead.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()));
        let named = || (!rest.is_empty()).then(|| rest.to_owned());
        let needed = |what: &str| named().ok_or_else(|| format!("`{word}` needs {what}"));
        let button = |button| Ok(Self::Button(button, named()));
        match word.to_lowercase().as_str() {
            "help" | "?" => Ok(Self::Help),
            "quit" | "exit" => Ok(Self::Quit),
            "logon" => Ok(Self::LogOn),
            "logoff" => Ok(Self::LogOff),
            "me" => Ok(Self::Me),
            "calls" => Ok(Self::Calls),
            "ready" => Ok(Self::Workmode(2)),
            "notready" => Ok(Self::Workmode(3)),
            "workmode" => needed("a number")?.parse().map(Self::Workmode).map_err(|_| format!("`{rest}` is not the number of a workmode")),
            "dial" => needed("a number").map(Self::Dial),
            "accept" => button(Button::Accept),
            "reject" => button(Button::Reject),
            "hold" => button(Button::Hold),
            "unhold" => button(Button::Unhold),
            "drop" => button(Button::Drop),
            "listenend" => button(Button::ListenEnd),
            "consult" => needed("a number").map(Self::Consult),
            "alternate" => Ok(Self::Alternate),
            "reconnect" => Ok(Self::Reconnect),
            "conference" => Ok(Self::Conference),
            "transfer" => needed("a number, or `warm`").map(|to| Self::Transfer(Some(to).filter(|to| to != "warm"))),
            "dropparty" => needed("a party's id, number or name").map(Self::DropParty),
            "listen" => needed("the item of a call").map(Self::Listen),
            "data" if rest.is_empty() => Ok(Self::Data(None)),
            "data" if rest == "delete" => Ok(Self::Data(Some(String::new()))),
            // What follows `set` is taken byte for byte but for the blanks around the line.
            "data" => rest
                .strip_prefix("set ")
                .map(|data| Self::Data(Some(data.to_owned())))
                .ok_or_else(|| "`data` takes `set TEXT` or `delete`".into()),
            "queues" => Ok(Self::Queues),
            "seats" => Ok(Self::Seats(rest.to_owned())),
            "sit" => needed("the name of a station").map(Self::Sit),
            "figures" => Ok(Self::Figures),
            "callin" => needed("the number of a caller").map(|called| two(&called)).map(|(number, to)| Self::CallIn(number, to)),
            "chatin" => needed("the name of a customer").map(|named| two(&named)).map(|(name, to)| Self::ChatIn(name, to)),
            "callback" => needed("the number of a customer").map(|named| two(&named)).map(|(number, to)| Self::Callback(number, to)),
            "chatsay" => needed("what he writes").map(Self::ChatSay),
            "say" => needed("what to write").map(Self::Say),
            "route" => needed("attributes, `to=support@example.com subject=Hello` for example").map(|text| Self::Route(pairs(&text))),
            "cancel" => needed("the id of an action item").map(Self::Cancel),
            "chats" => Ok(Self::Chats),
            "items" => Ok(Self::Items),
            "callend" => Ok(Self::CallEnd),
            "who" => Ok(Self::Who(rest.to_owned())),
            _ => Err(format!("`{word}` is no command; `help` lists them")),
        }
    }

    /// Does what SAP does for this click. `Help`, `Quit`, `LogOn`, `LogOff` and what callers do are the conversation's own.
    ///
    /// `on` names the call that is meant; without it the one whose button is lit.
    pub(super) async fn carry_out(self, agent: &Agent, on: Option<&str>) -> Outcome {
        let desk = agent.desk();
        let pick = |capability, what| on.map(str::to_owned).or_else(|| lit(&desk, capability)).ok_or(Problem::NoCall(what));
        let held = || desk.calls.values().find(|call| call.status == Status::Held);
        let active = || desk.calls.values().find(|call| matches!(call.status, Status::Connected | Status::Conferenced | Status::Dialing));
        let pair = |what| match (active(), held()) {
            (Some(active), Some(held)) => Ok((active.item.clone(), held.item.clone())),
            _ => Err(Problem::NoCall(what)),
        };
        match self {
            Self::Help
            | Self::Quit
            | Self::LogOn
            | Self::LogOff
            | Self::CallIn(..)
            | Self::CallEnd
            | Self::ChatIn(..)
            | Self::ChatSay(_)
            | Self::Callback(..) => Ok(Done { operation: None, value: Value::Null }),
            Self::Me => Ok(Done { operation: None, value: json!(desk.agent) }),
            Self::Calls => Ok(Done { operation: None, value: json!(desk.calls.values().collect::<Vec<_>>()) }),
            Self::Chats => {
                Ok(Done { operation: None, value: json!({ "chats": desk.chats.values().collect::<Vec<_>>(), "postings": desk.postings }) })
            }
            Self::Items => Ok(Done { operation: None, value: json!(desk.action_items.values().collect::<Vec<_>>()) }),
            Self::Say(text) => {
                let item = pick("post", "be written in")?;
                done(agent.post(&item, &text).await?, |()| json!(item))
            }
            Self::Route(attributes) => {
                let id = format!("SIMULATED-{}", Timestamp::now().as_millisecond());
                done(agent.route_action_item(&id, &attributes).await?, |item| json!({ "id": id, "interaction": item }))
            }
            Self::Cancel(id) => done(agent.cancel_action_item(&id).await?, |()| json!(id)),
            Self::Workmode(workmode) => done(agent.set_current_workmode(workmode).await?, |()| Value::Null),
            Self::Dial(number) => {
                let item = agent.create_item().await?.value;
                done(agent.dial(&item, &number).await?, |_| json!(item))
            }
            Self::Button(button, named) => {
                let (capability, what) = button.capability();
                let item = named.map_or_else(|| pick(capability, what), Ok)?;
                done(button.press(agent, &desk, &item).await?, |()| json!(item))
            }
            Self::Consult(number) => {
                let item = pick("consult", "be consulted about")?;
                done(agent.consult(&item, &number).await?, |item| json!(item))
            }
            Self::Alternate => {
                let (active, held) = pair("be toggled: it takes a connected and a held one that")?;
                done(agent.alternate(&active, &held).await?, |()| json!(held))
            }
            Self::Reconnect => {
                let (active, held) = pair("be reconnected: it takes a connected and a held one that")?;
                done(agent.reconnect(&active, &held).await?, |()| json!(held))
            }
            Self::Conference => {
                let (active, held) = pair("be joined: it takes a connected and a held one that")?;
                done(agent.conference(&held, &active).await?, |item| json!(item))
            }
            Self::Transfer(Some(number)) => {
                let item = pick("transfer", "be transferred")?;
                let answer = if desk.chats.contains_key(&item) {
                    agent.transfer_chat(&item, &number).await?
                } else if desk.action_items.contains_key(&item) {
                    agent.transfer_action_item(&item, &number).await?
                } else {
                    agent.transfer(&item, &number).await?
                };
                done(answer, |()| json!(item))
            }
            Self::Transfer(None) => {
                let consultation = desk.calls.values().find(|call| !call.consultation_for.is_empty());
                let Call { item: other, consultation_for: item, .. } =
                    consultation.ok_or(Problem::NoCall("be transferred warm: consult first"))?;
                done(agent.transfer_to_consultation(item, other).await?, |()| json!(item))
            }
            Self::DropParty(party) => {
                let item = pick("dropParty", "lose a party")?;
                done(agent.drop_party(&item, &party).await?, |()| json!(item))
            }
            Self::Listen(item) => done(agent.listen(&item).await?, |item| json!(item)),
            Self::Data(data) => {
                let named = on.and_then(|item| desk.calls.get(item));
                let call = named.or_else(active).or_else(|| desk.calls.values().next()).ok_or(Problem::NoCall("carry data"))?;
                match data.as_deref() {
                    None => done(agent.get_attached_data(&call.item).await?, |data| json!(data)),
                    Some("") => done(agent.delete_attached_data(&call.item).await?, |()| json!(call.item)),
                    Some(data) => done(agent.set_attached_data(&call.item, data).await?, |()| json!(call.item)),
                }
            }
            Self::Queues => done(agent.get_presence_queue_info("1").await?, |queues| records(&queues)),
            Self::Seats(part) => done(agent.get_workcenters(&part).await?, |seats| records(&seats)),
            Self::Sit(station) => done(agent.set_workcenter(&station).await?, |()| json!(station)),
            Self::Figures => done(agent.get_monitor_data().await?, |document| json!(document)),
            Self::Who(search) => done(agent.get_user_presence(&search).await?, |users| records(&users)),
        }
    }
}

// === impl Button ===

impl Button {
    /// The capability that lights it, and what a call can then do.
    fn capability(self) -> (&'static str, &'static str) {
        match self {
            Self::Accept => ("accept", "be accepted"),
            Self::Reject => ("reroute", "be rejected"),
            Self::Hold => ("hold", "be put on hold"),
            Self::Unhold => ("unhold", "be retrieved"),
            Self::Drop => ("drop", "be hung up"),
            Self::ListenEnd => ("listenEnd", "be left alone: none is listened to that"),
        }
    }

    async fn press(self, agent: &Agent, desk: &Desk, item: &str) -> Result<Answer<()>, Failure> {
        match self {
            Self::Accept => agent.accept(item).await,
            Self::Reject => agent.reroute(item).await,
            Self::Hold => agent.hold(item).await,
            Self::Unhold => agent.unhold(item).await,
            Self::Drop if desk.chats.contains_key(item) => agent.leave_chat(item).await,
            Self::Drop if desk.action_items.contains_key(item) => agent.end_action_item(item).await,
            Self::Drop => agent.drop_call(item).await,
            Self::ListenEnd => agent.listen_end(item).await,
        }
    }
}

/// The first item whose button is lit: a call, else a chat, else an action item.
fn lit(desk: &Desk, capability: &str) -> Option<String> {
    let has = |lit: &[String]| lit.iter().any(|lit| lit == capability);
    let call = desk.calls.values().find(|call| has(&call.capabilities)).map(|call| &call.item);
    let chat = || desk.chats.values().find(|chat| has(&chat.capabilities)).map(|chat| &chat.item);
    let item = || desk.action_items.values().find(|item| has(&item.capabilities)).map(|item| &item.item);
    call.or_else(chat).or_else(item).cloned()
}

/// A word, and what follows it.
fn two(text: &str) -> (String, Option<String>) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first.to_owned(), Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty()))
}

/// `to=a@b subject=Where is it`: a word without a sign belongs to the value before it; what begins without one is the subject.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for word in text.split_whitespace() {
        match (word.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) if !name.is_empty() => pairs.push((name.to_owned(), value.to_owned())),
            (_, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            (_, None) => pairs.push(("subject".to_owned(), word.to_owned())),
        }
    }
    pairs
}

/// The entries of a list with their fields as they are on the wire.
fn records(list: &Element) -> Value {
    let fields = |entry: &Element| entry.children.iter().map(|field| (field.name.clone(), json!(field.text))).collect();
    list.children.iter().map(|entry| Value::Object(fields(entry))).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "every arm of `carry_out` ends in it")]
fn done<T>(answer: Answer<T>, value: impl FnOnce(T) -> Value) -> Outcome {
    Ok(Done { operation: Some((answer.operation.to_string(), answer.took)), value: value(answer.value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_understood() {
        let cases = [
            ("ready", Order::Workmode(2)),
            ("  NotReady ", Order::Workmode(3)),
            ("workmode 1001", Order::Workmode(1001)),
            ("dial +49 30 1234", Order::Dial("+49 30 1234".into())),
            ("hold", Order::Button(Button::Hold, None)),
            ("hold 1001", Order::Button(Button::Hold, Some("1001".into()))),
            ("transfer 8002", Order::Transfer(Some("8002".into()))),
            ("transfer warm", Order::Transfer(None)),
            ("data", Order::Data(None)),
            ("data set <a>\n b</a>", Order::Data(Some("<a>\n b</a>".into()))),
            ("data delete", Order::Data(Some(String::new()))),
            ("who", Order::Who(String::new())),
            ("seats", Order::Seats(String::new())),
            ("sit Desk 1", Order::Sit("Desk 1".into())),
            ("callin +4930", Order::CallIn("+4930".into(), None)),
            ("chatin Max", Order::ChatIn("Max".into(), None)),
            ("chatsay hello there", Order::ChatSay("hello there".into())),
            ("callback +4930 Support", Order::Callback("+4930".into(), Some("Support".into()))),
            ("say hi", Order::Say("hi".into())),
            ("route Where is it?", Order::Route(vec![("subject".into(), "Where is it?".into())])),
            (
                "route to=a@b subject=Where is it?",
                Order::Route(vec![("to".into(), "a@b".into()), ("subject".into(), "Where is it?".into())]),
            ),
            ("callin +4930  After sales ", Order::CallIn("+4930".into(), Some("After sales".into()))),
        ];
        for (line, order) in cases {
            assert_eq!(Order::parse(line), Ok(order), "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_says_what_to_type() {
        assert_eq!(Order::parse("jump"), Err("`jump` is no command; `help` lists them".into()));
        assert_eq!(Order::parse("dial "), Err("`dial` needs a number".into()));
        assert_eq!(Order::parse("workmode x"), Err("`x` is not the number of a workmode".into()));
        assert_eq!(Order::parse("data x"), Err("`data` takes `set TEXT` or `delete`".into()));
    }

    #[test]
    fn every_command_of_the_help_exists() {
        let words =
            HELP.lines().filter(|line| line.starts_with("  ")).flat_map(|line| line[2..].split("  ").next().unwrap_or("").split('|'));
        let mut seen = 0;
        for command in words {
            let word = command.split_whitespace().next().unwrap();
            let known =
                Order::parse(&format!("{word} 5")).or_else(|_| Order::parse(word)).or_else(|_| Order::parse(&format!("{word} delete")));
            assert!(known.is_ok(), "{command}: {known:?}");
            seen += 1;
        }
        assert_eq!(seen, 42);
    }
}
