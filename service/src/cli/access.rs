//! `jackfield access`: technical users of the web service, whose passwords are kept as hashes.

use super::{
    exit::{self, Exit},
    typed_secret,
};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    Draft,
    file::{self, FileError, Version},
    password_hash,
    secret::{
        SecretRef,
        keep::{self, Owner},
    },
    setting_path::SettingPath,
};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// A key store may ask a person to unlock it first.
const KEY_STORE: Duration = Duration::from_mins(1);
const USERS: &str = "service.access.users";

/// Make hashes of passwords, and technical users for SAP to log on with.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Ask for a password and print its hash (Argon2id), for a file or a credential that `service.access.users[].password` names.
    Hash {
        /// Where the password is, instead of asking: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
        #[arg(long, value_name = "REFERENCE")]
        from: Option<SecretRef>,
    },
    /// Ask for a password, keep its hash, and write the user into the configuration file. A user who is there gets another password.
    AddUser(AddUser),
}

/// A user to be added.
#[derive(Debug, Args)]
pub struct AddUser {
    /// His name, as it stands in SAP's RFC destination.
    pub name: String,
    /// Where the password is, instead of asking.
    #[arg(long, value_name = "REFERENCE")]
    pub from: Option<SecretRef>,
    /// Where the hash is kept [default: `secrets/access-NAME` beside the configuration file].
    #[arg(long, value_name = "REFERENCE")]
    pub into: Option<SecretRef>,
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The account of the service, whose file it becomes; root only.
    #[arg(long, value_name = "ACCOUNT")]
    pub owner: Option<String>,
}

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        let done = match self.what {
            What::Hash { from } => hash(from.as_ref()).map(|hash| format!("{}\n", hash.expose_secret())),
            What::AddUser(user) => user.add(),
        };
        let said = done.and_then(|text| io::stdout().write_all(text.as_bytes()).map_err(|error| (Exit::InputOutput, error.to_string())));
        said.map_or_else(exit::told, |()| Exit::Done).into()
    }
}

impl AddUser {
    fn add(self) -> Result<String, (Exit, String)> {
        let Self { name, from, into, config, owner } = self;
        let owner = owner.map(|account| Owner::of(&account).ok_or((Exit::Usage, format!("there is no account {account}")))).transpose()?;
        let path = file::locate(config.as_deref()).path;
        let into = into.unwrap_or_else(|| {
            let plain = |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
            let file: String = name.chars().map(plain).collect();
            SecretRef::File(file::beside(&path, Path::new(&format!("secrets/access-{file}"))))
        });
        let hash = hash(from.as_ref())?;
        keep::keep(&into, &hash, owner, KEY_STORE).map_err(|error| (Exit::InputOutput, error.to_string()))?;
        enter(&path, &name, &into).map_err(|error| (Exit::Usage, error.to_string()))?;
        Ok(format!("{name} may call; the hash is in {into}, and {} says so\n", path.display()))
    }
}

fn hash(from: Option<&SecretRef>) -> Result<SecretString, (Exit, String)> {
    let password = typed_secret::ask("Password", from, true).map_err(|why| (Exit::Unavailable, why))?;
    password_hash::hash(&password).map_err(|why| (Exit::Internal, why))
}

/// Writes the user into the file, or where his hash is if he is there already.
fn enter(path: &Path, name: &str, into: &SecretRef) -> Result<(), FileError> {
    let text = match file::read::text(path) {
        Ok(text) => Some(text),
        Err(FileError::Absent(_)) => None,
        Err(error) => return Err(error),
    };
    let mut draft =
        Draft::parse(text.as_deref().unwrap_or_default()).map_err(|findings| FileError::Refused { path: path.into(), findings })?;
    let at: SettingPath = USERS.parse().unwrap_or_default();
    let mut users = draft.get(&at).and_then(|users| users.as_array()).cloned().unwrap_or_default();
    let mut user = toml::Table::new();
    user.insert("name".into(), name.into());
    user.insert("password".into(), into.to_string().into());
    match users.iter_mut().find(|user| user.get("name").and_then(toml::Value::as_str) == Some(name)) {
        Some(known) => *known = user.into(),
        None => users.push(user.into()),
    }
    draft.set(&at, users.into());
    file::save(path, &draft, text.as_deref().map(Version::of).as_ref()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use password_hash::PasswordHash;
    use std::fs;

    #[cfg(unix)]
    #[test]
    fn a_user_is_written_into_the_file_and_only_the_hash_of_his_password_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (config, password) = (folder.path().join("jackfield.toml"), folder.path().join("password"));
        fs::write(&config, "# ours\n[limits]\nmailbox = 16 # enough\n").unwrap();
        let add = |name: &str, typed: &str| {
            keep::keep(&SecretRef::File(password.clone()), &typed.to_owned().into(), None, KEY_STORE).unwrap();
            let from = Some(SecretRef::File(password.clone()));
            AddUser { name: name.into(), from, into: None, config: Some(config.clone()), owner: None }.add().unwrap()
        };
        add("SAP/ICI", "hunter2");
        add("OTHER", "x");
        add("SAP/ICI", "hunter3");
        let text = fs::read_to_string(&config).unwrap();
        assert!(text.starts_with("# ours\n") && text.contains("mailbox = 16 # enough") && !text.contains("hunter"), "{text}");
        let users = shared::check_text(&text).unwrap().config.service.access.users;
        assert_eq!(users.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["SAP/ICI", "OTHER"]);
        let kept = shared::secret::store::resolve(&users[0].password).unwrap();
        let hash = PasswordHash::parse(&kept).unwrap();
        assert!(hash.is_of(b"hunter3") && !hash.is_of(b"hunter2"));
    }
}
