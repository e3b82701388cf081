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
/// When it is missing, or older than the sources it is made of.
pub fn jackfield() -> PathBuf {
    program("jackfield")
}

/// A program of ours, built by `cargo build`.
///
/// # Panics
/// When it is missing, or older than the sources it is made of: a test of yesterday's program proves nothing.
pub fn program(name: &str) -> PathBuf {
    let program = profile_folder().join(name);
    assert!(program.exists(), "{} is missing: run `cargo build --workspace --bins` first, as tests/run does", program.display());
    let built = modified(&program);
    // cargo writes beside a program which files it is made of.
    let parts = std::fs::read_to_string(program.with_extension("d")).expect("cargo lists the parts of a program");
    for part in parts.split_whitespace().skip(1).map(Path::new).filter(|part| part.exists()) {
        let (part_name, age) = (part.display(), modified(part));
        let hint = "run `cargo build --workspace --bins` first, as tests/run does";
        assert!(age <= built, "{} is older than {part_name}: {hint}", program.display());
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
