//! Certificates that the file names: read together with their keys, put to work when they belong together, and watched until they end.

use crate::{
    os::{
        identity::{BOTH, Clients, Identity, ONLY_12, ONLY_13, Unusable},
        trust,
    },
    saml::Signer,
    serve::{Part, Secure, admin},
};
use rustls::{ClientConfig, ServerConfig, pki_types::CertificateDer};
use shared::{
    Config, Finding,
    certificate::{self, Certificate, Validity},
    config::{ClientCertificates, Tls, TlsVersions},
};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::Arc,
};

const CERTIFICATE: &str = "service.tls.certificate";
const KEY: &str = "service.tls.key";
const CLIENT_AUTHORITY: &str = "service.tls.client_authority";
const EVENTS_AUTHORITY: &str = "delivery.authority";
const EVENTS_CERTIFICATE: &str = "delivery.certificate";
const EVENTS_KEY: &str = "delivery.key";
const REMOTE_CERTIFICATE: &str = "remoting.certificate";
const REMOTE_KEY: &str = "remoting.key";
const REMOTE_AUTHORITY: &str = "remoting.authority";
const ADMIN_CERTIFICATE: &str = "admin.tls.certificate";
const ADMIN_KEY: &str = "admin.tls.key";
const SSO_CERTIFICATE: &str = "genesys_cloud.sso.certificate";
const SSO_KEY: &str = "genesys_cloud.sso.key";
const SSO_NEXT: &str = "genesys_cloud.sso.next_certificate";
const SSO_FORMER: &str = "genesys_cloud.sso.former_certificate";
/// Where the file says nothing of it.
const WARN_DAYS: u16 = 30;

/// A certificate of ours that is in use.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watched {
    /// The setting that names it.
    pub(super) setting: &'static str,
    /// What it says of itself.
    pub(super) certificate: Certificate,
    /// From so many days before its end on somebody should know.
    pub(super) warn_days: i64,
}

/// Secure remoting, from either side.
#[derive(Clone)]
pub(super) struct Remote {
    /// The integration service's.
    pub(super) server: Arc<ServerConfig>,
    /// The web connector's.
    pub(super) client: Arc<ClientConfig>,
}

/// Everything about certificates that a configuration means.
#[derive(Clone, Default)]
pub(super) struct Certificates {
    /// The web service's encryption.
    pub(super) secure: Option<Secure>,
    /// Whom events are sent to beside those whom this machine trusts.
    pub(super) events_roots: Vec<CertificateDer<'static>>,
    /// What is shown to them.
    pub(super) events: Option<Arc<Identity>>,
    /// Between web connector and service.
    pub(super) remote: Option<Remote>,
    /// The encryption of administrators on other machines.
    pub(super) admin: Option<Arc<ServerConfig>>,
    /// What single sign-on signs with, and the certificates that are told beside.
    pub(super) sso: Option<(Signer, Vec<Vec<u8>>)>,
    /// Those that are watched.
    pub(super) watched: Vec<Watched>,
    /// A number for what each file holds, by the setting that names it.
    pub(super) contents: BTreeMap<&'static str, u64>,
}

/// Reads what the configuration names. Waits for the disk.
pub(super) fn read(config: &Config, beside: impl Fn(&Path) -> PathBuf, wrong: &mut Vec<Finding>) -> Certificates {
    let mut all = Certificates::default();
    if let Some(tls) = &config.service.tls {
        match web_service(tls, &beside, &mut all) {
            Ok(secure) => all.secure = Some(secure),
            Err(finding) => wrong.push(*finding),
        }
    }
    for part in [events, remote, administrators, sign_on] {
        if let Err(finding) = part(config, &beside, &mut all) {
            wrong.push(*finding);
        }
    }
    all
}

/// Both sides show a certificate, and trust whom the one authority has signed.
fn remote(config: &Config, beside: &dyn Fn(&Path) -> PathBuf, all: &mut Certificates) -> Result<(), Box<Finding>> {
    let remoting = &config.remoting;
    let is_used = config.ici.remoting_port.is_some() || config.connector.server.is_some();
    let (Some(certificate), Some(key), Some(authority)) = (&remoting.certificate, &remoting.key, &remoting.authority) else {
        return Ok(());
    };
    if !config.flags.secure_remoting || !is_used {
        return Ok(());
    }
    let (certificate, key) = (beside(certificate), beside(key));
    let identity = identity(&certificate, &key, REMOTE_CERTIFICATE, REMOTE_KEY)?;
    let authorities = trust::certificates(&beside(authority)).map_err(|why| bad(REMOTE_AUTHORITY, why))?;
    let cannot = |why| bad(REMOTE_AUTHORITY, why);
    let server = Arc::new(identity.server(BOTH, Clients::Required, &authorities).map_err(cannot)?);
    let client = Arc::new(identity.partner(&authorities).map_err(cannot)?);
    all.watch(REMOTE_CERTIFICATE, &certificate, config.service.tls.as_ref().map_or(WARN_DAYS, |tls| tls.warn_days))?;
    all.contents.insert(REMOTE_CERTIFICATE, identity.fingerprint());
    all.contents.insert(REMOTE_AUTHORITY, number(&authorities));
    all.remote = Some(Remote { server, client });
    Ok(())
}

fn administrators(config: &Config, beside: &dyn Fn(&Path) -> PathBuf, all: &mut Certificates) -> Result<(), Box<Finding>> {
    let Some(tls) = &config.admin.tls else { return Ok(()) };
    let (certificate, key) = (beside(&tls.certificate), beside(&tls.key));
    let identity = identity(&certificate, &key, ADMIN_CERTIFICATE, ADMIN_KEY)?;
    let server = identity.server(BOTH, Clients::Unasked, &[]).map_err(|why| bad("admin.tls", why))?;
    all.watch(ADMIN_CERTIFICATE, &certificate, config.service.tls.as_ref().map_or(WARN_DAYS, |tls| tls.warn_days))?;
    all.contents.insert(ADMIN_CERTIFICATE, identity.fingerprint());
    all.admin = Some(Arc::new(server));
    Ok(())
}

/// With RSA, since Genesys Cloud takes nothing else.
fn sign_on(config: &Config, beside: &dyn Fn(&Path) -> PathBuf, all: &mut Certificates) -> Result<(), Box<Finding>> {
    let sso = &config.genesys_cloud.sso;
    let (true, Some(certificate), Some(key)) = (sso.enabled, &sso.certificate, &sso.key) else { return Ok(()) };
    let (certificate, key) = (beside(certificate), beside(key));
    let identity = identity(&certificate, &key, SSO_CERTIFICATE, SSO_KEY)?;
    let sign = identity.rsa_sha256().map_err(|why| bad(SSO_KEY, why))?;
    let warn_days = config.service.tls.as_ref().map_or(WARN_DAYS, |tls| tls.warn_days);
    all.watch(SSO_CERTIFICATE, &certificate, warn_days)?;
    all.contents.insert(SSO_CERTIFICATE, identity.fingerprint());
    let mut others = Vec::new();
    for (setting, file) in [(SSO_NEXT, &sso.next_certificate), (SSO_FORMER, &sso.former_certificate)] {
        let Some(file) = file.as_deref().map(beside) else { continue };
        let found = trust::certificates(&file).map_err(|why| bad(setting, why))?;
        all.watch(setting, &file, warn_days)?;
        all.contents.insert(setting, number(&found));
        others.extend(found.first().map(|certificate| certificate.to_vec()));
    }
    all.sso = Some((Signer { certificate: identity.certificate(), sign }, others));
    Ok(())
}

fn events(config: &Config, beside: &dyn Fn(&Path) -> PathBuf, all: &mut Certificates) -> Result<(), Box<Finding>> {
    let delivery = &config.delivery;
    if let Some(authority) = &delivery.authority {
        all.events_roots = trust::certificates(&beside(authority)).map_err(|why| bad(EVENTS_AUTHORITY, why))?;
        all.contents.insert(EVENTS_AUTHORITY, number(&all.events_roots));
    }
    if let (Some(certificate), Some(key)) = (&delivery.certificate, &delivery.key) {
        let (certificate, key) = (beside(certificate), beside(key));
        let identity = identity(&certificate, &key, EVENTS_CERTIFICATE, EVENTS_KEY)?;
        let warn_days = config.service.tls.as_ref().map_or(WARN_DAYS, |tls| tls.warn_days);
        all.watch(EVENTS_CERTIFICATE, &certificate, warn_days)?;
        all.contents.insert(EVENTS_CERTIFICATE, identity.fingerprint());
        all.events = Some(Arc::new(identity));
    }
    Ok(())
}

fn web_service(tls: &Tls, beside: &impl Fn(&Path) -> PathBuf, all: &mut Certificates) -> Result<Secure, Box<Finding>> {
    let (certificate, key) = (beside(&tls.certificate), beside(&tls.key));
    let identity = identity(&certificate, &key, CERTIFICATE, KEY)?;
    let authorities = tls.client_authority.as_deref().map_or(Ok(Vec::new()), |file| trust::certificates(&beside(file)));
    let authorities = authorities.map_err(|why| bad(CLIENT_AUTHORITY, why))?;
    let versions = match tls.versions {
        TlsVersions::Both => BOTH,
        TlsVersions::Only12 => ONLY_12,
        TlsVersions::Only13 => ONLY_13,
    };
    let clients = match tls.client_certificates {
        ClientCertificates::None => Clients::Unasked,
        ClientCertificates::Optional => Clients::Asked,
        ClientCertificates::Required => Clients::Required,
    };
    let server = identity.server(versions, clients, &authorities).map_err(|why| bad("service.tls", why))?;
    all.watch(CERTIFICATE, &certificate, tls.warn_days)?;
    all.contents.insert(CERTIFICATE, identity.fingerprint());
    all.contents.insert(CLIENT_AUTHORITY, number(&authorities));
    Ok(Secure { listen: tls.listen, config: Arc::new(server) })
}

/// A certificate and its key, or which of the two is at fault.
fn identity(certificate: &Path, key: &Path, certificate_setting: &str, key_setting: &str) -> Result<Identity, Box<Finding>> {
    Identity::read(certificate, key).map_err(|unusable| match unusable {
        Unusable::Certificate(why) => bad(certificate_setting, why),
        Unusable::Key(why) => bad(key_setting, why),
    })
}

fn bad(setting: &str, why: String) -> Box<Finding> {
    let repair = "Put a certificate there that can be read, with the key that belongs to it (PEM)";
    Box::new(Finding::error(setting.parse().unwrap_or_default(), "bad-certificates", why, repair))
}

fn number(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Certificates {
    fn watch(&mut self, setting: &'static str, file: &Path, warn_days: u16) -> Result<(), Box<Finding>> {
        let all = certificate::read(file).map_err(|error| bad(setting, error.to_string()))?;
        // The first is ours, and no chain lives longer than its shortest link.
        let certificate = all.into_iter().min_by_key(|certificate| certificate.until).ok_or_else(|| bad(setting, "it is empty".into()))?;
        self.watched.push(Watched { setting, certificate, warn_days: warn_days.into() });
        Ok(())
    }

    /// A number for everything that secure remoting goes by.
    pub(super) fn remote_number(&self) -> [Option<u64>; 2] {
        [REMOTE_CERTIFICATE, REMOTE_AUTHORITY].map(|setting| self.contents.get(setting).copied())
    }

    /// One that has ended, or not begun, while the one that is in use in its place can still be used.
    pub(super) fn worse_than(&self, other: &Self, now: i64) -> Option<Finding> {
        let is_good = |watched: &&Watched| matches!(watched.certificate.validity(now), Validity::Days(_));
        let worse = self.watched.iter().find(|new| {
            let old = other.watched.iter().find(|old| old.setting == new.setting);
            !is_good(new) && old.as_ref().is_some_and(is_good)
        })?;
        Some(*bad(worse.setting, format!("the certificate for {} is {}", worse.certificate.whose(), worse.certificate.validity(now))))
    }
}

/// How they are; nothing where there is none.
pub(super) fn part(watched: &[Watched], now: i64) -> Option<Part> {
    let sentences: Vec<_> = watched.iter().map(|watched| watched.sentence(now)).collect();
    let degraded = watched.iter().any(|watched| watched.is_due(now));
    let part = (!sentences.is_empty()).then(|| Part::works("certificates", sentences.join("; ")))?;
    Some(if degraded { part.degraded("replace the file by one with a new certificate: it counts at once") } else { part })
}

/// The same for `/status` and `/metrics`.
pub(super) fn report(watched: &[Watched], now: i64) -> Vec<admin::Certificate> {
    const DAY: i64 = 24 * 60 * 60;
    let all = watched.iter().map(|Watched { setting, certificate, .. }| admin::Certificate {
        setting,
        until: certificate.until,
        days: (certificate.until - now).div_euclid(DAY),
    });
    all.collect()
}

impl Watched {
    /// Should somebody do something?
    pub(super) fn is_due(&self, now: i64) -> bool {
        !matches!(self.certificate.validity(now), Validity::Days(days) if days >= self.warn_days)
    }

    /// What is to be said of it.
    pub(super) fn sentence(&self, now: i64) -> String {
        let Self { setting, certificate, .. } = self;
        match certificate.validity(now) {
            Validity::Days(days) => format!("{setting}: valid until {}, {days} days", certificate.last_day()),
            Validity::Expired => format!("{setting}: expired on {}", certificate.last_day()),
            Validity::NotYet => format!("{setting}: valid only from {}", certificate.first_day()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn until(until: i64) -> Certificates {
        let certificate = Certificate { subject: "CN=x".into(), names: Vec::new(), from: 0, until };
        Certificates { watched: vec![Watched { setting: CERTIFICATE, certificate, warn_days: 30 }], ..Certificates::default() }
    }

    #[test]
    fn health_says_in_time_that_a_certificate_ends() {
        let year = until(365 * DAY);
        for (now, degraded, says) in [
            (0, false, "365 days"),
            (335 * DAY, false, "30 days"),
            (336 * DAY, true, "29 days"),
            (366 * DAY, true, "expired on 1971-01-01"),
        ] {
            let part = part(&year.watched, now).unwrap();
            assert!(part.up && part.degraded == degraded && part.detail.contains(says), "{part:?}");
        }
        assert_eq!(part(&[], 0), None);
    }

    #[test]
    fn an_expired_certificate_replaces_only_another_that_is() {
        let (old, new) = (until(10 * DAY), until(5 * DAY));
        assert!(new.worse_than(&old, 6 * DAY).is_some());
        assert!(new.worse_than(&old, 4 * DAY).is_none());
        assert!(new.worse_than(&old, 11 * DAY).is_none());
        assert!(old.worse_than(&Certificates::default(), 11 * DAY).is_none(), "at the first start there is nothing better");
    }
}
