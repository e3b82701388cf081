//! What a certificate says of itself: for whom it is, and until when. Whether anybody trusts it is TLS's own business.

use std::{
    fmt, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};
use x509_parser::{
    certificate::X509Certificate,
    extensions::GeneralName,
    pem::Pem,
    prelude::{FromDer, ParsedExtension},
};

/// No file with certificates is longer, in bytes: a whole bundle of authorities has some 250 KB.
const LARGEST: u64 = 4 * 1024 * 1024;
const DAY: i64 = 24 * 60 * 60;

/// The facts of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its subject, as `CN=…`.
    pub subject: String,
    /// Host names and addresses that it is for (subjectAltName).
    pub names: Vec<String>,
    /// Valid from, in seconds since 1970.
    pub from: i64,
    /// Valid until, in seconds since 1970.
    pub until: i64,
}

/// How long a certificate still is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// For so many whole days more.
    Days(i64),
    /// It has ended.
    Expired,
    /// It has not begun.
    NotYet,
}

/// Why a file's certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct Unreadable {
    /// Which file.
    pub path: PathBuf,
    /// Why, in words that say what to do.
    pub why: String,
}

/// Every certificate of a PEM file, in its order: the first is its owner's.
///
/// # Errors
/// The file cannot be read, or has none. Waits for the disk.
pub fn read(path: &Path) -> Result<Vec<Certificate>, Unreadable> {
    let wrong = |why: String| Unreadable { path: path.to_path_buf(), why };
    let bytes = bounded(path).map_err(|error| wrong(error.to_string()))?;
    parse(&bytes).map_err(wrong)
}

/// The same from bytes.
///
/// # Errors
/// In words: there is none, or it is damaged.
pub fn parse(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let mut found = Vec::new();
    for block in Pem::iter_from_buffer(pem) {
        let block = block.map_err(|error| format!("it is no PEM file: {error}"))?;
        if block.label == "CERTIFICATE" {
            let (_, certificate) =
                X509Certificate::from_der(&block.contents).map_err(|error| format!("a certificate is damaged: {error}"))?;
            found.push(facts(&certificate));
        }
    }
    match found.is_empty() {
        false => Ok(found),
        true if pem.starts_with(&[0x30]) => Err("it is a binary file: `jackfield tls import` makes PEM files of a PKCS#12 file".into()),
        true => Err("it holds no certificate; one begins with -----BEGIN CERTIFICATE-----".into()),
    }
}

/// What lies at this path, as far as a file with certificates can be.
fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for a writer that may never come.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("this is not a regular file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn facts(certificate: &X509Certificate<'_>) -> Certificate {
    let mut names = Vec::new();
    for extension in certificate.extensions() {
        if let ParsedExtension::SubjectAlternativeName(alternatives) = extension.parsed_extension() {
            names.extend(alternatives.general_names.iter().filter_map(name));
        }
    }
    let validity = certificate.validity();
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    Certificate { subject: certificate.subject().to_string(), names, from, until }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(|v4| std::net::IpAddr::from(v4).to_string())
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(|v6| std::net::IpAddr::from(v6).to_string()))
            .ok(),
        _ => None,
    }
}

impl Certificate {
    /// How long it still is valid.
    pub fn validity(&self, now: i64) -> Validity {
        match now {
            now if now >= self.until => Validity::Expired,
            now if now < self.from => Validity::NotYet,
            now => Validity::Days((self.until - now) / DAY),
        }
    }

    /// Its last day, as `2027-03-31`.
    pub fn last_day(&self) -> String {
        day(self.until)
    }

    /// Its first day.
    pub fn first_day(&self) -> String {
        day(self.from)
    }

    /// The names that it is for, or its subject where it has none.
    pub fn whose(&self) -> String {
        if self.names.is_empty() { self.subject.clone() } else { self.names.join(", ") }
    }
}

// === impl Validity ===

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "valid for {days} days"),
            Self::Expired => f.write_str("expired"),
            Self::NotYet => f.write_str("not valid yet"),
        }
    }
}

fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |time| time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> rcgen::Certificate {
        let mut parameters = rcgen::CertificateParams::new(["cti.example.com".to_owned(), "10.1.2.3".to_owned()]).unwrap();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "Jackfield");
        parameters.not_before = rcgen::date_time_ymd(2026, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2027, 3, 31);
        parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_certificate_tells_for_whom_and_until_when_it_is() {
        let [found] = &parse(format!("a comment\n{}", made().pem()).as_bytes()).unwrap()[..] else { panic!("one certificate") };
        assert_eq!((found.names.join(" ").as_str(), found.subject.as_str()), ("cti.example.com 10.1.2.3", "CN=Jackfield"));
        assert_eq!((found.first_day().as_str(), found.last_day().as_str()), ("2026-01-01", "2027-03-31"));
        assert_eq!(found.validity(found.until), Validity::Expired);
        assert_eq!(found.validity(found.until - 1), Validity::Days(0));
        assert_eq!(found.validity(found.until - 30 * DAY), Validity::Days(30));
        assert_eq!(found.validity(found.from - 1), Validity::NotYet);
    }

    #[test]
    fn what_is_no_file_of_certificates_says_why() {
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let broken = made().pem().replacen("MII", "AAA", 1);
        for (bytes, says) in
            [(key.as_bytes(), "no certificate"), (&[0x30, 0x82][..], "tls import"), (b"", "no certificate"), (broken.as_bytes(), "damaged")]
        {
            let why = parse(bytes).unwrap_err();
            assert!(why.contains(says), "{why}");
        }
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("not a regular file"));
    }
}
