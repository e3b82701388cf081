//! A service on another machine that answers late.

use super::*;
use crate::{
    dialog::Connected,
    document::parsed,
    remote::{Service, Trust, Wish},
};
use std::sync::mpsc;

/// Lets the dialog connect to a service that answers when it is told to; the other end says whether anybody still wanted that.
fn connect(site: &mut Site) -> (mpsc::Sender<()>, mpsc::Receiver<bool>) {
    site.act(Action::ConnectService);
    let (tell, told) = mpsc::channel();
    let (say, said) = mpsc::channel();
    let jobs = site.wizard().jobs.clone();
    let job = jobs.start("connect", move |reporter| {
        let Ok(()) = told.recv() else { return };
        let is_wanted = !reporter.is_cancelled();
        let wish = Wish { address: "far.example.com".to_owned(), token: "x".into(), trust: Trust::Machine };
        reporter.say(Connected { wish, keeps: false, done: Ok((Service::unmet("far.example.com"), parsed(FILE).unwrap())) });
        say.send(is_wanted).unwrap();
    });
    let Some(Dialog::Connect(dialog)) = &mut site.wizard().dialog else { panic!("the dialog is not there") };
    dialog.wait_for(job.unwrap());
    site.harness.run();
    assert!(site.shows("connect-working"));
    (tell, said)
}

#[test]
fn a_service_that_answers_is_worked_with() {
    let mut site = Site::new();
    let (tell, said) = connect(&mut site);
    tell.send(()).unwrap();
    assert!(said.recv().unwrap());
    site.harness.run();
    assert!(site.wizard().model.service().is_some() && site.wizard().dialog.is_none());
    // Nothing has been changed: no change has to be kept there.
    site.press(Modifiers::COMMAND, Key::S);
    let said = ENGLISH.text_with("status-far-unchanged", [("host", "far.example.com".into())]);
    assert!(site.wizard().status().contains(&said), "{}", site.wizard().status());
    assert!(site.wizard().work.is_empty() && site.wizard().waiting.is_none());
}

#[test]
fn a_service_that_answers_after_the_dialog_was_closed_changes_nothing() {
    let mut site = Site::new();
    let (tell, said) = connect(&mut site);
    site.press(Modifiers::NONE, Key::Escape);
    // Another attempt has nothing to do with the first one's answer.
    let (_later, _) = connect(&mut site);
    tell.send(()).unwrap();
    assert!(!said.recv().unwrap(), "its token would not be kept either");
    site.harness.run();
    assert!(site.wizard().model.service().is_none() && site.shows("connect-working"));
}
