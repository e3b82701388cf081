//! A minimal Debian of its own in a folder, made by mmdebstrap and entered by chroot, where packages are installed as on a fresh machine. It has
//! the host's network, so that a service in it is reached on loopback. Needs root, as continuous integration has.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Where Debian's packages are.
const MIRROR: &str = "http://deb.debian.org/debian";
/// The oldest Debian that the packages are made for.
const SUITE: &str = "bookworm";

/// The root; gone with it.
pub struct CleanRoot(tempfile::TempDir);

// === impl CleanRoot ===

impl CleanRoot {
    /// Makes one.
    ///
    /// # Errors
    /// mmdebstrap is missing, or fails.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("jackfield-root-").tempdir()?;
        let root = Self(folder);
        let made = Command::new("mmdebstrap")
            .args(["--variant=minbase", "--include=adduser,ca-certificates", "--skip=cleanup/apt/lists"])
            // Nobody needs what is unpacked here after a crash.
            .arg("--dpkgopt=force-unsafe-io")
            // A mirror that is a picture of a day gone by is good enough.
            .args(["--aptopt=Acquire::Check-Valid-Until \"false\"", "--aptopt=APT::Sandbox::User \"root\"", SUITE])
            .arg(root.path())
            .arg(MIRROR)
            .output()?;
        succeeded("mmdebstrap", &made)?;
        // No service is started by the installation: there is no init.
        fs::write(root.path().join("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n")?;
        Ok(root)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A command in it; what it printed.
    ///
    /// # Errors
    /// It cannot be started, or fails; with what it said.
    pub fn run(&self, words: &[&str]) -> io::Result<String> {
        let output = Command::new("chroot").arg(self.path()).args(words).env_clear().envs(environment()).output()?;
        succeeded(&words.join(" "), &output)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Whether a command in it succeeds.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn succeeds(&self, words: &[&str]) -> io::Result<bool> {
        Ok(Command::new("chroot").arg(self.path()).args(words).env_clear().envs(environment()).output()?.status.success())
    }

    /// Installs packages as a person does, with what they depend on, and without what they only recommend; also an older version.
    ///
    /// # Errors
    /// See [`Self::run`].
    pub fn install(&self, packages: &[&Path]) -> io::Result<()> {
        let mut words = vec!["apt-get", "-qq", "-y", "--no-install-recommends", "--allow-downgrades", "install"];
        let mut names = Vec::new();
        for package in packages {
            let name = package.file_name().unwrap_or_default();
            fs::copy(package, self.path().join("root").join(name))?;
            names.push(format!("/root/{}", name.to_string_lossy()));
        }
        words.extend(names.iter().map(String::as_str));
        self.run(&words)?;
        names.iter().try_for_each(|name| fs::remove_file(self.path().join(&name[1..])))
    }

    /// Every path in it but what package management and the kernel keep for themselves.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn paths(&self) -> io::Result<BTreeSet<PathBuf>> {
        const NOT: [&str; 11] = [
            "proc",
            "sys",
            "dev",
            "tmp",
            "root",
            "var/cache",
            "var/log/apt",
            "var/lib/apt",
            "var/lib/dpkg",
            "var/log/dpkg.log",
            "etc/.pwd.lock",
        ];
        let mut found = BTreeSet::new();
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(self.path().join(&folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if NOT.iter().any(|not| path == Path::new(not)) {
                    continue;
                }
                if entry.file_type()?.is_dir() {
                    open.push(path.clone());
                }
                found.insert(path);
            }
        }
        Ok(found)
    }
}

fn environment() -> [(&'static str, &'static str); 3] {
    [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("DEBIAN_FRONTEND", "noninteractive"), ("LC_ALL", "C.UTF-8")]
}

fn succeeded(what: &str, output: &Output) -> io::Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat();
    Err(io::Error::other(format!("{what} failed: {said}")))
}
