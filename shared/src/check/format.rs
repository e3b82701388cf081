//! The form of texts: addresses, hosts, times, references to secrets.

use crate::{
    config::{Network, duration},
    secret::{SecretPattern, SecretRef},
};
use std::net::{IpAddr, SocketAddr};

/// What is wrong with a text.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    pub(super) id: &'static str,
    pub(super) case: &'static str,
    pub(super) text: String,
    pub(super) repair: String,
}

/// Judges a text by the name of its format; formats that only JSON Schema knows are not judged.
pub(super) fn judge(format: &str, text: &str) -> Result<(), Wrong> {
    // What stands before an @ may be a user name with its password.
    let shown = if text.contains('@') { "this".to_owned() } else { format!("{text:?}") };
    let wrong = |case: &'static str, what: &str, repair: &str| {
        Err(Wrong { id: "bad-format", case, text: format!("{shown} is not {what}"), repair: repair.into() })
    };
    match format {
        "socket-address" if text.parse::<SocketAddr>().is_err() => wrong(
            "address",
            "an address with a port",
            "Write for example 127.0.0.1:8095, 0.0.0.0:8095 or [::]:8095; a name is not possible here",
        ),
        "ip-address" if text.parse::<IpAddr>().is_err() => {
            wrong("ip", "an IP address", "Write for example 0.0.0.0, 10.1.2.3 or ::; a name is not possible here")
        }
        "host" if !is_host(text) => wrong("host", "a host", "Write a name or an address, without http:// and without a port"),
        "http-url" if !is_http_url(text) => {
            wrong("url", "the address of a web service", "Write http:// or https://, a host and a path, without user name and password")
        }
        "host-url" if !has_place(text, "{host}") => wrong(
            "host-url",
            "the address of a proxy",
            "Write http:// or https://, a host and a path, with {host} for the CIC server's name",
        ),
        "user-url" if !has_place(text, "{user}") => wrong(
            "user-url",
            "the address of a web service",
            "Write http:// or https://, a host and a path, with {user} for the agent's name",
        ),
        "object-identifier" if !is_object_identifier(text) => wrong(
            "object-identifier",
            "an object identifier of SNMP",
            "Write numbers with dots between them, 1.3.6.1.4.1.8072.9999.9999.4700 for example",
        ),
        "uuid" if !is_uuid(text) => wrong("uuid", "a UUID", "Write for example 2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5b"),
        "network" => text.parse::<Network>().map(|_| ()).or_else(|why| own("network", text, why)),
        "time-span" => duration::parse(text).map(|_| ()).or_else(|why| own("time", text, why)),
        // The text may be the secret itself, so it is not repeated.
        "secret-reference" => text.parse::<SecretRef>().map(|_| ()).map_err(|why| Wrong {
            id: "literal-secret",
            case: "",
            text: "this is not a reference to a secret, and a secret must not stand in the file".into(),
            repair: capitalised(why),
        }),
        "secret-pattern" => text.parse::<SecretPattern>().map(|_| ()).map_err(|why| Wrong {
            id: "literal-secret",
            case: "pattern",
            text: "this does not say where each agent's password is".into(),
            repair: capitalised(why.split_once("; ").map_or(why, |(_, repair)| repair)),
        }),
        _ => Ok(()),
    }
}

/// A text that the format accepts.
pub(super) fn placeholder(format: Option<&str>) -> &'static str {
    match format {
        Some("ip-address") => "127.0.0.1",
        Some("socket-address") => "127.0.0.1:0",
        Some("object-identifier") => "1.3.6",
        Some("uuid") => "00000000-0000-0000-0000-000000000000",
        Some("network") => "127.0.0.1/32",
        Some("time-span") => "1s",
        Some("secret-reference") => "env:NONE",
        Some("secret-pattern") => "file:/{user}",
        _ => "",
    }
}

/// Is this a host's name or address?
pub(crate) fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.trim_end_matches('.').split('.').all(label))
}

fn is_http_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) if port.is_empty() || port.starts_with(':') => host,
        Some(_) => return false,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let port = authority.rsplit(':').next().filter(|_| authority.ends_with(|c: char| c != ']') && authority.contains(':'));
    !text.contains(char::is_whitespace) && is_host(host) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.concat().chars().all(|digit| digit.is_ascii_hexdigit())
}

/// Numbers below 2^32 with dots between them, which X.690 can write: the first is 0 to 2, the second below 40 unless the first is 2. A trap adds
/// four to them, and SNMP has room for 128.
fn is_object_identifier(text: &str) -> bool {
    let numbers: Option<Vec<u32>> = text
        .split('.')
        .map(|number| number.parse().ok().filter(|_| number == "0" || number.starts_with(|first: char| matches!(first, '1'..='9'))))
        .collect();
    numbers.is_some_and(|numbers| {
        (2..=120).contains(&numbers.len()) && matches!((numbers[0], numbers[1]), (0 | 1, 0..40) | (2, 0..=4_294_967_215))
    })
}

/// The address of a web service with a place for a name.
fn has_place(text: &str, place: &str) -> bool {
    text.contains(place) && is_http_url(&text.replace(place, "x"))
}

fn own(case: &'static str, text: &str, why: &str) -> Result<(), Wrong> {
    let (what, repair) = why.split_once("; ").unwrap_or((why, "Look at `jackfield reference settings`"));
    Err(Wrong { id: "bad-format", case, text: format!("{text:?}: {what}"), repair: capitalised(repair) })
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_takes_what_is_right_and_refuses_what_is_wrong() {
        let cases = [
            ("socket-address", "127.0.0.1:0 [::1]:8095 0.0.0.0:80", "localhost:80 127.0.0.1 :80 1.2.3.4:70000"),
            ("ip-address", "0.0.0.0 10.1.2.3 ::", "localhost 10.1.2 1.2.3.4:80"),
            ("host", "cic1 cic.example.com 10.0.0.1 ::1 bücher.example xn--bcher-kva.example a_b", "http://x x:80 -x x..y a/b"),
            (
                "http-url",
                "http://x https://x.example:8443/a/b?c http://[::1]:80/ http://10.0.0.1",
                "ftp://x x http:// http://u:p@x http://x:y http://[::1]x",
            ),
            ("network", "10.0.0.0/8 ::/0 192.0.2.1", "10.0.0.0/40 x"),
            ("time-span", "5s 250ms 1h", "5 soon"),
            ("secret-reference", "env:A_B file:/x keyring:a credential:b", "hunter2 env: env:a=b credential:../x dpapi:x"),
            ("host-url", "https://proxy/api/{host} http://{host}:8018", "https://proxy/api {host} ftp://{host} https://u:p@x/{host}"),
            ("user-url", "https://x/token?user={user}", "https://x/token x/{user} https://u:{user}@x"),
            ("secret-pattern", "file:/agents/{user} keyring:jackfield-{user} credential:a-{user}", "hunter2 file:/agents env:{user}"),
            (
                "uuid",
                "2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5b 00000000-0000-0000-0000-000000000000",
                "2f5b1a30 2f5b1a301c2d4e5f8a9b0c1d2e3f4a5b 2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5g 2f5b1a3-01c2d-4e5f-8a9b-0c1d2e3f4a5b",
            ),
            (
                "object-identifier",
                "1.3.6.1.4.1.8072.9999.9999.4700 2.999 0.39",
                "1 1.40 3.1 1.3. .1.3 1.3.x 1.3.-1 1.3.+1 1.3.01 1.3.4294967296 enterprises.1",
            ),
            ("uint32", "anything", ""),
        ];
        for (format, right, wrong) in cases {
            for text in right.split_whitespace() {
                assert_eq!(judge(format, text), Ok(()), "{format} {text}");
            }
            for text in wrong.split_whitespace() {
                assert!(judge(format, text).is_err(), "{format} {text}");
            }
            assert_eq!(
                judge(format, placeholder(Some(format))).is_ok(),
                !matches!(format, "host" | "http-url" | "host-url" | "user-url"),
                "{format}"
            );
        }
    }
}
