//! The stage `agents`: is there what agents are logged on with? Passwords are counted, not read; a program is looked for, not run.

use super::{on_time, report::Detail, sentences as say};
use shared::{
    config::{Config, LogIn},
    secret::SecretRef,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Looks for it.
pub(in crate::cli) async fn inspect(config: &Config) -> Vec<Detail> {
    let agents = &config.agents;
    match agents.log_in {
        LogIn::StoredPassword => {
            let pattern = agents.stored_password.secrets.clone();
            let subject = format!("agents.stored_password.secrets {pattern}");
            // Whoever the name stands for, the folder is the same.
            let SecretRef::File(path) = pattern.of("x") else {
                return vec![Detail::new(subject, say::AGENTS_KEPT)];
            };
            let looked = subject.clone();
            vec![on_time(move || folder(looked, &path)).await.unwrap_or_else(|late| late.detail(subject, say::SECRET_LATE))]
        }
        LogIn::SsoToken => {
            let Some(program) = agents.sso_token.command.first() else { return Vec::new() };
            vec![match found(program) {
                Ok(()) => Detail::new(program, say::AGENTS_PROGRAM),
                Err(why) => Detail::with(program, say::AGENTS_NO_PROGRAM, [("why", why.to_string())]),
            }]
        }
        LogIn::Embedded | LogIn::SuperUser => Vec::new(),
    }
}

fn folder(subject: String, one: &Path) -> Detail {
    let folder = one.parent().unwrap_or(Path::new("/"));
    if let Some(mode) = open(folder) {
        let values = [("mode", format!("{mode:04o}")), ("folder", folder.display().to_string())];
        return Detail::with(subject, say::AGENTS_FOLDER_OPEN, values);
    }
    match fs::read_dir(folder).map(|entries| entries.flatten().filter(|entry| entry.path().is_file()).count()) {
        Ok(0) => Detail::with(subject, say::AGENTS_NO_FOLDER, [("why", format!("{} is empty", folder.display()))]),
        Ok(count) => Detail::with(subject, say::AGENTS_FOLDER, [("count", count.to_string())]),
        Err(error) => Detail::with(subject, say::AGENTS_NO_FOLDER, [("why", format!("{}: {error}", folder.display()))]),
    }
}

/// The mode of a folder in which others can put files in the place of others.
#[cfg(unix)]
fn open(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(folder).ok().map(|folder| folder.mode() & 0o7777).filter(|mode| mode & 0o022 != 0)
}

#[cfg(not(unix))]
fn open(_folder: &Path) -> Option<u32> {
    None
}

/// As the system looks for programs: a path as it is, a name in the folders of `PATH`.
fn found(program: &str) -> io::Result<()> {
    if program.contains(['/', '\\']) {
        return fs::metadata(program).map(drop);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&folders).map(|folder| folder.join(program)).any(|path: PathBuf| path.is_file());
    if there { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};
    use shared::secret::SecretPattern;
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    #[tokio::test]
    async fn passwords_are_counted_where_nobody_else_can_put_others() {
        let site = tempfile::tempdir().unwrap();
        let folder = site.path().join("agents");
        let mut config = Config::built_in();
        config.agents.log_in = LogIn::StoredPassword;
        config.agents.stored_password.secrets = SecretPattern::in_folder(&folder.display().to_string());
        assert_eq!(inspect(&config).await[0].id, "check-agents-no-folder");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        assert_eq!(inspect(&config).await[0].id, "check-agents-no-folder");
        fs::write(folder.join("ANNA"), "hunter2").unwrap();
        let told = inspect(&config).await.remove(0);
        assert!(told.verdict == Verdict::Ok && !format!("{told:?}").contains("hunter2"), "{told:?}");
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        assert_eq!(inspect(&config).await[0].id, "check-agents-folder-open");
        config.agents.stored_password.secrets = "keyring:jackfield-{user}".parse().unwrap();
        assert_eq!(inspect(&config).await[0].verdict, Verdict::Skipped);
    }

    #[tokio::test]
    async fn a_program_is_looked_for_and_not_run() {
        let mut config = Config::built_in();
        config.agents.log_in = LogIn::SsoToken;
        for (program, id) in [("sh", "check-agents-program"), ("/bin/sh", "check-agents-program"), ("/no/such", "check-agents-no-program")]
        {
            config.agents.sso_token.command = vec![program.to_owned(), "{user}".to_owned()];
            assert_eq!(inspect(&config).await[0].id, id, "{program}");
        }
    }
}
