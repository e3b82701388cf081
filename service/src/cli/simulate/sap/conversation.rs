//! The agent, who types at him, and who is told what happens.

use super::typed::Line;
use crate::{
    cli::{
        patience,
        simulate::{
            order::{Done, Order, Outcome, Problem},
            talk::Talk,
        },
    },
    simulator::{
        sap::{Agent, Failure, Message},
        telephone::{Telephone, screen_pop},
    },
};
use serde_json::Value;
use shared::secret::SecretRef;
use std::{
    future::Future,
    io::{self, Write},
    pin::pin,
    sync::Arc,
};
use tokio::sync::{broadcast, mpsc};

/// The agent and who listens to him.
pub(super) struct Conversation<W: Write> {
    agent: Agent,
    messages: broadcast::Receiver<Arc<Message>>,
    talk: Talk<W>,
    workmode: u32,
    is_on: bool,
    admin: String,
    admin_token: Option<SecretRef>,
    /// The last demo call.
    caller: Option<(Telephone, String)>,
}

// === impl Conversation ===

impl<W: Write> Conversation<W> {
    /// With an agent who is not logged on yet.
    pub(super) fn new(agent: Agent, talk: Talk<W>, workmode: u32, admin: String, admin_token: Option<SecretRef>) -> Self {
        let messages = agent.trace().watch();
        Self { agent, messages, talk, workmode, is_on: false, admin, admin_token, caller: None }
    }

    /// Logs on and tells of it.
    pub(super) async fn log_on(&mut self) -> io::Result<Result<(), Failure>> {
        let done = during(&mut self.messages, &mut self.talk, self.agent.log_on(Some(self.workmode))).await?;
        Ok(match done {
            Ok(done) => {
                self.is_on = true;
                self.talk.logged_on(&done, self.agent.event_url())?;
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    /// Does what is typed, and tells of what happens, until either ends.
    pub(super) async fn go_on(&mut self, typed: &mut mpsc::Receiver<Result<String, String>>, json: bool) -> io::Result<()> {
        let mut stop = pin!(tokio::signal::ctrl_c());
        loop {
            let line = tokio::select! {
                message = self.messages.recv() => {
                    tell(&mut self.talk, message)?;
                    continue;
                }
                line = typed.recv() => line,
                _ = &mut stop => None,
            };
            let Some(line) = line else { break };
            match line.and_then(|line| Line::parse(&line, json)) {
                Err(why) => self.talk.failed(&Value::Null, "", "command", &why)?,
                Ok(None) => {}
                Ok(Some(Line { id, command, item })) => match Order::parse(&command) {
                    Err(why) => self.talk.failed(&id, &command, "command", &why)?,
                    Ok(Order::Quit) => break,
                    Ok(order) => {
                        let outcome = self.obey(order, item.as_deref()).await?;
                        self.talk.outcome(&id, &command, &outcome)?;
                    }
                },
            }
        }
        if self.is_on
            && let Err(failure) = during(&mut self.messages, &mut self.talk, self.agent.log_off()).await?
        {
            self.talk.failed(&Value::Null, "logoff", "answer", &failure.to_string())?;
        }
        self.talk.end(self.agent.user())
    }

    async fn obey(&mut self, order: Order, item: Option<&str>) -> io::Result<Outcome> {
        let nothing = || Ok(Done { operation: None, value: Value::Null });
        match order {
            Order::Help => self.talk.help().map(|()| nothing()),
            Order::LogOn => Ok(self.log_on().await?.map_err(Into::into).and_then(|()| nothing())),
            Order::LogOff => {
                let outcome = during(&mut self.messages, &mut self.talk, self.agent.log_off()).await?;
                self.is_on = false;
                Ok(outcome.map_err(Into::into).and_then(|_| nothing()))
            }
            Order::CallIn(number, to) => self.call_in(&number, to).await,
            Order::ChatIn(name, to) => self.come("chat", "", &name, to).await,
            Order::Callback(number, to) => self.come("callback", &number, "", to).await,
            Order::ChatSay(text) => self.chat_say(&text).await,
            Order::CallEnd => self.call_end().await,
            order => during(&mut self.messages, &mut self.talk, order.carry_out(&self.agent, item)).await,
        }
    }

    async fn call_in(&mut self, number: &str, to: Option<String>) -> io::Result<Outcome> {
        let to = to.unwrap_or_else(|| self.agent.user().to_owned());
        let telephone = telephone(self.admin.clone(), self.admin_token.clone());
        let call = async {
            let telephone = telephone.await?;
            let call = telephone.call(number, &to, &screen_pop("4711")).await?;
            Ok((telephone, call))
        };
        self.remember(call).await
    }

    /// Somebody comes in another way than by a call.
    async fn come(&mut self, kind: &str, number: &str, name: &str, to: Option<String>) -> io::Result<Outcome> {
        let to = to.unwrap_or_else(|| self.agent.user().to_owned());
        let telephone = telephone(self.admin.clone(), self.admin_token.clone());
        let coming = async {
            let telephone = telephone.await?;
            let call = telephone.come(kind, number, name, &to).await?;
            Ok((telephone, call))
        };
        self.remember(coming).await
    }

    async fn chat_say(&mut self, text: &str) -> io::Result<Outcome> {
        let Some((telephone, chat)) = &self.caller else {
            return Ok(Err(Problem::Outside("nobody chats yet: type `chatin NAME`".to_owned())));
        };
        let said = during(&mut self.messages, &mut self.talk, telephone.say(chat, text)).await?;
        Ok(said.map(|()| Done { operation: None, value: Value::from(chat.clone()) }).map_err(Problem::Outside))
    }

    async fn remember(&mut self, call: impl Future<Output = Result<(Telephone, String), String>>) -> io::Result<Outcome> {
        Ok(match during(&mut self.messages, &mut self.talk, call).await? {
            Ok((telephone, call)) => {
                self.caller = Some((telephone, call.clone()));
                Ok(Done { operation: None, value: Value::from(call) })
            }
            Err(why) => Err(Problem::Outside(why)),
        })
    }

    async fn call_end(&mut self) -> io::Result<Outcome> {
        let Some((telephone, call)) = self.caller.take() else {
            return Ok(Err(Problem::Outside("nobody has called yet: type `callin NUMBER`".to_owned())));
        };
        let done = during(&mut self.messages, &mut self.talk, telephone.hang_up(&call)).await?;
        Ok(done.map(|()| Done { operation: None, value: Value::from(call) }).map_err(Problem::Outside))
    }
}

/// A telephone that reaches the service.
async fn telephone(admin: String, token: Option<SecretRef>) -> Result<Telephone, String> {
    let token = patience::admin_token(token).await?;
    Telephone::new(&admin, token).map_err(|why| format!("--admin {admin}: {why}"))
}

/// Waits for work to be done, and tells of the messages that pass meanwhile, all of them before it gives back the outcome.
async fn during<W: Write, T>(
    messages: &mut broadcast::Receiver<Arc<Message>>,
    talk: &mut Talk<W>,
    work: impl Future<Output = T>,
) -> io::Result<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            message = messages.recv() => tell(talk, message)?,
            outcome = &mut work => {
                while !messages.is_empty() {
                    tell(talk, messages.recv().await)?;
                }
                return Ok(outcome);
            }
        }
    }
}

fn tell<W: Write>(talk: &mut Talk<W>, message: Result<Arc<Message>, broadcast::error::RecvError>) -> io::Result<()> {
    match message {
        Ok(message) => talk.message(&message),
        Err(broadcast::error::RecvError::Lagged(count)) => talk.missed(count),
        // The agent holds the other end as long as he is there.
        Err(broadcast::error::RecvError::Closed) => Ok(()),
    }
}
