//! Logging an agent off whom SAP has left behind (`jackfield agents log-off`).
//!
//! | request | answer |
//! |---|---|
//! | `DELETE /agents/NAME` | 200: he is logged off, and SAP has been told so where it still listens. 404: nobody of this name is logged on |
//!
//! NAME is written with percent signs where an address needs them. Whoever may read `/status` may do this, but no web page in his browser.

use super::super::{
    connection::Answer,
    reply::{self, Refused},
};
use crate::agents::Agents;
use hyper::{Method, Request, StatusCode, body::Incoming, header::ORIGIN};

const PATH: &str = "/agents/";

/// Is the request about an agent?
pub(super) fn is_meant(path: &str) -> bool {
    path.starts_with(PATH)
}

/// Answers somebody who has been let in.
pub(super) async fn answer(request: Request<Incoming>, agents: &Agents) -> Result<Answer, Refused> {
    if request.method() != Method::DELETE {
        return Err(Refused::method("DELETE", request.method()));
    }
    if request.headers().contains_key(ORIGIN) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "A web page may not log agents off: use `jackfield agents log-off`"));
    }
    let name = request.uri().path().strip_prefix(PATH).and_then(plain);
    let name = name.ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, "The agent's name is not UTF-8"))?;
    if !agents.log_off(&name.as_str().into()).await {
        return Err(Refused::new(StatusCode::NOT_FOUND, format!("{name} is not logged on")));
    }
    tracing::info!(target: "audit", user = %name, "logged off by an administrator");
    Ok(reply::fresh(reply::answer(StatusCode::OK, reply::TEXT, "logged off\n")))
}

/// A part of a path without its percent signs (RFC 3986 §2.1).
pub(super) fn plain(written: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let two = (*first == b'%').then(|| after.get(..2)).flatten();
        let escaped = two.and_then(|two| std::str::from_utf8(two).ok()).and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_written_with_percent_signs() {
        assert_eq!(plain("ANNA").as_deref(), Some("ANNA"));
        assert_eq!(plain("J%C3%96RG%20X%2fY").as_deref(), Some("JÖRG X/Y"));
        assert_eq!(plain("100%").as_deref(), Some("100%"));
        assert_eq!(plain("%C3"), None);
    }
}
