//! Where things are: the folder cargo builds into, the programs in it, and what `tests/install` has put there.

use std::path::{Path, PathBuf};

/// The folder of the profile that the running test was built with, e.g. `target/debug`.
pub fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the running program has a path");
    let folder = test.parent().expect("a program lies in a folder");
    let folder = if folder.ends_with("deps") { folder.parent().expect("deps lies in the profile's folder") } else { folder };
    folder.to_path_buf()
}

/// The service's program, built by `cargo build`.
///
/// # Panics
/// When it is missing, or older than the sources it is made of: a test of yesterday's program proves nothing.
pub fn jackfield() -> PathBuf {
    let program = profile_folder().join("jackfield");
    assert!(program.exists(), "{} is missing: run `cargo build -p service` first, as tests/run does", program.display());
    let built = modified(&program);
    for folder in ["service/src", "shared/src", "assets"] {
        let newest = newest(&repository().join(folder));
        assert!(newest <= built, "{} is older than {folder}: run `cargo build -p service` first, as tests/run does", program.display());
    }
    program
}

/// What `tests/install` has installed.
///
/// # Panics
/// When it has not run.
pub fn installed() -> PathBuf {
    let target = profile_folder();
    let folder = target.parent().expect("a profile's folder lies in the target folder").join("lab");
    assert!(folder.join("venv").exists(), "{} is not complete: run tests/install first, as tests/run does", folder.display());
    folder
}

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the repository").to_path_buf()
}

/// A file or folder of `tests`.
pub fn tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn modified(path: &Path) -> std::time::SystemTime {
    path.metadata().and_then(|data| data.modified()).expect("a file has a time")
}

/// The newest file below a folder; nothing is older than everything.
fn newest(folder: &Path) -> std::time::SystemTime {
    let Ok(entries) = std::fs::read_dir(folder) else { return std::time::SystemTime::UNIX_EPOCH };
    entries
        .flatten()
        .map(|entry| entry.path())
        .map(|path| if path.is_dir() { newest(&path) } else { modified(&path) })
        .max()
        .unwrap_or(std::time::SystemTime::UNIX_EPOCH)
}
