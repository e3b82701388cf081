//! What came of an attempt: a verdict, its class, and its words. The words have ids, so that the wizard can say them in another language;
//! what stands in braces is put in. Pure.

use std::fmt;

/// What a sentence says and what is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its id; translations and scripts rely on it.
    pub id: &'static str,
    /// How bad it is.
    pub class: Class,
    /// What was seen, without a full stop.
    pub cause: &'static str,
    /// What to do; empty where nothing is to be done.
    pub repair: &'static str,
}

/// What a verdict means for whoever sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The directory has it, or would take it.
    Sent,
    /// There is nothing that could be sent.
    Invalid,
    /// The user is not let in: trying on and on would lock him.
    Auth,
    /// The directory was not reached, or is not ready.
    Network,
    /// It does not take this.
    Rejected,
}

macro_rules! verdicts {
    ($($(#[$meta:meta])* $name:ident $({ $($field:ident),+ })? = $id:literal, $class:ident, $cause:literal, $repair:literal;)*) => {
        /// What came of an attempt.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Verdict {
            $($(#[$meta])* $name $({ $(#[doc = "See the sentence."] $field: String),+ })?,)*
        }

        /// Every sentence.
        pub const WORDS: &[Words] = &[$(Words { id: $id, class: Class::$class, cause: $cause, repair: $repair }),*];

        impl Verdict {
            /// Its sentence.
            pub fn words(&self) -> Words {
                match self {
                    $(Self::$name { .. } => Words { id: $id, class: Class::$class, cause: $cause, repair: $repair },)*
                }
            }

            /// What the sentence names. Never holds a secret.
            pub fn values(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$name $({ $($field),+ })? => vec![$($((stringify!($field), $field.clone())),+)?],)*
                }
            }
        }
    };
}

verdicts! {
    /// A data supplier's document was taken, or a method was carried out.
    Accepted { status } = "check-sld-accepted", Sent, "has accepted the registration (HTTP {status})", "";
    /// CIM error 11.
    AlreadyThere = "check-sld-already-there", Sent, "knows this system already and has changed nothing (CIM error 11)", "";
    /// A trial went well.
    Ready { user } = "check-sld-ready", Sent, "answers, and lets {user} in; nothing was sent", "";
    /// The same with nobody to log on.
    Open = "check-sld-open", Sent, "answers without a log-on; nothing was sent", "";
    /// The answer to `SAPExt_GetObjectServer`.
    Server { server } = "check-sld-server", Sent, "answers as the object server {server}; nothing was sent", "";

    /// A dry run.
    Looked { bytes } = "check-sld-looked", Sent, "would get {bytes} bytes; nothing was sent, nobody was called", "";

    /// The template, the attributes or the certificates.
    Invalid { why } = "check-sld-invalid", Invalid,
        "there is nothing that could be sent: {why}", "Correct the settings of this destination; `jackfield sld preview` shows what it gives";
    /// The secret cannot be had.
    NoPassword { why } = "check-sld-no-password", Invalid,
        "the password cannot be had: {why}", "Bring it where the file says, for the account of the service";

    /// HTTP 401.
    WrongPassword { user } = "check-sld-wrong-password", Auth,
        "does not let {user} in: user or password is wrong (HTTP 401)", "Correct user and password, and see whether the user is locked";
    /// HTTP 401 to nobody.
    NoUser = "check-sld-no-user", Auth, "asks for a user (HTTP 401)", "Write user_id and password";
    /// HTTP 403.
    NoRole { user } = "check-sld-no-role", Auth,
        "does not let {user} send registrations (HTTP 403)", "Give the user the role DataSupplierLD, or SAP_SLD_DATA_SUPPLIER on an ABAP system";
    /// A page with a field for a password.
    LogOnPage { status } = "check-sld-log-on-page", Auth,
        "shows a log-on page instead of an answer (HTTP {status})",
        "Correct server, port and path: something before the SLD asks people to log on and does not take a technical user";
    /// CIM error 2.
    AccessDenied { user } = "check-sld-access-denied", Auth,
        "does not let {user} do that (CIM error 2)", "Give the user a role that may write to the SLD";

    /// DNS.
    Unknown { host, why } = "check-sld-unknown", Network,
        "the name {host} cannot be resolved: {why}", "Correct the server, or add the name to this machine's name service";
    /// TCP.
    Unreached { place, why } = "check-sld-silent", Network,
        "no connection to {place}: {why}", "Correct server and port, and see whether a firewall lets connections through";
    /// TLS.
    NoTls { why } = "check-sld-no-tls", Network, "no TLS: {why}", "See that the port is the one of HTTPS, and that the certificate is in order";
    /// The authority of the certificate.
    Untrusted = "check-sld-untrusted", Network,
        "its certificate comes from an authority that is not trusted here", "Write the authority's certificate into `authority`";
    /// The name in the certificate.
    OtherName { host } = "check-sld-other-name", Network,
        "its certificate is for another name than {host}", "Write the server by the name that stands in its certificate";
    /// The dates of the certificate.
    Expired = "check-sld-expired", Network,
        "its certificate has expired or is not valid yet", "Renew it there, and compare the clocks of both machines";
    /// The proxy's answer to CONNECT.
    NoProxy { why } = "check-sld-no-proxy", Network, "the proxy does not let the connection through: {why}", "Correct the proxy, or let its administrator allow this server";
    /// A deadline.
    Late { what, seconds } = "check-sld-late", Network, "no {what} within {seconds} s", "See whether the SLD is overloaded";
    /// The connection.
    Broken { why } = "check-sld-broken", Network, "the connection broke before the answer was complete: {why}", "Look at the SLD's log";
    /// HTTP 5xx.
    NotReady { status } = "check-sld-not-ready", Network,
        "is not ready (HTTP {status})", "Start the SLD there; until then Jackfield tries again by itself";

    /// HTTP 404.
    WrongPath { path } = "check-sld-wrong-path", Rejected,
        "has nothing at {path} (HTTP 404)", "Correct the path, or deploy the SLD there";
    /// HTTP 405.
    NoPost { path } = "check-sld-no-post", Rejected,
        "takes no registration at {path} (HTTP 405)", "Correct the path; a proxy on the way may answer too";
    /// HTTP 411.
    NoLength = "check-sld-no-length", Rejected, "asks for the length of what was sent (HTTP 411)", "Look at the proxy on the way: Jackfield does send it";
    /// HTTP 413.
    TooLarge { bytes } = "check-sld-too-large", Rejected, "does not take {bytes} bytes (HTTP 413)", "Raise the limit there or in the proxy on the way";
    /// HTTP 3xx to https.
    UseTls { to } = "check-sld-use-tls", Rejected,
        "sends us on to {to}, which is encrypted", "Write `tls = true` and that port; Jackfield follows nobody with a password";
    /// HTTP 3xx to anywhere.
    Redirected { to } = "check-sld-redirected", Rejected,
        "sends us on to {to}, and Jackfield follows nobody with a password", "Write the final address";
    /// HTML without a password field.
    Page { status } = "check-sld-page", Rejected,
        "shows a page for people instead of an answer (HTTP {status})", "Correct server, port and path: this is not the SLD's interface";
    /// HTTP 2xx that is no CIM.
    NoCim { status } = "check-sld-no-cim", Rejected,
        "gives an answer that is no CIM-XML (HTTP {status})", "Correct the path: CIM-XML is taken at /sld/cimom";
    /// An error of CIM.
    Cim { code, name, why } = "check-sld-cim", Rejected, "refuses it with CIM error {code} ({name}): {why}", "Correct the template, or ask SAP for the one in force";
    /// Any other status.
    Refused { status } = "check-sld-refused", Rejected, "refuses it (HTTP {status})", "Look at what it says, and at the SLD's log";
}

impl Verdict {
    /// Its class.
    pub fn class(&self) -> Class {
        self.words().class
    }

    /// What was seen, in English.
    pub fn cause(&self) -> String {
        fill(self.words().cause, &self.values())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause())?;
        let repair = self.words().repair;
        if repair.is_empty() { Ok(()) } else { write!(f, ". {repair}") }
    }
}

// === impl Class ===

impl Class {
    /// With what `jackfield sld send` ends.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Sent => 0,
            Self::Invalid => 2,
            Self::Auth => 3,
            Self::Network => 4,
            Self::Rejected => 5,
        }
    }

    /// Its word in `/status` and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Invalid => "invalid",
            Self::Auth => "auth",
            Self::Network => "network",
            Self::Rejected => "rejected",
        }
    }

    /// The class of this word; what is not known counts as not reached.
    pub fn of(word: &str) -> Self {
        [Self::Sent, Self::Invalid, Self::Auth, Self::Rejected].into_iter().find(|class| class.word() == word).unwrap_or(Self::Network)
    }
}

/// A text with what stands in braces put in; what is put in is not looked at again.
fn fill(text: &str, values: &[(&'static str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?))) {
        filled.push_str(before);
        filled.push_str(values.iter().find(|(known, _)| *known == name).map_or("?", |(_, value)| value));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_sentence_names_what_its_verdict_knows() {
        let verdict = Verdict::Unreached { place: "sld:50000".into(), why: "{place} refused".into() };
        assert_eq!(verdict.cause(), "no connection to sld:50000: {place} refused");
        assert!(verdict.to_string().ends_with(". Correct server and port, and see whether a firewall lets connections through"));
        assert_eq!(Verdict::Open.to_string(), "answers without a log-on; nothing was sent");
    }

    #[test]
    fn every_sentence_has_an_id_of_its_own_and_says_what_to_do() {
        let ids: BTreeSet<_> = WORDS.iter().map(|words| words.id).collect();
        assert_eq!(ids.len(), WORDS.len());
        for Words { id, class, repair, cause } in WORDS {
            assert_eq!(*class == Class::Sent, repair.is_empty(), "{id}");
            assert!(!cause.ends_with('.') && !repair.ends_with('.'), "{id}");
        }
    }

    #[test]
    fn classes_are_read_as_they_are_written() {
        for class in [Class::Sent, Class::Invalid, Class::Auth, Class::Network, Class::Rejected] {
            assert_eq!(Class::of(class.word()), class);
        }
    }
}
