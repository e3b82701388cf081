//! Where the configuration comes from, and everything that must be read and checked before it counts: the file, the profile it names, the
//! secrets it refers to.

use super::{
    StartError, bridge,
    certificates::{self, Certificates},
    conduit, sld,
};
use crate::{
    os::trust,
    serve::{Access, User},
};
use rustls::{ClientConfig, pki_types::CertificateDer};
use secrecy::{ExposeSecret, SecretString};
use shared::{
    Config, Draft, Finding, SettingPath,
    config::SwitchKind,
    file::{self, FileError},
    password_hash::PasswordHash,
    profile::Profile,
    secret::SecretRef,
};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file; `None`: the standard one where it exists, else the built-in configuration.
    pub config: Option<PathBuf>,
    /// Instead of `service.listen`.
    pub listen: Option<SocketAddr>,
    /// Instead of `admin.listen`.
    pub admin: Option<SocketAddr>,
}

/// Settings that name files whose content counts.
const TLS_FILES: [&str; 15] = [
    "service.tls.certificate",
    "service.tls.key",
    "service.tls.client_authority",
    "delivery.authority",
    "delivery.certificate",
    "delivery.key",
    "remoting.certificate",
    "remoting.key",
    "remoting.authority",
    "admin.tls.certificate",
    "admin.tls.key",
    "genesys_cloud.sso.certificate",
    "genesys_cloud.sso.key",
    "genesys_cloud.sso.next_certificate",
    "genesys_cloud.sso.former_certificate",
];
/// Passwords of technical users, as they may change while the file stays.
pub(super) const USERS: &str = "service.access.users";

/// Reads the configuration, any number of times.
#[derive(Clone, Debug)]
pub(super) struct Source {
    file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    admin: Option<SocketAddr>,
}

/// How the files look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Which they are.
    pub(super) files: Vec<PathBuf>,
    /// Changes when one of them does.
    fingerprint: u64,
}

/// A configuration that can be put to work.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) config: Config,
    pub(super) warnings: Vec<Finding>,
    pub(super) profile: Arc<Profile>,
    pub(super) token: Option<SecretString>,
    /// Whom connections to a CIC server trust, where they have TLS.
    pub(super) trust: Option<Arc<ClientConfig>>,
    /// The certificates among that which the file names.
    pub(super) roots: Vec<CertificateDer<'static>>,
    /// Certificates of our own.
    pub(super) certificates: Certificates,
    /// Who may call the web service.
    pub(super) access: Access,
    /// What is registered, and where.
    pub(super) sld: crate::sld::Policy,
}

/// One line for each finding.
pub(super) fn listed(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Options {
    /// Only a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { config: Some(path.into()), ..Self::default() }
    }
}

impl Source {
    pub(super) fn new(options: &Options) -> Self {
        let location = file::locate(options.config.as_deref());
        let file = (location.named || location.path.exists()).then_some(location.path);
        Self { file, listen: options.listen, admin: options.admin }
    }

    /// Is this the configuration file?
    pub(super) fn is_file(&self, path: &Path) -> bool {
        let same = |file: &PathBuf| file == path || file.canonicalize().ok().is_some_and(|file| path.canonicalize().ok() == Some(file));
        self.file.as_ref().is_some_and(same)
    }

    /// Where the configuration file is; `None`: the built-in configuration.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The file's name, for people.
    pub(super) fn name(&self) -> Option<String> {
        self.file.as_ref().map(|file| file.display().to_string())
    }

    /// How everything that counts looks now: the file, and what it names, be it good or bad. What was refused because of a profile can be
    /// mended by mending the profile.
    pub(super) async fn look(&self) -> Look {
        let source = self.clone();
        blocking(move || source.look_blocking()).await
    }

    fn look_blocking(&self) -> Look {
        let Some(file) = &self.file else { return Look::default() };
        // What cannot be read is a state like any other; why it cannot is found out by whoever loads it.
        let text = file::read::text(file).ok();
        let profile = |named: String| file::beside(file, Path::new(&named));
        let draft = text.as_deref().and_then(|text| Draft::parse(text).ok()).unwrap_or_default();
        let named = |setting: &str| draft.get(&path(setting)).and_then(|value| value.as_str().map(str::to_owned));
        let token = named("admin.token").and_then(|token| token.strip_prefix("file:").map(str::to_owned));
        let authority = named("switch.authority").map(profile);
        let tls = TLS_FILES.into_iter().filter_map(named).map(profile);
        let others = named("ici.profile").map(profile).into_iter().chain(token.map(Into::into)).chain(authority).chain(tls);
        let others: Vec<PathBuf> = others.chain(hashes(&draft)).chain(named_by_sld(&draft).into_iter().map(profile)).collect();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        for other in &others {
            file::read::text(other).ok().hash(&mut hasher);
        }
        Look { fingerprint: hasher.finish(), files: std::iter::once(file.clone()).chain(others).collect() }
    }

    /// Reads and checks everything.
    pub(super) async fn load(&self) -> Result<Loaded, StartError> {
        let source = self.clone();
        // Files and key stores may keep us waiting; no async thread waits for them.
        blocking(move || source.load_blocking(None)).await
    }

    /// The same as if this text stood in the file.
    pub(super) async fn load_as(&self, text: String) -> Result<Loaded, StartError> {
        let source = self.clone();
        blocking(move || source.load_blocking(Some(&text))).await
    }

    fn load_blocking(&self, instead: Option<&str>) -> Result<Loaded, StartError> {
        let (mut config, mut warnings) = match &self.file {
            None => (Config::built_in(), Vec::new()),
            Some(path) => {
                let checked = instead.map_or_else(|| file::load(path), |text| file::judge_whole(path, text)).map_err(refused)?.checked;
                (checked.config, checked.warnings)
            }
        };
        config.service.listen = self.listen.unwrap_or(config.service.listen);
        config.admin.listen = self.admin.unwrap_or(config.admin.listen);
        let mut wrong = Vec::new();
        let profile = config
            .ici
            .profile
            .as_deref()
            .map(|named| self.file.as_deref().map_or_else(|| named.to_path_buf(), |file| file::beside(file, named)))
            .map_or_else(|| Some(Profile::built_in()), |path| read_profile(&path).map_err(|findings| wrong.extend(findings)).ok());
        let token = config.admin.token.as_ref().and_then(|reference| {
            let secret = shared::secret::store::resolve(reference);
            secret.map_err(|error| wrong.push(Finding::error(path("admin.token"), "secret-unavailable", error.to_string(), ""))).ok()
        });
        let beside = |named: &Path| self.file.as_deref().map_or_else(|| named.to_path_buf(), |file| file::beside(file, named));
        let (trust, roots) = encryption(&config, beside).unwrap_or_else(|finding| {
            wrong.push(*finding);
            (None, Vec::new())
        });
        wrong.extend(bridge::judge(&config));
        wrong.extend(conduit::judge(&config));
        let mut certificates = certificates::read(&config, beside, &mut wrong);
        let access = access(&config, &mut certificates, &mut wrong);
        let (Some(profile), Some(access)) = (profile.filter(|_| wrong.is_empty()), access) else {
            wrong.append(&mut warnings);
            return Err(StartError::Refused { file: self.name().unwrap_or_default(), findings: wrong });
        };
        // What is wrong with a registration stops nothing else: it is said where registrations are shown.
        let sld = sld::policy(&config.sld, beside);
        Ok(Loaded { config, warnings, profile: Arc::new(profile), token, trust, roots, certificates, access, sld })
    }
}

// === impl StartError ===

impl StartError {
    /// As findings, for a reload.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        match self {
            Self::Refused { findings, .. } => findings,
            Self::Unreadable(text) => {
                vec![Finding::error(SettingPath::default(), "unreadable", text, "Put the file back, or mend its permissions")]
            }
            Self::Listen { what, address, ref error } => {
                let setting = match what {
                    super::parts::ICI => "service.listen",
                    super::parts::HTTPS => "service.tls.listen",
                    super::parts::REMOTING => "ici.remoting_port",
                    super::parts::ADMIN_FAR => "admin.tls.listen",
                    _ => "admin.listen",
                };
                let text = format!("{what} cannot listen on {address}: {error}");
                vec![Finding::error(path(setting), "cannot-listen", text, "Write an address of this machine and a port that is free")]
            }
            Self::Store(ref error) => {
                let repair = "Write a file that only this Jackfield uses, in a folder that it may write to";
                vec![Finding::error(path("store.path"), "cannot-keep", error.to_string(), repair)]
            }
        }
    }
}

/// Templates and certificates that `[sld]` names.
fn named_by_sld(draft: &Draft) -> Vec<String> {
    let Some(section) = draft.get(&path("sld")).and_then(|section| section.as_table()) else { return Vec::new() };
    let destinations = section.get("destinations").and_then(|list| list.as_array()).into_iter().flatten();
    let tables = std::iter::once(section).chain(destinations.filter_map(|each| each.as_table()));
    let names = tables.flat_map(|table| ["template", "authority"].map(|key| table.get(key).and_then(|name| name.as_str())));
    names.flatten().map(str::to_owned).collect()
}

/// Whom to trust, and the certificates among that which the file names.
type Trust = (Option<Arc<ClientConfig>>, Vec<CertificateDer<'static>>);

/// What TLS to a CIC server needs; nothing where there is none.
fn encryption(config: &Config, beside: impl Fn(&Path) -> PathBuf) -> Result<Trust, Box<Finding>> {
    let switch = &config.switch;
    if switch.kind != SwitchKind::Icws || !switch.reach("x").tls {
        return Ok((None, Vec::new()));
    }
    let wrong = |setting: &str, why: String| Box::new(Finding::error(path(setting), "bad-certificates", why, ""));
    let roots = switch.authority.as_deref().map_or(Ok(Vec::new()), |file| trust::certificates(&beside(file)));
    let roots = roots.map_err(|why| wrong("switch.authority", why))?;
    let trust = trust::client(roots.clone())
        .map_err(|error| wrong("switch.tls", format!("the certificates that this machine trusts cannot be used: {error}")))?;
    Ok((Some(Arc::new(trust)), roots))
}

/// Files with the hashes of passwords.
fn hashes(draft: &Draft) -> Vec<PathBuf> {
    let users = draft.get(&path(USERS)).and_then(|users| users.as_array()).into_iter().flatten();
    let references = users.filter_map(|user| user.get("password")?.as_str()?.strip_prefix("file:"));
    references.map(Into::into).collect()
}

/// Who may call; `None` when something is wrong with it.
fn access(config: &Config, certificates: &mut Certificates, wrong: &mut Vec<Finding>) -> Option<Access> {
    let networks = config.service.access.networks.clone();
    let everybody = Access::only(move |address| networks.is_empty() || networks.iter().any(|network| network.contains(address)));
    let mut users = Vec::new();
    let mut hasher = DefaultHasher::new();
    for (index, user) in config.service.access.users.iter().enumerate() {
        let hash = password_hash(&user.password).map_err(|(id, why)| {
            let repair = "Write where a hash is that `jackfield access hash` has made";
            wrong.push(Finding::error(path(&format!("{USERS}[{index}].password")), id, why, repair));
        });
        let Ok((hash, text)) = hash else { continue };
        text.expose_secret().hash(&mut hasher);
        users.push(User { name: user.name.clone(), is_password: Arc::new(move |password| hash.is_of(password)) });
    }
    certificates.contents.insert(USERS, hasher.finish());
    let access = everybody.with_users(users);
    access.map_err(|why| wrong.push(Finding::error(path(USERS), "unusable", why, "Start Jackfield again"))).ok()
}

fn password_hash(reference: &SecretRef) -> Result<(PasswordHash, SecretString), (&'static str, String)> {
    let text = shared::secret::store::resolve(reference).map_err(|error| ("secret-unavailable", error.to_string()))?;
    let hash = PasswordHash::parse(&text).map_err(|error| ("not-a-hash", error.to_string()))?;
    Ok((hash, text))
}

fn refused(error: FileError) -> StartError {
    match error {
        FileError::Refused { path, findings } => StartError::Refused { file: path.display().to_string(), findings },
        other => StartError::Unreadable(other.to_string()),
    }
}

fn read_profile(file: &Path) -> Result<Profile, Vec<Finding>> {
    let finding = |text: String| Finding::error(path("ici.profile"), "bad-profile", text, "Mend the profile, or remove the line");
    let text = file::read::text(file).map_err(|error| vec![finding(error.to_string())])?;
    Profile::parse(&text).map_err(|findings| findings.into_iter().map(|text| finding(format!("{}: {text}", file.display()))).collect())
}

fn path(text: &str) -> SettingPath {
    text.parse().unwrap_or_default()
}

/// Work that waits for a disk, off the threads that serve.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
