//! Certificates as sites have them, made by OpenSSL: an authority, and what it has signed, with RSA keys.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// An authority with its files in a folder of its own.
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// A new one of this name.
    ///
    /// # Panics
    /// When OpenSSL cannot make it.
    pub fn new(name: &str) -> Self {
        let authority = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        let subject = format!("/CN={name}");
        authority.openssl(&["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", &subject], "authority", &[]);
        authority
    }

    /// Its certificate.
    pub fn file(&self) -> PathBuf {
        self.at("authority.crt")
    }

    /// Certificate and key of somebody with this name and the address 127.0.0.1.
    ///
    /// # Panics
    /// When OpenSSL cannot make them.
    pub fn sign(&self, name: &str) -> [PathBuf; 2] {
        let (subject, names) = (format!("/CN={name}"), format!("subjectAltName=DNS:{name},IP:127.0.0.1"));
        let (own, key) = (self.file(), self.at("authority.key"));
        let by = ["-CA".as_ref(), own.as_path(), "-CAkey".as_ref(), key.as_path()];
        let request = [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "20",
            "-subj",
            &subject,
            "-addext",
            &names,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ];
        self.openssl(&request, name, &by);
        [self.at(&format!("{name}.crt")), self.at(&format!("{name}.key"))]
    }

    fn openssl(&self, words: &[&str], name: &str, more: &[&Path]) {
        let made = Command::new("openssl")
            .args(words)
            .args(more)
            .arg("-keyout")
            .arg(self.at(&format!("{name}.key")))
            .arg("-out")
            .arg(self.at(&format!("{name}.crt")))
            .output()
            .expect("OpenSSL is installed; tests/install does it");
        assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
