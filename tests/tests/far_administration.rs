//! The real program, its file changed from another machine: it goes back after `kill -9`, and tests what it is sent where it runs.

use serde_json::Value;
use std::{fs, net::TcpListener};
use system_tests::far::Site;

#[test]
fn killed_before_the_change_is_confirmed_the_next_start_has_the_file_before() {
    let site = Site::new();
    let before = site.file("");
    let mut program = site.start(&before);
    let changed = before.clone() + "[limits]\nmailbox = 17 # from afar\n";
    let begun = site.save(program.admin_tls.unwrap(), 600, &changed);
    assert_eq!(begun.status, 202, "{begun:?}");
    assert_eq!(fs::read_to_string(program.config()).unwrap(), changed);
    assert!(program.log().contains("the file was changed over the network"), "{}", program.log());
    program.kill();
    let left = fs::read_to_string(program.config()).unwrap();
    assert_eq!(left, changed, "nothing could be done any more");

    let program = site.start(&left);
    assert_eq!(fs::read_to_string(program.config()).unwrap(), before);
    assert!(program.log().contains("before a change from another machine was confirmed"), "{}", program.log());
    let number = serde_json::from_str::<Value>(&begun.body).unwrap()["number"].to_string();
    let late = site.ask(program.admin_tls.unwrap(), &format!("POST /config/probation/{number}"), "", "");
    assert_eq!(late.status, 410, "{late:?}");
}

#[test]
fn a_confirmed_change_outlives_a_kill() {
    let site = Site::new();
    let mut program = site.start(&site.file(""));
    let to = program.admin_tls.unwrap();
    let changed = site.file("[limits]\nmailbox = 17\n");
    let begun = site.save(to, 600, &changed);
    let number = serde_json::from_str::<Value>(&begun.body).unwrap()["number"].to_string();
    assert_eq!(site.ask(to, &format!("POST /config/probation/{number}"), "", "").status, 200);
    program.kill();
    let program = site.start(&fs::read_to_string(program.config()).unwrap());
    assert_eq!(fs::read_to_string(program.config()).unwrap(), changed);
}

#[test]
fn a_test_runs_where_the_service_is_one_at_a_time_and_can_be_ended() {
    let site = Site::new();
    let file = site.file("");
    let program = site.start(&file);
    let to = program.admin_tls.unwrap();
    let number = |told: &str| serde_json::from_str::<Value>(told).unwrap()["test"].as_u64().unwrap();
    let first = number(&site.ask(to, "POST /config/test", "", &file).body);
    let mut said = String::new();
    loop {
        let told = site.ask(to, &format!("GET /config/test/{first}"), "", "");
        match told.status {
            200 => said += &told.body,
            204 => {}
            status => break assert_eq!(status, 205, "{told:?}"),
        }
    }
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["kind"], &lines.last().unwrap()["kind"]), (&"begin".into(), &"summary".into()));
    let certificates = lines.iter().find(|line| line["stage"] == "certificates").unwrap();
    assert!(certificates.to_string().contains("admin.tls.certificate") && certificates["verdict"] != "failed", "{certificates}");

    // A switch that never says anything; the password is there, or the test would not get as far as to wait for it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let waits = file.clone()
        + &format!(
            "[switch]\nkind = \"icws\"\nserver = \"127.0.0.1\"\nport = {}\ntls = false\nuser_id = \"U\"\npassword = \"credential:token\"\n\
             [agents]\nlog_in = \"super_user\"\n[reject]\nsteps = [\"transfer\"]\n",
            silent.local_addr().unwrap().port()
        );
    let second = site.ask(to, "POST /config/test", "", &waits);
    assert_eq!(second.status, 201, "{second:?}");
    assert_eq!(site.ask(to, "POST /config/test", "", &file).status, 409, "one at a time");
    let second = number(&second.body);
    assert_eq!(site.ask(to, &format!("DELETE /config/test/{second}"), "", "").status, 200);
    while site.ask(to, &format!("GET /config/test/{second}"), "", "").status != 205 {}
    assert_eq!(site.ask(to, "POST /config/test", "", &file).status, 201);
}
