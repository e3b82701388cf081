//! The world outside the embedded switch, for the listener for administrators.

use crate::{
    domain::{InteractionId, Refusal},
    serve::admin,
    switch::embedded::{Caller, Embedded, Reach},
};
use std::sync::Arc;

/// Callers reach this switch.
pub(super) struct Outside(pub(super) Embedded);

impl admin::Outside for Outside {
    fn call(&self, caller: admin::Caller) -> admin::Wish<Result<String, String>> {
        let switch = self.0.clone();
        Box::pin(async move { place(&switch, caller).await.map_err(|refusal| refusal.to_string()) })
    }

    fn hang_up(&self, call: String) -> admin::Wish<()> {
        let switch = self.0.clone();
        Box::pin(async move { switch.hang_up(&InteractionId::new(call)).await })
    }
}

async fn place(switch: &Embedded, caller: admin::Caller) -> Result<String, Refusal> {
    let admin::Caller { number, to, name, attached_data } = caller;
    // The switch finds out whom the name means: to ask it for all its names first would cost it more than the call.
    let caller = Caller { number, name, attached_data: attached_data.map(Arc::from), ..Caller::default() };
    Ok(switch.call_in(caller, Reach::Named(to)).await?.as_str().to_owned())
}
