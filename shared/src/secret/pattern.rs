//! Where the secrets of many people are: a reference with a place for a name.

use super::SecretRef;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, fmt::Write as _, str::FromStr};

/// What stands for a person's name.
const USER: &str = "{user}";

/// `keyring:…{user}…`, `credential:…{user}…` or `file:/…{user}…`; printable, because it is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SecretPattern(String);

// === impl SecretPattern ===

impl SecretPattern {
    /// A file for each person in this folder.
    pub fn in_folder(folder: &str) -> Self {
        Self(format!("file:{folder}/{USER}"))
    }

    /// Where this person's secret is. In paths and names of credentials whatever is no letter, digit, `-` or `_` is percent-encoded, a dot too
    /// where the name begins with it, so that no name leads out of the folder.
    pub fn of(&self, user: &str) -> SecretRef {
        let name = if self.0.starts_with("keyring:") { user.to_owned() } else { tame(user) };
        let text = self.0.replace(USER, &name);
        // What was checked when the pattern was made holds for every name: names add no control characters, and no slash.
        text.parse().unwrap_or(SecretRef::Keyring(text))
    }

    /// Does the operating system's key store hold them?
    pub fn is_keyring(&self) -> bool {
        self.0.starts_with("keyring:")
    }
}

impl FromStr for SecretPattern {
    type Err = &'static str;

    /// The error never repeats the text, because it may be a secret.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "this must say where each agent's password is, with {user} for his name; write file:/PATH/{user}, \
                            keyring:NAME-{user} or credential:NAME-{user}";
        let rest = text.split_once(':').ok_or(FORM)?.1;
        if rest.matches(USER).count() != 1 || text.starts_with("env:") {
            return Err(FORM);
        }
        text.replace(USER, "x").parse::<SecretRef>().map_err(|_| FORM)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for SecretPattern {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SecretPattern> for String {
    fn from(pattern: SecretPattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for SecretPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for SecretPattern {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SecretPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "secret-pattern" })
    }
}

/// A name as a part of a path.
fn tame(user: &str) -> String {
    let mut name = String::with_capacity(user.len());
    for (at, letter) in user.char_indices() {
        if letter.is_alphanumeric() || matches!(letter, '-' | '_') || (letter == '.' && at > 0) {
            name.push(letter);
        } else {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_has_a_place_of_his_own() {
        for (pattern, user, place) in [
            ("file:/etc/jackfield/agents/{user}", "ANNA", "file:/etc/jackfield/agents/ANNA"),
            ("file:/etc/jackfield/agents/{user}.pw", "J.ÖRG", "file:/etc/jackfield/agents/J.ÖRG.pw"),
            ("keyring:jackfield-agent-{user}", "anna.adler@x", "keyring:jackfield-agent-anna.adler@x"),
            ("credential:agent-{user}", "a b", "credential:agent-a%20b"),
        ] {
            assert_eq!(pattern.parse::<SecretPattern>().unwrap().of(user).to_string(), place);
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder_and_two_names_never_to_one_place() {
        let pattern: SecretPattern = "file:/agents/{user}".parse().unwrap();
        let names = ["..", "../x", "/etc/passwd", ".", "a/b", "a%2Fb", "a\\b", "a\nb", "a%b", "A", "a", "a\u{0}b"];
        let mut places: Vec<String> = names.iter().map(|name| pattern.of(name).to_string()).collect();
        for place in &places {
            let name = place.strip_prefix("file:/agents/").unwrap();
            assert!(!name.contains(['/', '\\', '\n', '\0']) && !name.starts_with('.'), "{place}");
        }
        places.sort();
        places.dedup();
        assert_eq!(places.len(), names.len());
    }

    #[test]
    fn what_is_no_pattern_is_refused_and_not_repeated() {
        for text in
            ["hunter2", "file:/agents/hunter2", "env:{user}", "file:{user}{user}", "dpapi:{user}", "keyring:", "credential:../{user}"]
        {
            let why = text.parse::<SecretPattern>().unwrap_err();
            assert!(!why.contains("hunter2"), "{text}");
        }
    }
}
