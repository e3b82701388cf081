//! An organisation of Genesys Cloud: `jackfield simulate cloud` in a process of its own.

use crate::lab;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Alive until it is dropped.
pub struct Organisation {
    child: Child,
    /// `http://…`, for `genesys_cloud.host`.
    pub url: String,
}

impl Organisation {
    /// Starts one on a port of its own choice, and waits until it is ready.
    pub fn start() -> Self {
        Self::at("127.0.0.1:0")
    }

    /// Starts one at this address.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn at(address: &str) -> Self {
        let mut child = Command::new(lab::jackfield())
            .args(["simulate", "cloud", "--listen", address, "--allowed", "3000"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut line = || lines.next().expect("it lives").expect("it writes text");
        let url = line().strip_prefix("listening cloud ").expect("its first line says where it is").to_owned();
        assert_eq!(line(), "ready");
        Self { child, url }
    }

    /// Its address without `http://`.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap_or(&self.url)
    }

    /// What it has.
    ///
    /// # Panics
    /// When it does not say.
    pub fn state(&self) -> Value {
        let output = Command::new(lab::jackfield()).args(["simulate", "cloud", "state", "--at", self.address()]).output();
        serde_json::from_slice(&output.expect("the program starts").stdout).expect("it writes JSON")
    }
}

impl Drop for Organisation {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
