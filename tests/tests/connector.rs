//! The two-host layout with real programs: a web connector in one zone, the service in another, SAP's own kind of client before them.

use std::{fs, path::PathBuf};
use system_tests::{certificates::Authority, client::Client, http, program::Program, script, sink::Sink, site, soap};

fn secure([certificate, key]: &[PathBuf; 2], authority: &Authority) -> String {
    let path = |path: &PathBuf| path.display().to_string();
    format!(
        "[remoting]\naddress = \"127.0.0.1\"\ncertificate = {:?}\nkey = {:?}\nauthority = {:?}\n",
        path(certificate),
        path(key),
        path(&authority.file())
    )
}

fn service(more: &str) -> String {
    site::FILE
        .replace("[flags]\n", "[flags]\nsecure_remoting = true\n")
        .replace("reject_workmode = 3\n", "reject_workmode = 3\nremoting_port = 0\n")
        + more
}

fn connector(port: u16, more: &str) -> String {
    format!("[flags]\nsecure_remoting = true\n[ici]\nremoting_port = {port}\n[connector]\nserver = \"localhost\"\n{more}")
}

fn question(path: &str) -> Vec<u8> {
    http::post(path, &soap::action("System"), soap::envelope("System", "getWorkcenterCapability", None, &[]).as_bytes())
}

#[test]
fn zeep_lives_through_an_agents_day_at_the_web_connector_by_secure_remoting() {
    let authority = Authority::new("Remoting");
    let service = Program::with(&service(&secure(&authority.sign("localhost"), &authority)));
    let port = service.remoting.expect("the file asks for it").port();
    let connector = Program::connector(&connector(port, &secure(&authority.sign("connector"), &authority)));
    let sink = Sink::start();
    let mut client = Client::start("zeep", "agent", &format!("{}?wsdl", connector.url()), site::AGENT);
    script::whole_day(&mut client, &service, &sink);
}

#[test]
fn a_stopped_service_is_said_to_be_away_and_a_corrected_file_leads_to_another() {
    let authority = Authority::new("Remoting");
    let mut first = Program::with(&service(&secure(&authority.sign("localhost"), &authority)));
    let ours = secure(&authority.sign("connector"), &authority);
    let port = |program: &Program| program.remoting.expect("the file asks for it").port();
    let connector_program = Program::connector(&connector(port(&first), &ours));
    let ask = || http::exchange(connector_program.ici, &question(&connector_program.path)).expect("the web connector answers");
    assert_eq!(ask().status(), 200);
    first.kill();
    let away = ask();
    assert!(away.status() == 503 && away.text().contains("cannot be reached"), "{}", away.text());
    let second = Program::with(&service(&secure(&authority.sign("localhost"), &authority)));
    let new = connector_program.config().with_extension("new");
    fs::write(&new, connector(port(&second), &ours)).and_then(|()| fs::rename(&new, connector_program.config())).unwrap();
    connector_program.signal("HUP");
    while ask().status() != 200 {
        std::thread::yield_now();
    }
}
