//! The private folders of trials: made for one trial and gone with it. One that a wizard left behind when it was killed is taken away by
//! the next wizard of the same person that starts.

use std::{fs, io, path::Path};
use tempfile::TempDir;

/// What their names begin with; the process that made it comes next.
const NAME: &str = "jackfield-trial-";

/// A folder for a trial.
///
/// # Errors
/// The system has no room, or does not let us.
pub(super) fn make() -> io::Result<TempDir> {
    TempDir::with_prefix(format!("{NAME}{}-", std::process::id()))
}

/// Takes away what wizards that have ended left in the folder for temporary files.
pub fn sweep() {
    sweep_in(&std::env::temp_dir());
}

fn sweep_in(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(NAME)).and_then(|rest| rest.split_once('-')?.0.parse().ok());
        // A link could lead anywhere.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && maker.is_some_and(has_ended) {
            // Somebody else's folder stays: the system does not let us.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Where that cannot be told, nobody has ended.
fn has_ended(process: u32) -> bool {
    let processes = Path::new("/proc");
    processes.join("self").exists() && !processes.join(process.to_string()).exists()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A process that has been waited for.
    fn ended() -> u32 {
        let mut child = std::process::Command::new("true").spawn().expect("`true` starts");
        child.wait().expect("it ends");
        child.id()
    }

    #[test]
    fn what_a_killed_wizard_left_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: String| folder.path().join(name);
        let gone = path(format!("jackfield-trial-{}-AbC", ended()));
        fs::create_dir(&gone).unwrap();
        fs::write(gone.join("jackfield.toml"), "schema = 1\n").unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let kept = [
            path(format!("jackfield-trial-{}-AbC", std::process::id())),
            path("jackfield-trial-x".into()),
            path(format!("other-{}-AbC", ended())),
            elsewhere.path().to_owned(),
        ];
        kept.iter().take(3).for_each(|folder| fs::create_dir(folder).unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), path(format!("jackfield-trial-{}-link", ended()))).unwrap();
        sweep_in(folder.path());
        assert!(!gone.exists());
        assert!(kept.iter().all(|folder| folder.exists()));
    }

    #[test]
    fn a_folder_of_ours_names_us() {
        let made = make().unwrap();
        sweep();
        assert!(made.path().exists() && made.path().to_string_lossy().contains(&std::process::id().to_string()));
    }
}
