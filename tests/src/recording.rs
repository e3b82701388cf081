//! `jackfield record`, under way beside a program.

use crate::{lab, program::Program};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// A recording; ends when it is stopped or dropped.
pub struct Recording {
    child: Child,
    told: std::io::Lines<BufReader<ChildStdout>>,
    file: PathBuf,
    folder: Option<tempfile::TempDir>,
}

/// What was recorded; its file goes with it.
pub struct Recorded {
    file: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

impl Recorded {
    /// The capture.
    pub fn path(&self) -> &Path {
        &self.file
    }
}

impl Recording {
    /// Begins; returns when messages are taken.
    ///
    /// # Panics
    /// When it does not begin.
    pub fn start(program: &Program, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("it.capture");
        let mut child = Command::new(lab::jackfield())
            .args(["record", "--json", "--admin", &program.admin.to_string(), "--out"])
            .arg(&file)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let told = BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines();
        let mut recording = Self { child, told, file, folder: Some(folder) };
        recording.until("recording");
        recording
    }

    /// The next line of this type.
    ///
    /// # Panics
    /// When there is none before the end.
    pub fn until(&mut self, kind: &str) -> String {
        let wanted = format!("\"type\":\"{kind}\"");
        let found = self.told.by_ref().map_while(Result::ok).find(|line| line.contains(&wanted));
        found.unwrap_or_else(|| panic!("no line of type {kind} came from the recording"))
    }

    /// Ctrl-C.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn stop(mut self) -> Recorded {
        let sent = Command::new("sh").args(["-c", "kill -s INT \"$1\"", "kill", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the recording could not be interrupted");
        self.until("end");
        assert!(self.child.wait().expect("our own child can be waited for").success(), "it ends with 0");
        Recorded { file: self.file.clone(), _folder: self.folder.take() }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
