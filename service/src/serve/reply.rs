//! Answers: each complete in memory, each error with an HTTP status and words that tell a person what to do.

use super::{body::BodyError, connection::Answer};
use crate::{
    domain::Side,
    ici::{Codec, Message},
};
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE},
};

pub(super) const XML: &str = "text/xml; charset=utf-8";
pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const JSON: &str = "application/json";

/// A request that is refused before it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    /// A sentence without a full stop.
    pub(super) why: String,
    header: Option<(HeaderName, &'static str)>,
}

/// An answer of this type with this body.
pub(super) fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// What must not be kept by anybody on the way.
pub(super) fn fresh(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// A message of the interface.
pub(super) fn message(message: Message) -> Answer {
    let status = StatusCode::from_u16(message.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer(status, XML, message.body)
}

impl Refused {
    pub(super) fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into(), header: None }
    }

    pub(super) fn method(allowed: &'static str, method: &hyper::Method) -> Self {
        let why = format!("The method {method} is not supported here: use {allowed}");
        Self { header: Some((ALLOW, allowed)), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, why) }
    }

    pub(super) fn unauthorized(why: &str) -> Self {
        Self { header: Some((WWW_AUTHENTICATE, "Bearer")), ..Self::new(StatusCode::UNAUTHORIZED, why) }
    }

    /// Asks for user and password.
    pub(super) fn login(why: &str) -> Self {
        Self {
            header: Some((WWW_AUTHENTICATE, "Basic realm=\"Jackfield\", charset=\"UTF-8\"")),
            ..Self::new(StatusCode::UNAUTHORIZED, why)
        }
    }

    pub(super) fn not_xml(content_type: &str) -> Self {
        let what = if content_type.is_empty() { "no content type".to_owned() } else { format!("the content type {content_type:?}") };
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("The request has {what}: send SOAP 1.1 with Content-Type: text/xml"))
    }

    /// As a fault of the interface.
    pub(super) fn fault(&self, codec: &Codec) -> Answer {
        let side = if self.status.is_server_error() { Side::Server } else { Side::Client };
        self.dress(answer(self.status, XML, codec.fault(side, &self.why).body))
    }

    /// As text for a person.
    pub(super) fn text(&self) -> Answer {
        self.dress(answer(self.status, TEXT, format!("{}.\n", self.why)))
    }

    fn dress(&self, mut answer: Answer) -> Answer {
        if let Some((name, value)) = &self.header {
            answer.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
        }
        // What is left of these requests would be taken for the next one.
        if matches!(self.status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::LENGTH_REQUIRED) {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

// === impl Refused ===

impl From<BodyError> for Refused {
    fn from(error: BodyError) -> Self {
        let status = match error {
            BodyError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            BodyError::LengthMissing => StatusCode::LENGTH_REQUIRED,
            BodyError::UnknownCoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            BodyError::BrokenOff | BodyError::NotGzip => StatusCode::BAD_REQUEST,
        };
        let header = matches!(error, BodyError::UnknownCoding(_)).then_some((ACCEPT_ENCODING, "gzip"));
        Self { status, why: error.to_string(), header }
    }
}
