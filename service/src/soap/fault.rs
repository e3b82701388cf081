//! SOAP 1.1 faults (section 4.4): a code for the program, a sentence for the person.

use super::{Writer, write};

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// The message was wrong; sending it again as it is will not help.
    Client,
    /// The message was right; sending it again later may help.
    Server,
    /// A header block that had to be understood was not.
    MustUnderstand,
    /// Not SOAP 1.1.
    VersionMismatch,
}

impl FaultCode {
    /// As it is written after the prefix of the envelope.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "Client",
            Self::Server => "Server",
            Self::MustUnderstand => "MustUnderstand",
            Self::VersionMismatch => "VersionMismatch",
        }
    }
}

/// A whole message that is a fault. `detail` is there, and empty, where the body was the reason, as the standard asks.
pub fn message(code: FaultCode, text: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(512 + text.len());
    writer.markup(write::OPEN);
    writer.markup(write::BODY);
    writer.markup("<SOAP-ENV:Fault><faultcode>SOAP-ENV:");
    writer.markup(code.word());
    writer.markup("</faultcode>");
    writer.element("faultstring", "", text);
    if matches!(code, FaultCode::Client | FaultCode::Server) {
        writer.markup("<detail/>");
    }
    writer.markup("</SOAP-ENV:Fault>");
    writer.markup(write::CLOSE);
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::{Envelope, guard::read};

    #[test]
    fn a_fault_is_an_envelope_with_code_and_sentence() {
        for (code, word, detail) in [
            (FaultCode::Client, "SOAP-ENV:Client", true),
            (FaultCode::Server, "SOAP-ENV:Server", true),
            (FaultCode::MustUnderstand, "SOAP-ENV:MustUnderstand", false),
            (FaultCode::VersionMismatch, "SOAP-ENV:VersionMismatch", false),
        ] {
            let bytes = message(code, "Item <1> & \u{1}2 is not known");
            let document = read(&bytes).unwrap();
            let fault = Envelope::read(&document, &[]).unwrap().call;
            assert_eq!(fault.name(), "Fault");
            let part = |name: &str| fault.children().find(|child| child.name() == name).map(|child| child.text().unwrap().into_owned());
            assert_eq!(part("faultcode").as_deref(), Some(word));
            assert_eq!(part("faultstring").as_deref(), Some("Item <1> & \u{FFFD}2 is not known"));
            assert_eq!(part("detail").is_some(), detail);
        }
    }
}
