//! What an answer means (icws §1.7): the HTTP status decides, the server's words explain.

use super::{
    IcwsError,
    http::Answer,
    wire::{self, system::Fault},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// As much of what a server says as a person wants to read.
const SAID: usize = 300;

/// The content of a good answer; null when it is empty, which happens with any status.
///
/// # Errors
/// What the server refuses, in our words for it.
pub(super) fn judge(answer: &Answer) -> Result<Value, IcwsError> {
    if answer.status.is_success() && !answer.complete {
        return Err(IcwsError::Malformed(format!("it is longer than {} bytes", answer.body.len())));
    }
    if answer.status.is_success() {
        return value(&answer.body);
    }
    // Whatever stands before the real answer, a proxy for one, may answer in HTML.
    let fault: Fault = value(&answer.body).ok().and_then(|value| wire::read(value).ok()).unwrap_or_default();
    let status = answer.status.as_u16();
    let message = if fault.message.is_empty() { answer.status.to_string() } else { fault.message.chars().take(SAID).collect() };
    Err(match status {
        401 => IcwsError::SessionLost(message),
        503 => IcwsError::NotAccepting { alternates: fault.alternate_host_list, message },
        _ => IcwsError::Refused { status, id: fault.error_id, code: fault.error_code, message },
    })
}

/// [`judge`], and the content as a type.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, IcwsError> {
    wire::read(value).map_err(IcwsError::Malformed)
}

/// [`typed`], where an empty answer is as good as one that says nothing.
pub(super) fn typed_or_default<T: DeserializeOwned + Default>(value: Value) -> Result<T, IcwsError> {
    if value.is_null() { Ok(T::default()) } else { typed(value) }
}

fn value(body: &[u8]) -> Result<Value, IcwsError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| IcwsError::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::{HeaderMap, StatusCode};

    fn answer(status: u16, body: &str) -> Result<Value, IcwsError> {
        judge(&Answer { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body: body.into(), complete: true })
    }

    #[test]
    fn an_empty_answer_is_a_good_one() {
        for status in [200, 201, 202, 204] {
            assert_eq!(answer(status, ""), Ok(Value::Null));
            assert_eq!(answer(status, " \r\n"), Ok(Value::Null));
        }
        assert_eq!(answer(200, "null"), Ok(Value::Null));
    }

    #[test]
    fn the_status_decides_even_when_the_body_is_no_json() {
        assert_eq!(answer(401, "<html>"), Err(IcwsError::SessionLost("401 Unauthorized".to_owned())));
        assert_eq!(answer(502, "<html>").map_err(|error| error.is_status(502)), Err(true));
        assert!(matches!(answer(200, "<html>"), Err(IcwsError::Malformed(_))));
    }

    #[test]
    fn what_a_server_says_is_shortened() {
        let Err(IcwsError::Refused { message, .. }) = answer(500, &format!(r#"{{"message":"{}"}}"#, "x".repeat(5_000))) else { panic!() };
        assert_eq!(message.len(), SAID);
    }
}
