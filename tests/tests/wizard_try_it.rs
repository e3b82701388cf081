//! The wizard's page *Try it* without its window: its own model starts the real service from a draft that nobody has saved, logs an agent on
//! as SAP does, and takes a call.

use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
};
use system_tests::{PATIENCE, lab};
use wizard::{
    jobs::Jobs,
    page::try_it::{Button, LogOn, Outcome, Session, Trial, Way, Wish},
};

/// A draft that says who may call from where, and would register with a directory: a trial does neither.
const DRAFT: &str = r#"
[service]
listen = "192.0.2.1:1"
[service.access]
networks = ["192.0.2.0/24"]
[admin]
listen = "192.0.2.1:2"
token = "env:JACKFIELD_NO_SUCH_TOKEN"
[switch.embedded]
answer_after = "10ms"
users = [{ name = "ANNA", extension = "8001" }, { name = "BERT", extension = "8002" }]
workgroups = [{ name = "After sales", extension = "7001", members = ["ANNA"] }]
statuses = [{ name = "Do Not disturb", do_not_disturb = true }, { name = "Available", acd = true }]
[workmodes]
mapped = []
[ici]
reject_workmode = 3
"#;

/// What wakes the window wakes the test.
struct Site {
    jobs: Jobs,
    woken: Receiver<()>,
}

impl Site {
    fn new() -> Self {
        let (waker, woken) = mpsc::channel();
        Self { jobs: Jobs::new(move || waker.send(()).unwrap_or_default()), woken }
    }

    fn trial(&self, draft: &str) -> Trial {
        let draft = Arc::new(shared::Draft::parse(draft).expect("the draft is TOML"));
        let mut trial = Trial::start(&self.jobs, lab::jackfield(), &draft, Some(Path::new("/etc/jackfield/jackfield.toml")));
        while trial.places().is_none() && trial.failure().is_none() {
            self.woken.recv_timeout(PATIENCE).expect("the trial service should have started");
            trial.poll(&self.jobs);
        }
        trial
    }

    fn log_on(&self, trial: &Trial, user: &str) -> Session {
        let (url, admin) = trial.places().map(|(url, admin)| (url.to_owned(), admin.to_owned())).expect("it runs");
        let who = LogOn { program: lab::jackfield(), url, user: user.to_owned(), admin, admin_token: None };
        let mut session = Session::log_on(&self.jobs, who).expect("the child starts");
        self.until(&mut session, "logged on", |session| session.toolbar().agent().is_some());
        session
    }

    fn until(&self, session: &mut Session, what: &str, is_so: impl Fn(&Session) -> bool) {
        while !is_so(session) {
            let woken = self.woken.recv_timeout(PATIENCE);
            assert!(woken.is_ok(), "never {what}: {:?}, {:?}, {:?}", session.toolbar(), session.outcome(), session.end());
            session.poll();
        }
    }

    /// Presses a button that must be lit, and waits for its answer and for the call that it leads to.
    fn press(&self, session: &mut Session, button: Button, number: &str, status: &str) {
        let wish = session.toolbar().press(button, number).unwrap_or_else(|| panic!("{button:?} is dark: {:?}", session.toolbar()));
        session.ask(&wish);
        self.until(session, "answered", |session| !session.is_busy());
        assert!(matches!(session.outcome(), Some(Outcome::Done(_))), "{button:?}: {:?}", session.outcome());
        self.until(session, status, |session| session.toolbar().selected().is_some_and(|call| call.status == status));
    }

    fn ask(&self, session: &mut Session, command: &str) {
        session.ask(&Wish { command: command.to_owned(), item: None });
        self.until(session, "answered", |session| !session.is_busy());
        assert!(matches!(session.outcome(), Some(Outcome::Done(_))), "{command}: {:?}", session.outcome());
    }
}

#[test]
fn a_demo_call_is_taken_in_a_trial_of_a_draft_that_nobody_has_saved() {
    let site = Site::new();
    let trial = site.trial(DRAFT);
    assert_eq!(trial.failure(), None);
    let (url, _) = trial.places().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let mut anna = site.log_on(&trial, "ANNA");
    let ready = anna.toolbar().workmode("2").expect("ready can be chosen");
    anna.ask(&ready);
    site.until(&mut anna, "ready", |anna| anna.toolbar().agent().is_some_and(|agent| agent.workmode.id == "2"));

    site.ask(&mut anna, "callin +493023125000 After sales");
    site.until(&mut anna, "alerting", |anna| anna.toolbar().selected().is_some_and(|call| call.status == "alerting"));
    let call = anna.toolbar().selected().unwrap().clone();
    assert_eq!((call.remote_numbers.as_slice(), call.queue.as_str()), (&["+493023125000".to_owned()][..], "After sales"));
    assert!(call.attached_data.contains("<CURRENTCUSTOMER>"), "{call:?}");
    assert_eq!(anna.toolbar().press(Button::Hold, ""), None, "what rings cannot be held");
    site.press(&mut anna, Button::Accept, "", "connected");
    site.press(&mut anna, Button::Hold, "", "held");
    site.press(&mut anna, Button::Retrieve, "", "connected");
    site.press(&mut anna, Button::Consult, "+493023125001", "connected");
    let consults =
        |anna: &Session| anna.toolbar().calls().iter().any(|call| !call.consultation_for.is_empty() && call.status == "connected");
    site.until(&mut anna, "consulting", consults);
    site.press(&mut anna, Button::Conference, "", "conferenced");
    let hang_up = anna.toolbar().press(Button::HangUp, "").unwrap();
    anna.ask(&hang_up);
    site.until(&mut anna, "without calls", |anna| anna.toolbar().calls().is_empty() && !anna.is_busy());

    let passed = |way, name| anna.messages().list().any(|message| message.way == way && message.name == name);
    for operation in ["User.getAttributes", "Item.accept", "PhoneCall.hold", "PhoneCall.conference"] {
        assert!(passed(Way::Request, operation) && passed(Way::Answer, operation), "{operation}");
    }
    assert!(passed(Way::Event, "phoneCallChanged") && passed(Way::Event, "userChanged"));
    let answer = anna.messages().list().find(|message| message.way == Way::Answer).unwrap();
    assert!(answer.status == Some(200) && answer.latency.is_some() && answer.pretty().lines().count() > 3, "{answer:?}");

    anna.log_off();
    site.until(&mut anna, "logged off", |anna| anna.end().is_some());
    assert!(anna.messages().list().any(|message| message.name == "User.unsubscribe"), "he is logged off as SAP does it");
}

#[test]
fn a_draft_that_the_service_refuses_is_not_tried_and_the_service_says_why() {
    let site = Site::new();
    let trial = site.trial("[workmodes]\nready = \"There is no such status\"\n");
    assert_eq!(trial.places(), None);
    assert!(trial.failure().is_some_and(|why| why.contains("workmodes.ready")), "{:?}", trial.failure());
}
