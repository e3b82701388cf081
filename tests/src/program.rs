//! The real program, started on free ports with a file of its own, and ended with the test.

use crate::{
    PATIENCE,
    cic::{self, Cic},
    lab, site,
    switch::Switch,
};
use std::{
    collections::VecDeque,
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, Instant},
};

const SIGABRT: i32 = 6;
/// Lines of the log that are kept for a failing test.
const LOG_LINES: usize = 200;
/// A look again at whether another process has become ready.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// `jackfield run`, alive until it is dropped.
pub struct Program {
    child: Child,
    config: PathBuf,
    /// Goes with it.
    _folder: Option<tempfile::TempDir>,
    output: Receiver<String>,
    log: Arc<Mutex<VecDeque<String>>>,
    /// Where SAP's interface is.
    pub ici: SocketAddr,
    /// Its path.
    pub path: String,
    /// Where administrators look; nowhere with a web connector.
    pub admin: SocketAddr,
    /// Where people outside reach its switch.
    pub outside: SocketAddr,
    /// Its switch, where that is a process of its own.
    cic: Option<Cic>,
    /// Where HTTPS is spoken beside HTTP.
    pub https: Option<SocketAddr>,
    /// Where web connectors come in.
    pub remoting: Option<SocketAddr>,
    /// Where administrators on other machines come in.
    pub admin_tls: Option<SocketAddr>,
}

impl Program {
    /// Starts it with [`site::FILE`].
    pub fn start() -> Self {
        Self::with(site::FILE)
    }

    /// Starts it with this file on this switch, which has the people of the file's section for the embedded one, and waits until both are
    /// ready.
    ///
    /// # Panics
    /// When they do not become ready; with its log.
    pub fn on(switch: Switch, file: &str) -> Self {
        match switch {
            Switch::Embedded => Self::with(file),
            Switch::Icws => {
                let cic = Cic::serving(file);
                let mut program = Self::with(&(file.to_owned() + &cic.section()));
                program.outside = cic.admin;
                program.cic = Some(cic);
                assert!(program.finds_its_switch(), "the service has ended; its log: {}", program.log());
                program
            }
        }
    }

    /// Starts it with this file, on ports of its own choice, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready; with its log.
    pub fn with(file: &str) -> Self {
        Self::run(file, &["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
    }

    /// Starts `jackfield connector` with this file, on a port of its own choice.
    ///
    /// # Panics
    /// When it does not become ready; with its log.
    pub fn connector(file: &str) -> Self {
        Self::carry_out("connector", file, &["--listen", "127.0.0.1:0"])
    }

    /// The same where the file says, and may say otherwise later.
    ///
    /// # Panics
    /// When it does not become ready; with its log.
    pub fn listening(file: &str) -> Self {
        Self::run(file, &[])
    }

    /// The same in a folder that outlives it, with the folder's file `store` where the file says `STORE`; `crash` names the point at which it
    /// dies by itself (`service/src/crash.rs`).
    ///
    /// # Errors
    /// The program, when it has ended before it was ready.
    pub fn with_store(folder: &Path, file: &str, crash: Option<&str>) -> Result<Self, Box<Self>> {
        let file = file.replace("STORE", &folder.join("store").display().to_string());
        let environment: Vec<_> = crash.map(|crash| ("JACKFIELD_CRASH", crash)).into_iter().collect();
        Self::start_in(None, folder, &file, "run", &["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"], &environment, &[]).ready()
    }

    /// Starts a command of it with this file in a folder that outlives it, with these variables, by another program that becomes it or
    /// looks at it (none: by itself).
    ///
    /// # Errors
    /// The program, when it has ended before it was ready.
    pub fn supervised(folder: &Path, file: &str, command: &str, environment: &[(&str, &str)], by: &[&str]) -> Result<Self, Box<Self>> {
        Self::start_in(None, folder, file, command, &[], environment, by).ready()
    }

    /// Starts one that is installed elsewhere, with a file that is there, by these words.
    ///
    /// # Errors
    /// The program, when it has ended before it was ready.
    pub fn elsewhere(words: &[&str]) -> Result<Self, Box<Self>> {
        Self::spawn(None, PathBuf::new(), words.iter().map(OsStr::new), &[]).ready()
    }

    fn run(file: &str, arguments: &[&str]) -> Self {
        Self::carry_out("run", file, arguments)
    }

    fn carry_out(command: &str, file: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().to_owned();
        let program = Self::start_in(Some(folder), &path, file, command, arguments, &[], &[]).ready();
        program.unwrap_or_else(|program| panic!("the program does not become ready; its log: {}", program.log()))
    }

    fn start_in(
        own: Option<tempfile::TempDir>,
        folder: &Path,
        file: &str,
        command: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        by: &[&str],
    ) -> Self {
        let config = folder.join("jackfield.toml");
        std::fs::write(&config, file).expect("a temporary file can be written");
        let program = lab::jackfield();
        let words = by.iter().map(OsStr::new).chain([program.as_os_str(), OsStr::new(command), OsStr::new("--config"), config.as_os_str()]);
        let words = words.chain(arguments.iter().map(OsStr::new));
        Self::spawn(own, config.clone(), words, environment)
    }

    /// Starts what these words say: its command and all that it is given.
    fn spawn<'a>(
        own: Option<tempfile::TempDir>,
        config: PathBuf,
        mut words: impl Iterator<Item = &'a OsStr>,
        environment: &[(&str, &str)],
    ) -> Self {
        let mut child = Command::new(words.next().expect("at least the program itself"))
            .args(words)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&log);
        follow("log", child.stderr.take().expect("stderr is a pipe"), move |line| {
            let mut lines = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == LOG_LINES {
                lines.pop_front();
            }
            lines.push_back(line);
        });
        let (lines, output) = mpsc::channel();
        follow("output", child.stdout.take().expect("stdout is a pipe"), move |line| {
            // The program may outlive the test's interest in it.
            let _ = lines.send(line);
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            child,
            config,
            _folder: own,
            output,
            log,
            ici: nowhere,
            path: String::new(),
            admin: nowhere,
            https: None,
            remoting: None,
            admin_tls: None,
            outside: nowhere,
            cic: None,
        }
    }

    /// Reads the start-up lines; itself when it has ended before they were all there.
    fn ready(mut self) -> Result<Self, Box<Self>> {
        loop {
            let Ok(line) = self.output.recv_timeout(PATIENCE) else { return Err(Box::new(self)) };
            // The start-up lines are an interface.
            match line.split(' ').nth(1) {
                Some("ici") => (self.ici, self.path) = place("ici", &line),
                Some("admin") => (self.admin, _) = place("admin", &line),
                Some("https") => self.https = Some(place("https", &line).0),
                Some("admin-tls") => self.admin_tls = Some(place("admin-tls", &line).0),
                Some("remoting") => self.remoting = Some(place("remoting", &line).0),
                _ => {
                    assert_eq!(line, "ready", "the start-up lines are an interface");
                    self.outside = self.admin;
                    return Ok(self);
                }
            }
        }
    }

    /// Waits until it has found its switch; `false`: it has ended before.
    ///
    /// # Panics
    /// When it goes on and does not find it; with its log.
    pub fn finds_its_switch(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while !cic::is_ready(self.admin) {
            if !self.is_alive() {
                return false;
            }
            assert!(Instant::now() < deadline, "the service does not find its switch; its log: {}", self.log());
            thread::sleep(LOOK_AGAIN);
        }
        true
    }

    /// Its CIC server.
    ///
    /// # Panics
    /// When it has none.
    pub fn cic(&self) -> &Cic {
        self.cic.as_ref().expect("the service was started on a CIC server")
    }

    /// The next line on standard output.
    ///
    /// # Panics
    /// When none comes; with the log.
    pub fn line(&self) -> String {
        self.output.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line came from the program; its log: {}", self.log()))
    }

    /// The address of the web service.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.ici, self.path)
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its file.
    pub fn config(&self) -> PathBuf {
        self.config.clone()
    }

    /// Is it still there?
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it at once, as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Has it ended by itself, as a crash does?
    pub fn aborted(&mut self) -> bool {
        use std::os::unix::process::ExitStatusExt as _;
        self.wait().signal() == Some(SIGABRT)
    }

    /// Sends a signal, e.g. `HUP`, by the shell, which every machine has.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "kill", name, &self.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal {name} could not be sent");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it does not end in time.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("our own child can be waited for") {
                return status;
            }
            assert!(Instant::now() < deadline, "the program does not end; its log: {}", self.log());
            // Standard output closes when the process ends, so this is no pause but a wait for the signal.
            let _ = self.output.recv_timeout(Duration::from_millis(50));
        }
    }

    /// The last lines of the log.
    pub fn log(&self) -> String {
        let lines = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().fold(String::new(), |all, line| all + "\n  " + line)
    }
}

/// `listening NAME URL`, as address and path.
fn place(name: &str, line: &str) -> (SocketAddr, String) {
    let url = line.strip_prefix("listening ").and_then(|rest| rest.strip_prefix(name)).map(str::trim);
    let rest =
        url.and_then(|url| Some(url.split_once("://")?.1)).unwrap_or_else(|| panic!("a start-up line `listening {name} URL`: {line}"));
    let (address, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    (address.parse().unwrap_or_else(|_| panic!("an address: {address}")), path.to_owned())
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("the program's log:{}", self.log());
        }
    }
}

/// Hands every line on, from a thread of its own, so that the writer never waits.
pub(crate) fn follow(name: &str, pipe: impl Read + Send + 'static, mut each: impl FnMut(String) + Send + 'static) {
    let reading = move || BufReader::new(pipe).lines().map_while(Result::ok).for_each(&mut each);
    thread::Builder::new().name(format!("program-{name}")).spawn(reading).expect("a thread starts");
}
