//! The archive for Windows, built here by MinGW and tried under wine: both programs start, an agent logs on over SOAP and hears of himself, and
//! the service is installed, started, reloaded, refused, stopped and taken away by wine's service control manager. Says each thing that it has
//! seen. What wine does not have (accounts of services, access control lists, restarts after a fault) it cannot show.

use std::{
    fs,
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker as _},
    http, lab,
    program::Program,
    sink::Sink,
    site,
};

const PROGRAM: &str = r"C:\Program Files\Jackfield\jackfield.exe";
const WIZARD: &str = r"C:\Program Files\Jackfield\jackfield-wizard.exe";

fn main() -> io::Result<ExitCode> {
    let say = |text: &str| writeln!(io::stdout(), "{text}");
    let folder = tempfile::tempdir()?;
    let archive = pack(folder.path())?;
    say("built by MinGW and packed")?;
    let wine = Wine::new(&folder.path().join("prefix"))?;
    let installed = wine.drive().join("Program Files/Jackfield");
    unpack(&archive, folder.path(), &installed)?;
    for name in ["LICENSE", "README.md", "INSTALL.txt", "example.toml"] {
        assert!(installed.join(name).exists(), "{name} is in the archive");
    }
    say(&format!("unpacked under {}", wine.version))?;

    assert_eq!(wine.says(&[PROGRAM, "--version"])?, format!("jackfield {}", env!("CARGO_PKG_VERSION")));
    assert_eq!(wine.says(&[WIZARD, "--version"])?, format!("jackfield-wizard {}", env!("CARGO_PKG_VERSION")));
    wine.says(&[PROGRAM, "config", "check", "--config", r"C:\Program Files\Jackfield\example.toml"])?;
    say("both programs say their version, the example file is right")?;

    in_the_foreground(&wine)?;
    say("an agent has logged on over SOAP and was told of it")?;
    as_a_service(&wine)?;
    say("installed, started, moved by a reload, refused with its reason, stopped and taken away by the service control manager")?;
    Ok(ExitCode::SUCCESS)
}

fn in_the_foreground(wine: &Wine) -> io::Result<()> {
    fs::write(wine.drive().join("site.toml"), site::FILE)?;
    let (prefix, run) = (format!("WINEPREFIX={}", wine.prefix.display()), Wine::script().display().to_string());
    let words = ["env", &prefix, &run, PROGRAM, "run", "--config", r"C:\site.toml", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    let mut program = Program::elsewhere(&words).map_err(|program| io::Error::other(format!("it has ended: {}", program.log())))?;
    let sink = Sink::start();
    let mut ear = Ear::new(&sink, "/anna");
    agent::log_on(&mut Agent::of(&program, site::AGENT), &ear.url());
    let _ = ear.any("an event", |_| true);
    Agent::of(&program, site::AGENT).must("Item", "create", &[]);
    program.kill();
    Ok(())
}

fn as_a_service(wine: &Wine) -> io::Result<()> {
    let service = |what: &str| wine.run(&[PROGRAM, "service", what, "--name", "trial"]);
    let done = |what: &str| succeeded(&service(what)?);
    let refused = |what: &str| -> io::Result<String> {
        let output = service(what)?;
        assert!(!output.status.success(), "`service {what}` has not failed");
        Ok(text(&output.stderr))
    };
    assert!(refused("start")?.contains("service install --name trial"), "it says what to do first");
    assert!(done("install")?.contains("written as a file to begin with"));
    let home = wine.drive().join("ProgramData/Jackfield-trial");
    let file = home.join("jackfield.toml");
    let first = fs::read_to_string(&file)?;
    let [one, two, admin] = free()?;
    let at = |ici: SocketAddr| format!("{first}\n[service]\nlisten = \"{ici}\"\n[admin]\nlisten = \"{admin}\"\n");

    fs::write(&file, at(one) + "nonsense = 1\n")?;
    let why = refused("start")?;
    assert!(why.contains("exit code 64") && why.contains("nonsense"), "it says why: {why}");
    assert!(done("status")?.contains("nonsense"), "and goes on to say so");

    fs::write(&file, at(one))?;
    done("start")?;
    assert!(done("status")?.ends_with("runs"), "the reason of the last time is forgotten");
    assert_eq!(http::exchange(admin, &http::get("/readyz"))?.status(), 200);
    assert!(home.join("state/store").exists() && home.join("log").read_dir()?.next().is_some(), "store and log are in its folder");

    fs::write(&file, at(two))?;
    done("reload")?;
    let until = Instant::now() + PATIENCE;
    while http::exchange(two, &http::get("/")).is_err() {
        assert!(Instant::now() < until, "the changed file is in force");
        thread::sleep(Duration::from_millis(50));
    }
    fs::write(&file, at(two) + "nonsense = 1\n")?;
    assert!(refused("reload")?.contains("nonsense"), "a reload of a wrong file fails with its findings");

    done("stop")?;
    assert!(http::exchange(admin, &http::get("/livez")).is_err(), "it is gone");
    done("uninstall")?;
    assert!(refused("status")?.contains("there is no service"), "nothing is left with the manager");
    assert!(file.exists(), "its file stays");
    Ok(())
}

/// A prefix of wine, gone with it.
struct Wine {
    prefix: PathBuf,
    version: String,
    /// A shell that waits for its input: without any program wine ends its service control manager, as if the machine were shut down.
    shell: Child,
}

impl Wine {
    fn new(prefix: &Path) -> io::Result<Self> {
        let made = Command::new(Self::script()).env("WINEPREFIX", prefix).output()?;
        let version = succeeded(&made)?;
        let shell = Command::new(Self::script())
            .arg("cmd")
            .env("WINEPREFIX", prefix)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { prefix: prefix.to_owned(), version, shell })
    }

    fn script() -> PathBuf {
        lab::tests("wine/run")
    }

    fn drive(&self) -> PathBuf {
        self.prefix.join("drive_c")
    }

    /// What it says goes into files: wine's own processes inherit its output and stay, and the end of a pipe would never come.
    fn run(&self, words: &[&str]) -> io::Result<Output> {
        let (out, err) = (tempfile::NamedTempFile::new()?, tempfile::NamedTempFile::new()?);
        let status = Command::new(Self::script())
            .args(words)
            .env("WINEPREFIX", &self.prefix)
            .stdin(Stdio::null())
            .stdout(out.reopen()?)
            .stderr(err.reopen()?)
            .status()?;
        Ok(Output { status, stdout: fs::read(out.path())?, stderr: fs::read(err.path())? })
    }

    fn says(&self, words: &[&str]) -> io::Result<String> {
        succeeded(&self.run(words)?)
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // What is left of wine's own processes would hold the prefix's folder; whatever has ended already need not be ended.
        let _ = self.run(&["wineboot", "--kill"]);
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn pack(out: &Path) -> io::Result<PathBuf> {
    let target = lab::profile_folder();
    let target = target.parent().expect("a profile's folder lies in the target folder");
    let script = lab::repository().join("assets/package-windows");
    succeeded(&Command::new(script).args(["--debug", "--out"]).arg(out).env("CARGO_TARGET_DIR", target).output()?)?;
    let mut found = fs::read_dir(out)?.filter_map(Result::ok).map(|entry| entry.path());
    found.find(|path| path.extension().is_some_and(|it| it == "zip")).ok_or_else(|| io::Error::other("no archive was made"))
}

/// The archive holds one folder, whose content becomes `place`.
fn unpack(archive: &Path, folder: &Path, place: &Path) -> io::Result<()> {
    let unpacked = folder.join("unpacked");
    succeeded(&Command::new("python3").args(["-m", "zipfile", "-e"]).args([archive, &unpacked]).output()?)?;
    let inner = fs::read_dir(&unpacked)?.next().ok_or_else(|| io::Error::other("the archive is empty"))??;
    fs::rename(inner.path(), place)
}

fn succeeded(output: &Output) -> io::Result<String> {
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(io::Error::other(format!("{}: {} {}", output.status, text(&output.stdout), text(&output.stderr))))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// Three addresses that nobody has now.
fn free() -> io::Result<[SocketAddr; 3]> {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?, listener))));
    let [one, two, three] = held;
    Ok([one?.0, two?.0, three?.0])
}
