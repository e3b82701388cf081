//! The real program over HTTPS, judged by other people's software: a scanner, OpenSSL, a SOAP client.

use roxmltree::Document;
use std::{
    path::Path,
    process::{Command, Stdio},
};
use system_tests::{certificates::Authority, far, greedy, lab, program::Program, site};

fn file(tls: &[std::path::PathBuf; 2], more: &str) -> String {
    let [certificate, key] = tls.each_ref().map(|path| path.display().to_string());
    format!("{}\n[service.tls]\ncertificate = {certificate:?}\nkey = {key:?}\nlisten = \"127.0.0.1:0\"\n{more}", site::FILE)
}

#[test]
fn a_scanner_finds_nothing_below_tls_1_2_and_no_weak_suite() {
    let site = far::Site::new();
    let https = "\n[service.tls]\ncertificate = \"admin.crt\"\nkey = \"admin.key\"\nlisten = \"127.0.0.1:0\"\n";
    let program = site.start(&site.file(https));
    for address in [program.https, program.admin_tls] {
        scan(&address.expect("the file asks for it").to_string());
    }
}

fn scan(address: &str) {
    let scan = Command::new("sslscan").args(["--no-colour", "--xml=-", address]).output().expect("sslscan is installed");
    let text = String::from_utf8_lossy(&scan.stdout).into_owned();
    #[expect(clippy::disallowed_methods, reason = "the scanner is no stranger")]
    let report = Document::parse(&text).expect("sslscan writes XML");
    let all = |name: &'static str| report.descendants().filter(move |node| node.has_tag_name(name));
    let spoken: Vec<_> = all("protocol")
        .filter(|node| node.attribute("enabled") == Some("1"))
        .filter_map(|node| Some(format!("{} {}", node.attribute("type")?, node.attribute("version")?)))
        .collect();
    assert_eq!(spoken, ["tls 1.2", "tls 1.3"], "{text}");
    let ciphers: Vec<_> = all("cipher").collect();
    assert!(ciphers.len() >= 6, "{text}");
    for cipher in ciphers {
        let of = |name| cipher.attribute(name).unwrap_or_default();
        let modern = of("sslversion") == "TLSv1.3"
            || (of("cipher").starts_with("ECDHE-") && ["GCM", "CHACHA20"].iter().any(|mode| of("cipher").contains(mode)));
        assert!(modern && of("bits").parse::<u32>().is_ok_and(|bits| bits >= 128), "{cipher:?}");
    }
    let bad = |name, attribute| all(name).filter(move |node| node.attribute(attribute) == Some("1")).count();
    assert_eq!((bad("heartbleed", "vulnerable"), bad("compression", "supported")), (0, 0), "{text}");
}

#[test]
fn openssl_gets_in_with_the_right_certificate_and_with_no_other() {
    let (ours, sap, stranger) = (Authority::new("Site"), Authority::new("SAP"), Authority::new("Stranger"));
    let more = format!("client_certificates = \"required\"\nclient_authority = {:?}\n", sap.file().display().to_string());
    let program = Program::with(&file(&ours.sign("localhost"), &more));
    let address = program.https.expect("the file asks for HTTPS").to_string();
    let ask = |trusted: &Path, name: &str, shown: Option<[std::path::PathBuf; 2]>| {
        let mut openssl = Command::new("openssl");
        openssl
            .args(["s_client", "-connect", &address, "-quiet", "-verify_return_error", "-verify_hostname", name, "-CAfile"])
            .arg(trusted);
        if let Some([certificate, key]) = shown {
            openssl.arg("-cert").arg(certificate).arg("-key").arg(key);
        }
        let mut child = openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("OpenSSL is installed");
        let request = format!("GET {}?wsdl HTTP/1.0\r\n\r\n", program.path);
        // It may have given up already.
        let _ = std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), request.as_bytes());
        let answer = child.wait_with_output().expect("OpenSSL ends").stdout;
        String::from_utf8_lossy(&answer).starts_with("HTTP/1.0 200")
    };
    assert!(ask(&ours.file(), "localhost", Some(sap.sign("sap"))));
    for (why, trusted, name, shown) in [
        ("it shows nothing", ours.file(), "localhost", None),
        ("it shows a stranger's", ours.file(), "localhost", Some(stranger.sign("sap"))),
        ("it trusts another authority", sap.file(), "localhost", Some(sap.sign("sap"))),
        ("it wants another name", ours.file(), "cti.example.com", Some(sap.sign("sap"))),
    ] {
        assert!(!ask(&trusted, name, shown), "it got in although {why}");
    }
    let log = program.log();
    assert!(log.contains("shows no certificate") && log.contains("authority that the file does not name"), "{log}");
    assert!(log.contains("does not trust our certificate"), "{log}");
}

#[test]
fn zeep_logs_on_by_user_and_password_over_https() {
    let (authority, folder) = (Authority::new("Site"), tempfile::tempdir().unwrap());
    let hash = Command::new(lab::jackfield())
        .args(["access", "hash"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .and_then(|mut child| {
            std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), b"hunter2\n")?;
            child.wait_with_output()
        })
        .unwrap();
    assert!(hash.status.success());
    let kept = folder.path().join("hash");
    std::fs::write(&kept, hash.stdout).unwrap();
    assert!(Command::new("chmod").arg("600").arg(&kept).status().unwrap().success());
    let users = format!("[[service.access.users]]\nname = \"SAPICI\"\npassword = \"file:{}\"\n", kept.display());
    let program = Program::with(&file(&authority.sign("localhost"), &users));
    let https = program.https.expect("the file asks for HTTPS");
    let script = "import sys, requests, zeep\n\
                  url, authority, password = sys.argv[1:]\n\
                  session = requests.Session(); session.trust_env = False; session.verify = authority; session.auth = ('SAPICI', password)\n\
                  client = zeep.Client(url, transport=zeep.Transport(session=session))\n\
                  print(sum(len(binding._operations) for binding in client.wsdl.bindings.values()))\n";
    let ask = |password: &str| {
        let url = format!("https://localhost:{}{}?wsdl", https.port(), program.path);
        let python = lab::installed().join("venv/bin/python");
        Command::new(python).args(["-c", script, &url]).arg(authority.file()).arg(password).output().unwrap()
    };
    let right = ask("hunter2");
    let operations: u32 = String::from_utf8_lossy(&right.stdout).trim().parse().unwrap_or_default();
    assert!(operations > 20, "{}", String::from_utf8_lossy(&right.stderr));
    let wrong = ask("hunter3");
    assert!(
        !wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("401"),
        "{}",
        String::from_utf8_lossy(&wrong.stderr)
    );
    assert!(!program.log().contains("hunter"));
}

#[test]
fn a_slow_and_greedy_address_meets_its_bounds_while_another_is_answered() {
    let report = greedy::rage(150);
    assert!(report.closed > 0 && report.attacked.asked == 150, "{report}");
}
