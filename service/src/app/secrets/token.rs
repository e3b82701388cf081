//! A token of a single sign-on service: from a program's standard output, or from a web service. What either says beside the token is never
//! repeated, because it may be one.

use crate::os::trust;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use serde_json::Value;
use shared::{config::SsoToken, secret::store};
use std::{io, process::Stdio, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::TcpStream,
    process::Command,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// No token is longer, in bytes.
const LONGEST: usize = 64 * 1024;
const USER: &str = "{user}";

/// Asks for a token for this user.
///
/// # Errors
/// In words, why there is none and what to look at.
pub(super) async fn fetch(settings: &SsoToken, user: &str) -> Result<SecretString, String> {
    let asked = async {
        match (&settings.command[..], &settings.url) {
            ([program, arguments @ ..], _) => run(program, arguments, user).await,
            ([], Some(url)) => get(url, settings, user).await,
            ([], None) => Err("the file names nobody who gives tokens: see agents.sso_token".to_owned()),
        }
    };
    let late = || Err(format!("no token came within {:?}: see whoever gives tokens (agents.sso_token)", settings.deadline));
    let text = timeout(settings.deadline, asked).await.unwrap_or_else(|_| late())?;
    read(&text).ok_or_else(|| "what came is no token: neither one word nor JSON with token, access_token or singleSignOnToken".to_owned())
}

/// The token of an answer.
fn read(text: &str) -> Option<SecretString> {
    let text = text.trim();
    let named =
        |value: Value| ["token", "access_token", "singleSignOnToken"].iter().find_map(|key| value[*key].as_str().map(ToOwned::to_owned));
    let token = if text.starts_with('{') { named(serde_json::from_str(text).ok()?)? } else { text.to_owned() };
    (!token.is_empty() && !token.contains(char::is_whitespace)).then(|| token.into())
}

async fn run(program: &str, arguments: &[String], user: &str) -> Result<Zeroizing<String>, String> {
    let failed = |error: io::Error| format!("{program} cannot be run: {error}");
    let mut child = Command::new(program)
        .args(arguments.iter().map(|argument| argument.replace(USER, user)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let mut text = Zeroizing::new(String::new());
    if let Some(output) = child.stdout.take() {
        output.take(LONGEST as u64).read_to_string(&mut text).await.map_err(failed)?;
    }
    let status = child.wait().await.map_err(failed)?;
    if status.success() { Ok(text) } else { Err(format!("{program} ended with {status}")) }
}

#[expect(clippy::disallowed_methods, reason = "bounded by Limited here, and in time by the deadline of fetch")]
async fn get(url: &str, settings: &SsoToken, user: &str) -> Result<Zeroizing<String>, String> {
    let failed = |why: &dyn std::fmt::Display| format!("the web service for tokens cannot be asked: {why}");
    let url: hyper::Uri = url.replace(USER, &escaped(user)).parse().map_err(|error| failed(&error))?;
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let tls = url.scheme_str() == Some("https");
    let stream = TcpStream::connect((host.as_str(), url.port_u16().unwrap_or(if tls { 443 } else { 80 }))).await;
    let stream = stream.map_err(|error| failed(&error))?;
    let stream: Box<dyn Stream> = if tls { Box::new(encrypt(stream, host).await.map_err(|why| failed(&why))?) } else { Box::new(stream) };
    let mut request = Request::get(url.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, url.authority().map_or("", |authority| authority.as_str()))
        .header(header::ACCEPT, "application/json, text/plain")
        .header(header::CONNECTION, "close");
    if let Some(reference) = settings.authorization.clone() {
        let secret = tokio::task::spawn_blocking(move || store::resolve(&reference)).await.map_err(|error| failed(&error))?;
        let secret = secret.map_err(|error| failed(&error))?;
        let mut value: header::HeaderValue = Zeroizing::new(format!("Bearer {}", secret.expose_secret()))
            .parse()
            .map_err(|_| failed(&"the secret of agents.sso_token.authorization cannot stand in a header"))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| failed(&error))?;
    let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    let driver = tokio::spawn(driver);
    let answer = sender.send_request(request).await.map_err(|error| failed(&error));
    let text = match answer {
        Ok(answer) if answer.status().is_success() => {
            let body = Limited::new(answer.into_body(), LONGEST).collect().await.map_err(|error| failed(&error))?.to_bytes();
            std::str::from_utf8(&body).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| failed(&"its answer is no text"))
        }
        Ok(answer) => Err(failed(&format!("it answered {}", answer.status()))),
        Err(why) => Err(why),
    };
    driver.abort();
    text
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn encrypt(stream: TcpStream, host: String) -> Result<impl Stream, String> {
    let config = tokio::task::spawn_blocking(|| trust::client([])).await.map_err(|error| error.to_string())?;
    let config = config.map_err(|error| error.to_string())?;
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| error.to_string())
}

/// A name as a part of an address (RFC 3986 §2.3).
fn escaped(name: &str) -> String {
    use std::fmt::Write as _;
    name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    fn token(text: &str) -> Option<String> {
        read(text).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_token_is_one_word_or_a_part_of_json() {
        for text in ["abc\n", "{\"token\": \"abc\"}", "{\"access_token\":\"abc\",\"expires_in\":3}", " {\"singleSignOnToken\":\"abc\"} "] {
            assert_eq!(token(text).as_deref(), Some("abc"), "{text}");
        }
        for text in ["", "two words", "{\"error\":\"x\"}", "{broken", "<html>no</html> x"] {
            assert_eq!(token(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_web_service_is_asked_by_the_escaped_name_and_with_its_secret() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc").await.unwrap();
            String::from_utf8_lossy(&head[..read]).into_owned()
        });
        let settings = SsoToken {
            url: Some(format!("http://127.0.0.1:{port}/t?user={{user}}")),
            authorization: Some("env:PATH".parse().unwrap()),
            ..SsoToken::default()
        };
        assert_eq!(fetch(&settings, "J ÖRG&x").await.unwrap().expose_secret(), "abc");
        let heard = heard.await.unwrap();
        assert!(heard.starts_with("GET /t?user=J%20%C3%96RG%26x HTTP/1.1\r\n") && heard.contains("authorization: Bearer "), "{heard}");
    }

    #[tokio::test]
    async fn whoever_gives_no_token_is_named_and_what_he_says_is_not_repeated() {
        let settings = |command: &[&str]| SsoToken {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            deadline: Duration::from_millis(300),
            ..SsoToken::default()
        };
        for (command, why) in [
            (&["/no/such/program"][..], "cannot be run"),
            (&["sh", "-c", "echo hunter2; exit 3"], "ended with"),
            (&["sh", "-c", "echo hunter2 hunter3"], "what came is no token"),
            (&["sleep", "10"], "no token came within 300ms"),
        ] {
            let told = fetch(&settings(command), "x").await.unwrap_err();
            assert!(told.contains(why) && !told.contains("hunter"), "{told}");
        }
    }
}
