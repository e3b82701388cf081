//! An installation that nobody has: SAP and the connector that served it before speak an interface of their own, with other namespaces,
//! operations, parameters in other orders, lists, events and codes than the profile that ships. All of its XML is written here by hand.
//!
//! [`past`] is the traffic of one morning between the two, as a proxy would have saved it; [`Sap`] is the same SAP, speaking to Jackfield.

use crate::{http, program::Program, sink::Sink, tree, tree::Leaves};
use std::{fs, net::SocketAddr, path::Path};

/// Where this installation's interfaces are.
const ROOT: &str = "http://crm.invented.example/cti/";
/// States of a contact, as its SAP knows them.
pub mod state {
    #![expect(missing_docs, reason = "each is the state of that name")]
    pub const RINGING: &str = "RING";
    pub const TALKING: &str = "TALK";
    pub const PARKED: &str = "PARK";
    pub const GONE: &str = "GONE";
    pub const DIALLING: &str = "TONE";
}

/// A command as this SAP writes it: interface, name, parameters in its order.
#[derive(Clone, Debug)]
pub struct Command {
    area: &'static str,
    name: &'static str,
    inside: String,
}

/// `<name>value</name>`, escaped.
fn leaf(name: &str, value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<{name}>{value}</{name}>")
}

fn list(name: &str, values: &[&str]) -> String {
    let entries: String = values.iter().map(|value| leaf("entry", value)).collect();
    format!("<{name}>{entries}</{name}>")
}

/// Everything that this SAP can say.
pub mod say {
    #![expect(missing_docs, reason = "each says what it is called")]
    use super::{Command, leaf, list};

    fn command(area: &'static str, name: &'static str, inside: String) -> Command {
        Command { area, name, inside }
    }
    pub fn introduce() -> Command {
        command("host", "introduce", leaf("release", "7.40") + &leaf("brand", "CRM of our own"))
    }
    pub fn profile(user: &str) -> Command {
        command("employee", "readProfile", leaf("employeeNo", user))
    }
    pub fn enrol(user: &str, url: &str) -> Command {
        command("employee", "enrol", leaf("subscriber", "OWN-CRM") + &leaf("target", url) + &leaf("employeeNo", user))
    }
    pub fn withdraw(user: &str, url: &str) -> Command {
        command("employee", "withdraw", leaf("subscriber", "OWN-CRM") + &leaf("target", url) + &leaf("employeeNo", user))
    }
    pub fn reach(user: &str, number: &str) -> Command {
        let entry = format!("<entry>{}{}</entry>", leaf("reachedAt", number), leaf("medium", "V"));
        command("employee", "setReach", format!("<reach>{entry}</reach>") + &leaf("employeeNo", user))
    }
    pub fn media(user: &str) -> Command {
        command("employee", "pickMedia", list("media", &["V"]) + &leaf("employeeNo", user))
    }
    pub fn mode(user: &str, mode: &str) -> Command {
        command("employee", "switchMode", leaf("modeNo", mode) + &leaf("employeeNo", user))
    }
    pub fn watch(container: &str, url: &str) -> Command {
        command("box", "enrol", leaf("subscriber", "OWN-CRM") + &leaf("boxNo", container) + &leaf("target", url))
    }
    pub fn open(user: &str) -> Command {
        command("contact", "open", leaf("employeeNo", user))
    }
    pub fn take_up(contact: &str) -> Command {
        command("contact", "takeUp", leaf("contactNo", contact))
    }
    pub fn turn_down(contact: &str) -> Command {
        command("contact", "turnDown", leaf("contactNo", contact))
    }
    pub fn papers(contact: &str) -> Command {
        command("contact", "readPapers", leaf("contactNo", contact))
    }
    pub fn call_out(contact: &str, number: &str) -> Command {
        command("voice", "callOut", leaf("towards", number) + &leaf("contactNo", contact))
    }
    pub fn park(contact: &str) -> Command {
        command("voice", "park", leaf("contactNo", contact))
    }
    pub fn unpark(contact: &str) -> Command {
        command("voice", "unpark", leaf("contactNo", contact))
    }
    pub fn ring_off(contact: &str) -> Command {
        command("voice", "ringOff", leaf("contactNo", contact))
    }
}

impl Command {
    /// The whole message for an agent.
    fn envelope(&self, user: &str) -> String {
        let space = format!("{ROOT}{}", self.area);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
             <h:user xmlns:h=\"{space}\">{user}</h:user><h:language xmlns:h=\"{space}\">DE</h:language></s:Header>\
             <s:Body><m:{0} xmlns:m=\"{space}\" xmlns=\"{space}\">{1}</m:{0}></s:Body></s:Envelope>",
            self.name, self.inside
        )
    }

    /// The request, with its head.
    fn request(&self, path: &str, user: &str) -> Vec<u8> {
        http::post(path, &format!("\"{ROOT}{}/bean\"", self.area), self.envelope(user).as_bytes())
    }

    /// What the connector of the past answers.
    fn answer(&self, inside: &str) -> String {
        let space = format!("{ROOT}{}", self.area);
        envelope(&format!("<m:{0}Result xmlns:m=\"{space}\" xmlns=\"{space}\"><answer>{inside}</answer></m:{0}Result>", self.name))
    }
}

fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>")
}

/// A proxy that saves what passes, request and answer in a file each.
struct Proxy<'f> {
    folder: &'f Path,
    count: usize,
    user: &'static str,
    url: String,
}

impl Proxy<'_> {
    fn save(&mut self, request: &[u8], answer: &str) {
        self.count += 1;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n", answer.len());
        fs::write(self.folder.join(format!("{}_c.txt", self.count)), request).expect("a temporary file can be written");
        fs::write(self.folder.join(format!("{}_s.txt", self.count)), head + answer).expect("a temporary file can be written");
    }

    fn command(&mut self, command: &Command, inside: &str) {
        self.save(&command.request("/old/connector", self.user), &command.answer(inside));
    }

    fn event(&mut self, name: &str, inside: &str) {
        let space = format!("{ROOT}news");
        let body =
            envelope(&format!("<m:{name} xmlns:m=\"{space}\" xmlns=\"{space}\">{inside}{}</m:{name}>", list("subscribers", &["OWN-CRM"])));
        let path = self.url.clone();
        let path = &path[path.find("/ear").expect("the URL has this path")..];
        let answer = envelope(&format!("<m:{name}Result xmlns:m=\"{space}\" xmlns=\"{space}\"><answer/></m:{name}Result>"));
        self.save(&http::post(path, &format!("\"{ROOT}news/bean\""), body.as_bytes()), &answer);
    }

    fn employee(&mut self, mode: &str, caption: &str) {
        let profile = profile(self.user, mode, caption);
        self.event("employeeMoved", &format!("<employee>{profile}</employee>"));
    }

    fn contact(&mut self, contact: &str, (state, caption): (&str, &str), way: &str, number: &str) {
        let possible: &[&str] = match state {
            state::RINGING => &["takeUp", "turnDown"],
            state::TALKING => &["ringOff", "park"],
            state::PARKED => &["unpark", "ringOff"],
            _ => &[],
        };
        let (inbound, outbound): (&[&str], &[&str]) = if way == "I" { (&[number], &["+498001"]) } else { (&[], &[number]) };
        let inside = format!(
            "<contact><phase><code>{state}</code><caption>{caption}</caption></phase>{}{}{}{}{}{}{}</contact>",
            leaf("contactNo", contact),
            leaf("way", way),
            list("callers", inbound),
            list("reachedNumbers", outbound),
            leaf("boxNo", "EX-8001"),
            list("possible", possible),
            leaf("papers", "<?xml version=\"1.0\"?><ItemAttachedData/>"),
        );
        self.event("contactMoved", &inside);
    }
}

fn profile(user: &str, mode: &str, caption: &str) -> String {
    let coded = |code: &str, caption: &str| leaf("code", code) + &leaf("caption", caption);
    let modes = [("2", "Bereit"), ("3", "Nicht bereit"), ("4", "Pause")]
        .map(|(code, text)| format!("<entry>{}</entry>", coded(code, text)))
        .concat();
    let boxes = [("EX-8001", "TRUNK"), ("IN-8001", "TRAY")]
        .map(|(no, sort)| format!("<entry>{}{}</entry>", leaf("boxNo", no), leaf("sort", sort)))
        .concat();
    format!(
        "{}<mode>{}</mode><modes>{modes}</modes><boxes>{boxes}</boxes><media><entry>{}</entry></media>{}{}",
        leaf("familyName", "Out"),
        coded(mode, caption),
        coded("V", "Telefon"),
        leaf("givenName", "Fosca"),
        leaf("employeeNo", user),
    )
}

/// One morning of the past: an agent logs on, takes two calls, refuses one, calls out, and logs off.
pub fn past(folder: &Path, user: &'static str) {
    let url = "http://crm.invented.example:8000/ear/7f3a?c=100".to_owned();
    let mut proxy = Proxy { folder, count: 0, user, url: url.clone() };
    let ring = (state::RINGING, "Klingelt");
    let talk = (state::TALKING, "Im Gespräch");
    let parked = (state::PARKED, "Gehalten");
    let gone = (state::GONE, "Beendet");
    proxy.command(&say::introduce(), &(leaf("release", "3.0") + &leaf("brand", "Old connector")));
    proxy.command(&say::profile(user), &profile(user, "1", "Abgemeldet"));
    proxy.command(&say::enrol(user, &url), "");
    proxy.command(&say::reach(user, "+498001"), "");
    proxy.command(&say::media(user), "");
    for container in ["EX-8001", "IN-8001"] {
        proxy.command(&say::watch(container, &url), "");
    }
    proxy.command(&say::mode(user, "2"), "");
    proxy.employee("2", "Bereit");
    for (contact, number) in [("K-1001", "+4930111222"), ("K-1002", "+4989333444")] {
        proxy.contact(contact, ring, "I", number);
        proxy.command(&say::take_up(contact), "");
        proxy.contact(contact, talk, "I", number);
        proxy.command(&say::papers(contact), "&lt;?xml version=\"1.0\"?&gt;&lt;ItemAttachedData/&gt;");
        proxy.command(&say::park(contact), "");
        proxy.contact(contact, parked, "I", number);
        proxy.command(&say::unpark(contact), "");
        proxy.contact(contact, talk, "I", number);
        proxy.command(&say::ring_off(contact), "");
        proxy.contact(contact, gone, "I", number);
    }
    proxy.contact("K-1003", ring, "I", "+4930555666");
    proxy.command(&say::turn_down("K-1003"), "");
    proxy.contact("K-1003", gone, "I", "+4930555666");
    proxy.command(&say::mode(user, "4"), "");
    proxy.employee("4", "Pause");
    proxy.command(&say::open(user), "K-1004");
    proxy.command(&say::call_out("K-1004", "+4940777888"), "");
    proxy.contact("K-1004", (state::DIALLING, "Wählt"), "O", "+4940777888");
    proxy.contact("K-1004", talk, "O", "+4940777888");
    proxy.command(&say::ring_off("K-1004"), "");
    proxy.contact("K-1004", gone, "O", "+4940777888");
    proxy.command(&say::withdraw(user, &url), "");
}

/// This SAP, speaking to Jackfield; it understands only its own interface.
pub struct Sap<'s> {
    address: SocketAddr,
    path: String,
    user: &'static str,
    sink: &'s Sink,
    next: usize,
}

impl<'s> Sap<'s> {
    /// For an agent.
    pub fn new(program: &Program, user: &'static str, sink: &'s Sink) -> Self {
        Self { address: program.ici, path: program.path.clone(), user, sink, next: 0 }
    }

    /// The URL for events.
    pub fn url(&self) -> String {
        self.sink.url("/ear/1")
    }

    /// Says something that has to be answered as this SAP expects: `<nameResult><answer>`.
    ///
    /// # Errors
    /// What came instead.
    pub fn say(&self, command: &Command) -> Result<Leaves, String> {
        let answer = http::exchange(self.address, &command.request(&self.path, self.user)).map_err(|error| error.to_string())?;
        let text = answer.text();
        let document = tree::parse(&text)?;
        let space = format!("{ROOT}{}", command.area);
        let wanted = format!("{}Result", command.name);
        let found = document.descendants().find(|node| node.has_tag_name((space.as_str(), wanted.as_str())));
        let inner = found.and_then(|result| result.children().find(|node| node.has_tag_name((space.as_str(), "answer"))));
        inner.map(Leaves::below).ok_or_else(|| format!("{}: no {wanted} with an answer in {text}", command.name))
    }

    /// Waits for an event of this name for which something holds.
    pub fn hears(&mut self, name: &str, what: &str, fits: impl Fn(&Leaves) -> bool) -> Leaves {
        let (place, event) = self.sink.wait(self.next, &format!("{name}: {what}"), |event| event.name == name && fits(&event.leaves));
        let text = event.message.as_ref().map(http::Message::text).unwrap_or_default();
        assert!(text.contains(&format!("\"{ROOT}news\"")), "an event in this SAP's namespace: {text}");
        self.next = place + 1;
        event.leaves
    }

    /// Waits for a contact in a state.
    pub fn contact(&mut self, state: &str) -> Leaves {
        self.hears("contactMoved", state, |leaves| leaves.get("phase.code") == Some(state))
    }
}
