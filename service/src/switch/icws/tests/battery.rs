//! The battery, run against a simulated CIC server over its real interface; once as the documentation has it, and again with each oddity of
//! servers that leaves a right answer possible.

use super::super::{
    AgentAuth, Connector, Credentials, Handler, Icws, Password, Policy, Proof, RejectStep, SecretProvider, Site, Stream, Template,
};
use crate::{
    domain::{Author, InteractionId, Posting, UserId},
    simulator::cic::{self, Cic, Faults},
    switch::{
        BoxFuture, Switch,
        battery::World,
        embedded::{Caller, Plan, Reach},
    },
};
use secrecy::SecretString;
use std::{io, marker::PhantomData, sync::Arc, time::Duration};
use tokio::sync::watch;

/// Connections in memory to a server: paused time would outrun real ones.
struct Memory(Cic);

impl Connector for Memory {
    fn connect(&self, _host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let cic = self.0.clone();
        tokio::spawn(async move { cic.serve(theirs).await });
        Box::pin(async move { Ok(Box::new(ours) as Box<dyn Stream>) })
    }
}

/// Everybody's password is the same.
pub(super) struct Store;

impl SecretProvider for Store {
    fn secret(&self, _user: &UserId) -> BoxFuture<Result<SecretString, String>> {
        Box::pin(async { Ok(SecretString::from("opensesame")) })
    }
}

/// An oddity of a server.
trait Oddity: 'static {
    /// What goes wrong.
    fn faults() -> Faults;

    /// How long news takes.
    const NEWS: Duration = Duration::from_millis(1);

    /// Claims that cannot hold, and why.
    const CANNOT_HOLD: &'static [(&'static str, &'static str)] = &[];
}

/// A CIC server with the oddity, and the adapter before it.
struct Served<O> {
    cic: Cic,
    icws: Icws,
    /// Kept, so that the policy stays.
    _policy: watch::Sender<Arc<Policy>>,
    oddity: PhantomData<O>,
}

fn policy(plan: &Plan) -> Policy {
    let handler = Handler { object_id: cic::REJECT.0.to_owned(), event_id: cic::REJECT.1.to_owned(), wait: Duration::from_secs(2) };
    Policy {
        reject: vec![RejectStep::Handler(handler), RejectStep::Transfer],
        attributes: vec!["Customer_Id".to_owned()],
        stations: plan.stations.clone(),
        ..Policy::default()
    }
}

impl<O: Oddity> Served<O> {
    const CANNOT_HOLD: &'static [(&'static str, &'static str)] = O::CANNOT_HOLD;
}

impl<O: Oddity> World for Served<O> {
    async fn start(plan: Plan) -> Self {
        let policy = policy(&plan);
        let cic = Cic::start(cic::Site::new("cic1", plan)).await;
        cic.set_faults(O::faults());
        let site = Site::new(Arc::new(Memory(cic.clone())), Template::direct(false, 8018), vec!["cic1".to_owned()]);
        let (sender, policy) = watch::channel(Arc::new(policy));
        let auth: Arc<dyn AgentAuth> = Arc::new(Password(Arc::new(Store)));
        let proof: Proof =
            Arc::new(|| Box::pin(async { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: "opensesame".into() }) }));
        let icws = Icws::start(site, policy, auth, proof);
        icws.0.super_user.ready(tokio::time::Instant::now() + Duration::from_secs(1)).await.unwrap();
        Self { cic, icws, _policy: sender, oddity: PhantomData }
    }

    fn switch(&self) -> &dyn Switch {
        &self.icws
    }

    async fn call_in(&self, caller: Caller, reach: Reach) -> InteractionId {
        self.cic.outside().call_in(caller, reach).await.unwrap()
    }

    async fn hang_up(&self, call: &InteractionId) {
        self.cic.outside().hang_up(call).await;
    }

    async fn say(&self, chat: &InteractionId, text: &str) {
        self.cic.outside().say(chat, text).await;
    }

    async fn types(&self, chat: &InteractionId, on: bool) {
        self.cic.outside().types(chat, on).await;
    }

    async fn heard_by_customer(&self, chat: &InteractionId) -> Vec<String> {
        let picture = self.cic.outside().watch(chat).await.unwrap().borrow().clone();
        let by_agent = |posting: &&Arc<Posting>| matches!(posting.author, Author::Agent(_));
        picture.postings.iter().filter(by_agent).map(|posting| posting.text.to_string()).collect()
    }

    async fn answer_outside(&self, call: &InteractionId) {
        self.cic.outside().answer_outside(call).await;
    }

    async fn use_client(&self, user: &str, station: Option<&str>) {
        self.cic.use_client(user, station).await.unwrap();
        // Whoever watches the site is told of it.
        tokio::time::sleep(O::NEWS).await;
    }

    fn news(&self) -> Duration {
        O::NEWS
    }

    async fn voicemail(&self, user: &UserId) -> Vec<String> {
        self.cic.outside().voicemail(user).await
    }
}

/// A server with these faults, and a test that says which.
macro_rules! odd {
    ($(#[$doc:meta])* $name:ident $type:ident { $($fault:ident: $value:expr),* } $($rest:item)*) => {
        $(#[$doc])*
        struct $type;

        impl Oddity for $type {
            fn faults() -> Faults {
                Faults { $($fault: $value,)* ..Faults::default() }
            }
            $($rest)*
        }

        mod $name {
            crate::switch::battery::battery!(crate::switch::icws::tests::battery::Served<crate::switch::icws::tests::battery::$type>, together);
        }
    };
}

const WITHIN_A_SECOND: &str = "it waits a second at most, and messages are asked for every second";
const IN_TWO_STEPS: &str = "it wants one event for a dialled call: here what is known at once is told first, and the rest when it is known";

/// As the documentation has it.
struct Documented;

impl Oddity for Documented {
    fn faults() -> Faults {
        Faults::default()
    }
}

mod documented {
    crate::switch::battery::battery!(crate::switch::icws::tests::battery::Served<crate::switch::icws::tests::battery::Documented>);
}

odd! {
    /// How things are written differs: enumerations by name, ids as numbers, more fields and types than anybody knows.
    with_names_for_numbers_and_numeric_ids_and_unknown_types Written { names_for_numbers: true, numeric_ids: true, unknown: true }
}
odd! {
    /// Every message comes twice.
    with_doubled_messages Doubled { doubled_messages: true }
}
odd! {
    /// Of two messages that wait the later comes first.
    with_reordered_messages Reordered { reordered_messages: true }
}
odd! {
    /// As older servers answer: 204 for what was done, a number and no id for what was not.
    with_no_content_and_old_errors Old { no_content: true, old_errors: true }
}
odd! {
    /// No server-sent events although they are listed.
    with_no_events NoEvents { no_events: true }
    const NEWS: Duration = Duration::from_millis(1_100);
    const CANNOT_HOLD: &'static [(&'static str, &'static str)] = &[
        ("who_sets_his_status_has_wrapped_up", WITHIN_A_SECOND),
        ("the_work_after_a_call_is_shown_as_a_status_until_it_ends", WITHIN_A_SECOND),
        ("a_direct_call_leaves_no_wrap_up", WITHIN_A_SECOND),
        ("what_was_read_leaves_no_wrap_up", WITHIN_A_SECOND),
        ("a_reader_who_falls_behind_misses_no_posting", WITHIN_A_SECOND),
        ("the_directory_has_the_figures_of_the_moment", "its figures are those of a second ago"),
        ("a_silent_number_answers_when_somebody_picks_it_up", IN_TWO_STEPS),
        ("an_agent_is_not_offered_his_own_call_to_his_workgroup", IN_TWO_STEPS),
        ("three_chats_keep_an_agent_as_busy_as_a_call", "a chat is asked for when it is seen, so that it is told after two questions"),
    ];
}
odd! {
    /// Attributes of new interactions are forgotten.
    with_forgotten_attributes Forgetful { ignores_additional_attributes: true }
    const CANNOT_HOLD: &'static [(&'static str, &'static str)] = &[
        ("a_silent_number_answers_when_somebody_picks_it_up", IN_TWO_STEPS),
        ("an_agent_is_not_offered_his_own_call_to_his_workgroup", IN_TWO_STEPS),
        ("an_object_is_placed_in_a_workgroup_with_its_attributes", "they are written once more, but it may ring before"),
    ];
}
