//! Gives each entry its fate.

use super::{
    Fate, Row, Sure, Taken, Why,
    entries::{Content, Entry, Side},
    keys::{self, Key, plain},
    rows::{Member, members, split, yes_or_no},
};
use crate::{
    check,
    definition::{self, Kind},
    draft::Draft,
    finding::Finding,
    setting_path::{SettingPath, path},
};
use toml::{Table, Value};

/// Settings that name a workmode, by its number or by the status that it stands for.
const WORKMODES: [&str; 2] = ["ici.login_status", "ici.reject_workmode"];

pub(super) fn take(entries: &[Entry], windows: bool) -> Taken {
    let mut taker = Taker { windows, settings: Vec::new() };
    let mut fates: Vec<Option<Fate>> = vec![None; entries.len()];
    // What names a workmode by its status waits until all of them are known.
    for late in [false, true] {
        for (entry, fate) in entries.iter().zip(&mut fates) {
            if fate.is_none() && meaning(entry).is_some_and(|key| WORKMODES.contains(&key.setting)) == late {
                *fate = Some(taker.fate(entry));
            }
        }
    }
    if taker.value(&path("switch.server")).is_some() {
        taker.settings.push((path("switch.kind"), "icws".into()));
    }
    let row = |(entry, fate): (&Entry, Option<Fate>)| {
        let key = entry.section.iter().map(String::as_str).chain([entry.name.as_str()]).collect::<Vec<_>>().join("/");
        fate.map(|fate| Row { file: entry.file.clone(), line: entry.line, key, fate })
    };
    Taken { rows: entries.iter().zip(fates).filter_map(row).collect(), settings: taker.settings }
}

/// The setting that a lonely entry means.
fn meaning(entry: &Entry) -> Option<&'static Key> {
    let name = plain(&entry.name);
    let last = entry.name.rsplit(['.', ':', '_']).next().map(plain).unwrap_or_default();
    let within = entry.section.last().map(|section| plain(section) + &name).unwrap_or_default();
    keys::meaning(&[within, name, last], entry.side)
}

struct Taker {
    windows: bool,
    settings: Vec<(SettingPath, Value)>,
}

impl Taker {
    fn fate(&mut self, entry: &Entry) -> Fate {
        match &entry.content {
            Content::Platform => return left(Why::Platform, "it is for .NET and IIS, which Jackfield does not need"),
            Content::Text(text) if text.is_empty() && !keys::is_secret(&entry.name) => return left(Why::Empty, "nothing is written there"),
            Content::Attributes(attributes) if attributes.iter().any(|(name, _)| keys::is_secret(name)) => return self.secret(entry),
            _ if keys::is_secret(&entry.name) => return self.secret(entry),
            _ => {}
        }
        let members = members(entry);
        if !members.is_empty() {
            let fates: Vec<Fate> = members.into_iter().map(|member| self.member(member)).collect();
            // A list has one row in the report: what was refused of it matters more than what was taken.
            let refused = fates.iter().position(|fate| matches!(fate, Fate::Left { .. }));
            return fates.into_iter().nth(refused.unwrap_or(0)).unwrap_or_else(unknown);
        }
        let Some(key) = meaning(entry) else { return Self::stranger(entry) };
        let setting = path(key.setting);
        match self.understood(&setting, &entry.content) {
            Ok(value) => self.set(setting, value, key.sure),
            Err(fate) => fate,
        }
    }

    fn stranger(entry: &Entry) -> Fate {
        if entry.side == Side::Connector && ["server", "serverip", "servername", "ip"].contains(&plain(&entry.name).as_str()) {
            let text = "Jackfield is connector and service in one; only a connector on a host of its own (`jackfield connector`) needs it";
            return left(Why::Elsewhere, text);
        }
        unknown()
    }

    /// The secret itself stays where it is; the file says where ours will be.
    fn secret(&mut self, entry: &Entry) -> Fate {
        let all: String = entry.section.iter().chain([&entry.name]).map(|name| plain(name)).collect();
        let (setting, place) = match entry.side {
            Side::Connector => return left(Why::Secret, "a secret of the old connector has no place here"),
            Side::Service if all.contains("sld") => ("sld.password", "credential:sld-password"),
            Side::Service => ("switch.password", "credential:switch-password"),
        };
        if self.value(&path(setting)).is_none() {
            self.settings.push((path(setting), place.into()));
        }
        left(Why::Secret, &format!("no file of Jackfield holds a password; `{setting}` now says {place:?}: put it there"))
    }

    fn member(&mut self, member: Member) -> Fate {
        match member {
            Member::Workmode(id @ 1..=3, status, _) => {
                let setting = ["workmodes.logout", "workmodes.ready", "workmodes.not_ready"];
                let at = usize::try_from(id - 1).unwrap_or_default();
                self.set(path(setting[at]), status.into(), Sure::Guessed)
            }
            Member::Workmode(id, status, selectable) => {
                let row = Table::from_iter([
                    ("id".to_owned(), Value::Integer(id)),
                    ("status".to_owned(), status.into()),
                    ("user_selectable".to_owned(), selectable.into()),
                ]);
                self.add("workmodes.mapped", Value::Table(row))
            }
            Member::Attribute(list, name) => self.add(list, name.into()),
            Member::Channel(setting, on, extension) => {
                if let Some(extension) = extension {
                    self.set(path(setting).key("address_extension"), extension.into(), Sure::Guessed);
                }
                self.set(path(setting).key("enabled"), on.into(), Sure::Guessed)
            }
            Member::Sld(name, value) => self.set(path("sld.attributes").key(&name), value.into(), Sure::Known),
            Member::RemotingPort(port) => match self.understood(&path("ici.remoting_port"), &Content::Text(port)) {
                Ok(value) => self.set(path("ici.remoting_port"), value, Sure::Guessed),
                Err(fate) => fate,
            },
        }
    }

    /// A value of the kind that the setting has.
    fn understood(&self, setting: &SettingPath, content: &Content) -> Result<Value, Fate> {
        let Some(definition) = definition::at(setting) else { return Err(unknown()) };
        let refused = |what: &str| left(Why::Refused, &format!("`{setting}` needs {what}"));
        let text = match content {
            Content::Text(text) => text.as_str(),
            Content::List(list) if matches!(definition.kind, Kind::List(_)) => {
                return Ok(Value::Array(list.iter().map(|text| text.as_str().into()).collect()));
            }
            _ => return Err(refused("one value")),
        };
        match &definition.kind {
            Kind::Switch => yes_or_no(text).map(Value::Boolean).ok_or_else(|| refused("yes or no")),
            Kind::Number { .. } => {
                let number = text.parse().ok().or_else(|| self.workmode(setting, text));
                number.map(Value::Integer).ok_or_else(|| refused("a number"))
            }
            Kind::List(_) => Ok(Value::Array(split(text).into_iter().map(Value::String).collect())),
            _ if definition.path_kind().is_some() && !self.windows && (text.contains('\\') || text.get(1..2) == Some(":")) => {
                Err(left(Why::Elsewhere, &format!("a folder of Windows means nothing here; `{setting}` takes one of this system")))
            }
            _ => Ok(text.into()),
        }
    }

    /// The number of the workmode with this status.
    fn workmode(&self, setting: &SettingPath, status: &str) -> Option<i64> {
        if !WORKMODES.iter().any(|known| path(known) == *setting) {
            return None;
        }
        let is = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|known| plain(known) == plain(status));
        for (number, setting) in [(2, "workmodes.ready"), (3, "workmodes.not_ready")] {
            if is(self.value(&path(setting))) {
                return Some(number);
            }
        }
        let mapped = self.value(&path("workmodes.mapped"))?.as_array()?;
        mapped.iter().find(|row| is(row.get("status")))?.get("id")?.as_integer()
    }

    /// Adds to a list; a list that an old file begins takes the place of ours.
    fn add(&mut self, list: &str, value: Value) -> Fate {
        let list = path(list);
        let have = self.value(&list).and_then(Value::as_array).map_or(0, Vec::len);
        if let Some(fate) = refusal(&list.index(0), &value) {
            return fate;
        }
        let fate = Fate::Taken { setting: list.index(have), value: value.to_string(), sure: Sure::Guessed };
        match self.settings.iter_mut().find(|(known, _)| *known == list) {
            Some((_, Value::Array(values))) => values.push(value),
            _ => self.settings.push((list, Value::Array(vec![value]))),
        }
        fate
    }

    fn set(&mut self, setting: SettingPath, value: Value, sure: Sure) -> Fate {
        if let Some(fate) = refusal(&setting, &value) {
            return fate;
        }
        let known = self.value(&setting);
        if known.is_some_and(|known| *known != value) {
            return left(Why::Twice, &format!("another entry has given `{setting}` its value already"));
        }
        let fate = Fate::Taken { setting: setting.clone(), value: value.to_string(), sure };
        if known.is_none() {
            self.settings.push((setting, value));
        }
        fate
    }

    fn value(&self, setting: &SettingPath) -> Option<&Value> {
        self.settings.iter().find(|(known, _)| known == setting).map(|(_, value)| value)
    }
}

/// What the check of the file says against a value by itself.
fn refusal(setting: &SettingPath, value: &Value) -> Option<Fate> {
    let mut draft = Draft::default();
    draft.set(setting, value.clone());
    let finding = check::structure(&draft).into_iter().find(Finding::is_error)?;
    Some(left(Why::Refused, &format!("`{setting}` does not take it: {}", finding.text)))
}

fn left(why: Why, text: &str) -> Fate {
    Fate::Left { why, text: text.to_owned() }
}

fn unknown() -> Fate {
    left(Why::Unknown, "no setting of Jackfield has this name; look whether the site needs it")
}
