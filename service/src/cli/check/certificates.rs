//! The stage `certificates`: do certificate and key belong together, for whom are they, and how long?

use super::{on_time, report::Detail, sentences as say};
use crate::os::identity::{Identity, Unusable};
use shared::{
    certificate::{self, Certificate, Validity},
    config::Config,
    file,
};
use std::path::{Path, PathBuf};

/// One pair of files.
struct Pair {
    settings: [&'static str; 2],
    files: [PathBuf; 2],
    warn_days: i64,
}

/// Looks at every certificate of ours that the file names.
pub(super) async fn inspect(config: &Config, beside: &Path) -> Vec<Detail> {
    let pairs = pairs(config, beside);
    if pairs.is_empty() {
        return vec![Detail::new("", say::CERTIFICATE_NONE)];
    }
    let mut details = Vec::new();
    for pair in pairs {
        let subject = format!("{} {}", pair.settings[0], pair.files[0].display());
        details.push(match on_time(move || look(&pair)).await {
            Ok(detail) => detail,
            Err(late) => late.detail(subject, say::CERTIFICATE_LATE),
        });
    }
    details
}

fn pairs(config: &Config, beside: &Path) -> Vec<Pair> {
    let at = |named: &Path| file::beside(beside, named);
    let service = config.service.tls.as_ref().map(|tls| Pair {
        settings: ["service.tls.certificate", "service.tls.key"],
        files: [at(&tls.certificate), at(&tls.key)],
        warn_days: tls.warn_days.into(),
    });
    let delivery = &config.delivery;
    let events = delivery.certificate.as_deref().zip(delivery.key.as_deref()).map(|(certificate, key)| Pair {
        settings: ["delivery.certificate", "delivery.key"],
        files: [at(certificate), at(key)],
        warn_days: config.service.tls.as_ref().map_or(30, |tls| tls.warn_days.into()),
    });
    let remoting = &config.remoting;
    let remoting = remoting.certificate.as_deref().zip(remoting.key.as_deref()).filter(|_| config.flags.secure_remoting);
    let remoting = remoting.map(|(certificate, key)| Pair {
        settings: ["remoting.certificate", "remoting.key"],
        files: [at(certificate), at(key)],
        warn_days: config.service.tls.as_ref().map_or(30, |tls| tls.warn_days.into()),
    });
    let admin = config.admin.tls.as_ref().map(|tls| Pair {
        settings: ["admin.tls.certificate", "admin.tls.key"],
        files: [at(&tls.certificate), at(&tls.key)],
        warn_days: config.service.tls.as_ref().map_or(30, |tls| tls.warn_days.into()),
    });
    service.into_iter().chain(events).chain(remoting).chain(admin).collect()
}

fn look(pair: &Pair) -> Detail {
    let [certificate, key] = &pair.files;
    let subject = |index: usize| format!("{} {}", pair.settings[index], pair.files[index].display());
    let wrong = |index: usize, why: String| Detail::with(subject(index), say::CERTIFICATE_WRONG, [("why", why)]);
    if let Err(unusable) = Identity::read(certificate, key) {
        return match unusable {
            Unusable::Certificate(why) => wrong(0, why),
            Unusable::Key(why) => wrong(1, why),
        };
    }
    let shortest = certificate::read(certificate).map(|all| all.into_iter().min_by_key(|certificate| certificate.until));
    match shortest {
        Ok(Some(found)) => judge(subject(0), &found, pair.warn_days),
        Ok(None) => wrong(0, "it is empty".into()),
        Err(error) => wrong(0, error.why),
    }
}

fn judge(subject: String, certificate: &Certificate, warn_days: i64) -> Detail {
    let names = ("names", certificate.whose());
    match certificate.validity(jiff::Timestamp::now().as_second()) {
        Validity::Days(days) if days < warn_days => {
            Detail::with(subject, say::CERTIFICATE_ENDS, [names, ("day", certificate.last_day()), ("days", days.to_string())])
        }
        Validity::Days(_) => Detail::with(subject, say::CERTIFICATE_RIGHT, [names, ("day", certificate.last_day())]),
        Validity::Expired => Detail::with(subject, say::CERTIFICATE_EXPIRED, [names, ("day", certificate.last_day())]),
        Validity::NotYet => Detail::with(subject, say::CERTIFICATE_NOT_YET, [names, ("day", certificate.first_day())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::check_text;
    use std::fs;

    async fn inspected(days: i64) -> Detail {
        let folder = tempfile::tempdir().unwrap();
        let mut parameters = rcgen::CertificateParams::new(["cti.example.com".to_owned()]).unwrap();
        let now = std::time::SystemTime::now();
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        let seconds = std::time::Duration::from_secs(days.unsigned_abs() * 86_400 + 3600);
        parameters.not_after = if days < 0 { now - seconds } else { now + seconds }.into();
        let key = rcgen::KeyPair::generate().unwrap();
        fs::write(folder.path().join("c"), parameters.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(folder.path().join("k"), key.serialize_pem()).unwrap();
        let config = check_text("[service.tls]\ncertificate = \"c\"\nkey = \"k\"\n").unwrap().config;
        inspect(&config, &folder.path().join("jackfield.toml")).await.remove(0)
    }

    #[tokio::test]
    async fn a_certificate_is_judged_by_its_end() {
        for (days, id) in [(200, "check-certificate-right"), (10, "check-certificate-ends"), (-1, "check-certificate-expired")] {
            let detail = inspected(days).await;
            assert_eq!(detail.id, id, "{detail:?}");
            assert!(detail.cause.contains("cti.example.com"), "{detail:?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_says_which_file() {
        let config = check_text("[service.tls]\ncertificate = \"/nowhere/c\"\nkey = \"/nowhere/k\"\n").unwrap().config;
        let details = inspect(&config, Path::new("/etc/jackfield.toml")).await;
        assert!(details[0].id == "check-certificate-wrong" && details[0].cause.contains("/nowhere/c"), "{details:?}");
        assert_eq!(inspect(&Config::built_in(), Path::new("x")).await[0].id, "check-certificate-none");
    }
}
