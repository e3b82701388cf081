//! What every switch adapter must do: one list of claims, run against each by `battery!`.
//!
//! A `World` sets an adapter up and plays the callers outside. Claims see the port only: requests go in, answers and the feed come out.
//! In tests they run on paused time, so that ringing in vain takes no time; at a site ([`Battery`]) in real time, with people of the site's own.
//! A claim that does not hold panics, in the words of its assertion, and whoever runs it catches that.

#![expect(clippy::unwrap_used, reason = "a claim that does not hold panics, and whoever runs it catches that")]

pub(super) mod acd;
pub(super) mod agent;
pub(super) mod calls;
mod cast;
pub(super) mod conference;
mod list;
pub(super) mod listening;
pub(super) mod outbound;
pub(super) mod reading;
mod renamed;
pub(super) mod sessions;
mod site;
pub(super) mod transfer;

pub use cast::Cast;
pub use site::{Battery, Held, Outcome};

use super::{
    AgentLine, LogOn, Switch,
    embedded::{Caller, Plan, Reach},
};
use crate::domain::{InteractionId, UserId};
use std::time::Duration;

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
    /// The customer of a chat writes.
    fn say(&self, chat: &InteractionId, text: &str) -> impl Future<Output = ()>;

    /// The customer of a chat is writing, or has stopped.
    fn types(&self, chat: &InteractionId, on: bool) -> impl Future<Output = ()>;

    /// What agents have written to the customer of a chat.
    fn heard_by_customer(&self, chat: &InteractionId) -> impl Future<Output = Vec<String>>;

    /// The number that was dialled answers.
    fn answer_outside(&self, call: &InteractionId) -> impl Future<Output = ()>;
    /// An agent logs on at a station, or off (`None`), with a client of the switch's own.
    fn use_client(&self, user: &str, station: Option<&str>) -> impl Future<Output = ()>;
    /// How long news takes at most until an agent has it: whoever waits so long and hears nothing hears nothing more.
    fn news(&self) -> Duration {
        Duration::from_millis(1)
    }

    /// How long what must come is waited for.
    fn patience(&self) -> Duration {
        agent::PATIENCE
    }

    /// Who left a message.
    fn voicemail(&self, user: &UserId) -> impl Future<Output = Vec<String>>;

    /// Logs an agent on who must be able to.
    async fn line(&self, user: &str) -> AgentLine {
        self.switch().log_on(LogOn { user: user.into(), station: None }).await.unwrap()
    }
}

/// Makes a test of every claim for one world; or, with `together`, one test of all of them, for worlds that differ from another one in little.
macro_rules! battery {
    ($world:ty) => {
        $crate::switch::battery::battery! { $world, claims }
    };
    ($world:ty, $how:ident) => {
        $crate::switch::battery::$how! { $world,
        sessions {
            a_log_on_gives_the_profile_and_a_snapshot
            an_unknown_user_cannot_log_on
            a_name_in_another_case_is_refused_with_the_right_one
            a_user_hidden_from_the_directory_cannot_log_on
            a_user_without_an_extension_cannot_log_on
            an_unknown_station_is_refused
            an_agent_may_sit_at_a_free_station
            a_station_in_use_is_refused_until_its_agent_logs_off
            a_station_is_found_by_the_name_of_its_machine
            an_agent_who_is_logged_on_elsewhere_is_found_there
            an_agent_changes_his_seat_while_he_has_no_calls
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
        acd {
            a_workgroups_call_is_offered_with_its_queue
            the_agent_who_has_been_idle_longest_is_offered_the_call
            an_agent_who_is_not_in_an_acd_status_is_offered_nothing
            an_agent_who_talks_is_offered_nothing_until_he_hangs_up
            an_agent_takes_as_many_calls_as_the_plan_says
            with_room_for_several_the_agent_with_fewer_calls_comes_first
            the_call_that_has_waited_longest_is_offered_first
            a_member_of_two_workgroups_gets_the_call_that_has_waited_longest_in_either
            a_call_that_rings_in_vain_goes_on_to_the_next_agent
            a_call_that_rings_in_vain_waits_for_the_next_free_agent
            whoever_lets_a_call_ring_in_vain_is_shown_so_by_the_guides_name_too
            a_rejected_call_goes_to_the_next_agent_and_not_back
            a_rejected_call_overtakes_those_that_have_waited_longer
            a_caller_who_gives_up_waiting_is_offered_to_nobody
            a_caller_who_gives_up_while_it_rings_ends_the_offer
            what_a_workgroup_offers_at_a_log_off_goes_to_the_next_agent
            an_agent_wraps_up_before_the_next_call
            who_sets_his_status_has_wrapped_up
            the_work_after_a_call_is_shown_as_a_status_until_it_ends
            whoever_was_not_available_keeps_his_status_after_a_call
            a_direct_call_leaves_no_wrap_up
            the_directory_has_the_figures_of_the_moment
            a_workgroup_may_have_no_agent_and_its_callers_wait
        }
        outbound {
            a_number_outside_is_dialled_and_answers
            a_silent_number_answers_when_somebody_picks_it_up
            a_number_that_cannot_be_reached_fails
            a_number_that_never_answers_is_given_up
            dialling_holds_the_call_the_agent_talks_on
            nowhere_cannot_be_dialled
            another_agents_extension_rings_there
            giving_up_dialling_stops_the_ringing
            an_agent_who_is_away_cannot_be_reached
            a_rejected_internal_call_fails_for_the_caller
            a_workgroups_number_reaches_its_next_agent
            an_agent_is_not_offered_his_own_call_to_his_workgroup
            a_station_has_so_many_lines_and_no_more
        }
        transfer {
            a_consultation_holds_the_call_and_carries_its_data_along
            a_consultation_outlives_the_call_it_is_for
            a_consultation_that_fails_leaves_the_call_on_hold
            an_impossible_consultation_leaves_the_call_alone
            a_warm_transfer_gives_the_consulted_agent_the_customers_call
            a_warm_transfer_works_after_alternating
            a_transfer_while_the_consultation_rings_lets_the_customer_ring_there
            a_transferred_call_that_then_rings_in_vain_goes_to_voicemail
            a_consultation_with_a_workgroup_gives_the_customer_its_place_in_the_queue
            a_warm_transfer_outside_joins_the_two_and_leaves_the_agents
            a_transfer_needs_two_different_live_calls
            a_blind_transfer_leaves_the_agent_and_rings_at_the_other
            a_blind_transfer_to_a_workgroup_waits_there
            a_blind_transfer_to_nobody_still_leaves_the_agent
            a_blind_transfer_to_an_impossible_destination_is_refused
            a_dialled_call_cannot_be_transferred_before_it_is_answered
            a_blind_transfer_back_to_the_own_workgroup_reaches_another_agent_first
        }
        conference {
            a_conference_keeps_the_held_calls_id_for_everybody
            a_conference_can_take_in_a_fourth
            a_conference_needs_a_held_and_a_connected_call
            a_customer_who_hangs_up_leaves_the_agents_talking
            one_party_is_dropped_and_the_others_talk_on
            dropping_the_customer_leaves_the_agents_talking
            dropping_the_only_other_party_ends_the_call
            an_agent_who_leaves_leaves_the_others_talking
            hanging_up_a_conference_leaves_the_other_agents_talking
            a_conference_is_held_by_one_and_goes_on_for_the_others
            a_conference_is_transferred_without_ending_for_the_others
        }
        listening {
            a_supervisor_hears_a_call_and_is_no_party_of_it
            a_call_can_be_listened_to_by_its_id_alone
            listening_ends_with_the_call
            hanging_up_ends_the_listening_only
            who_listens_can_do_nothing_else_with_the_call
            there_must_be_somebody_talking_to_listen_to
            nobody_listens_to_his_own_call
            a_supervisor_who_listens_is_offered_nothing_and_holds_his_own_call
        }
        reading {
            a_chat_is_offered_with_its_kind_and_what_was_written
            agent_and_customer_write_in_turn_and_numbers_count_up
            a_reader_who_falls_behind_misses_no_posting
            typing_is_seen_by_the_other_side_until_it_writes
            only_who_has_accepted_a_chat_writes_in_it
            a_chat_holds_no_call_and_no_call_holds_a_chat
            three_chats_keep_an_agent_as_busy_as_a_call
            either_side_ends_a_chat
            a_transferred_chat_takes_its_transcript_along
            a_chat_is_not_consulted_on_nor_joined
            a_rejected_chat_goes_on_or_ends_and_never_to_voicemail
            a_callback_is_offered_with_its_number_and_answered_by_dialling
            a_callback_holds_the_call_the_agent_talks_on
            a_callback_whose_customer_cannot_be_reached_fails
            giving_up_a_callback_before_it_is_answered_ends_it
            a_callback_waits_for_its_time
            an_object_is_placed_in_a_workgroup_with_its_attributes
            nothing_is_placed_in_an_unknown_workgroup
            what_is_withdrawn_leaves_its_queue_or_its_agent
            an_object_that_nobody_accepts_goes_on_to_the_next_agent
            what_was_read_leaves_no_wrap_up
        }
        }
    };
}

/// The body of [`battery!`] as a list of what can be run.
macro_rules! listed {
    ($world:ty, $($file:ident { $($claim:ident)+ })+) => {
        /// Every claim, in the order of the battery.
        pub(super) static ALL: &[Claim] = &[$($(
            Claim {
                group: stringify!($file),
                name: stringify!($claim),
                run: || Box::pin($crate::switch::battery::$file::$claim::<$world>()),
            },
        )+)+];
    };
}

/// The body of [`battery!`]; a claim that its list forgets is an unused function.
#[cfg(test)]
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

/// The body of [`battery!`] as one test. `$world` names the claims that cannot hold in it, with the reason.
#[cfg(test)]
macro_rules! together {
    ($world:ty, $($file:ident { $($claim:ident)+ })+) => {
        #[test]
        fn every_claim_holds() {
            let mut failed = Vec::new();
            $($(
                let name = stringify!($claim);
                if !<$world>::CANNOT_HOLD.iter().any(|(claim, _)| *claim == name) {
                    let held = $crate::switch::battery::holds($crate::switch::battery::$file::$claim::<$world>());
                    failed.extend((!held).then_some(name));
                }
            )+)+
            assert!(failed.is_empty(), "these do not hold: {failed:#?}");
        }
    };
}

/// Runs one claim on a clock of its own; what it panics with is printed.
#[cfg(test)]
pub(super) fn holds(claim: impl Future<Output = ()>) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(claim))).is_ok()
}

pub(super) use {battery, listed};
#[cfg(test)]
pub(super) use {claims, together};
