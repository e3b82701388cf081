//! The battery, run against the embedded switch.

use super::{Caller, Embedded, Plan, Reach};
use crate::{
    domain::{InteractionId, UserId},
    switch::{Switch, battery::World},
};

impl World for Embedded {
    async fn start(plan: Plan) -> Self {
        Self::start(plan)
    }

    fn switch(&self) -> &dyn Switch {
        self
    }

    async fn call_in(&self, caller: Caller, reach: Reach) -> InteractionId {
        self.call_in(caller, reach).await.unwrap()
    }

    async fn hang_up(&self, call: &InteractionId) {
        self.hang_up(call).await;
    }

    async fn answer_outside(&self, call: &InteractionId) {
        self.answer_outside(call).await;
    }

    async fn voicemail(&self, user: &UserId) -> Vec<String> {
        self.voicemail(user).await
    }
}

crate::switch::battery::battery!(crate::switch::embedded::Embedded);
