//! What SAP is told when CIC says no: an error of ICWS as a refusal in the words of the port.

use super::IcwsError;
use crate::domain::{Refusal, UserId};

/// An error of an operation for this agent.
pub(super) fn refusal(error: IcwsError, user: &UserId) -> Refusal {
    match error {
        IcwsError::Unreachable(_) | IcwsError::NotAccepting { .. } | IcwsError::SessionLost(_) => Refusal::SwitchUnavailable,
        IcwsError::Timeout => Refusal::SwitchTimeout,
        IcwsError::LoggedOff(_) => Refusal::NotLoggedOn(user.clone()),
        IcwsError::Authentication(why) => Refusal::CannotLogOn { user: user.clone(), why },
        IcwsError::Refused { message, .. } => Refusal::SwitchRefused(message),
        IcwsError::Malformed(why) => Refusal::SwitchUnclear(why),
    }
}

/// An error of dialling, consulting or transferring somewhere.
pub(super) fn of_destination(error: IcwsError, destination: &str, user: &UserId) -> Refusal {
    match &error {
        IcwsError::Refused { status: 404, .. } => Refusal::UnknownDestination(destination.to_owned()),
        IcwsError::Refused { status: 400, id, .. } => {
            let about_the_target = id.to_ascii_lowercase().contains("invalidrepresentation");
            // Servers before 4.0 SU6 give no id: then what has no digit in it is most likely no number.
            let no_number = id.is_empty() && !destination.contains(|letter: char| letter.is_ascii_digit());
            if about_the_target || no_number { Refusal::UnknownDestination(destination.to_owned()) } else { refusal(error, user) }
        }
        _ => refusal(error, user),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_cannot_be_dialled_is_told_from_other_refusals() {
        let refused = |status, id: &str| IcwsError::Refused { status, id: id.to_owned(), code: None, message: "no".to_owned() };
        let unknown = |text: &str| Refusal::UnknownDestination(text.to_owned());
        let no = Refusal::SwitchRefused("no".to_owned());
        let cases = [
            (refused(400, "error.request.invalidRepresentation.invalidProperty"), "nobody", unknown("nobody")),
            (refused(400, ""), "nobody", unknown("nobody")),
            (refused(400, ""), "1001", no.clone()),
            (refused(400, "error.request.invalidOperation"), "nobody", no.clone()),
            (refused(404, ""), "1001", unknown("1001")),
            (refused(403, ""), "1001", no),
            (IcwsError::Timeout, "1001", Refusal::SwitchTimeout),
        ];
        for (error, destination, expected) in cases {
            assert_eq!(of_destination(error.clone(), destination, &"anna".into()), expected, "{error:?} {destination}");
        }
    }
}
