//! Everything a session is told (icws §2.5): the type in the object decides what it is read as.

use super::{
    configuration::ConfigurationChange,
    connection::{ConnectionStateChange, EffectiveStationChange, Sessions, StationConnectionStateChange},
    interactions::{ConsultChange, InteractionChange, InteractionGone, Morph},
    media::{Callback, ChatContents, ChatMembers, Email},
    queues::{Alerting, QueueContents, QueueState},
    read,
    statistics::StatisticValues,
    status::{Activations, StatusAccessChange, StatusMessages, UserStatuses},
    system::{AsyncCompleted, Licenses, Notification},
    type_of,
};
use serde_json::Value;

/// One message. After `is_delta == false` what is in it is all there is; else it is what has changed.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is the message of the same name in icws §2.5")]
pub enum Message {
    ConnectionState(ConnectionStateChange),
    EffectiveStation(EffectiveStationChange),
    Station(StationConnectionStateChange),
    AsyncCompleted(AsyncCompleted),
    Queue(QueueContents),
    QueueState(QueueState),
    Alerting(Alerting),
    InteractionChanged(InteractionChange),
    InteractionDeallocated(InteractionGone),
    InteractionLostRights(InteractionGone),
    InteractionMorphed(Morph),
    Consult(ConsultChange),
    ChatMembers(ChatMembers),
    ChatContents(ChatContents),
    Callback(Callback),
    Email(Email),
    Sessions(Sessions),
    StatusMessages(StatusMessages),
    StatusAccess(StatusAccessChange),
    UserStatuses(UserStatuses),
    Activations(Activations),
    Statistics(StatisticValues),
    Handler(Notification),
    Configuration(ConfigurationChange),
    Licenses(Licenses),
    /// Not from the server: messages may have been missed. Whoever subscribed subscribes again and gets the full state anew (icws §10.2, 3 and 17).
    Resubscribe,
}

/// Why an object is no message that is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// A type that is none of ours, or none at all.
    UnknownType(String),
    /// A known type whose content does not fit.
    Malformed {
        /// Which.
        name: String,
        /// What does not fit.
        why: String,
    },
}

// === impl Message ===

impl Message {
    /// Reads one message.
    ///
    /// # Errors
    /// [`Unread`]: nothing to stop for, but to be counted.
    pub fn read(value: Value) -> Result<Self, Unread> {
        let name = type_of(&value).unwrap_or_default().to_owned();
        let result = match name.to_ascii_lowercase().as_str() {
            "connectionstatechangemessage" => read(value).map(Self::ConnectionState),
            "effectivestationchangemessage" => read(value).map(Self::EffectiveStation),
            "stationconnectionstatechangemessage" => read(value).map(Self::Station),
            "asyncoperationcompletedmessage" => read(value).map(Self::AsyncCompleted),
            "queuecontentsmessage" => read(value).map(Self::Queue),
            "queuesubscriptionstatemessage" => read(value).map(Self::QueueState),
            "interactionalertingmessage" => read(value).map(Self::Alerting),
            "interactionchangedmessage" => read(value).map(Self::InteractionChanged),
            "interactiondeallocatedmessage" => read(value).map(Self::InteractionDeallocated),
            "interactionlostrightsmessage" => read(value).map(Self::InteractionLostRights),
            "interactionmorphedmessage" => read(value).map(Self::InteractionMorphed),
            "consultmessage" => read(value).map(Self::Consult),
            "chatmembersmessage" => read(value).map(Self::ChatMembers),
            "chatcontentsmessage" => read(value).map(Self::ChatContents),
            "callbackmessage" => read(value).map(Self::Callback),
            "emailcontentsmessage" => read(value).map(Self::Email),
            "sessionsmessage" => read(value).map(Self::Sessions),
            "statusmessagesmessage" => read(value).map(Self::StatusMessages),
            "statusmessagesuseraccessmessage" => read(value).map(Self::StatusAccess),
            "userstatusmessage" => read(value).map(Self::UserStatuses),
            "useractivationmessage" => read(value).map(Self::Activations),
            "statisticvaluemessage" => read(value).map(Self::Statistics),
            "handlersentnotificationmessage" => read(value).map(Self::Handler),
            "usersmessage" | "workgroupsmessage" | "skillsmessage" | "wrapupcodesmessage" => read(value).map(Self::Configuration),
            "licensemessage" => read(value).map(Self::Licenses),
            _ => return Err(Unread::UnknownType(name)),
        };
        result.map_err(|why| Unread::Malformed { name, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switch::icws::wire::{
        Id,
        connection::ConnectionState,
        media::ChatMemberType,
        statistics::{StatisticKey, StatisticValue},
    };
    use serde_json::json;

    #[test]
    fn a_delta_of_a_status_tells_what_has_not_changed_from_what_is_empty() {
        let delta = json!({"isDelta": true, "userStatusList": [{"userId": 7, "onPhone": "1", "until": null}], "__type": "urn:inin.com:status:userStatusMessage"});
        let Ok(Message::UserStatuses(read)) = Message::read(delta) else { panic!("not read") };
        let status = &read.user_status_list[0];
        assert_eq!((status.user_id.as_str(), status.on_phone, status.status_id.as_ref(), read.is_delta), ("7", Some(true), None, true));
    }

    #[test]
    fn a_queue_is_read_with_numbers_for_ids_and_unknown_fields_around() {
        let message = json!({"__type": "urn:inin.com:queues:queueContentsMessage", "new": {"x": 1}, "isDelta": true, "subscriptionId": 1,
            "interactionsAdded": [{"interactionID": 1_001, "attributes": {"eic_state": "A", "Eic_Muted": 0}, "extra": []}],
            "interactionsChanged": null, "interactionsRemoved": [5, "6"]});
        let Ok(Message::Queue(queue)) = Message::read(message) else { panic!("not read") };
        assert_eq!(queue.subscription_id, "1");
        assert_eq!(queue.interactions_added[0].interaction_id, "1001");
        assert_eq!(queue.interactions_added[0].attributes.get("Eic_State"), Some("A"));
        assert_eq!(queue.interactions_removed, [Id::from("5"), Id::from("6")]);
    }

    #[test]
    fn a_type_that_is_not_known_is_told_from_one_that_does_not_fit() {
        assert_eq!(Message::read(json!({"__type": "urn:inin.com:x:yMessage"})), Err(Unread::UnknownType("yMessage".to_owned())));
        assert_eq!(Message::read(json!(5)), Err(Unread::UnknownType(String::new())));
        let broken = json!({"__type": "urn:inin.com:interactions:interactionMorphedMessage", "interactionID": "1"});
        assert!(matches!(Message::read(broken), Err(Unread::Malformed { name, .. }) if name == "interactionMorphedMessage"));
    }

    #[test]
    fn either_spelling_of_an_id_is_read() {
        for name in ["interactionID", "interactionId"] {
            let message = json!({"__type": "urn:inin.com:interactions:interactionDeallocatedMessage", name: 5});
            assert!(matches!(Message::read(message), Ok(Message::InteractionDeallocated(gone)) if gone.interaction_id == "5"));
        }
    }

    #[test]
    fn the_state_of_a_connection_may_be_a_name() {
        let message = json!({"__type": "urn:inin.com:connection:connectionStateChangeMessage", "newConnectionState": "down", "reason": "r", "shouldReconnect": false});
        let Ok(Message::ConnectionState(change)) = Message::read(message) else { panic!("not read") };
        assert_eq!((change.new_connection_state, change.should_reconnect), (ConnectionState::Down, Some(false)));
    }

    #[test]
    fn figures_are_read_by_their_kind_and_an_error_is_none() {
        let of = |value| json!({"statisticKey": {"statisticIdentifier": "ININ.workgroup:TotalAgents", "parameterValueItems": [{"parameterTypeId": "inin.people.workgroupstats:workgroup", "value": "Sales"}]}, "statisticValue": value});
        let message = json!({"__type": "urn:inin.com:statistics:statisticValueMessage", "isDelta": false, "statisticValueChanges": [
            of(json!({"__type": "urn:inin.com:statistics:statisticIntValue", "value": 3})),
            of(json!({"value": 2, "__type": "urn:inin.com:statistics:statisticErrorValue"})),
            of(json!(null)),
            of(json!({"__type": "urn:inin.com:statistics:statisticFiniteDurationValue", "ticking": true})),
        ]});
        let Ok(Message::Statistics(values)) = Message::read(message) else { panic!("not read") };
        let read: Vec<_> = values.statistic_value_changes.iter().map(|change| change.statistic_value.clone()).collect();
        assert_eq!(read, [Some(StatisticValue::Number(3.0)), Some(StatisticValue::Error(2)), None, Some(StatisticValue::Other)]);
        assert_eq!(
            values.statistic_value_changes[0].statistic_key.parameter("ININ.People.WorkgroupStats:Workgroup").map(Id::as_str),
            Some("Sales")
        );
        assert_eq!(StatisticKey::of_workgroup("TotalAgents", "Sales").statistic_identifier, "inin.workgroup:TotalAgents");
        assert_eq!(read[0].as_ref().and_then(StatisticValue::count), Some(3));
    }

    #[test]
    fn a_chat_is_read_with_who_wrote() {
        let message = json!({"__type": "urn:inin.com:interactions.chat:chatContentsMessage", "isDelta": true, "interactionId": "9",
            "messagesAdded": [{"chatMember": {"chatMemberType": 4, "displayName": "Eva"}, "text": "hello", "timestamp": "20210706T193229Z", "messageType": 0}]});
        let Ok(Message::ChatContents(chat)) = Message::read(message) else { panic!("not read") };
        assert_eq!(
            (chat.messages_added[0].chat_member.chat_member_type, chat.messages_added[0].text.as_str()),
            (ChatMemberType::External, "hello")
        );
        assert!(!format!("{chat:?}").contains("hello"));
    }
}
