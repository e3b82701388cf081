//! The whole service inside this process, on ports of its own choice.

mod certificates;
mod cic;
#[cfg(unix)]
mod far;

use super::{App, Options, Outcome, StartError};
use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const REQUEST: &str = concat!(
    r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>"#,
    r#"<n:getWorkcenterCapability xmlns:n="urn:IciSystemInterface"/></e:Body></e:Envelope>"#
);

struct Site {
    folder: TempDir,
}

impl Site {
    fn new(text: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write(text);
        site
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("jackfield.toml")
    }

    /// Listeners on free ports, whatever else the file says.
    fn write(&self, text: &str) {
        let admin = if text.contains("[admin]") { "" } else { "\n[admin]\nlisten = \"127.0.0.1:0\"\n" };
        self.replace(&format!("schema = 1\n{text}{admin}"));
    }

    fn replace(&self, text: &str) {
        let new = self.folder.path().join("new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    async fn start(&self) -> App {
        App::start(Options::file(self.file())).await.unwrap()
    }
}

fn listening(address: &str, path: &str) -> String {
    format!("[service]\nlisten = \"{address}\"\npath = \"{path}\"\n")
}

/// One request by HTTP/1.0; the whole answer.
async fn ask(url: &str, body: Option<&str>) -> std::io::Result<String> {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address.parse::<SocketAddr>().unwrap()).await?;
    let request = match body {
        Some(body) => format!("POST /{path} HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
        None => format!("GET /{path} HTTP/1.0\r\n\r\n"),
    };
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn works(app: &App) -> bool {
    ask(&app.ici_url(), Some(REQUEST)).await.is_ok_and(|answer| answer.starts_with("HTTP/1.0 200"))
}

async fn ready(app: &App) -> String {
    ask(&format!("{}/readyz", app.admin_url()), None).await.unwrap()
}

fn changes(outcome: Outcome) -> Vec<String> {
    match outcome {
        Outcome::Applied(changes) => changes.into_iter().map(|change| change.path.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn it_starts_answers_and_stops() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    assert!(app.ici_url().ends_with("/ici") && works(&app).await);
    assert!(ready(&app).await.starts_with("HTTP/1.0 200"));
    assert!(app.embedded().is_some());
    app.stop().await;
    assert!(!works(&app).await);
}

#[tokio::test]
async fn nothing_is_bound_when_the_file_has_findings() {
    let site = Site::new("[service]\nlisten = \"127.0.0.1:0\"\npaht = \"/ici\"\n");
    let Err(StartError::Refused { findings, .. }) = App::start(Options::file(site.file())).await else { panic!("it started") };
    assert!(findings[0].to_string().starts_with("4:1: error: service.paht"), "{findings:?}");
    let Err(StartError::Unreadable(why)) = App::start(Options::file(site.folder.path().join("none"))).await else { panic!("it started") };
    assert!(why.contains("not there"), "{why}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_said_to_be() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    site.write(&listening(&taken.local_addr().unwrap().to_string(), "/ici"));
    let error = App::start(Options::file(site.file())).await.err().unwrap();
    assert!(matches!(error, StartError::Listen { .. }) && error.to_string().contains("the web service cannot listen on"), "{error}");
}

#[tokio::test]
async fn a_bad_file_is_refused_by_line_and_column_and_the_old_one_goes_on() {
    let good = listening("127.0.0.1:0", "/ici");
    let site = Site::new(&good);
    let app = site.start().await;
    let url = app.ici_url();
    assert_eq!(app.reload().await, Outcome::Unchanged);
    let bad = [
        ("[service]\nlisten = \"nowhere\"\n", "3:10: error: service.listen"),
        ("[service]\npath = hunter2 oops\n", "3:"),
        ("[service]\nlisten = \"127.0.0.1:0\"\n[ici]\nprofile = \"/nowhere/profile.toml\"\n", "ici.profile"),
        ("[admin]\nlisten = \"127.0.0.1:0\"\ntoken = \"env:JACKFIELD_TEST_NO_SUCH_VARIABLE\"\n", "admin.token"),
        ("[service]\nlisten = \"192.0.2.1:8095\"\n", "service.listen: the web service cannot listen on 192.0.2.1:8095"),
    ];
    for (text, says) in bad {
        site.write(text);
        let Outcome::Rejected(findings) = app.reload().await else { panic!("{text} was taken") };
        let findings = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(findings.contains(says) && !findings.contains("hunter2"), "{says} is missing in {findings}");
        let ready = ready(&app).await;
        assert!(ready.starts_with("HTTP/1.0 200") && ready.contains("reload: rejected") && ready.contains(says), "{ready}");
        assert!(app.ici_url() == url && works(&app).await, "{text}");
    }
    site.write(&good);
    assert_eq!(app.reload().await, Outcome::Unchanged, "the file is again the one that is in force");
    assert!(!ready(&app).await.contains("rejected"));
}

#[tokio::test]
async fn when_one_of_two_listeners_cannot_move_neither_does() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    let places = app.places();
    let before = places.borrow().clone();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let admin = format!("[admin]\nlisten = \"{}\"\n", taken.local_addr().unwrap());
    site.write(&(listening("127.0.0.2:0", "/else") + &admin));
    let Outcome::Rejected(findings) = app.reload().await else { panic!("it was taken") };
    assert_eq!(findings[0].path.to_string(), "admin.listen");
    assert_eq!(*places.borrow(), before);
    assert!(works(&app).await);
}

#[tokio::test]
async fn settings_of_every_part_take_effect_at_once() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    let user = "[[switch.embedded.users]]\nname = \"NEW\"\nextension = \"9001\"\n";
    site.write(&(listening("127.0.0.1:0", "/new") + "[limits]\nbody = 5000\nattached_data = 2000\n" + user));
    let changed = changes(app.reload().await);
    assert!(changed.contains(&"service.path".to_owned()) && changed.contains(&"limits.body".to_owned()), "{changed:?}");
    assert!(app.ici_url().ends_with("/new") && works(&app).await);
    let long = ask(&app.ici_url(), Some(&" ".repeat(5001))).await.unwrap();
    assert!(long.starts_with("HTTP/1.0 413"), "{long}");
    let log_on = concat!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><n:getAttributes xmlns:n="urn:IciUserInterface">"#,
        r#"<userId>NEW</userId></n:getAttributes></e:Body></e:Envelope>"#
    );
    let answer = ask(&app.ici_url(), Some(log_on)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 200"), "the embedded switch has the new user: {answer}");
}

#[tokio::test]
async fn a_saved_file_is_noticed_without_being_told() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    let mut places = app.places();
    places.mark_unchanged();
    site.write(&listening("127.0.0.1:0", "/noticed"));
    places.changed().await.unwrap();
    assert!(app.ici_url().ends_with("/noticed"));
}

#[tokio::test]
async fn changes_of_address_and_path_under_load_fail_no_request() {
    let site = Site::new(&listening("127.0.0.1:0", "/a"));
    let app = site.start().await;
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let (app, done) = (app.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut asked = 0;
                while !done.load(Ordering::Relaxed) {
                    let url = app.ici_url();
                    let answer = ask(&url, Some(REQUEST)).await.unwrap_or_else(|error| panic!("{url}: {error}"));
                    assert!(answer.starts_with("HTTP/1.0 200"), "{url}: {answer}");
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    for round in 1..=40 {
        let address = ["127.0.0.1:0", "127.0.0.2:0", "127.0.0.3:0"][round % 3];
        site.write(&listening(address, if round % 2 == 0 { "/a" } else { "/b" }));
        changes(app.reload().await);
        assert!(works(&app).await);
    }
    done.store(true, Ordering::Relaxed);
    let mut asked = 0;
    for client in clients {
        asked += client.await.unwrap();
    }
    assert!(asked > 40, "only {asked} requests were under way");
    app.stop().await;
}

#[tokio::test]
async fn what_the_file_names_counts_as_well_even_when_it_was_refused() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    let profile = site.folder.path().join("profile.toml");
    let text = listening("127.0.0.1:0", "/ici") + &format!("[ici]\nprofile = {:?}\n", profile.display().to_string());
    fs::write(&profile, "schema = 9\n").unwrap();
    site.write(&text);
    assert!(matches!(app.reload().await, Outcome::Rejected(_)));
    let source = super::source::Source::new(&Options::file(site.file()));
    let refused = source.look().await;
    assert_eq!(refused.files, [site.file(), profile.clone()]);
    let built_in = shared::profile::BUILT_IN;
    fs::write(&profile, built_in).unwrap();
    assert_ne!(source.look().await, refused, "mending the profile is worth another try");
    assert_eq!(changes(app.reload().await), ["ici.profile"]);
    assert_eq!(app.reload().await, Outcome::Unchanged);
    fs::write(&profile, built_in.replace("name = \"getWorkcenterCapability\"", "name = \"tellCapability\"")).unwrap();
    assert_eq!(changes(app.reload().await), ["ici.profile"]);
    let answer = ask(&app.ici_url(), Some(&REQUEST.replace("getWorkcenterCapability", "tellCapability"))).await.unwrap();
    assert!(answer.contains("tellCapabilityResponse"), "{answer}");
}
