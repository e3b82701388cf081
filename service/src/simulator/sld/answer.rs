//! What it answers, by mood.

use super::{Mood, records::Records, request::Request};
use std::fmt::Write;

const TEXT: &str = "text/plain";
const HTML: &str = "text/html; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";
const LOG_ON: &str = "<!DOCTYPE html>\n<html><head><title>Logon</title></head><body><form action=\"j_security_check\" method=\"post\">\
                      <input name=\"j_username\"><input name=\"j_password\" type=\"password\"></form></body></html>\n";
const PAGE: &str = "<html><body><h1>It works!</h1></body></html>\n";

/// What it does.
pub(super) enum Deed {
    Answer { bytes: Vec<u8>, news: String },
    Hang,
    Break { half: Vec<u8> },
}

/// To whoever is not let in.
pub(super) fn unauthorised(why: &str) -> Deed {
    let fields = "WWW-Authenticate: Basic realm=\"SLD\"\r\n";
    answer("401 Unauthorized", fields, TEXT, "Unauthorized\n", format!("401, {why}"))
}

/// To whoever is.
pub(super) fn give(mood: Mood, request: &Request, limit: usize, records: &mut Records) -> Deed {
    let page = |status: &str, body: &str| answer(status, "", HTML, body, status.to_owned());
    let plain = |status: &str| answer(status, "", TEXT, &format!("{status}\n"), status.to_owned());
    let path = request.path.split('?').next().unwrap_or_default();
    match mood {
        Mood::Hangs => return Deed::Hang,
        Mood::Breaks => {
            let half = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nOK, and th".to_vec();
            return Deed::Break { half };
        }
        Mood::Starting => return plain("503 Service Unavailable"),
        Mood::NoRole => return plain("403 Forbidden"),
        Mood::LogOnPage => return page("200 OK", LOG_ON),
        Mood::Page => return page("200 OK", PAGE),
        Mood::Redirects => {
            return answer("302 Found", "Location: /webdynpro/logon?target=sld\r\n", TEXT, "", "302 to a log-on page".into());
        }
        Mood::ToTls => {
            let host = request.field("host").unwrap_or("localhost").split(':').next().unwrap_or_default();
            let fields = format!("Location: https://{host}:50001{path}\r\n");
            return answer("301 Moved Permanently", &fields, TEXT, "", "301 to HTTPS".into());
        }
        Mood::Well | Mood::Small | Mood::Old | Mood::AlreadyThere | Mood::Denied | Mood::Fails => {}
    }
    if !matches!(path, "/sld/ds" | "/sld/cimom") {
        return plain("404 Not Found");
    }
    if request.method != "POST" {
        return plain("405 Method Not Allowed");
    }
    if mood == Mood::Old && request.field("content-length").is_none() {
        return plain("411 Length Required");
    }
    let Some(body) = &request.body else {
        return answer("413 Content Too Large", "", TEXT, "", format!("413, more than {limit} bytes"));
    };
    let body = String::from_utf8_lossy(body);
    if path == "/sld/cimom" { cim(mood, &body, records) } else { supplier(&body, records) }
}

fn supplier(body: &str, records: &mut Records) -> Deed {
    match records.take(body) {
        Ok((system, host)) => answer("200 OK", "", TEXT, "OK", format!("registered {system} on {host}")),
        Err(why) => answer("400 Bad Request", "", TEXT, why, format!("400, {why}")),
    }
}

fn cim(mood: Mood, body: &str, records: &mut Records) -> Deed {
    let method = body.split_once("METHODCALL NAME=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(name, _)| name);
    let said = |content: &str, news: String| {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CIM CIMVERSION=\"2.3\" DTDVERSION=\"2.2\"><MESSAGE ID=\"1\" PROTOCOLVERSION=\"1.0\">\
             <SIMPLERSP><IMETHODRESPONSE NAME=\"{method}\">{content}</IMETHODRESPONSE></SIMPLERSP></MESSAGE></CIM>"
        );
        answer("200 OK", "", XML, &body, news)
    };
    let error =
        |code: u16, why: &str| said(&format!("<ERROR CODE=\"{code}\" DESCRIPTION=\"{why}\"/>"), format!("200 with CIM error {code}"));
    match (mood, method) {
        (_, "SAPExt_GetObjectServer") if mood != Mood::Denied => {
            said("<IRETURNVALUE><VALUE>simulated</VALUE></IRETURNVALUE>", "said its name".into())
        }
        (Mood::AlreadyThere, _) => error(11, "Instance already exists: SAP_UnspecificStandaloneApplicationSystem"),
        (Mood::Denied, _) => error(2, "Access denied"),
        (Mood::Fails, _) => error(1, "Unable to store the instance &lt;x&gt;"),
        (_, "CreateInstance" | "SAPExt_CreateOrModifyInstance") => match records.take(body) {
            Ok((system, host)) => {
                let name = format!(
                    "<IRETURNVALUE><INSTANCENAME CLASSNAME=\"System\"><KEYBINDING NAME=\"Name\"><KEYVALUE>{system}.SystemHome.{host}</KEYVALUE></KEYBINDING></INSTANCENAME></IRETURNVALUE>"
                );
                said(&name, format!("registered {system} on {host}"))
            }
            Err(why) => error(4, why),
        },
        _ => error(17, "there is no such method here"),
    }
}

fn answer(status: &str, fields: &str, content: &str, body: &str, news: String) -> Deed {
    let mut head = format!("HTTP/1.1 {status}\r\n{fields}Connection: close\r\n");
    // Writing to a string cannot fail.
    let _ = write!(head, "Content-Type: {content}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    Deed::Answer { bytes: head.into_bytes(), news }
}

// === impl Deed ===

impl Deed {
    /// For people.
    pub(super) fn news(&self) -> &str {
        match self {
            Self::Answer { news, .. } => news,
            Self::Hang => "says nothing",
            Self::Break { .. } => "breaks off in the middle",
        }
    }
}
