//! Container: where an agent's items are, a line or a folder (guide, appendix A "Container methods"; ici-wire §2.4).
//!
//! `subscribe` and `unsubscribe` start and stop the events about the items in it; their answers hold nothing.

use super::{fault::Misread, parameters::Parameters, user::subscription};
use crate::domain::Command;
use shared::profile::{OperationKey, Role};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    let container = parameters.required(Role::Container)?;
    let subscription = subscription(parameters)?;
    Ok(match key {
        OperationKey::ContainerSubscribe => Command::SubscribeContainer { container, subscription },
        OperationKey::ContainerUnsubscribe => Command::UnsubscribeContainer { container, subscription },
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Reply,
        ici::golden::{self, APP, Case, LINE, URL},
    };

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let parameters = &[LINE, URL, APP];
        golden::check(&[
            Case {
                key: OperationKey::ContainerSubscribe,
                parameters,
                command: Command::SubscribeContainer { container: LINE.into(), subscription: golden::subscription() },
                reply: Reply::Done,
            },
            Case {
                key: OperationKey::ContainerUnsubscribe,
                parameters,
                command: Command::UnsubscribeContainer { container: LINE.into(), subscription: golden::subscription() },
                reply: Reply::Done,
            },
        ]);
    }

    #[test]
    fn a_url_keeps_every_byte() {
        let body = "<subscribe xmlns='urn:IciContainerInterface'><containerId>8001</containerId>\
                    <appUrl> https://SAP.example.com:8443/sap/bc/soap/ici?a=%20B&amp;sap-client=100#x </appUrl><appId>1</appId></subscribe>";
        let Command::SubscribeContainer { subscription, .. } = golden::decode_as(Some("A"), body).unwrap().request.command else {
            panic!("another command");
        };
        assert_eq!(subscription.url.as_str(), "https://SAP.example.com:8443/sap/bc/soap/ici?a=%20B&sap-client=100#x");
    }
}
