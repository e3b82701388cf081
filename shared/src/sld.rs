//! What SAP's System Landscape Directory is told: a template with the attributes of the file put in. Pure: nothing is read and nothing sent.
//!
//! A template is a document with placeholders such as `${ProductName}`, whose values are escaped. An attribute without a placeholder
//! replaces the value of the `property` of its name, so that a template of SAP's own works as it is (guide, "Perform the SLD registration":
//! attributes change key values within the document).
//!
//! The templates that are built in have the form in which public receivers read such documents. SAP has not published the classes for a
//! system that is not its own, so nobody has checked it against a real directory: whoever needs the registration asks SAP for the template
//! in force.

mod document;

use crate::{
    Finding, SettingPath,
    config::{SldDestination, standard_attributes},
    finding::Place,
};
use std::collections::BTreeMap;

/// The template that is built in for the interface of data suppliers.
pub const TEMPLATE: &str = include_str!("../../assets/sld/ThirdPartySystem.template");
/// The one for CIM-XML.
pub const CIM_TEMPLATE: &str = include_str!("../../assets/sld/ThirdPartySystem.cim.template");

/// The attribute that says on which machine the service runs; empty means this one.
pub const COMPUTER: &str = "Computer";

/// Characters of a name or version at most, by SAP's rules for products and components.
const NAME_MOST: usize = 20;
const NAMES: [&str; 3] = ["ProductName", "ProductVersion", "SoftwareComponentName"];
/// Vendors are Internet domains that belong to them, by the same rules.
const VENDORS: [&str; 2] = ["ProductVendor", "SoftwareComponentVendor"];

/// Which of an SLD's two interfaces takes the registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// That of data suppliers, `/sld/ds`: one document.
    Supplier,
    /// CIM-XML, `/sld/cimom`: a call of a method.
    Cim,
}

/// What would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The document.
    pub text: String,
    /// What is doubtful about it; each is at the attribute that it concerns.
    pub warnings: Vec<Finding>,
}

/// Where it is sent.
pub fn url(destination: &SldDestination) -> String {
    let SldDestination { server, port, tls, uri, .. } = destination;
    let host = if server.contains(':') && !server.starts_with('[') { format!("[{server}]") } else { server.clone() };
    format!("{}://{host}:{port}{uri}", if *tls { "https" } else { "http" })
}

/// Host and port of a proxy, `http://proxy.example.com:8080`; `None` for what is none.
pub fn proxy(url: &str) -> Option<(String, u16)> {
    let authority = url.strip_prefix("http://")?.trim_end_matches('/');
    if authority.is_empty() || authority.contains(['/', '?', '#', '@']) {
        return None;
    }
    match authority.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']')) {
        Some((host, port)) => Some((host.trim_matches(['[', ']']).to_owned(), port.parse().ok()?)),
        None => Some((authority.trim_matches(['[', ']']).to_owned(), 80)),
    }
}

/// Puts the attributes into a template; `computer` is this machine's name.
///
/// # Errors
/// Everything that forbids sending it, with what is doubtful besides: placeholders without an attribute, a machine without a name, and a
/// template that is no XML. The places of findings are those in the template.
pub fn payload(template: &str, attributes: &BTreeMap<String, String>, computer: &str) -> Result<Payload, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut values = attributes.clone();
    let named = values.entry(COMPUTER.to_owned()).or_default();
    if named.trim().is_empty() {
        computer.clone_into(named);
        if computer.is_empty() {
            let (text, repair) = ("the name of this machine is not known", "Write it into the attribute Computer");
            findings.push(Finding::error(at(COMPUTER), "sld-no-computer", text, repair));
        }
    }
    judge(&values, &mut findings);
    let (mut text, used) = fill(template, &values, &mut findings);
    for (name, value) in values.iter().filter(|(name, _)| !used.contains(name)) {
        match document::replace_property(&text, name, &escape(value)) {
            Some(replaced) => text = replaced,
            // The built-in templates do not use all of the guide's table, and nobody has to know that.
            None if standard_attributes().get(name) == Some(value) => {}
            None => findings.push(Finding::warning(
                at(name),
                "sld-unused",
                format!("the template has no place for `{name}`"),
                format!("Write ${{{name}}} into the template, or leave the attribute as it is"),
            )),
        }
    }
    if let Err((what, offset)) = document::well_formed(&text) {
        let place = Place::of(&text, offset);
        let text = format!("the document is not well-formed XML: {what} in line {}", place.line);
        findings.push(Finding::error(template_path(), "sld-not-xml", text, "Correct the template"));
    }
    if findings.iter().any(Finding::is_error) { Err(findings) } else { Ok(Payload { text, warnings: findings }) }
}

fn judge(values: &BTreeMap<String, String>, findings: &mut Vec<Finding>) {
    for (name, value) in values {
        if value.chars().any(|letter| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}')) {
            let text = format!("`{name}` has characters that XML does not know");
            findings.push(Finding::error(at(name), "sld-not-text", text, "Write letters, digits and signs only"));
        } else if NAMES.contains(&name.as_str()) && value.chars().count() > NAME_MOST {
            let text = format!("`{name}` has more than {NAME_MOST} characters");
            findings.push(Finding::warning(at(name), "sld-too-long", text, "Shorten it: SAP's catalogue takes no more"));
        } else if VENDORS.contains(&name.as_str()) && (value.eq_ignore_ascii_case("sap.com") || !is_domain(value)) {
            let text = format!("`{name}` is not an Internet domain of your own");
            findings.push(Finding::warning(
                at(name),
                "sld-vendor",
                text,
                "Write a domain that belongs to your company, where SAP asks for that",
            ));
        }
    }
}

fn is_domain(value: &str) -> bool {
    let label = |label: &str| {
        let bytes = label.as_bytes();
        !label.is_empty() && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') && bytes[0] != b'-'
    };
    value.contains('.') && value.split('.').all(label)
}

/// Replaces the placeholders; says which attributes had one.
fn fill(template: &str, values: &BTreeMap<String, String>, findings: &mut Vec<Finding>) -> (String, Vec<String>) {
    let mut text = String::with_capacity(template.len() + 512);
    let mut used: Vec<String> = Vec::new();
    let mut missing: Vec<&str> = Vec::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("${") {
        text.push_str(before);
        let place = Place::of(template, template.len() - behind.len() - 2);
        let name = behind.split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        let Some(name) = name else {
            let (problem, repair) = ("a placeholder has no name or no end", "Write it as ${Name}");
            let finding = Finding::error(template_path(), "sld-placeholder", format!("{problem} in line {}", place.line), repair);
            findings.push(Finding { place: Some(place), ..finding });
            text.push_str("${");
            rest = behind;
            continue;
        };
        if let Some(value) = values.get(name) {
            text.push_str(&escape(value));
            used.push(name.to_owned());
        } else if !missing.contains(&name) {
            missing.push(name);
            let problem = format!("the template asks for `{name}` in line {}, and there is no such attribute", place.line);
            let finding =
                Finding::error(at(name), "sld-unknown-placeholder", problem, format!("Add an attribute {name}, or correct the template"));
            findings.push(Finding { place: Some(place), ..finding });
        }
        rest = &behind[name.len() + 1..];
    }
    text.push_str(rest);
    (text, used)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

// === impl Interface ===

impl Interface {
    /// By the last part of the path (sld §6).
    pub fn of(uri: &str) -> Self {
        let path = uri.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        if path.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("cimom")) { Self::Cim } else { Self::Supplier }
    }

    /// The template that is built in for it.
    pub fn template(self) -> &'static str {
        match self {
            Self::Supplier => TEMPLATE,
            Self::Cim => CIM_TEMPLATE,
        }
    }

    /// What the request says that its content is, unless the file says otherwise.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Supplier => "text/xml; charset=UTF-8",
            Self::Cim => "application/xml; charset=utf-8",
        }
    }
}

/// For text and for attribute values.
fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn at(attribute: &str) -> SettingPath {
    template_path().parent().unwrap_or_default().key("attributes").key(attribute)
}

fn template_path() -> SettingPath {
    SettingPath::default().key("sld").key("template")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sld;

    fn attributes(more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut attributes = standard_attributes();
        attributes
            .extend([("ProductVendor", "example.com"), ("SoftwareComponentVendor", "example.com")].map(|(a, b)| (a.into(), b.into())));
        attributes.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        attributes
    }

    fn ids(findings: &[Finding]) -> Vec<(String, &'static str)> {
        findings.iter().map(|finding| (finding.path.to_string(), finding.id)).collect()
    }

    #[test]
    fn the_guides_table_gives_the_golden_payload() {
        let payload = payload(TEMPLATE, &standard_attributes(), "ici01").unwrap();
        let vendors = VENDORS.map(|name| (format!("sld.attributes.{name}"), "sld-vendor"));
        assert_eq!(ids(&payload.warnings), vendors, "the guide's own vendor is SAP, and that is doubtful");
        assert_eq!(payload.text, include_str!("../../tests/data/sld/payload.xml"));
    }

    #[test]
    fn a_value_is_escaped_and_computer_wins_over_the_machines_name() {
        let more = attributes(&[("ProductName", "A & \"B\" <'c'>"), (COMPUTER, "pbx")]);
        let text = payload(TEMPLATE, &more, "ici01").unwrap().text;
        assert!(text.contains("<value>A &amp; &quot;B&quot; &lt;&#39;c&#39;&gt;</value>"), "{text}");
        assert!(text.contains("<value>pbx</value>") && !text.contains("ici01"));
    }

    #[test]
    fn what_forbids_sending_is_found_with_its_line() {
        let template = "<a>\n${Nobody} ${Nobody} ${LocalSystemName\n</a>";
        let findings = payload(template, &attributes(&[]), "").unwrap_err();
        let errors: Vec<_> = findings.iter().filter(|finding| finding.is_error()).cloned().collect();
        let expected = [
            ("sld.attributes.Computer", "sld-no-computer"),
            ("sld.attributes.Nobody", "sld-unknown-placeholder"),
            ("sld.template", "sld-placeholder"),
        ];
        assert_eq!(ids(&errors), expected.map(|(path, id)| (path.to_owned(), id)));
        assert_eq!(errors[1].place.map(|place| (place.line, place.column)), Some((2, 1)));
        let broken = payload("<a>${Computer}</b>", &attributes(&[]), "x").unwrap_err();
        assert!(broken.iter().any(|finding| finding.id == "sld-not-xml"), "{broken:?}");
        let control = payload(TEMPLATE, &attributes(&[("ProductID", "\u{1}")]), "x").unwrap_err();
        assert_eq!(ids(&control), [("sld.attributes.ProductID".to_owned(), "sld-not-text")]);
    }

    #[test]
    fn attributes_without_a_placeholder_replace_the_property_of_their_name() {
        let template = "<sapdata><property name=\"ProductName\"><value>OLD</value></property>${Computer}</sapdata>";
        let few = BTreeMap::from([("ProductName".to_owned(), "NEW & ${x}".to_owned()), ("Unheard".to_owned(), "1".to_owned())]);
        let payload = payload(template, &few, "pc").unwrap();
        assert_eq!(payload.text, "<sapdata><property name=\"ProductName\"><value>NEW &amp; ${x}</value></property>pc</sapdata>");
        assert_eq!(ids(&payload.warnings), [("sld.attributes.Unheard".to_owned(), "sld-unused")]);
    }

    #[test]
    fn a_name_that_the_catalogue_does_not_take_is_doubtful() {
        let payload = payload(TEMPLATE, &attributes(&[("SoftwareComponentName", "ININ_ICI_SERVICE_PLUGIN")]), "pc").unwrap();
        assert_eq!(ids(&payload.warnings), [("sld.attributes.SoftwareComponentName".to_owned(), "sld-too-long")]);
    }

    #[test]
    fn both_built_in_templates_are_filled_without_a_word() {
        for interface in [Interface::Supplier, Interface::Cim] {
            let payload = payload(interface.template(), &attributes(&[]), "ici01").unwrap();
            assert_eq!(payload.warnings, [], "{interface:?}");
            assert!(payload.text.contains("JACKFIELD_ICI.SystemHome.ici01") && !payload.text.contains("${"));
        }
        let renamed = payload(CIM_TEMPLATE, &attributes(&[("ProductID", "7")]), "pc").unwrap();
        assert_eq!(ids(&renamed.warnings), [("sld.attributes.ProductID".to_owned(), "sld-unused")]);
    }

    #[test]
    fn the_path_says_which_interface_it_is() {
        for (uri, interface) in [
            ("/sld/ds", Interface::Supplier),
            ("/sld/cimom", Interface::Cim),
            ("/sld/CIMOM/?x=1", Interface::Cim),
            ("/cimom/ds", Interface::Supplier),
            ("/", Interface::Supplier),
        ] {
            assert_eq!(Interface::of(uri), interface, "{uri}");
        }
    }

    #[test]
    fn the_address_is_server_port_and_uri() {
        let server = |server: &str, tls| {
            let settings = Sld { server: Some(server.to_owned()), tls, ..Sld::default() };
            url(&settings.all()[0].1)
        };
        assert_eq!(server("sld.example.com", false), "http://sld.example.com:50000/sld/ds");
        assert_eq!(server("2001:db8::1", true), "https://[2001:db8::1]:50000/sld/ds");
        assert_eq!(Sld::default().all(), []);
    }

    #[test]
    fn a_proxy_is_a_host_and_a_port() {
        let known = |url: &str| proxy(url).map(|(host, port)| format!("{host} {port}"));
        assert_eq!(known("http://proxy.example.com:8080/").as_deref(), Some("proxy.example.com 8080"));
        assert_eq!(known("http://proxy").as_deref(), Some("proxy 80"));
        assert_eq!(known("http://[::1]:3128").as_deref(), Some("::1 3128"));
        for wrong in ["https://proxy:1", "http://", "http://u:p@proxy", "http://proxy/path", "http://proxy:x", "proxy:8080"] {
            assert_eq!(proxy(wrong), None, "{wrong}");
        }
    }
}
