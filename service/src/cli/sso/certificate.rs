//! `jackfield sso certificate`: key and certificate by which Genesys Cloud knows the answers of `[genesys_cloud.sso]`. Nobody else has to vouch for
//! them, since the certificate is entered there by hand.

use super::super::{exit::Exit, tls};
use clap::Args;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};
use shared::{
    certificate, file,
    secret::{
        SecretRef,
        keep::{self, Owner},
    },
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Files need no key store.
const NOW: Duration = Duration::from_secs(10);

/// What is made, and where.
#[derive(Debug, Args)]
pub struct SelfSigned {
    /// The certificate file to be written [default: `sso.crt` beside the configuration file].
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// The key file to be written, readable by its owner only [default: `sso.key` beside the configuration file].
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Whose it says it is.
    #[arg(long, default_value = "Jackfield single sign-on")]
    pub name: String,
    /// For so many days.
    #[arg(long, default_value_t = 1095, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub days: u16,
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The account of the service, whose file the key becomes; root only.
    #[arg(long, value_name = "ACCOUNT")]
    pub owner: Option<String>,
}

// === impl SelfSigned ===

impl SelfSigned {
    /// Makes both; what to do with them.
    ///
    /// # Errors
    /// A file is there already, or cannot be written.
    pub(super) fn make(self, now: Timestamp) -> Result<String, (Exit, String)> {
        let owner = self.owner.as_ref().map(|account| Owner::of(account).ok_or((Exit::Usage, format!("there is no account {account}"))));
        let owner = owner.transpose()?;
        let config = file::locate(self.config.as_deref()).path;
        let beside = |name: &str| file::beside(&config, Path::new(name));
        let (certificate, key) = (self.certificate.unwrap_or_else(|| beside("sso.crt")), self.key.unwrap_or_else(|| beside("sso.key")));
        // What signs today must not be lost before everybody knows what follows.
        if let Some(there) = [&certificate, &key].into_iter().find(|file| file.exists()) {
            let why = format!("{} is there already: write the next certificate and its key to other files", there.display());
            return Err((Exit::Usage, why));
        }
        let failed = |error: rcgen::Error| (Exit::Internal, error.to_string());
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_3072).map_err(failed)?;
        let mut wanted = CertificateParams::default();
        wanted.distinguished_name = DistinguishedName::new();
        wanted.distinguished_name.push(DnType::CommonName, self.name);
        let day = |days: u16| {
            let then = now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(now).to_zoned(TimeZone::UTC);
            date_time_ymd(then.year().into(), then.month().unsigned_abs(), then.day().unsigned_abs())
        };
        (wanted.not_before, wanted.not_after) = (day(0), day(self.days));
        let made = wanted.self_signed(&pair).map_err(failed)?.pem();
        let said = certificate::parse(made.as_bytes()).map_err(|why| (Exit::Internal, why))?;
        let kept = keep::keep(&SecretRef::File(key.clone()), &pair.serialize_pem().into(), owner, NOW);
        kept.map_err(|error| (Exit::InputOutput, error.to_string()))?;
        tls::write(&certificate, &made).map_err(|error| (Exit::InputOutput, format!("{}: {error}", certificate.display())))?;
        Ok(format!(
            "a certificate valid until {}; enter it in Genesys Cloud as a certificate of the Generic SSO Provider\n\n\
             [genesys_cloud.sso]\ncertificate = {:?}\nkey = {:?}\n",
            said[0].last_day(),
            certificate.display().to_string(),
            key.display().to_string(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::identity::Identity;

    fn make(folder: &Path, name: &str) -> Result<String, (Exit, String)> {
        let at = |ending: &str| Some(folder.join(format!("{name}.{ending}")));
        let wanted = SelfSigned { certificate: at("crt"), key: at("key"), name: "x".into(), days: 30, config: at("toml"), owner: None };
        wanted.make("2026-01-31T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn what_is_made_signs_as_genesys_cloud_wants_it_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let said = make(folder.path(), "sso").unwrap();
        assert!(said.contains("valid until 2026-03-02") && said.contains("sso.crt"), "{said}");
        let (certificate, key) = (folder.path().join("sso.crt"), folder.path().join("sso.key"));
        assert_eq!(Identity::read(&certificate, &key).unwrap().rsa_sha256().unwrap()(b"text").unwrap().len(), 3072 / 8);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let (exit, why) = make(folder.path(), "sso").unwrap_err();
        assert!(exit == Exit::Usage && why.contains("is there already"), "{why}");
        assert!(make(folder.path(), "next").is_ok());
    }
}
