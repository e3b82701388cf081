//! One attempt: with the password that counts now, with the fields that the interface wants, and what came of it.

use super::{
    answer::{self, Answer, Purpose},
    destination::{Destination, Door},
    verdict::Verdict,
    wire::{self, Patience},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hyper::{
    Method,
    header::{ACCEPT, ACCEPT_CHARSET, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, USER_AGENT},
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// As much of an answer as is kept, bytes (sld §6).
const KEPT: usize = 2048;
/// The call that changes nothing (sld §2.5).
const GET_OBJECT_SERVER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CIM CIMVERSION="2.0" DTDVERSION="2.0"><MESSAGE ID="1" PROTOCOLVERSION="1.0"><SIMPLEREQ><IMETHODCALL NAME="SAPExt_GetObjectServer"><LOCALNAMESPACEPATH><NAMESPACE NAME="sld"/><NAMESPACE NAME="active"/></LOCALNAMESPACEPATH></IMETHODCALL></SIMPLEREQ></MESSAGE></CIM>
"#;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The first 2 kB of the answer.
    pub answer: String,
}

/// Sends the registration.
pub async fn send(destination: &Destination, within: Duration) -> Outcome {
    attempt(destination, Purpose::Send, within).await
}

/// Does everything but send it: name, connection, TLS, log-on, path.
pub async fn test(destination: &Destination, within: Duration) -> Outcome {
    attempt(destination, Purpose::Test, within).await
}

/// Only sees whether everything is there; connects to nobody.
pub async fn look(destination: &Destination, within: Duration) -> Outcome {
    match password(destination, Patience::new(within)).await {
        Ok(_) => Verdict::Looked { bytes: destination.payload.len().to_string() }.into(),
        Err(verdict) => verdict.into(),
    }
}

async fn attempt(destination: &Destination, purpose: Purpose, within: Duration) -> Outcome {
    let patience = Patience::new(within);
    let password = match password(destination, patience).await {
        Ok(password) => password,
        Err(verdict) => return verdict.into(),
    };
    let (method, body) = match (purpose, destination.door) {
        (Purpose::Send, _) => (Method::POST, &*destination.payload),
        (Purpose::Test, Door::Cim) => (Method::POST, GET_OBJECT_SERVER),
        (Purpose::Test, Door::Supplier) => (Method::GET, ""),
    };
    let fields = fields(destination, password.as_ref(), body);
    match wire::exchange(destination, &fields, &method, body, patience).await {
        Ok(answer) => Outcome {
            verdict: answer::judge(destination, purpose, &answer),
            status: Some(answer.status),
            answer: kept(&answer, destination, password.as_ref()),
        },
        Err(verdict) => verdict.into(),
    }
}

async fn password(destination: &Destination, patience: Patience) -> Result<Option<SecretString>, Verdict> {
    let Some(password) = &destination.password else { return Ok(None) };
    // It ends with the time even where a key store waits for a person.
    match patience.step("password", password()).await {
        Ok(Ok(password)) => Ok(Some(password)),
        Ok(Err(why)) => Err(Verdict::NoPassword { why }),
        Err(_) => Err(Verdict::NoPassword { why: "the key store does not answer".into() }),
    }
}

/// The log-on goes with the request at once: nobody sends hundreds of kilobytes to be asked for it (sld §2.3).
fn fields(destination: &Destination, password: Option<&SecretString>, body: &str) -> Vec<(HeaderName, String)> {
    let mut fields = vec![(USER_AGENT, concat!("Jackfield/", env!("CARGO_PKG_VERSION")).to_owned())];
    if let Some(user) = &destination.user {
        fields.push((AUTHORIZATION, basic(user, password)));
    }
    if !body.is_empty() {
        // Old servers take nothing without a length.
        fields.extend([(CONTENT_TYPE, destination.content_type.clone()), (CONTENT_LENGTH, body.len().to_string())]);
    }
    match destination.door {
        Door::Supplier => fields.push((ACCEPT, "*/*".to_owned())),
        Door::Cim => {
            let field = HeaderName::from_static;
            fields.extend([
                (ACCEPT, "application/xml, text/xml".to_owned()),
                (ACCEPT_CHARSET, "UTF-8".to_owned()),
                (field("cimprotocolversion"), "1.0".to_owned()),
                (field("cimoperation"), "MethodCall".to_owned()),
                (field("cimmethod"), method(body)),
                (field("cimobject"), "sld/active".to_owned()),
            ]);
        }
    }
    fields
}

fn basic(user: &str, password: Option<&SecretString>) -> String {
    let password = password.map_or("", ExposeSecret::expose_secret);
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

/// Which method a document calls, as the field `CIMMethod` has it.
fn method(document: &str) -> String {
    let named = document.split_once("METHODCALL NAME=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| name);
    named.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or("Unknown").to_owned()
}

/// The beginning of the answer, in which nobody finds the password, not even when the other side repeats what it was sent.
fn kept(answer: &Answer, destination: &Destination, password: Option<&SecretString>) -> String {
    let mut text = answer.body.clone();
    if let (Some(user), Some(secret)) = (&destination.user, password) {
        let encoded = basic(user, password);
        for secret in [encoded.trim_start_matches("Basic "), secret.expose_secret()].into_iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "…");
        }
    }
    let mut kept: String = text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c }).collect();
    kept.truncate(kept.floor_char_boundary(KEPT));
    kept
}

// === impl Outcome ===

impl From<Verdict> for Outcome {
    /// There was no answer.
    fn from(verdict: Verdict) -> Self {
        Self { verdict, status: None, answer: String::new() }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_method_is_the_one_that_the_document_calls() {
        assert_eq!(method(GET_OBJECT_SERVER), "SAPExt_GetObjectServer");
        assert_eq!(method("<METHODCALL NAME=\"a\r\nb\"/>"), "Unknown");
        assert_eq!(method("<x/>"), "Unknown");
    }
}
