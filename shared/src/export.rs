//! A copy of a file for other people: without secrets, without comments, and with a list of what was left out.

use crate::{
    check,
    draft::Draft,
    finding::Finding,
    setting_path::{SettingPath, Step},
};
use serde::Serialize;
use std::fmt::Write as _;

/// A copy for other people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Export {
    /// The copy, in TOML. References to secrets stay, because they say where a secret is and not what it is.
    pub toml: String,
    /// What is not in it, and why.
    pub left_out: Vec<LeftOut>,
}

/// A setting that is not in the copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The setting; empty for comments.
    pub path: SettingPath,
    /// Why, as the id of a finding, or `comments`.
    pub why: &'static str,
}

/// Makes the copy. Only what the definition knows and takes goes into it, so that a password in an unknown or wrong place stays out too.
///
/// # Errors
/// The text is not TOML.
pub fn export(text: &str) -> Result<Export, Vec<Finding>> {
    let mut draft = Draft::parse(text)?;
    let findings = check::structure(&draft);
    let mut left_out: Vec<_> = findings
        .into_iter()
        .filter(|finding| draft.get(&finding.path).is_some())
        .map(|finding| LeftOut { path: finding.path, why: finding.id })
        .collect();
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    // From the end on, so that taking out an element of a list does not move those still to come.
    for left in left_out.iter().rev() {
        take_out(&mut draft, &left.path);
    }
    if text.contains('#') {
        left_out.push(LeftOut { path: SettingPath::default(), why: "comments" });
    }
    let mut toml = String::from("# A Jackfield configuration, exported without secrets and comments.\n");
    for left in left_out.iter().filter(|left| !left.path.steps().is_empty()) {
        let _ = writeln!(toml, "# Left out: {} ({})", left.path, left.why);
    }
    toml.push('\n');
    toml.push_str(&toml::to_string(draft.values()).unwrap_or_default());
    Ok(Export { toml, left_out })
}

/// A setting is taken out of its row; a row itself stays where it is, because others are counted from it.
fn take_out(draft: &mut Draft, path: &SettingPath) {
    let is_row = matches!(path.steps().last(), Some(Step::Index(_))) && draft.get(path).is_some_and(toml::Value::is_table);
    if !is_row {
        draft.unset(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# the password is hunter1\n[switch]\npassword = \"hunter2\"\npasswort = \"hunter3\"\n\n[service]\n\
                        public_url = \"http://me:hunter4@host/\"\nevent_hosts = [\"a\", \"me:hunter5@b\", \"c\"]\n\n[sld]\nuser_id = \"sld\"\n\
                        password = \"credential:sld\"\n\n[[service.access.users]]\nname = \"sap\"\npassword = 6\n[hunter]\npassword = \"hunter7\"\n";

    #[test]
    fn no_secret_gets_out_wherever_it_stands() {
        let export = export(FILE).unwrap();
        let all = format!("{export:?}");
        assert!(!all.contains("hunter1") && (2..8).all(|number| !all.contains(&format!("hunter{number}"))), "{all}");
        let left: Vec<_> = export.left_out.iter().map(|left| (left.path.to_string(), left.why)).collect();
        let expected = [
            ("hunter", "unknown-key"),
            ("service.access.users[0].password", "literal-secret"),
            ("service.event_hosts[1]", "bad-format"),
            ("service.public_url", "bad-format"),
            ("switch.password", "literal-secret"),
            ("switch.passwort", "unknown-key"),
            ("", "comments"),
        ];
        assert_eq!(left, expected.map(|(path, why)| (path.to_owned(), why)));
    }

    #[test]
    fn references_and_everything_that_is_right_stay() {
        let export = export(FILE).unwrap();
        assert!(
            export.toml.contains("password = \"credential:sld\"") && export.toml.contains("event_hosts = [\"a\", \"c\"]"),
            "{}",
            export.toml
        );
    }

    #[test]
    fn what_is_exported_can_be_imported() {
        let text = "[limits]\nmailbox = 16\n[[workmodes.mapped]]\nid = 4\nstatus = \"Lunch\"\n[admin]\ntoken = \"env:T\"\n";
        let export = export(text).unwrap();
        assert_eq!(export.left_out, []);
        assert_eq!(check::check_text(&export.toml).unwrap().config, check::check_text(text).unwrap().config);
    }
}
