//! The world outside the embedded switch, for the listener for administrators. Behind a CIC server it is real, and cannot be played.

use super::exchange::Exchange;
use crate::{
    domain::{Author, InteractionId, InteractionKind, Posting, Refusal},
    serve::admin::{self, CallerKind, Written},
    switch::embedded::{CallPicture, Caller, Embedded, Menu, Reach, Stage},
};
use std::sync::Arc;

/// What is said to whoever wants to play a caller.
const REAL: &str = "callers come in by the CIC server here: telephone, or place them at its simulator (`jackfield simulate cic`)";

/// Callers reach this switch, while it is the embedded one.
pub(super) struct Outside(pub(super) Exchange);

impl admin::Outside for Outside {
    fn call(&self, caller: admin::Caller) -> admin::Wish<Result<String, String>> {
        let switch = self.0.embedded();
        Box::pin(async move {
            let switch = switch.ok_or(REAL)?;
            place(&switch, caller).await.map_err(|refusal| refusal.to_string())
        })
    }

    fn say(&self, chat: String, text: String) -> admin::Wish<()> {
        let switch = self.0.embedded();
        Box::pin(async move {
            if let Some(switch) = switch {
                switch.say(&InteractionId::new(chat), &text).await;
            }
        })
    }

    fn look(&self, call: String) -> admin::Wish<Option<admin::Seen>> {
        let switch = self.0.embedded();
        Box::pin(async move {
            let watch = switch?.watch(&InteractionId::new(call)).await?;
            let picture = watch.borrow().clone();
            Some(seen(&picture))
        })
    }

    fn hang_up(&self, call: String) -> admin::Wish<()> {
        let switch = self.0.embedded();
        Box::pin(async move {
            if let Some(switch) = switch {
                switch.hang_up(&InteractionId::new(call)).await;
            }
        })
    }
}

async fn place(switch: &Embedded, caller: admin::Caller) -> Result<String, Refusal> {
    let admin::Caller { kind, number, to, name, attached_data, menus } = caller;
    let kind = match kind {
        CallerKind::Call => InteractionKind::Call,
        CallerKind::Callback => InteractionKind::Callback,
        CallerKind::Chat => InteractionKind::Chat,
        CallerKind::GenericObject => InteractionKind::GenericObject,
    };
    // The switch finds out whom the name means: to ask it for all its names first would cost it more than the call.
    let menus = menus.into_iter().map(|menu| Menu { path: menu.path.into(), entered: menu.entered, left: menu.left }).collect();
    let caller = Caller { kind, number, name, attached_data: attached_data.map(Arc::from), menus, ..Caller::default() };
    Ok(switch.call_in(caller, Reach::Named(to)).await?.as_str().to_owned())
}

fn seen(picture: &CallPicture) -> admin::Seen {
    let stage = match picture.stage {
        Stage::Waiting => "waiting",
        Stage::Ringing => "ringing",
        Stage::Talking => "talking",
        Stage::OnHold => "on_hold",
        Stage::Voicemail(_) | Stage::Over => "over",
    };
    let from = |posting: &Posting| match &posting.author {
        Author::Agent(user) => user.to_string(),
        Author::Customer { .. } => "customer".to_owned(),
        Author::System => "system".to_owned(),
    };
    admin::Seen {
        call: picture.call.to_string(),
        stage,
        agents: picture.agents.iter().map(|(user, _)| user.to_string()).collect(),
        agent_types: picture.agent_types,
        postings: picture.postings.iter().map(|posting| Written { from: from(posting), text: posting.text.to_string() }).collect(),
    }
}
