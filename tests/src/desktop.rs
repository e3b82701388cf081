//! A desktop of the tests' own: an X server without a screen, a window manager, a session bus with accessibility on, and a home of its own.
//!
//! On it the real wizard is started and used as a person does: keys come from the X server ([`Desktop::keys`]), and what is on the window
//! is read as a screen reader reads it ([`crate::screen_reader`]).

use crate::{PATIENCE, lab, screen_reader::ScreenReader};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

/// The desktop; everything on it ends when it is dropped.
pub struct Desktop {
    home: tempfile::TempDir,
    display: String,
    bus: String,
    /// Whose it is; none: the test's own.
    user: Option<&'static str>,
    /// In the order in which they were started; they end in the other one.
    programs: Vec<Child>,
}

/// What `tests/install` installs for this.
const NEEDED: &str = "run tests/install first, as tests/run does";

impl Desktop {
    /// Starts it, 1280 × 860 points large.
    ///
    /// # Panics
    /// When something of it does not start.
    pub fn start() -> Self {
        Self::started(None)
    }

    /// Starts one where everything runs as this user of the group `nogroup`. Only root may.
    ///
    /// # Panics
    /// When something of it does not start.
    pub fn start_as(user: &'static str) -> Self {
        Self::started(Some(user))
    }

    fn started(user: Option<&'static str>) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        if let Some(user) = user {
            let owned = Command::new("chown").arg(user).arg(home.path()).status();
            assert!(owned.is_ok_and(|status| status.success()), "the home cannot be given to {user}");
        }
        let mut desktop = Self { home, display: String::new(), bus: String::new(), user, programs: Vec::new() };
        let server = ["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-dpi", "96"];
        desktop.display = format!(":{}", desktop.first_line("Xvfb", &server));
        desktop.bus = desktop.first_line("dbus-daemon", &["--session", "--nofork", "--print-address=1"]);
        desktop.run("openbox", &[]);
        // Programs say nothing to screen readers until there is one.
        let status = ["string:org.a11y.Status", "string:IsEnabled", "variant:boolean:true"];
        let set = ["--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties.Set"];
        let enabled = desktop.command("dbus-send").args(set).args(status).output();
        assert!(enabled.is_ok_and(|output| output.status.success()), "accessibility cannot be switched on: {NEEDED}");
        desktop
    }

    /// Starts the wizard on a file, in English and light, beginning on a page.
    pub fn wizard(&mut self, file: &Path, page: &str) {
        self.wizard_of(&lab::program("jackfield-wizard"), file, page);
    }

    /// Starts the wizard that lies here.
    pub fn wizard_of(&mut self, program: &Path, file: &Path, page: &str) {
        let arguments = [Path::new("--language"), Path::new("en"), Path::new("--theme"), Path::new("light")];
        let child = self.command(program).args(arguments).arg("--page").arg(page).arg(file).spawn();
        self.programs.push(child.expect("the wizard starts"));
    }

    /// A screen reader that looks at the wizard.
    pub fn screen_reader(&self) -> ScreenReader {
        // Where every user can read it.
        let script = self.home.path().join("screen_reader.py");
        fs::copy(lab::tests("desktop/screen_reader.py"), &script).expect("the screen reader is there");
        ScreenReader::start(self.command("/usr/bin/python3"), &script)
    }

    /// Presses keys, each by its name in X: `ctrl+s`, `Return`.
    ///
    /// # Panics
    /// When they cannot be pressed.
    pub fn keys(&self, keys: &[&str]) {
        self.xdotool(&[&["key", "--clearmodifiers"], keys].concat());
    }

    /// Types a text into whatever has the focus.
    ///
    /// # Panics
    /// When it cannot be typed.
    pub fn types(&self, text: &str) {
        self.xdotool(&["type", "--clearmodifiers", text]);
    }

    fn xdotool(&self, arguments: &[&str]) {
        let done = self.command("xdotool").args(arguments).status();
        assert!(done.is_ok_and(|status| status.success()), "xdotool {arguments:?} failed: {NEEDED}");
    }

    /// A program of this desktop: it sees nothing of the machine's own one, nor of its user's home.
    fn command(&self, program: impl Into<PathBuf>) -> Command {
        let mut command = match self.user {
            None => Command::new(program.into()),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", "nogroup", "--clear-groups", "--"]).arg(program.into()).env_remove("XAUTHORITY");
                command
            }
        };
        command.env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET").env_remove("JACKFIELD_CONFIG");
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
            command.env(name, self.home.path());
        }
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", &self.bus).env("LIBGL_ALWAYS_SOFTWARE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    fn run(&mut self, program: &str, arguments: &[&str]) {
        let child = self.command(program).args(arguments).stderr(Stdio::null()).spawn();
        self.programs.push(child.unwrap_or_else(|error| panic!("{program} does not start ({error}): {NEEDED}")));
    }

    /// Starts a program and gives back the first line that it prints, which says that it is ready.
    fn first_line(&mut self, program: &str, arguments: &[&str]) -> String {
        let child = self.command(program).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{program} does not start ({error}): {NEEDED}"));
        let output = child.stdout.take().expect("stdout is a pipe");
        self.programs.push(child);
        let (sender, line) = mpsc::channel();
        let reading = move || BufReader::new(output).lines().map_while(Result::ok).for_each(|line| sender.send(line).unwrap_or_default());
        thread::Builder::new().name(format!("desktop-{program}")).spawn(reading).expect("a thread starts");
        line.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{program} does not say where it is"))
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        while let Some(mut program) = self.programs.pop() {
            // It may have ended already; then there is nothing to do.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}
