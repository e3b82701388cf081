//! The pages: a log-on form, the form that carries the answer on, and a page that says why neither can be. They work without scripts, for a
//! screen reader and by keys; nothing is loaded from elsewhere.

use super::super::page::escape;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt::Write;

const STYLE: &str = "
:root { color-scheme: light dark; --line: #7b838d; --bad: #a3261d; --back: #fff; --text: #16191d; --accent: #1b5e9e; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --line: #8b939d; --bad: #ff9288; --back: #15181c; --text: #e8ebef; --accent: #8cc2f5; --on: #15181c; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 12vh auto 2rem; padding: 0 1rem; background: var(--back); color: var(--text); }
h1 { font-size: 1.5rem; line-height: 1.25; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--back); color: var(--text); }
button { font: inherit; font-weight: 600; margin: 1.5rem 0 0; padding: .5rem 1.5rem; border: 0; border-radius: 4px; background: var(--accent); color: var(--on); }
.bad { color: var(--bad); }
";
const SCRIPT: &str = "document.forms[0].submit()";

/// In which language a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
}

/// What is said above the form, or in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    Wrong,
    Wait { minutes: u64 },
    Unavailable,
    NoEmail,
    BadRequest,
    Stale,
    Answered,
    Elsewhere,
    Insecure,
    Fault,
}

/// A page with the rules that a browser is to hold it to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) html: String,
    pub(super) policy: String,
}

struct Words {
    language: &'static str,
    title: &'static str,
    lead: &'static str,
    user: &'static str,
    password: &'static str,
    log_on: &'static str,
    done: &'static str,
    go_on: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    title: "Log on to Genesys Cloud",
    lead: "Use your user name and password of the telephone system.",
    user: "User name",
    password: "Password",
    log_on: "Log on",
    done: "You are logged on",
    go_on: "Continue to Genesys Cloud",
};
const GERMAN: Words = Words {
    language: "de",
    title: "Bei Genesys Cloud anmelden",
    lead: "Mit Benutzernamen und Kennwort der Telefonanlage.",
    user: "Benutzername",
    password: "Kennwort",
    log_on: "Anmelden",
    done: "Sie sind angemeldet",
    go_on: "Weiter zu Genesys Cloud",
};

// === impl Language ===

impl Language {
    /// The one that a browser likes best (`Accept-Language`).
    pub(super) fn of(accepted: &str) -> Self {
        let mut best = (0.0, Self::English);
        for part in accepted.split(',').take(32) {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            let language = match tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "de" => Self::German,
                "en" => Self::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

// === impl Notice ===

impl Notice {
    fn text(self, language: Language) -> String {
        let [english, german] = match self {
            Self::Wrong => ["User name or password is wrong.", "Benutzername oder Kennwort ist falsch."],
            Self::Wait { minutes } => {
                return match language {
                    Language::English => format!("Too many wrong passwords. Try again in {minutes} min."),
                    Language::German => format!("Zu viele falsche Kennwörter. Versuchen Sie es in {minutes} min wieder."),
                };
            }
            Self::Unavailable => [
                "The telephone system cannot be asked at the moment. Try again in a minute.",
                "Die Telefonanlage antwortet gerade nicht. Versuchen Sie es in einer Minute wieder.",
            ],
            Self::NoEmail => [
                "The telephone system has no business e-mail address of yours, by which Genesys Cloud knows people. Ask your administrator.",
                "Die Telefonanlage hat keine geschäftliche E-Mail-Adresse von Ihnen, an der Genesys Cloud Sie erkennt. Fragen Sie Ihren Administrator.",
            ],
            Self::BadRequest => [
                "Genesys Cloud has sent a request that cannot be answered here. Begin there again; if that does not help, ask your administrator.",
                "Genesys Cloud hat etwas gesendet, das hier nicht beantwortet werden kann. Beginnen Sie dort von vorn; hilft das nicht, fragen Sie Ihren Administrator.",
            ],
            Self::Stale => [
                "This log-on has taken too long. Begin in Genesys Cloud again.",
                "Diese Anmeldung hat zu lange gedauert. Beginnen Sie in Genesys Cloud von vorn.",
            ],
            Self::Answered => [
                "This log-on is done already. Begin in Genesys Cloud again.",
                "Diese Anmeldung ist erledigt. Beginnen Sie in Genesys Cloud von vorn.",
            ],
            Self::Elsewhere => [
                "The form was sent by another page. Begin in Genesys Cloud again.",
                "Das Formular kam von einer anderen Seite. Beginnen Sie in Genesys Cloud von vorn.",
            ],
            Self::Insecure => [
                "Passwords are taken over HTTPS only. Open this address with https://.",
                "Kennwörter werden nur über HTTPS angenommen. Öffnen Sie diese Adresse mit https://.",
            ],
            Self::Fault => [
                "The answer could not be made. Your administrator finds the reason in the log.",
                "Die Antwort ließ sich nicht erstellen. Ihr Administrator findet den Grund im Protokoll.",
            ],
        };
        match language {
            Language::English => english.to_owned(),
            Language::German => german.to_owned(),
        }
    }
}

/// The form for user and password. `fields` come back with it.
pub(super) fn log_on(language: Language, fields: &[(&str, &str)], user: &str, notice: Option<Notice>) -> Page {
    let words = language.words();
    let (notice, described) = notice.map_or_else(Default::default, |notice| {
        (format!("<p id=\"notice\" class=\"bad\" role=\"alert\">{}</p>\n", escape(&notice.text(language))), " aria-describedby=\"notice\"")
    });
    // Whoever has typed his name already goes on with the password.
    let focus = |is_here: bool| if is_here { " autofocus" } else { "" };
    let body = format!(
        "<h1>{title}</h1>\n<p>{lead}</p>\n{notice}<form method=\"post\" action=\"login\">\n{hidden}\
         <label for=\"user\">{name}</label>\n\
         <input id=\"user\" name=\"user\" value=\"{user}\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" \
         maxlength=\"128\" required{described}{first}>\n\
         <label for=\"password\">{password}</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" maxlength=\"256\" required{described}{second}>\n\
         <button type=\"submit\">{log_on}</button>\n</form>\n",
        title = words.title,
        lead = words.lead,
        hidden = hidden(fields),
        name = words.user,
        user = escape(user),
        first = focus(user.is_empty()),
        password = words.password,
        second = focus(!user.is_empty()),
        log_on = words.log_on,
    );
    whole(words, words.title, &body, "", "'self'")
}

/// The form that carries the answer to the service provider: at once where scripts run, else by its button.
pub(super) fn hand_over(language: Language, consumer: &str, fields: &[(&str, &str)]) -> Page {
    let words = language.words();
    let body = format!(
        "<h1>{done}</h1>\n<form method=\"post\" action=\"{consumer}\">\n{hidden}<button type=\"submit\">{go_on}</button>\n</form>\n\
         <script>{SCRIPT}</script>\n",
        done = words.done,
        consumer = escape(consumer),
        hidden = hidden(fields),
        go_on = words.go_on,
    );
    let origin = consumer.split('/').take(3).collect::<Vec<_>>().join("/");
    // Some browsers hold the addresses to which the service provider leads on to this as well; the form itself leads to one that we know.
    whole(words, words.done, &body, &format!("script-src 'sha256-{}'; ", sha256(SCRIPT)), &format!("{origin} https:"))
}

/// Why there is no form.
pub(super) fn refusal(language: Language, notice: Notice) -> Page {
    let words = language.words();
    let body = format!("<h1>{}</h1>\n<p class=\"bad\" role=\"alert\">{}</p>\n", words.title, escape(&notice.text(language)));
    whole(words, words.title, &body, "", "'none'")
}

fn hidden(fields: &[(&str, &str)]) -> String {
    fields.iter().fold(String::new(), |mut all, (name, value)| {
        // Writing to a string cannot fail.
        let _ = writeln!(all, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value));
        all
    })
}

fn whole(words: &Words, title: &str, body: &str, scripts: &str, forms: &str) -> Page {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        words.language
    );
    let style = sha256(STYLE);
    let policy =
        format!("default-src 'none'; style-src 'sha256-{style}'; {scripts}form-action {forms}; frame-ancestors 'none'; base-uri 'none'");
    Page { html, policy }
}

fn sha256(text: &str) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_the_browser_likes_best() {
        for (accepted, language) in [
            ("", Language::English),
            ("de", Language::German),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("en;q=0.5, de;q=0.9", Language::German),
            ("fr, en-GB;q=0.8, de;q=0.7", Language::English),
            ("fr", Language::English),
            ("de;q=x, en", Language::English),
            ("de;q=0", Language::English),
        ] {
            assert_eq!(Language::of(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn nothing_that_was_sent_can_become_markup() {
        let evil = "\"><script>alert(1)</script>";
        let pages = [
            log_on(Language::English, &[("RelayState", evil)], evil, Some(Notice::Wrong)),
            hand_over(Language::German, "https://login.example.com/saml", &[("RelayState", evil)]),
        ];
        for page in pages {
            assert!(!page.html.contains("alert(1)</script>") && page.html.contains("&quot;&gt;&lt;script&gt;"), "{}", page.html);
        }
    }

    #[test]
    fn a_browser_runs_our_script_only_and_sends_the_form_nowhere_else() {
        let page = log_on(Language::English, &[], "", None);
        assert!(page.policy.contains("form-action 'self'; frame-ancestors 'none'") && !page.policy.contains("script-src"));
        let page = hand_over(Language::English, "https://login.example.com/saml", &[]);
        assert!(page.policy.contains("script-src 'sha256-") && page.policy.contains("form-action https://login.example.com https:;"));
    }
}
