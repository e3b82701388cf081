//! The installed service as systemd knows it: under which account it runs, and which credentials and variables it is given. From that the
//! wizard can tell whether the service will be able to read a secret, as far as that can be told without being the service.

use shared::secret::{SecretRef, keep::Owner};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The unit's name.
const UNIT: &str = "jackfield.service";
/// Where units are, the one that counts first (systemd.unit(5)).
const FOLDERS: [&str; 5] =
    ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// What the unit says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// The account's name.
    pub account: String,
    /// Its numbers; `None` for one that systemd makes up at each start, or that this machine does not list.
    pub owner: Option<Owner>,
    credentials: BTreeSet<String>,
    variables: BTreeSet<String>,
    /// Files with more variables; those that this account cannot read may hold any.
    has_unread_variables: bool,
}

/// Can the service read a secret?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No service is installed on this machine.
    NoService,
    /// Yes, under this account.
    Yes(String),
    /// That cannot be told from here.
    Unknown(String),
    /// It has no access to a person's key store.
    NoKeyring(String),
    /// The file belongs to another account.
    OtherOwner(String),
    /// It may not enter this folder on the way.
    Folder(String, PathBuf),
    /// The unit does not give it this credential.
    NoCredential(String),
    /// The unit does not set this variable.
    NoVariable(String),
}

/// The unit of this machine; `None` when the service is not installed as one.
pub fn installed() -> Option<Unit> {
    let folders: Vec<_> = FOLDERS.iter().map(PathBuf::from).collect();
    read(&folders, &fs::read_to_string("/etc/passwd").unwrap_or_default())
}

/// Reads a unit and what is dropped in beside it.
pub fn read(folders: &[PathBuf], accounts: &str) -> Option<Unit> {
    let mut text = folders.iter().find_map(|folder| fs::read_to_string(folder.join(UNIT)).ok())?;
    for folder in folders.iter().rev() {
        let dropped = fs::read_dir(folder.join(format!("{UNIT}.d"))).into_iter().flatten().flatten();
        let mut dropped: Vec<_> = dropped.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "conf")).collect();
        dropped.sort();
        for path in dropped {
            text.push('\n');
            text.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    Some(parse(&text, accounts))
}

fn parse(text: &str, accounts: &str) -> Unit {
    let mut unit = Unit { account: "root".into(), ..Unit::default() };
    let mut is_dynamic = false;
    for line in text.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim();
        let name = |value: &str| value.split(':').next().unwrap_or_default().to_owned();
        match key.trim() {
            "User" if !value.is_empty() => value.clone_into(&mut unit.account),
            "DynamicUser" => is_dynamic = matches!(value, "yes" | "true" | "1" | "on"),
            "LoadCredential" | "LoadCredentialEncrypted" | "SetCredential" | "SetCredentialEncrypted" => {
                unit.credentials.insert(name(value));
            }
            "ImportCredential" => {
                unit.credentials.insert(value.to_owned());
            }
            "Environment" => unit.variables.extend(value.split_whitespace().filter_map(variable)),
            "EnvironmentFile" if !value.is_empty() => match fs::read_to_string(value.trim_start_matches('-')) {
                Ok(text) => unit.variables.extend(text.lines().filter_map(variable)),
                Err(_) => unit.has_unread_variables = true,
            },
            _ => {}
        }
    }
    unit.owner = if is_dynamic { None } else { owner(&unit.account, accounts) };
    unit
}

fn variable(assignment: &str) -> Option<String> {
    let (name, _) = assignment.trim_start_matches(['"', '\'']).split_once('=')?;
    Some(name.trim().to_owned()).filter(|name| !name.starts_with('#'))
}

/// A user may be named by number too.
fn owner(account: &str, accounts: &str) -> Option<Owner> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, user, group) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (name == account || user == account).then(|| Some(Owner { user: user.parse().ok()?, group: group.parse().ok()? }))?
    })
}

// === impl Unit ===

impl Unit {
    /// Will the service be able to read this?
    pub fn reach(&self, reference: &SecretRef) -> Reach {
        let account = self.account.clone();
        let given = |names: &BTreeSet<String>, name: &str| names.iter().any(|known| matches(known, name));
        match reference {
            SecretRef::Keyring(_) => Reach::NoKeyring(account),
            SecretRef::Credential(name) if given(&self.credentials, name) => Reach::Yes(account),
            SecretRef::Credential(_) => Reach::NoCredential(account),
            SecretRef::Env(name) if given(&self.variables, name) => Reach::Yes(account),
            SecretRef::Env(_) if self.has_unread_variables => Reach::Unknown(account),
            SecretRef::Env(_) => Reach::NoVariable(account),
            SecretRef::File(path) => self.reach_file(account, path),
        }
    }

    #[cfg(unix)]
    fn reach_file(&self, account: String, path: &Path) -> Reach {
        use std::os::unix::fs::MetadataExt;
        let Some(owner) = self.owner else { return Reach::Unknown(account) };
        if owner.user == 0 {
            return Reach::Yes(account);
        }
        let mut folders: Vec<_> = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).collect();
        folders.reverse();
        for folder in folders {
            let Ok(metadata) = fs::metadata(folder) else { return Reach::Unknown(account) };
            let bit = match (metadata.uid() == owner.user, metadata.gid() == owner.group) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if metadata.mode() & bit == 0 {
                return Reach::Folder(account, folder.into());
            }
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.uid() == owner.user => Reach::Yes(account),
            Ok(_) => Reach::OtherOwner(account),
            Err(_) => Reach::Unknown(account),
        }
    }

    #[cfg(not(unix))]
    fn reach_file(&self, account: String, _path: &Path) -> Reach {
        Reach::Unknown(account)
    }
}

/// `ImportCredential=` may end with a star.
fn matches(known: &str, name: &str) -> bool {
    known.strip_suffix('*').map_or(known == name, |start| name.starts_with(start))
}

#[cfg(test)]
#[cfg(unix)]
pub(crate) mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/sh\njackfield:x:4242:4343::/:/usr/sbin/nologin\n";

    /// A unit that gives the service nothing.
    pub(crate) fn of_account(name: &str) -> Unit {
        Unit { account: name.into(), ..Unit::default() }
    }

    fn unit(text: &str) -> Unit {
        parse(text, ACCOUNTS)
    }

    #[test]
    fn a_unit_says_which_account_which_credentials_and_which_variables() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("jackfield.service.d")).unwrap();
        fs::write(folder.path().join(UNIT), "[Service]\nUser=jackfield\nLoadCredential=sld:/etc/x\nEnvironment=\"TOKEN=a\" B=c\n").unwrap();
        fs::write(folder.path().join("jackfield.service.d/10.conf"), "[Service]\nLoadCredentialEncrypted=cic:/etc/y\n").unwrap();
        let unit = read(&[folder.path().into()], ACCOUNTS).unwrap();
        let yes = Reach::Yes("jackfield".into());
        for (reference, expected) in [
            ("credential:sld", yes.clone()),
            ("credential:cic", yes.clone()),
            ("credential:other", Reach::NoCredential("jackfield".into())),
            ("env:TOKEN", yes.clone()),
            ("env:B", yes),
            ("env:C", Reach::NoVariable("jackfield".into())),
            ("keyring:sld", Reach::NoKeyring("jackfield".into())),
        ] {
            assert_eq!(unit.reach(&reference.parse().unwrap()), expected, "{reference}");
        }
        assert_eq!(unit.owner, Some(Owner { user: 4242, group: 4343 }));
        assert_eq!(read(&[folder.path().join("none")], ACCOUNTS), None);
    }

    #[test]
    fn a_file_must_be_the_services_own_and_every_folder_open_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "hunter2").unwrap();
        let reference = SecretRef::File(file.clone());
        let us = fs::metadata(&file).unwrap();
        let own = Unit { account: "we".into(), owner: Some(Owner { user: us.uid(), group: us.gid() }), ..Unit::default() };
        assert_eq!(own.reach(&reference), Reach::Yes("we".into()));
        let other = Unit { account: "it".into(), owner: Some(Owner { user: 4242, group: 4343 }), ..Unit::default() };
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(other.reach(&reference), Reach::OtherOwner("it".into()));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(other.reach(&reference), Reach::Folder("it".into(), folder.path().into()));
        assert_eq!(unit("DynamicUser=yes\nUser=jackfield\n").reach(&reference), Reach::Unknown("jackfield".into()));
        assert_eq!(unit("").reach(&reference), Reach::Yes("root".into()), "a unit without User= runs as root");
    }
}
