//! The wizard of an ordinary person saves a file that only root may write: through the real `pkexec` and the real polkit, on this machine's
//! system bus. polkit is told by a rule to let it pass, so that nobody need type a password; everything else is as it is on a desktop.
//!
//! Needs root: it makes what only root may make, and becomes `nobody` for the rest. Run by somebody else it runs itself by `sudo`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};
use system_tests::{PATIENCE, desktop::Desktop, lab};

/// Whose wizard it is.
const USER: &str = "nobody";
const FILE: &str = "# ours\n[service]\nlisten = \"127.0.0.1:8095\" # the usual one\n";

#[test]
fn an_ordinary_person_saves_a_file_of_roots_through_pkexec() {
    if !is_root() {
        let again = Command::new("sudo").arg("-n").arg(std::env::current_exe().unwrap()).status();
        return assert!(again.is_ok_and(|status| status.success()), "this test needs root, or sudo without a password");
    }
    let site = Site::make();
    let _polkit = Polkit::start(&site);
    let mut desktop = Desktop::start_as(USER);
    desktop.wizard_of(&site.program("jackfield-wizard"), &site.file(), "web-service");
    let mut reader = desktop.screen_reader();
    reader.write("Address and port", "127.0.0.1:9000");
    desktop.keys(&["ctrl+s"]);
    reader.see("push button", "Save as administrator");
    assert_eq!(fs::read_to_string(site.file()).unwrap(), FILE, "this person may not write it");
    reader.press("push button", "Save as administrator");
    reader.see("frame", "jackfield.toml – Jackfield");
    let saved = fs::read_to_string(site.file()).unwrap();
    assert_eq!(saved, FILE.replace("8095", "9000"), "all else is as it was, byte for byte");
    let metadata = site.file().metadata().unwrap();
    assert_eq!((metadata.uid(), metadata.mode() & 0o7777), (0, 0o644), "owner and rights are as they were");
    let backups = fs::read_dir(site.file().parent().unwrap()).unwrap().count();
    assert!(backups > 1, "what was there before is kept");
}

/// Programs where only root could have put them, and a file that only root may write. Not in the folder for temporary files, where everybody
/// may write: the wizard runs nothing from there as root.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn make() -> Self {
        let folder = tempfile::Builder::new().prefix("jackfield-test-").tempdir_in("/opt").expect("root may write to /opt");
        let site = Self { folder };
        let open = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        open(site.folder.path(), 0o755);
        for name in ["jackfield", "jackfield-wizard"] {
            fs::copy(lab::program(name), site.program(name)).unwrap();
            open(&site.program(name), 0o755);
        }
        fs::create_dir(site.file().parent().unwrap()).unwrap();
        open(site.file().parent().unwrap(), 0o755);
        fs::write(site.file(), FILE).unwrap();
        open(&site.file(), 0o644);
        site
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("etc/jackfield.toml")
    }
}

/// polkit with our rule, and the system bus, where the machine does not run them already. All goes when it is dropped.
struct Polkit {
    rule: PathBuf,
    programs: Vec<Child>,
}

impl Polkit {
    fn start(site: &Site) -> Self {
        let program = site.program("jackfield");
        let rule = format!(
            "polkit.addRule(function (action, subject) {{\n    if (action.id == \"org.freedesktop.policykit.exec\" && subject.user == \
             \"{USER}\" && action.lookup(\"program\") == \"{}\") return polkit.Result.YES;\n}});\n",
            program.display()
        );
        // Named after the process, so that two runs at a time do not take each other's away.
        let path = PathBuf::from(format!("/etc/polkit-1/rules.d/40-jackfield-test-{}.rules", std::process::id()));
        fs::write(&path, rule).expect("polkitd is installed: run tests/install first, as tests/run does");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let mut polkit = Self { rule: path, programs: Vec::new() };
        if !answers("org.freedesktop.DBus") {
            fs::create_dir_all("/run/dbus").unwrap();
            polkit.run("dbus-daemon", &["--system", "--nofork", "--nopidfile"]);
            wait(|| answers("org.freedesktop.DBus"), "the system bus");
        }
        if !answers("org.freedesktop.PolicyKit1") {
            polkit.run("/usr/lib/polkit-1/polkitd", &["--no-debug"]);
        }
        // One that ran before reads its rules again when they change.
        let passes = || {
            let user = ["--reuid", USER, "--regid", "nogroup", "--clear-groups", "pkexec"];
            let tried = Command::new("setpriv").args(user).arg(&program).arg("--version").stdin(Stdio::null()).output();
            tried.is_ok_and(|output| output.status.success())
        };
        wait(passes, "polkit with our rule");
        polkit
    }

    fn run(&mut self, program: &str, arguments: &[&str]) {
        let child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.programs.push(child.unwrap_or_else(|error| panic!("{program} does not start ({error}): run tests/install first")));
    }
}

impl Drop for Polkit {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.rule);
        while let Some(mut program) = self.programs.pop() {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// Has this name an owner on the system bus?
fn answers(name: &str) -> bool {
    let call = ["--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner"];
    Command::new("dbus-send").args(call).arg(format!("string:{name}")).output().is_ok_and(|output| output.status.success())
}

fn wait(ready: impl Fn() -> bool, what: &str) {
    let until = Instant::now() + PATIENCE;
    while !ready() {
        assert!(Instant::now() < until, "{what} does not come");
        std::thread::yield_now();
    }
}
