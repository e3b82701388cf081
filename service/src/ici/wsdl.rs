//! The WSDL, made from the profile: a schema, a port type, a binding and a port for each interface, because operations of the same name exist
//! in several; all of them at one address.
//!
//! The literal one describes the wire of the known message (document/literal wrapped, qualified). The encoded one is for clients that speak
//! rpc/encoded; it imports the schema of SOAP's section 5 from us, because such clients would otherwise look for it on a server that is not
//! there.

use super::{ENCODED_ACTION, LANGUAGE, Style, USER, types::qualified};
use crate::soap::{ENCODING, text};
use shared::profile::{
    ArrayStyle, BooleanStyle, EmptyStyle, Interface, InterfaceKey, Kind, Of, Operation, Profile, RecordKey, Slot, TimeStyle,
};
use std::{collections::BTreeSet, fmt::Write as _};

/// Our own namespace, for what is not SAP's: messages, bindings, the service.
const TARGET: &str = "urn:jackfield:ici";

/// As much of section 5's schema as arrays need.
pub(super) const SOAP_ENCODING_SCHEMA: &str = concat!(
    r#"<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">"#,
    r#"<xsd:attribute name="arrayType" type="xsd:string"/>"#,
    r#"<xsd:complexType name="Array"><xsd:sequence>"#,
    r#"<xsd:any namespace="http://www.w3.org/namespace/any/" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>"#,
    r#"</xsd:sequence><xsd:anyAttribute namespace="http://www.w3.org/namespace/any/" processContents="lax"/></xsd:complexType>"#,
    r"</xsd:schema>"
);

/// The whole document.
pub(super) fn write(profile: &Profile, style: Style, address: &str) -> String {
    let mut out = String::with_capacity(64 * 1024);
    let mut place = String::new();
    text::escape_attribute_into(&mut place, address);
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wsdl:definitions name=\"Ici\" targetNamespace=\"{TARGET}\" xmlns:tns=\"{TARGET}\" \
         xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:SOAP-ENC=\"{ENCODING}\""
    );
    for interface in profile.interfaces() {
        let _ = write!(out, " xmlns:{}=\"{}\"", prefix(interface.key), interface.namespace);
    }
    out.push_str(">\n<wsdl:types>\n");
    for interface in profile.interfaces() {
        schema(&mut out, profile, style, interface, &place);
    }
    out.push_str("</wsdl:types>\n");
    for interface in profile.interfaces() {
        messages(&mut out, profile, style, interface);
    }
    for interface in profile.interfaces() {
        port_type(&mut out, profile, interface);
    }
    for interface in profile.interfaces() {
        binding(&mut out, profile, style, interface);
    }
    out.push_str("<wsdl:service name=\"IciService\">\n");
    for interface in profile.interfaces() {
        let name = interface.key.word();
        let _ = writeln!(
            out,
            "<wsdl:port name=\"Ici{name}Port\" binding=\"tns:Ici{name}Binding\"><soap:address location=\"{place}\"/></wsdl:port>"
        );
    }
    out.push_str("</wsdl:service>\n</wsdl:definitions>\n");
    out
}

fn schema(out: &mut String, profile: &Profile, style: Style, interface: &Interface, place: &str) {
    let form = if style == Style::Encoded { "unqualified" } else { "qualified" };
    let _ = writeln!(out, "<xsd:schema targetNamespace=\"{}\" elementFormDefault=\"{form}\">", interface.namespace);
    if style == Style::Encoded {
        let _ = writeln!(out, "<xsd:import namespace=\"{ENCODING}\" schemaLocation=\"{place}?schema=soap-encoding\"/>");
    }
    let used = Used::by(profile, interface.key);
    for key in &used.records {
        let _ = writeln!(out, "<xsd:complexType name=\"{}\"><xsd:sequence>", key.word());
        for field in &profile.record(*key).fields {
            element(out, profile, style, interface.key, field, false);
        }
        out.push_str("</xsd:sequence></xsd:complexType>\n");
    }
    for of in &used.lists {
        list(out, profile, style, interface.key, *of);
    }
    for name in [USER, LANGUAGE] {
        let _ = writeln!(out, "<xsd:element name=\"{name}\" type=\"xsd:string\"/>");
    }
    if style == Style::Literal {
        for operation in operations(profile, interface.key) {
            let _ = writeln!(out, "<xsd:element name=\"{}\"><xsd:complexType><xsd:sequence>", operation.name);
            for parameter in &operation.parameters {
                element(out, profile, style, interface.key, parameter, parameter.required);
            }
            out.push_str("</xsd:sequence></xsd:complexType></xsd:element>\n");
            let _ =
                writeln!(out, "<xsd:element name=\"{}{}\"><xsd:complexType><xsd:sequence>", operation.name, profile.style.response_suffix);
            element(out, profile, style, interface.key, &response(profile, operation), true);
            out.push_str("</xsd:sequence></xsd:complexType></xsd:element>\n");
        }
    }
    out.push_str("</xsd:schema>\n");
}

fn element(out: &mut String, profile: &Profile, style: Style, interface: InterfaceKey, slot: &Slot, required: bool) {
    let repeated = slot.kind.list && style == Style::Literal && profile.style.array == ArrayStyle::Repeated;
    let kind = if repeated { type_of(profile, interface, slot.kind.of) } else { kind_of(profile, interface, slot.kind) };
    let least = if required && !repeated { "" } else { " minOccurs=\"0\"" };
    let most = if repeated { " maxOccurs=\"unbounded\"" } else { "" };
    let nil = if profile.style.empty == EmptyStyle::Nil { " nillable=\"true\"" } else { "" };
    let _ = writeln!(out, "<xsd:element name=\"{}\" type=\"{kind}\"{least}{most}{nil}/>", slot.name);
}

fn list(out: &mut String, profile: &Profile, style: Style, interface: InterfaceKey, of: Of) {
    let (name, entry) = (list_name(of), type_of(profile, interface, of));
    if style == Style::Encoded {
        let _ = writeln!(
            out,
            "<xsd:complexType name=\"{name}\"><xsd:complexContent><xsd:restriction base=\"SOAP-ENC:Array\">\
             <xsd:sequence><xsd:element name=\"item\" type=\"{entry}\" minOccurs=\"0\" maxOccurs=\"unbounded\"/></xsd:sequence>\
             <xsd:attribute ref=\"SOAP-ENC:arrayType\" wsdl:arrayType=\"{entry}[]\"/>\
             </xsd:restriction></xsd:complexContent></xsd:complexType>"
        );
        return;
    }
    let item = match (profile.style.array, of) {
        (ArrayStyle::Item, _) => profile.style.item.as_str(),
        (ArrayStyle::Type, Of::Record(key)) => key.word(),
        (ArrayStyle::Type, _) => "String",
        // The elements themselves are repeated; there is no type for the list.
        (ArrayStyle::Repeated, _) => return,
    };
    let _ = writeln!(
        out,
        "<xsd:complexType name=\"{name}\"><xsd:sequence><xsd:element name=\"{item}\" type=\"{entry}\" minOccurs=\"0\" \
         maxOccurs=\"unbounded\"/></xsd:sequence></xsd:complexType>"
    );
}

fn messages(out: &mut String, profile: &Profile, style: Style, interface: &Interface) {
    let (name, prefix) = (interface.key.word(), prefix(interface.key));
    let _ = writeln!(out, "<wsdl:message name=\"{name}.header\">");
    for block in [USER, LANGUAGE] {
        let kind = if style == Style::Encoded { "type=\"xsd:string\"".to_owned() } else { format!("element=\"{prefix}:{block}\"") };
        let _ = writeln!(out, "<wsdl:part name=\"{block}\" {kind}/>");
    }
    out.push_str("</wsdl:message>\n");
    for operation in operations(profile, interface.key) {
        let key = operation.key.word();
        let (mut request, mut reply) = (String::new(), String::new());
        if style == Style::Encoded {
            let part = |slot: &Slot| format!("<wsdl:part name=\"{}\" type=\"{}\"/>", slot.name, kind_of(profile, interface.key, slot.kind));
            request.extend(operation.parameters.iter().map(part));
            reply.push_str(&part(&response(profile, operation)));
        } else {
            let part = |suffix: &str| format!("<wsdl:part name=\"parameters\" element=\"{prefix}:{}{suffix}\"/>", operation.name);
            request.push_str(&part(""));
            reply.push_str(&part(&profile.style.response_suffix));
        }
        let _ = writeln!(out, "<wsdl:message name=\"{key}.request\">{request}</wsdl:message>");
        let _ = writeln!(out, "<wsdl:message name=\"{key}.reply\">{reply}</wsdl:message>");
    }
}

fn port_type(out: &mut String, profile: &Profile, interface: &Interface) {
    let _ = writeln!(out, "<wsdl:portType name=\"Ici{}Interface\">", interface.key.word());
    for operation in operations(profile, interface.key) {
        let mut purpose = String::new();
        text::escape_into(&mut purpose, &operation.purpose);
        let _ = writeln!(
            out,
            "<wsdl:operation name=\"{}\"><wsdl:documentation>{purpose}</wsdl:documentation><wsdl:input message=\"tns:{key}.request\"/>\
             <wsdl:output message=\"tns:{key}.reply\"/></wsdl:operation>",
            operation.name,
            key = operation.key.word()
        );
    }
    out.push_str("</wsdl:portType>\n");
}

fn binding(out: &mut String, profile: &Profile, style: Style, interface: &Interface) {
    let name = interface.key.word();
    let (kind, usage, action) = match style {
        Style::Literal => ("document", "use=\"literal\"".to_owned(), interface.action.clone()),
        Style::Encoded => (
            "rpc",
            format!("use=\"encoded\" namespace=\"{}\" encodingStyle=\"{ENCODING}\"", interface.namespace),
            format!("{}{ENCODED_ACTION}", interface.action),
        ),
    };
    let mut quoted = String::new();
    text::escape_attribute_into(&mut quoted, &action);
    let _ = writeln!(
        out,
        "<wsdl:binding name=\"Ici{name}Binding\" type=\"tns:Ici{name}Interface\">\
         <soap:binding style=\"{kind}\" transport=\"http://schemas.xmlsoap.org/soap/http\"/>"
    );
    let header = |part| format!("<soap:header message=\"tns:{name}.header\" part=\"{part}\" {usage}/>");
    let headers = header(USER) + &header(LANGUAGE);
    for operation in operations(profile, interface.key) {
        let _ = writeln!(
            out,
            "<wsdl:operation name=\"{}\"><soap:operation soapAction=\"{quoted}\" style=\"{kind}\"/>\
             <wsdl:input>{headers}<soap:body {usage}/></wsdl:input><wsdl:output><soap:body {usage}/></wsdl:output></wsdl:operation>",
            operation.name
        );
    }
    out.push_str("</wsdl:binding>\n");
}

fn operations(profile: &Profile, interface: InterfaceKey) -> impl Iterator<Item = &Operation> {
    profile.operations().iter().filter(move |operation| operation.key.interface() == interface)
}

/// The answer as a parameter; one that holds nothing is an empty string.
fn response(profile: &Profile, operation: &Operation) -> Slot {
    super::types::response(profile, operation.reply.unwrap_or(Kind { list: false, of: Of::String }))
}

fn prefix(interface: InterfaceKey) -> String {
    interface.word().to_ascii_lowercase()
}

fn kind_of(profile: &Profile, interface: InterfaceKey, kind: Kind) -> String {
    if kind.list { format!("{}:{}", prefix(interface), list_name(kind.of)) } else { type_of(profile, interface, kind.of) }
}

fn type_of(profile: &Profile, interface: InterfaceKey, of: Of) -> String {
    match of {
        Of::Record(key) => format!("{}:{}", prefix(interface), key.word()),
        // ABAP's ways to write yes and a time are no values of the schema's types.
        Of::Boolean if profile.style.boolean == BooleanStyle::Abap => "xsd:string".to_owned(),
        Of::Time if profile.style.time == TimeStyle::Abap => "xsd:string".to_owned(),
        other => {
            let (prefix, local) = qualified(other);
            format!("{prefix}{local}")
        }
    }
}

fn list_name(of: Of) -> String {
    match of {
        Of::Record(key) => format!("ListOf{}", key.word()),
        _ => "ListOfString".to_owned(),
    }
}

/// The records and lists that an interface's operations use.
#[derive(Default)]
struct Used {
    records: BTreeSet<RecordKey>,
    lists: Vec<Of>,
}

impl Used {
    fn by(profile: &Profile, interface: InterfaceKey) -> Self {
        let mut used = Self::default();
        for operation in operations(profile, interface) {
            let kinds = operation.parameters.iter().map(|slot| slot.kind).chain(operation.reply);
            kinds.for_each(|kind| used.add(profile, kind));
        }
        used
    }

    fn add(&mut self, profile: &Profile, kind: Kind) {
        // All lists of something that is no record are lists of strings.
        let of = if matches!(kind.of, Of::Record(_)) { kind.of } else { Of::String };
        if kind.list && !self.lists.contains(&of) {
            self.lists.push(of);
        }
        if let Of::Record(key) = kind.of
            && self.records.insert(key)
        {
            profile.record(key).fields.iter().for_each(|field| self.add(profile, field.kind));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ici::golden, soap};

    const ADDRESS: &str = "http://sap-gateway.example.com/SapIciWebConnector/IcSapWebService.asmx?a=1&b=\"2\"";

    fn count(document: &soap::Document<'_>, name: &str) -> usize {
        fn below(value: soap::Value<'_, '_>, name: &str) -> usize {
            usize::from(value.name() == name) + value.children().map(|child| below(child, name)).sum::<usize>()
        }
        below(document.root(), name)
    }

    #[test]
    fn every_operation_is_in_both() {
        for style in [Style::Literal, Style::Encoded] {
            let wsdl = golden::codec().wsdl(style, ADDRESS);
            let document = soap::read(wsdl.as_bytes()).unwrap();
            assert_eq!(count(&document, "binding"), 2 * 10, "{style:?}: one of WSDL's and one of SOAP's for each interface");
            assert_eq!(count(&document, "port"), 10, "{style:?}");
            // In port type, binding and the binding's own SOAP part.
            assert_eq!(count(&document, "operation"), 3 * 52, "{style:?}");
            assert_eq!(count(&document, "message"), 10 + 2 * 52, "{style:?}");
            assert!(wsdl.contains("?a=1&amp;b=&quot;2&quot;"), "{style:?}: the address is escaped");
        }
    }

    #[test]
    fn every_type_that_is_named_is_declared() {
        for style in [Style::Literal, Style::Encoded] {
            for array in ["item", "type", "repeated"] {
                let profile = shared::profile::BUILT_IN.replace("array = { is = \"item\"", &format!("array = {{ is = \"{array}\""));
                let wsdl = write(&Profile::parse(&profile).unwrap(), style, ADDRESS);
                let mut named = 0;
                for interface in InterfaceKey::ALL {
                    let prefix = prefix(*interface);
                    let schema =
                        wsdl.split(&format!("<xsd:schema targetNamespace=\"urn:Ici{}Interface\"", interface.word())).nth(1).unwrap();
                    let schema = &schema[..schema.find("</xsd:schema>").unwrap()];
                    for (at, _) in wsdl.match_indices(&format!("type=\"{prefix}:")) {
                        let name = wsdl[at + prefix.len() + 7..].split('"').next().unwrap();
                        assert!(schema.contains(&format!("<xsd:complexType name=\"{name}\">")), "{style:?} {array}: {prefix}:{name}");
                        named += 1;
                    }
                }
                assert!(named > 20, "{style:?} {array}: {named}");
            }
        }
    }

    #[test]
    fn what_the_encoded_one_imports_is_at_our_own_address() {
        let address = "http://127.0.0.1:8095/ici";
        assert!(!golden::codec().wsdl(Style::Literal, address).contains("schemaLocation"));
        let encoded = golden::codec().wsdl(Style::Encoded, address);
        assert_eq!(encoded.matches("schemaLocation=").count(), 10);
        assert_eq!(encoded.matches("schemaLocation=\"http://127.0.0.1:8095/ici?schema=soap-encoding\"").count(), 10);
        let schema = soap::read(SOAP_ENCODING_SCHEMA.as_bytes()).unwrap();
        assert_eq!(schema.root().attribute("", "targetNamespace"), Some(ENCODING));
    }
}
