//! What may not be changed over the network: settings that name a command to run or a file to read or write, and references that would have
//! the service read a secret from another file or variable. Which they are says the definition of the file and nothing else, so that a new
//! setting of such a format is among them from its first day.

use crate::{
    config::Config,
    definition::{self, Kind, Setting},
    diff,
    draft::Draft,
    finding::Finding,
    setting_path::{SettingPath, Step},
};
use serde_json::Value;

/// The kind of these findings.
pub const ID: &str = "locked-setting";

/// Why a setting may not be changed from another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// It names a command that is run.
    Command,
    /// It names a file or a folder that is read or written.
    File,
    /// It says where a secret is. Another name in a key store or among systemd's credentials may be written, another file or variable not.
    Secret,
}

impl Locked {
    /// Of a setting; of a list, if its elements are.
    pub fn of(setting: &Setting) -> Option<Self> {
        match &setting.kind {
            Kind::Text { format: Some(format), .. } => match format.as_str() {
                "command" => Some(Self::Command),
                "file-path" | "new-file-path" | "folder-path" | "file-name" => Some(Self::File),
                "secret-reference" | "secret-pattern" => Some(Self::Secret),
                _ => None,
            },
            Kind::List(element) | Kind::Map(element) => Self::of(element),
            _ => None,
        }
    }

    /// Of the setting at a path.
    pub fn at(path: &SettingPath) -> Option<Self> {
        Self::of(definition::at(path)?)
    }

    /// Its word, for translations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::File => "file",
            Self::Secret => "secret",
        }
    }

    /// May this value take the other's place?
    fn allows(self, new: Option<&Value>) -> bool {
        let elsewhere = |text: &str| text.starts_with("file:") || text.starts_with("env:");
        self == Self::Secret && !new.and_then(Value::as_str).is_some_and(elsewhere)
    }

    fn finding(self, path: SettingPath) -> Finding {
        let text = match self {
            Self::Command => "a command that the service runs cannot be changed over the network",
            Self::File => "a file that the service reads or writes cannot be changed over the network",
            Self::Secret => "the service cannot be sent to another file or variable for a secret over the network",
        };
        Finding::error(path, ID, text, "Put back what was there, or change this on the service's own machine").case(self.word())
    }
}

/// An error for each setting that differs and may not, in the order of the definition; `draft` is what is written of the new one.
pub fn judge(old: &Config, new: &Config, draft: &Draft) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in diff::diff(old, new) {
        if let Some(setting) = definition::at(&change.path) {
            compare(&change.path, setting, change.old.as_ref(), change.new.as_ref(), &mut findings);
        }
    }
    for finding in &mut findings {
        finding.place = draft.place(&finding.path);
    }
    findings
}

/// A row that came or went is one change with everything in it.
fn compare(path: &SettingPath, setting: &Setting, old: Option<&Value>, new: Option<&Value>, findings: &mut Vec<Finding>) {
    let (old, new) = (old.filter(|value| !value.is_null()), new.filter(|value| !value.is_null()));
    if old == new {
        return;
    }
    if let Some(locked) = Locked::of(setting) {
        if !locked.allows(new) {
            findings.push(locked.finding(path.clone()));
        }
        return;
    }
    let either = new.or(old);
    if let Some(Value::Object(fields)) = either {
        for key in fields.keys() {
            let step = Step::Key(key.clone());
            if let Some(below) = setting.below(&step) {
                let of = |value: Option<&Value>| value.and_then(|value| value.get(key)).cloned();
                compare(&path.key(key), below, of(old).as_ref(), of(new).as_ref(), findings);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_text;

    fn locked(old: &str, new: &str) -> Vec<String> {
        let config = |text| check_text(text).unwrap_or_else(|findings| panic!("{text}: {findings:?}")).config;
        judge(&config(old), &config(new), &Draft::parse(new).unwrap())
            .iter()
            .map(|finding| format!("{} {}", finding.path, finding.case))
            .collect()
    }

    /// Settings whose words speak of files or commands although they name none that the service reads, writes or runs.
    const HARMLESS: [&str; 12] = [
        "schema",
        "service.path",
        "agents.rights.listen",
        "ici.remoting_port",
        "sld.uri",
        "sld.destinations[0].uri",
        "log.keep_days",
        "log.file_size",
        "log.total_size",
        "log.keep_captures_days",
        "log_to_text.monitor_folder",
        // One among those of a file that cannot be changed; the program is built without what runs the command of a profile.
        "genesys_cloud.conduit.profile",
    ];

    #[test]
    fn every_setting_of_the_definition_that_speaks_of_a_file_or_a_command_is_locked() {
        let speaks = |text: &str| {
            let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
            ["file", "files", "folder", "folders", "path", "paths", "program", "command", "script"]
                .iter()
                .any(|word| words.iter().any(|other| other == word))
        };
        let (mut seen, mut doubtful) = (0, Vec::new());
        for (path, setting) in definition::leaves() {
            let is_locked = Locked::of(setting).is_some();
            seen += usize::from(is_locked);
            if !is_locked && (speaks(&setting.description) || speaks(&path.to_string().replace(['.', '_'], " "))) {
                doubtful.push(path.to_string());
            }
        }
        assert_eq!(doubtful, HARMLESS, "give each of them a format that locks it, or see that it is harmless and write it down here");
        assert!(seen >= 30, "{seen}");
    }

    #[test]
    fn every_locked_setting_is_refused_when_it_comes_changes_or_goes() {
        for (path, setting) in definition::leaves() {
            let Some(locked) = Locked::of(setting) else { continue };
            let [one, other] = match locked {
                Locked::Secret => ["credential:a".into(), Value::from("file:/etc/shadow")],
                _ if matches!(setting.kind, Kind::List(_)) => [serde_json::json!(["/a"]), serde_json::json!(["/b"])],
                _ => ["/a".into(), Value::from("/b")],
            };
            for (old, new) in [(None, Some(&other)), (Some(&one), Some(&other)), (Some(&other), None)] {
                let mut findings = Vec::new();
                compare(&path, setting, old, new, &mut findings);
                let may_go = locked == Locked::Secret && new.is_none();
                assert_eq!(findings.len(), usize::from(!may_go), "{path}: {old:?} → {new:?}");
            }
        }
    }

    #[test]
    fn whole_sections_and_rows_do_not_hide_what_is_locked_in_them() {
        let tls = "[service.tls]\ncertificate = \"/c\"\nkey = \"/k\"\n";
        assert_eq!(locked("", tls), ["service.tls.certificate file", "service.tls.key file"]);
        assert_eq!(locked(tls, ""), ["service.tls.certificate file", "service.tls.key file"]);
        assert_eq!(locked(tls, &format!("{tls}warn_days = 20\n")), [""; 0]);
        let user = "[[service.access.users]]\nname = \"sap\"\npassword = \"file:/x\"\n";
        assert_eq!(locked("", user), ["service.access.users[0].password secret"]);
        assert_eq!(locked(user, ""), [""; 0], "a user who goes reads nothing");
        assert_eq!(locked("", &user.replace("file:/x", "credential:x")), [""; 0]);
        let command = "[switch]\nkind = \"icws\"\nserver = \"a\"\nuser_id = \"u\"\npassword = \"env:P\"\n[reject]\nsteps = [\"transfer\"]\n\
                       [agents]\nlog_in = \"sso_token\"\nsso_token = { command = [\"/bin/a\"] }\n";
        assert_eq!(locked(command, &command.replace("/bin/a", "/bin/b")), ["agents.sso_token.command command"]);
        assert_eq!(locked(command, &command.replace("env:P", "env:HOME")), ["switch.password secret"]);
        assert_eq!(locked("[log]\nfolder = \"/a\"", "[log]\nfolder = \"/b\"\nkeep_days = 9"), ["log.folder file"]);
    }
}
