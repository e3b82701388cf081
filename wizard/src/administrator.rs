//! Writing a file with an administrator's rights: the installed `jackfield config import` runs under `pkexec`, which asks for the password.
//! The child checks what it is sent, backs up what was there, replaces it as a whole and keeps owner and mode, as every other save does. The
//! text goes through a pipe; nothing of it is on a command line.

use crate::{probe, problem::Problem};
use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The way to run the service's program with an administrator's rights.
#[derive(Clone, Debug, PartialEq)]
pub struct Administrator {
    /// What asks for the password.
    pub pkexec: PathBuf,
    /// The installed `jackfield`.
    pub program: PathBuf,
}

/// pkexec(1): nobody gave the password.
const DISMISSED: i32 = 126;
/// pkexec(1): the right is missing, or there is nothing to ask for it.
const NOT_AUTHORIZED: i32 = 127;
/// What the child says is not repeated beyond this, in characters.
const MOST_SAID: usize = 600;

/// Can a program be run with an administrator's rights? Only one that nobody but root can have put there.
pub fn find() -> Option<Administrator> {
    let pkexec = probe::on_path("pkexec")?;
    let program = [probe::service_program(), probe::on_path("jackfield")].into_iter().flatten().find(|program| is_roots(program))?;
    Some(Administrator { pkexec, program })
}

/// Does the program, and every folder on the way to it, belong to root, and can nobody else write there?
#[cfg(unix)]
fn is_roots(program: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(program) = program.canonicalize() else { return false };
    let safe = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.uid() == 0 && metadata.mode() & 0o022 == 0);
    program.ancestors().all(safe)
}

#[cfg(not(unix))]
fn is_roots(_program: &Path) -> bool {
    false
}

/// Has the file written.
///
/// # Errors
/// The password was not given, or the child could not write; the file is then as it was.
pub fn write(administrator: &Administrator, path: &Path, text: &str) -> Result<(), Problem> {
    let child = Command::new(&administrator.pkexec)
        .arg(&administrator.program)
        .args(["config", "--config"])
        .arg(path)
        .args(["import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|_| Problem::NoAdministrator)?;
    // A child that ended early closes its end; its exit code says more than the broken pipe.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
    let mut said = String::new();
    let _ = child.stderr.take().map(|stderr| stderr.take(64 * 1024).read_to_string(&mut said));
    match child.wait().map_err(|error| Problem::from(&error))?.code() {
        Some(0) => Ok(()),
        Some(DISMISSED) => Err(Problem::NotAllowed),
        // The same code stands for a wrong password and for a machine where nothing can ask; only the words differ.
        Some(NOT_AUTHORIZED) if is_refusal(&said) => Err(Problem::NotAllowed),
        Some(NOT_AUTHORIZED) => Err(Problem::NoAdministrator),
        _ => Err(Problem::Program(said.trim().chars().take(MOST_SAID).collect())),
    }
}

fn is_refusal(said: &str) -> bool {
    said.contains("Not authorized") && !said.contains("No authentication agent") && !said.contains("polkit")
}

#[cfg(test)]
#[cfg(unix)]
pub(crate) mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    /// Stands for pkexec, and for `jackfield`.
    pub(crate) fn stand_in(folder: &Path, pkexec: &str) -> Administrator {
        let script = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let import = "[ \"$1 $2 $4 $5\" = 'config --config import -' ] || { echo \"what is $*\" >&2; exit 64; }\ncat > \"$3\"";
        Administrator { pkexec: script("pkexec", pkexec), program: script("jackfield", import) }
    }

    #[test]
    fn a_program_that_others_could_have_put_there_is_not_run_as_root() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("jackfield");
        fs::write(&program, "").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!is_roots(&program));
        assert!(is_roots(Path::new("/bin/sh")));
    }

    #[test]
    fn every_way_in_which_it_can_fail_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.toml");
        fs::write(&path, "old").unwrap();
        for (pkexec, expected) in [
            ("exit 126", Problem::NotAllowed),
            ("echo 'Error executing command as another user: Not authorized' >&2; exit 127", Problem::NotAllowed),
            ("echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127", Problem::NoAdministrator),
            ("echo 'Error getting authority: Could not connect: No such file or directory' >&2; exit 127", Problem::NoAdministrator),
            ("echo broken >&2; exit 74", Problem::Program("broken".into())),
        ] {
            let refused = write(&stand_in(folder.path(), pkexec), &path, "new");
            assert_eq!((refused, fs::read_to_string(&path).unwrap().as_str()), (Err(expected), "old"), "{pkexec}");
        }
        let gone = Administrator { pkexec: folder.path().join("none"), program: "jackfield".into() };
        assert_eq!(write(&gone, &path, "new"), Err(Problem::NoAdministrator));
        assert_eq!(write(&stand_in(folder.path(), "exec \"$@\""), &path, "new"), Ok(()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }
}
