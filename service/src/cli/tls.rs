//! `jackfield tls`: certificates for HTTPS, from the form in which Windows and SAP hand them out.

use super::{
    exit::{self, Exit},
    typed_secret,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use clap::{Args, Subcommand};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use shared::{
    certificate, file,
    secret::{
        SecretRef,
        keep::{self, Owner},
    },
};
use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// No PKCS#12 file is longer, in bytes.
const LONGEST: u64 = 1024 * 1024;
/// Files need no key store.
const NOW: Duration = Duration::from_secs(10);

/// Bring certificates for HTTPS here.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Make the two PEM files that `[service.tls]` names of a PKCS#12 file (.p12, .pfx). A running service takes them up at once.
    Import(Import),
}

/// A file to be imported.
#[derive(Debug, Args)]
pub struct Import {
    /// The PKCS#12 file, with certificate, chain and private key.
    #[arg(value_name = "FILE.p12")]
    pub archive: PathBuf,
    /// Where its password is, instead of asking: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE")]
    pub password: Option<SecretRef>,
    /// The certificate file to be written [default: `tls.crt` beside the configuration file].
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// The key file to be written, readable by its owner only [default: `tls.key` beside the configuration file].
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The account of the service, whose file the key becomes; root only.
    #[arg(long, value_name = "ACCOUNT")]
    pub owner: Option<String>,
}

/// What was in the archive, as PEM.
struct Unpacked {
    chain: String,
    key: SecretString,
}

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        let What::Import(import) = self.what;
        let said = import
            .carry_out()
            .and_then(|text| io::stdout().write_all(text.as_bytes()).map_err(|error| (Exit::InputOutput, error.to_string())));
        match said {
            Ok(()) => Exit::Done,
            Err((exit, why)) => {
                exit::say(&why);
                exit
            }
        }
        .into()
    }
}

impl Import {
    fn carry_out(self) -> Result<String, (Exit, String)> {
        let owner = self.owner.as_ref().map(|account| Owner::of(account).ok_or((Exit::Usage, format!("there is no account {account}"))));
        let owner = owner.transpose()?;
        let config = file::locate(self.config.as_deref()).path;
        let certificate = self.certificate.unwrap_or_else(|| file::beside(&config, Path::new("tls.crt")));
        let key = self.key.unwrap_or_else(|| file::beside(&config, Path::new("tls.key")));
        let input = |error: io::Error| (Exit::InputOutput, format!("{}: {error}", self.archive.display()));
        let mut bytes = Zeroizing::new(Vec::new());
        fs::File::open(&self.archive).map_err(input)?.take(LONGEST).read_to_end(&mut bytes).map_err(input)?;
        let password = typed_secret::ask("Password of the file", self.password.as_ref(), false).map_err(|why| (Exit::Unavailable, why))?;
        let unpacked = unpack(&bytes, &password).map_err(|why| (Exit::Usage, format!("{}: {why}", self.archive.display())))?;
        let facts = certificate::parse(unpacked.chain.as_bytes()).map_err(|why| (Exit::Usage, why))?;
        keep::keep(&SecretRef::File(key.clone()), &unpacked.key, owner, NOW).map_err(|error| (Exit::InputOutput, error.to_string()))?;
        write(&certificate, &unpacked.chain).map_err(|error| (Exit::InputOutput, format!("{}: {error}", certificate.display())))?;
        let ours = &facts[0];
        let chain = facts.len() - 1;
        Ok(format!(
            "a certificate for {}, valid until {}, and {chain} of its chain\n\n[service.tls]\ncertificate = {:?}\nkey = {:?}\n",
            ours.whose(),
            ours.last_day(),
            certificate.display().to_string(),
            key.display().to_string(),
        ))
    }
}

fn unpack(archive: &[u8], password: &SecretString) -> Result<Unpacked, String> {
    let store = KeyStore::from_pkcs12(archive, password.expose_secret(), Pkcs12ImportPolicy::Relaxed).map_err(|error| {
        let error = error.to_string();
        let hint =
            if error.to_lowercase().contains("mac") { "the password is wrong, or the file is damaged" } else { "it cannot be unpacked" };
        format!("{hint} ({error}); `openssl pkcs12 -in FILE -out tls.pem` may read what this cannot")
    })?;
    let (_, chain) = store.private_key_chain().ok_or("it holds no private key with its certificate")?;
    if chain.certs().is_empty() {
        return Err("it holds a private key without its certificate".into());
    }
    let certificates = chain.certs().iter().map(|certificate| pem("CERTIFICATE", certificate.as_der()).as_str().to_owned()).collect();
    Ok(Unpacked { chain: certificates, key: pem("PRIVATE KEY", chain.key().as_der()).as_str().into() })
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(BASE64_STANDARD.encode(der));
    let mut all = Zeroizing::new(String::with_capacity(text.len() + text.len() / 64 + 80));
    for part in ["-----BEGIN ", label, "-----\n"] {
        all.push_str(part);
    }
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        all.push_str(line);
        all.push('\n');
        rest = more;
    }
    for part in ["-----END ", label, "-----\n"] {
        all.push_str(part);
    }
    all
}

/// Replaces the file in one step: the running service never reads half of it.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".jackfield-").tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A certificate is for everybody's eyes.
        temporary.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::identity::Identity;
    use std::{os::unix::fs::PermissionsExt, process::Command};

    /// An archive as OpenSSL makes it, and one as Windows has made it for twenty years (3DES and SHA-1).
    fn archive(folder: &Path, name: &str, options: &[&str]) -> PathBuf {
        let made = rcgen::generate_simple_self_signed(["cti.example.com".to_owned()]).unwrap();
        let at = |name: &str| folder.join(name);
        fs::write(at("crt"), made.cert.pem()).unwrap();
        fs::write(at("key"), made.signing_key.serialize_pem()).unwrap();
        let openssl = Command::new("openssl")
            .args(["pkcs12", "-export", "-passout", "pass:hunter2", "-in"])
            .arg(at("crt"))
            .arg("-inkey")
            .arg(at("key"))
            .arg("-out")
            .arg(at(name))
            .args(options)
            .output()
            .unwrap();
        assert!(openssl.status.success(), "{openssl:?}");
        at(name)
    }

    fn import(folder: &Path, archive: &Path, password: &str) -> Result<String, (Exit, String)> {
        let secret = SecretRef::File(folder.join("password"));
        keep::keep(&secret, &password.to_owned().into(), None, NOW).unwrap();
        let config = Some(folder.join("jackfield.toml"));
        Import { archive: archive.into(), password: Some(secret), certificate: None, key: None, config, owner: None }.carry_out()
    }

    #[test]
    fn an_archive_new_or_old_becomes_two_files_that_the_service_takes() {
        for (name, options) in
            [("new.p12", &[][..]), ("old.pfx", &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"][..])]
        {
            let folder = tempfile::tempdir().unwrap();
            let text = import(folder.path(), &archive(folder.path(), name, options), "hunter2").unwrap();
            assert!(text.contains("for cti.example.com, valid until") && text.contains("[service.tls]"), "{text}");
            let (certificate, key) = (folder.path().join("tls.crt"), folder.path().join("tls.key"));
            Identity::read(&certificate, &key).unwrap();
            assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_wrong_password_and_what_is_no_archive_say_so_and_write_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let good = archive(folder.path(), "a.p12", &[]);
        let (_, why) = import(folder.path(), &good, "hunter3").unwrap_err();
        assert!(why.contains("password is wrong"), "{why}");
        let (_, why) = import(folder.path(), &folder.path().join("crt"), "hunter2").unwrap_err();
        assert!(why.contains("cannot be unpacked"), "{why}");
        assert!(!folder.path().join("tls.key").exists());
    }
}
