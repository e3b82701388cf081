//! A document that lies on another machine: connecting, saving there, and the bar that counts down until the change is kept or goes back.

use super::{Wizard, file::Report};
use crate::{
    changes,
    command::{Action, Command},
    dialog::{Compare, Connect, Connected, Dialog, Question},
    document::Text,
    icon,
    jobs::Job,
    language::Language,
    model::Model,
    preferences::Known,
    remote::{Begun, Cause, Fault, Probation, Service, Trust, Wish},
    theme,
    widget::{button, text},
};
use egui::{Frame, Label, Margin, Panel, RichText, Ui, accesskit::Live};
use secrecy::SecretString;
use shared::{
    Draft, Finding,
    secret::{keep, store},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A key store may ask for its password first.
const KEY_STORE: Duration = Duration::from_secs(30);
/// After the time is over the service needs a moment to go back.
const GRACE: Duration = Duration::from_secs(2);

/// What was done with a service on another machine.
pub(super) enum Done {
    /// The token that is kept for this address.
    Token(String, Option<SecretString>),
    Saved(String, Result<Begun, Fault>),
    Decided(bool, Result<(), Fault>),
    Read(After, Result<Text, Fault>),
    Checked(Arc<Draft>, Result<Vec<Finding>, Fault>),
}

/// Why the file was read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Another hand had changed it.
    Changed,
    /// The change has gone back, or another hand has put something else there.
    GoneBack,
}

/// A change that waits to be kept.
pub(super) struct Waiting {
    number: u64,
    until: Instant,
    service: Arc<Service>,
    follow: Option<Job<Result<Probation, Fault>>>,
    /// Why it cannot be reached at the moment.
    lost: Option<String>,
    /// A decision is on its way.
    deciding: bool,
    /// How many seconds were shown last.
    left: u64,
}

impl Wizard {
    /// Asks where to connect to; proposes where it was last.
    pub(super) fn ask_service(&mut self) {
        let known = self.preferences.services.first().cloned();
        let kept = known.as_ref().filter(|known| known.keeps_token).map(|known| known.address.clone());
        self.dialog = Some(Dialog::Connect(Connect::new(known)));
        if let Some(address) = kept {
            self.start("fetch token", move |reporter| {
                let token = store::resolve(&Service::kept_token(&address)).ok();
                reporter.say(Report::Far(Done::Token(address, token)));
            });
        }
    }

    /// Connects as the dialog has it.
    pub(super) fn connect(&mut self) {
        let Some(Dialog::Connect(dialog)) = &mut self.dialog else { return };
        let (mut wish, keeps) = dialog.begin();
        // A certificate that was accepted once is the only one that is accepted, however it is asked for.
        if let Trust::Fingerprint(known) = &mut wish.trust
            && known.is_none()
        {
            *known = self.preferences.service(&wish.address).and_then(|known| known.fingerprint.clone());
        }
        let connecting = self.jobs.start("connect", move |reporter| {
            let done = Service::connect(&wish);
            if done.is_ok() && keeps && !reporter.is_cancelled() {
                // Without a key store it is typed again the next time.
                let _ = keep::keep(&Service::kept_token(&wish.address), &wish.token, None, KEY_STORE);
            }
            reporter.say(Connected { wish, keeps, done });
        });
        match connecting {
            Ok(job) => dialog.wait_for(job),
            Err(error) => dialog.failed(self.language, Fault::Unreachable(error.to_string())),
        }
    }

    fn take_connected(&mut self) {
        let Some(Dialog::Connect(dialog)) = &mut self.dialog else { return };
        match dialog.connected() {
            None => {}
            Some(Connected { done: Err(fault), .. }) => dialog.failed(self.language, fault),
            Some(Connected { wish, keeps, done: Ok((service, text)) }) => self.connected(&wish, keeps, service, &text),
        }
    }

    pub(super) fn far_done(&mut self, done: Done) {
        match done {
            Done::Token(address, token) => {
                if let (Some(Dialog::Connect(dialog)), Some(token)) = (&mut self.dialog, token) {
                    dialog.offer(&address, &token);
                }
            }
            Done::Saved(text, done) => self.far_saved(&text, done),
            Done::Decided(keep, done) => self.decided(keep, done),
            Done::Read(after, Ok(text)) => self.read_again(after, &text),
            Done::Read(_, Err(fault)) => self.tell_fault(&fault),
            Done::Checked(draft, findings) => {
                self.checking = false;
                if let Ok(findings) = findings {
                    self.model.service_says(&draft, findings);
                }
            }
        }
    }

    fn connected(&mut self, wish: &Wish, keeps: bool, service: Service, text: &Text) {
        let (fingerprint, authority) = match &wish.trust {
            Trust::Machine => (None, None),
            Trust::Authority(file) => (None, Some(file.clone())),
            Trust::Fingerprint(fingerprint) => (fingerprint.clone(), None),
        };
        self.preferences.connected(Known { address: wish.address.clone(), fingerprint, authority, keeps_token: keeps });
        self.dialog = None;
        let address = service.address();
        self.model = Model::connected(Arc::new(service), text);
        (self.watch, self.disk, self.waiting) = (None, None, None);
        self.names.ask(&self.jobs, &self.model);
        self.say("status-far-connected", [("host", address)]);
    }

    /// Saves on the other machine.
    pub(super) fn save_far(&mut self, service: &Arc<Service>) {
        if self.waiting.is_some() {
            return self.tell_fault(&Fault::Denied(Cause::Busy, String::new(), Vec::new()));
        }
        if !self.model.is_changed() {
            // A change that changes nothing would only have to be kept within its time.
            return self.say("status-far-unchanged", [("host", service.address())]);
        }
        self.model.never_empty();
        let (service, text) = (Arc::clone(service), self.model.to_toml());
        let version = self.model.version().map(|version| version.to_string()).unwrap_or_default();
        self.say("status-far-saving", [("host", service.address())]);
        self.start("save there", move |reporter| {
            let done = service.save(&text, &version);
            reporter.say(Report::Far(Done::Saved(text, done)));
        });
    }

    fn far_saved(&mut self, text: &str, done: Result<Begun, Fault>) {
        let Some(service) = self.model.service().cloned() else { return };
        match done {
            Ok(begun) => {
                let service = Arc::new(service.at_port(begun.port));
                if let Ok(text) = crate::document::parsed(text) {
                    self.model.was_saved_there(Arc::clone(&service), &text);
                }
                self.say("status-far-saved", [("host", service.address())]);
                self.waiting = Some(Waiting {
                    number: begun.number,
                    until: Instant::now() + Duration::from_secs(begun.seconds),
                    follow: Service::clone(&service).follow(&self.jobs).ok(),
                    service,
                    lost: None,
                    deciding: false,
                    left: begun.seconds,
                });
            }
            Err(Fault::Denied(Cause::Changed, ..)) => self.read_there(After::Changed),
            Err(fault) => {
                if let Fault::Denied(_, _, findings) = &fault {
                    let draft = Arc::clone(self.model.draft());
                    self.model.service_says(&draft, findings.clone());
                }
                self.tell_fault(&fault);
            }
        }
    }

    /// Keeps the change, or takes it back.
    pub(super) fn decide(&mut self, keep: bool) {
        let Some(waiting) = self.waiting.as_mut().filter(|waiting| !waiting.deciding) else { return };
        waiting.deciding = true;
        let (service, number) = (Arc::clone(&waiting.service), waiting.number);
        self.start("decide", move |reporter| {
            let done = service.decide(number, keep);
            reporter.say(Report::Far(Done::Decided(keep, done)));
        });
    }

    fn decided(&mut self, keep: bool, done: Result<(), Fault>) {
        match done {
            Ok(()) if keep => {
                self.waiting = None;
                self.say("status-far-kept", [("host", self.file_name())]);
            }
            Ok(()) | Err(Fault::Denied(Cause::Gone, ..)) => self.gone_back(),
            Err(fault) => {
                let why = self.fault_said(&fault);
                if let Some(waiting) = &mut self.waiting {
                    (waiting.deciding, waiting.lost) = (false, Some(why));
                }
            }
        }
    }

    fn gone_back(&mut self) {
        self.waiting = None;
        self.read_there(After::GoneBack);
    }

    fn read_there(&mut self, after: After) {
        let Some(service) = self.model.service().cloned() else { return };
        self.start("read there", move |reporter| {
            let text = service.read();
            reporter.say(Report::Far(Done::Read(after, text)));
        });
    }

    fn read_again(&mut self, after: After, text: &Text) {
        match after {
            After::Changed => {
                self.asked = None;
                self.disk = Some(text.clone());
            }
            // What was edited stays as an edit: it can be mended and saved once more.
            After::GoneBack => {
                self.model.keep_mine(text);
                self.disk = None;
                let said = self.language.text_with("far-went-back", [("host", self.file_name().into())]);
                self.status.clone_from(&said);
                self.went_wrong = true;
                let compare = [("answer-compare", Command::CompareWithDisk)];
                self.dialog = Some(Dialog::Question(Question::new(self.language.text("far-went-back-title"), said, compare)));
            }
        }
    }

    /// What differs between the file there and what is edited here.
    pub(super) fn compare_there(&mut self) {
        let differing = changes::between(self.model.saved(), self.model.draft());
        self.dialog = Some(Dialog::Compare(Compare::new(differing)));
    }

    /// Takes what has come of the change that waits, and has the service judge what is on the screen.
    pub(super) fn take_far(&mut self, context: &egui::Context) {
        self.take_connected();
        let over = match &mut self.waiting {
            None => false,
            Some(waiting) => {
                let told = waiting.follow.as_mut().and_then(|job| job.poll().pop());
                let now = Instant::now();
                waiting.left = waiting.until.saturating_duration_since(now).as_secs();
                context.request_repaint_after(Duration::from_millis(500));
                match told {
                    Some(Ok(probation)) => {
                        waiting.lost = None;
                        probation.waiting.is_none_or(|other| other.number != waiting.number) && !waiting.deciding
                    }
                    Some(Err(fault)) => {
                        let (key, why) = fault.said();
                        waiting.lost =
                            Some(self.language.text_with(key, [("why", why.into()), ("host", waiting.service.address().into())]));
                        now > waiting.until + GRACE
                    }
                    None => now > waiting.until + 2 * GRACE && !waiting.deciding,
                }
            }
        };
        if over {
            self.gone_back();
        }
        self.have_judged();
    }

    /// The service knows what no check of a text can: whether secrets and certificates are there.
    fn have_judged(&mut self) {
        let Some(service) = self.model.service().cloned().filter(|_| !self.checking && self.model.wants_judgement()) else { return };
        let (draft, text) = (Arc::clone(self.model.draft()), self.model.to_toml());
        self.checking = true;
        self.model.was_asked();
        self.start("check there", move |reporter| {
            let findings = service.check(&text);
            reporter.say(Report::Far(Done::Checked(draft, findings)));
        });
    }

    fn fault_said(&self, fault: &Fault) -> String {
        let host = self.model.service().map(|service| service.address()).unwrap_or_default();
        let (key, why) = fault.said();
        self.language.text_with(key, [("why", why.into()), ("host", host.into())])
    }

    fn tell_fault(&mut self, fault: &Fault) {
        let said = self.fault_said(fault);
        self.status.clone_from(&said);
        self.went_wrong = true;
        self.dialog = Some(Dialog::Question(Question::notice(self.language.text("problem"), said)));
    }

    /// Whose file it is, and how long a change still waits.
    pub(super) fn far_bar(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let Some(service) = self.model.service() else { return };
        let palette = theme::palette(ui);
        let fill = if self.waiting.is_some() { palette.surface } else { palette.navigation };
        let frame = Frame::new().fill(fill).inner_margin(Margin::symmetric(16, 8));
        Panel::top("far").frame(frame).show_separator_line(true).show(ui, |ui| match &self.waiting {
            Some(waiting) => waiting.show(ui, self.language, commands),
            None => {
                ui.horizontal(|ui| {
                    text::glyph(ui, icon::HARD_DRIVES, 15.0, palette.muted);
                    let said = self.language.text_with("far-edits", [("host", service.address().into())]);
                    ui.add(Label::new(RichText::new(said).size(12.0)).wrap());
                });
            }
        });
    }

    /// Leaving while a change waits means that it goes back: that is asked first.
    pub(super) fn guard_waiting(&mut self, then: &Command) -> bool {
        if self.waiting.is_none() {
            return false;
        }
        let said = self.language.text_with("far-leaving", [("host", self.file_name().into())]);
        let answers = [("far-keep", Command::Keep), ("far-leave", Command::Discard(Box::new(then.clone())))];
        self.dialog = Some(Dialog::Question(Question::new(self.language.text("far-leaving-title"), said, answers)));
        true
    }

    /// What cannot be done with a file on another machine.
    pub(super) fn is_near_only(&self, action: Action) -> bool {
        self.model.service().is_some() && matches!(action, Action::SaveAs | Action::Backups | Action::Examine)
    }
}

// === impl Waiting ===

impl Waiting {
    fn show(&self, ui: &mut Ui, language: Language, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        let (glyph, colour) = if self.lost.is_some() { (icon::WARNING_CIRCLE, palette.error) } else { (icon::CLOCK, palette.warning) };
        ui.horizontal_wrapped(|ui| {
            text::glyph(ui, glyph, 18.0, colour);
            let said = language.text_with("far-waits", [("host", self.service.address().into())]);
            let said = ui.label(RichText::new(said).family(theme::medium()));
            // Said once: the seconds beside it would be said each second.
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Assertive));
        });
        ui.horizontal(|ui| {
            ui.label(language.text_with("far-left", [("seconds", self.left.to_string().into())]));
            if button::primary(ui, !self.deciding, &language.text("far-keep")).clicked() {
                commands.push(Command::Keep);
            }
            if button::enabled(ui, !self.deciding, None, &language.text("far-go-back")).clicked() {
                commands.push(Command::GoBack);
            }
        });
        if let Some(lost) = &self.lost {
            let said = RichText::new(format!("{lost} {}", language.text("far-lost"))).size(12.0).color(palette.error);
            let said = ui.add(Label::new(said).wrap());
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
        }
    }
}
