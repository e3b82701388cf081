//! The SOAP 1.1 envelope: which header blocks there are, whether we must understand them, and the one element of the body that is the call.

use super::{Document, ENCODING, ENVELOPE, Unreadable, Value, text};

/// An envelope that was read.
#[derive(Clone, Copy)]
pub struct Envelope<'d, 'i> {
    header: Option<Value<'d, 'i>>,
    /// The element of the body that is the call.
    pub call: Value<'d, 'i>,
}

/// Header blocks with this actor, or without one, are for us (SOAP 1.1, section 4.2.2).
const NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";

impl<'d, 'i> Envelope<'d, 'i> {
    /// Finds header and call. `understood` are the local names of the header blocks that the caller understands, in whatever namespace.
    ///
    /// # Errors
    /// No envelope, another version of SOAP, a header block that must be understood and is not, an empty body.
    pub fn read(document: &'d Document<'i>, understood: &[&str]) -> Result<Self, Unreadable> {
        let root = document.root();
        if root.name() != "Envelope" {
            return Err(Unreadable::NotSoap { namespace: text::excerpt(root.namespace(), 100), name: text::excerpt(root.name(), 100) });
        }
        if root.namespace() != ENVELOPE {
            return Err(Unreadable::Version(text::excerpt(root.namespace(), 100)));
        }
        let part = |name| root.children().find(|child| child.name() == name && child.namespace() == ENVELOPE);
        let header = part("Header");
        for block in header.iter().flat_map(Value::children) {
            let for_us = block.attribute(ENVELOPE, "actor").is_none_or(|actor| actor.is_empty() || actor == NEXT);
            let must = matches!(block.attribute(ENVELOPE, "mustUnderstand").map(str::trim), Some("1" | "true"));
            if for_us && must && !understood.contains(&block.name()) {
                return Err(Unreadable::MustUnderstand {
                    namespace: text::excerpt(block.namespace(), 100),
                    name: text::excerpt(block.name(), 100),
                });
            }
        }
        let body = part("Body").ok_or(Unreadable::Empty("SOAP body"))?;
        // What follows the call are the values that it refers to; a serialiser that puts them first says so with root="0".
        let call = body.children().find(|child| child.attribute(ENCODING, "root") != Some("0")).ok_or(Unreadable::Empty("operation"))?;
        Ok(Self { header, call })
    }

    /// A header block by its local name, in whatever namespace.
    pub fn header(&self, name: &str) -> Option<Value<'d, 'i>> {
        self.header?.children().find(|block| block.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::{FaultCode, guard::read};

    const OPEN: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'>";

    fn refused(message: &str) -> Unreadable {
        let document = read(message.as_bytes()).unwrap();
        let result = Envelope::read(&document, &["user", "language"]);
        result.map(|_| ()).expect_err("this envelope should have been refused")
    }

    #[test]
    fn header_and_call_are_found_under_any_prefix() {
        let message = format!("{OPEN}<e:Header><x:user xmlns:x='any'>A</x:user></e:Header><e:Body><op xmlns='n'/></e:Body></e:Envelope>");
        let document = read(message.as_bytes()).unwrap();
        let envelope = Envelope::read(&document, &[]).unwrap();
        assert_eq!((envelope.call.namespace(), envelope.call.name()), ("n", "op"));
        assert_eq!(envelope.header("user").unwrap().text().unwrap(), "A");
        assert!(envelope.header("language").is_none());
    }

    #[test]
    fn an_unknown_header_that_must_be_understood_is_refused() {
        let message = |attributes: &str, name: &str| {
            format!("{OPEN}<e:Header><x:{name} xmlns:x='any' {attributes}/></e:Header><e:Body><op/></e:Body></e:Envelope>")
        };
        let fault = refused(&message("e:mustUnderstand='1'", "secret"));
        assert_eq!(fault.code(), FaultCode::MustUnderstand);
        assert!(fault.to_string().contains("{any}secret"), "{fault}");
        for harmless in [
            message("e:mustUnderstand='1'", "user"),
            message("e:mustUnderstand='0'", "secret"),
            message("e:mustUnderstand='1' e:actor='urn:somebody-else'", "secret"),
            message("mustUnderstand='1'", "secret"),
        ] {
            let document = read(harmless.as_bytes()).unwrap();
            assert!(Envelope::read(&document, &["user", "language"]).is_ok(), "{harmless}");
        }
    }

    #[test]
    fn another_version_of_soap_is_told_which_one_is_understood() {
        let fault = refused("<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><op/></e:Body></e:Envelope>");
        assert_eq!(fault.code(), FaultCode::VersionMismatch);
        assert!(fault.to_string().contains(ENVELOPE), "{fault}");
    }

    #[test]
    fn what_is_no_call_is_refused() {
        assert!(matches!(refused("<html/>"), Unreadable::NotSoap { .. }));
        assert_eq!(refused(&format!("{OPEN}</e:Envelope>")), Unreadable::Empty("SOAP body"));
        assert_eq!(refused(&format!("{OPEN}<e:Body> </e:Body></e:Envelope>")), Unreadable::Empty("operation"));
        assert_eq!(refused(&format!("{OPEN}<Body><op/></Body></e:Envelope>")), Unreadable::Empty("SOAP body"));
    }

    #[test]
    fn values_that_come_before_the_call_are_not_the_call() {
        let message =
            format!("{OPEN}<e:Body><m id='1' xmlns:c='http://schemas.xmlsoap.org/soap/encoding/' c:root='0'/><op/></e:Body></e:Envelope>");
        let document = read(message.as_bytes()).unwrap();
        assert_eq!(Envelope::read(&document, &[]).unwrap().call.name(), "op");
    }
}
