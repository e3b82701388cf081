//! What every switch adapter must do: one list of claims, run against each by [`battery!`].
//!
//! A [`World`] sets an adapter up and plays the callers outside. Claims see the port only: requests go in, answers and the feed come out.
//! They run on paused time, so that ringing in vain takes no time.

pub(super) mod agent;
pub(super) mod calls;
pub(super) mod sessions;

use super::{
    AgentLine, LogOn, Switch,
    embedded::{Caller, Plan, Reach},
};
use crate::domain::{InteractionId, UserId};

/// An adapter and the world around it.
pub(super) trait World: Sized {
    /// A switch with these users, statuses and workgroups.
    fn start(plan: Plan) -> impl Future<Output = Self>;
    /// The adapter.
    fn switch(&self) -> &dyn Switch;
    /// Somebody calls in; the plan knows whom he wants.
    fn call_in(&self, caller: Caller, reach: Reach) -> impl Future<Output = InteractionId>;
    /// The outside party hangs up.
    fn hang_up(&self, call: &InteractionId) -> impl Future<Output = ()>;
    /// The number that was dialled answers.
    fn answer_outside(&self, call: &InteractionId) -> impl Future<Output = ()>;
    /// Who left a message.
    fn voicemail(&self, user: &UserId) -> impl Future<Output = Vec<String>>;

    /// Logs an agent on who must be able to.
    async fn line(&self, user: &str) -> AgentLine {
        self.switch().log_on(LogOn { user: user.into(), station: None }).await.unwrap()
    }
}

/// Makes a test of every claim for one world.
macro_rules! battery {
    ($world:ty) => {
        $crate::switch::battery::claims! { $world,
        sessions {
            a_log_on_gives_the_profile_and_a_snapshot
            an_unknown_user_cannot_log_on
            a_name_in_another_case_is_refused_with_the_right_one
            a_user_hidden_from_the_directory_cannot_log_on
            a_user_without_an_extension_cannot_log_on
            an_unknown_station_is_refused
            an_agent_may_sit_at_a_free_station
            a_station_in_use_is_refused_until_its_agent_logs_off
            a_second_log_on_takes_the_session_over_with_its_calls
            the_log_off_of_a_session_that_was_taken_over_changes_nothing
            after_a_log_off_the_feed_closes_and_requests_are_refused
            the_status_outlives_a_log_off
            a_talking_call_outlives_a_log_off
            a_call_that_ends_while_its_agent_is_logged_off_is_not_in_the_next_snapshot
            what_rings_directly_at_a_log_off_goes_to_voicemail
            a_status_is_set_and_told
            an_unknown_status_is_refused
        }
        calls {
            a_direct_call_rings_and_is_answered
            a_call_brings_its_numbers_attributes_and_data_along
            a_connected_call_cannot_be_answered
            a_call_is_held_and_picked_up
            a_held_call_cannot_be_held_again
            an_alerting_call_can_be_neither_held_nor_picked_up
            a_connected_call_cannot_be_picked_up
            hanging_up_ends_a_call_once
            a_held_call_can_be_hung_up
            the_caller_may_hang_up_in_every_state
            an_unknown_call_is_refused_by_every_request
            another_agents_call_is_out_of_reach
            answering_a_second_call_holds_the_first
            two_calls_alternate
            reconnecting_drops_the_active_call_and_picks_up_the_held_one
            reconnecting_gives_up_a_consultation_that_still_rings
            attached_data_is_kept_byte_for_byte_and_told_to_all_agents_of_the_call
            a_direct_call_that_nobody_answers_goes_to_voicemail
            a_direct_call_goes_to_voicemail_when_the_agent_is_away
            eight_direct_calls_ring_at_one_agent
            a_rejected_call_goes_to_voicemail
            a_rejected_call_is_disconnected
            a_direct_call_cannot_go_back_to_a_workgroup
            a_connected_call_cannot_be_rejected
            a_reject_with_an_unknown_status_changes_nothing
            the_second_command_of_a_race_is_refused_in_words
            who_drops_the_answer_does_not_take_back_the_request
            a_dialled_call_cannot_be_held
        }
        }
    };
}

/// The body of [`battery!`]; a claim that its list forgets is an unused function.
macro_rules! claims {
    ($world:ty, $($file:ident { $($claim:ident)+ })+) => { $(
        mod $file { $(
            #[tokio::test(start_paused = true)]
            async fn $claim() {
                $crate::switch::battery::$file::$claim::<$world>().await;
            }
        )+ }
    )+ };
}

pub(super) use {battery, claims};
