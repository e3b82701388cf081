//! The packages on a machine that has seen nothing of ours: installed in a clean minimal Debian, started as its account, upgraded while an agent
//! stays logged on, taken back to the version before, removed, and purged. Says each thing that it has seen. Needs root.

use serde_json::Value;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker as _},
    clean_root::CleanRoot,
    http, lab,
    manager::Manager,
    program::Program,
    sink::Sink,
    site,
};

const FILE: &str = "etc/jackfield/jackfield.toml";
const OLD: &str = "0.1.0-1";
/// The same program, packed as the next version: what is tried is what an upgrade does, not what another program would.
const NEW: &str = "0.1.0-2";

fn main() -> io::Result<ExitCode> {
    let say = |text: &str| writeln!(io::stdout(), "{text}");
    let packages = tempfile::tempdir()?;
    for version in [OLD, NEW] {
        pack(version, packages.path())?;
    }
    let deb = |name: &str, version: &str| package(packages.path(), name, version);
    say("packed twice: jackfield and jackfield-wizard, as 0.1.0-1 and, the same programs, as 0.1.0-2")?;
    let root = CleanRoot::new()?;
    let untouched = root.paths()?;
    fs::create_dir_all(root.path().join("home/person"))?;
    fs::write(root.path().join("home/person/jackfield.toml"), "a person's own")?;
    say("a clean minimal Debian 12")?;

    // Installing
    root.install(&[&deb("jackfield", OLD)?])?;
    assert_eq!(version(&root)?, OLD);
    let account = root.run(&["getent", "passwd", "jackfield"])?;
    let fields: Vec<_> = account.trim().split(':').collect();
    let [user, group] = [fields[2], fields[3]].map(|number| number.parse::<u32>().expect("a number of an account"));
    assert!(account.contains("/usr/sbin/nologin"), "{account}");
    for (folder, mode) in [("var/lib/jackfield", 0o700), ("var/log/jackfield", 0o750), ("etc/jackfield/secrets", 0o700)] {
        let data = fs::metadata(root.path().join(folder))?;
        assert_eq!((data.uid(), data.permissions().mode() & 0o777), (user, mode), "{folder}");
    }
    for path in [
        "usr/share/man/man1/jackfield.1.gz",
        "usr/share/man/man1/jackfield-config-rollback.1.gz",
        "usr/share/bash-completion/completions/jackfield",
        "usr/share/zsh/vendor-completions/_jackfield",
        "usr/share/fish/vendor_completions.d/jackfield.fish",
        "usr/lib/systemd/system/jackfield@.service",
        "usr/share/doc/jackfield/copyright",
    ] {
        // Minimal systems leave documentation out by their own rules, not Debian's minbase.
        assert!(root.path().join(path).exists(), "{path}");
    }
    let wanted = |unit: &str| root.path().join("etc/systemd/system/multi-user.target.wants").join(unit).is_symlink();
    assert!(wanted("jackfield.service") && !wanted("jackfield-connector.service"), "only the service itself is started with the machine");
    root.run(&["jackfield", "config", "check"])?;
    say("installed: account, folders, units, pages and completions are there, the file is good")?;

    // The administrator's file: edited by our program and by hand
    root.run(&["jackfield", "config", "set", "log.keep_days", "9"])?;
    let edited = format!("{}# edited by hand\n[log]\nkeep_days = 9\n[store]\npath = \"/var/lib/jackfield/store\"\n", site::FILE);
    fs::write(root.path().join(FILE), &edited)?;

    // An agent logs on, and stays through all that follows
    let sink = Sink::start();
    let start = || start(&root, user, group);
    let (mut program, manager) = start()?;
    agent::log_on(&mut Agent::of(&program, site::AGENT), &Ear::new(&sink, "/anna").url());
    let subscribed = subscriptions(&program)?.expect("he is logged on");
    let owner = fs::metadata(root.path().join("var/lib/jackfield/store"))?;
    assert_eq!((owner.uid(), owner.permissions().mode() & 0o777), (user, 0o600), "the store is its account's alone");
    stop(&mut program, &manager);
    say("started as its account, told its manager that it is ready, an agent logged on, stopped with 0")?;
    for (version_now, what) in [(NEW, "upgraded"), (OLD, "taken back to the version before")] {
        root.install(&[&deb("jackfield", version_now)?])?;
        assert_eq!(version(&root)?, version_now);
        assert_eq!(fs::read_to_string(root.path().join(FILE))?, edited, "the edited file is kept");
        let (mut program, manager) = start()?;
        assert_eq!(subscriptions(&program)?, Some(subscribed), "he is still logged on, and SAP hears of him");
        // Whoever is not logged on is refused this.
        Agent::of(&program, site::AGENT).must("Item", "create", &[]);
        stop(&mut program, &manager);
        say(&format!("{what}: the agent is still logged on, the edited file is as it was"))?;
    }

    // The wizard, with the libraries that it names
    root.install(&[&deb("jackfield-wizard", OLD)?])?;
    let desktop = fs::read_to_string(root.path().join("usr/share/applications/jackfield-wizard.desktop"))?;
    assert!(desktop.contains("Exec=jackfield-wizard") && root.path().join("usr/share/icons/hicolor/scalable/apps/jackfield.svg").exists());
    root.run(&["jackfield-wizard", "--version"])?;
    let linked = root.run(&["ldd", "/usr/bin/jackfield-wizard"])?;
    assert!(!linked.contains("not found"), "{linked}");
    say("the wizard is installed with its menu entry, and starts")?;

    // Removing and purging
    root.run(&["apt-get", "-qq", "-y", "remove", "jackfield", "jackfield-wizard"])?;
    assert!(!root.path().join("usr/bin/jackfield").exists() && !root.path().join("usr/lib/systemd/system/jackfield.service").exists());
    for kept in [FILE, "etc/jackfield/jackfield.toml.backup", "var/lib/jackfield/store"] {
        assert!(root.path().join(kept).exists(), "{kept} stays when the package is removed");
    }
    say("removed: programs and units are gone, the file, its backups and the store stay")?;
    root.run(&["apt-get", "-qq", "-y", "--auto-remove", "purge", "jackfield", "jackfield-wizard"])?;
    assert!(!root.succeeds(&["getent", "passwd", "jackfield"])? && !root.succeeds(&["getent", "group", "jackfield"])?);
    assert_eq!(fs::read_to_string(root.path().join("home/person/jackfield.toml"))?, "a person's own");
    fs::remove_dir_all(root.path().join("home/person"))?;
    let now = root.paths()?;
    let left: Vec<_> = now.difference(&untouched).filter(|path| of_ours(&root, path, user)).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    say("purged: nothing of ours is left, and a person's own file is")?;
    Ok(ExitCode::SUCCESS)
}

/// Named after us, or owned by the account that is gone.
fn of_ours(root: &CleanRoot, path: &Path, user: u32) -> bool {
    let owner = fs::symlink_metadata(root.path().join(path)).map(|data| data.uid());
    path.to_string_lossy().contains("jackfield") || owner.is_ok_and(|owner| owner == user)
}

/// How many subscriptions the agent has, if he is logged on. One who is just being taken up again is not in the list yet.
fn subscriptions(program: &Program) -> io::Result<Option<u64>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status: Value = serde_json::from_str(&http::exchange(program.admin, &http::get("/status"))?.text())?;
        let agents = status["agents"].as_array().into_iter().flatten();
        let found = agents.filter(|agent| agent["user"] == site::AGENT).find_map(|agent| agent["subscriptions"].as_u64());
        if found.is_some() || Instant::now() > deadline {
            return Ok(found);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn pack(version: &str, out: &Path) -> io::Result<()> {
    let target = lab::profile_folder();
    let target = target.parent().expect("a profile's folder lies in the target folder");
    let script = lab::repository().join("assets/package");
    // Both programs must be those of the sources that are here.
    let _ = [lab::jackfield(), lab::program("jackfield-wizard")];
    let packed = Command::new(script).args(["--debug", "--version", version, "--out"]).arg(out).env("CARGO_TARGET_DIR", target).output()?;
    let said = String::from_utf8_lossy(&packed.stderr);
    if packed.status.success() { Ok(()) } else { Err(io::Error::other(format!("assets/package: {said}"))) }
}

fn package(folder: &Path, name: &str, version: &str) -> io::Result<PathBuf> {
    let start = format!("{name}_{version}_");
    let found = fs::read_dir(folder)?.filter_map(Result::ok).find(|entry| entry.file_name().to_string_lossy().starts_with(&start));
    found.map(|entry| entry.path()).ok_or_else(|| io::Error::other(format!("assets/package has made no {start}*.deb")))
}

fn version(root: &CleanRoot) -> io::Result<String> {
    root.run(&["dpkg-query", "-W", "-f", "${Version}", "jackfield"])
}

/// As its unit starts it, but for the sandbox, which needs a running systemd; ports of its own choice, for the host may use the others.
fn start(root: &CleanRoot, user: u32, group: u32) -> io::Result<(Program, Manager)> {
    let socket = root.path().join("run/notify");
    if socket.exists() {
        fs::remove_file(&socket)?;
    }
    let manager = Manager::at(&socket);
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o666))?;
    let who = format!("--userspec={user}:{group}");
    let folder = root.path().display().to_string();
    let words = [
        "chroot",
        &who,
        &folder,
        "/usr/bin/env",
        "-i",
        "NOTIFY_SOCKET=/run/notify",
        "/usr/bin/jackfield",
        "run",
        "--config",
        "/etc/jackfield/jackfield.toml",
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
    ];
    let program = Program::elsewhere(&words).map_err(|program| io::Error::other(format!("it does not start: {}", program.log())))?;
    assert!(manager.next().says("READY=1"), "its first word to its manager");
    Ok((program, manager))
}

fn stop(program: &mut Program, manager: &Manager) {
    program.signal("TERM");
    manager.until("the end", |heard| heard.says("STOPPING=1"));
    assert_eq!(program.wait().code(), Some(0), "{}", program.log());
}
