//! Connect to a service: where it is, the token, and how it is trusted. A certificate that nobody vouches for is shown by its fingerprint, to be
//! compared once; one that is another than the accepted one is refused until that is forgotten on purpose.

use super::{Verdict, buttons, focus, modal};
use crate::{
    command::Command,
    document::Text,
    jobs::Job,
    language::Language,
    preferences::Known,
    remote::{Fault, Presented, Service, Trust, Wish},
    theme,
    widget::{button, text},
};
use egui::{Checkbox, ComboBox, Context, Label, Margin, RichText, TextEdit, Ui, accesskit::Live};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};
use std::path::PathBuf;

/// The keys of the ways to trust, in their order.
const WAYS: [&str; 3] = ["connect-machine", "connect-authority", "connect-fingerprint"];

/// What connecting has come to.
pub struct Connected {
    /// Whom, and how it is trusted.
    pub wish: Wish,
    /// The token is kept for the next time.
    pub keeps: bool,
    /// The service, and its file.
    pub done: Result<(Service, Text), Fault>,
}

/// Asks for a service.
pub struct Connect {
    address: String,
    token: String,
    /// One of [`WAYS`].
    way: usize,
    authority: String,
    /// The certificate that was accepted.
    accepted: Option<String>,
    keeps: bool,
    /// It connects. The dialog owns it: whoever closes that has called it off, however late the answer comes.
    connecting: Option<Job<Connected>>,
    wrong: Option<String>,
    /// A certificate that can be accepted, or was refused for another one.
    presented: Option<(Presented, bool)>,
    focused: bool,
}

impl Connect {
    /// With a service that is known already.
    pub fn new(known: Option<Known>) -> Self {
        let known = known.unwrap_or_default();
        let way = match (&known.fingerprint, &known.authority) {
            (Some(_), _) => 2,
            (None, Some(_)) => 1,
            (None, None) => 0,
        };
        Self {
            address: known.address,
            token: String::new(),
            way,
            authority: known.authority.map(|file| file.display().to_string()).unwrap_or_default(),
            accepted: known.fingerprint,
            keeps: known.keeps_token,
            connecting: None,
            wrong: None,
            presented: None,
            focused: false,
        }
    }

    /// The token that was kept for an address; what has been typed meanwhile stays.
    pub fn offer(&mut self, address: &str, token: &SecretString) {
        if self.address.trim() == address && self.token.is_empty() {
            token.expose_secret().clone_into(&mut self.token);
        }
    }

    /// Whom to connect to, and whether the token is to be kept.
    pub fn begin(&mut self) -> (Wish, bool) {
        (self.wrong, self.presented) = (None, None);
        let trust = match self.way {
            0 => Trust::Machine,
            1 => Trust::Authority(PathBuf::from(self.authority.trim())),
            _ => Trust::Fingerprint(self.accepted.clone()),
        };
        let token = SecretString::from(self.token.trim().to_owned());
        (Wish { address: self.address.trim().to_owned(), token, trust }, self.keeps)
    }

    /// Connecting has begun.
    pub fn wait_for(&mut self, connecting: Job<Connected>) {
        self.connecting = Some(connecting);
    }

    /// What connecting has come to, once.
    pub fn connected(&mut self) -> Option<Connected> {
        let connected = self.connecting.as_mut()?.poll().pop();
        self.connecting.take_if(|job| connected.is_some() || job.has_ended());
        connected
    }

    /// It did not come about.
    pub fn failed(&mut self, language: Language, fault: Fault) {
        let (key, why) = fault.said();
        self.wrong = Some(language.text_with(key, [("why", why.into()), ("host", self.address.trim().to_owned().into())]));
        self.presented = match fault {
            Fault::Untrusted(presented) => Some((presented, true)),
            Fault::Replaced(presented) => Some((presented, false)),
            _ => None,
        };
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        modal(context, &language.text("connect"), 560.0, |ui| {
            let mut verdict = Verdict::Stay;
            ui.add_enabled_ui(self.connecting.is_none(), |ui| self.fields(ui, language));
            self.outcome(ui, language);
            buttons(ui, |ui| {
                let can = self.connecting.is_none() && !self.address.trim().is_empty() && !self.token.trim().is_empty();
                let mut go = false;
                match self.presented.as_ref().map(|(presented, new)| (presented.fingerprint.clone(), *new)) {
                    Some((fingerprint, true)) => {
                        if button::primary(ui, can, &language.text("connect-accept")).clicked() {
                            (self.way, self.accepted, go) = (2, Some(fingerprint), true);
                        }
                    }
                    Some((_, false)) => {
                        if button::enabled(ui, can, None, &language.text("connect-forget")).clicked() {
                            verdict = Verdict::Ask(Command::ForgetCertificate(self.address.trim().to_owned()));
                            (self.accepted, self.presented, self.wrong) = (None, None, None);
                        }
                    }
                    None => go = button::primary(ui, can, &language.text("connect-go")).clicked(),
                }
                if button::plain(ui, None, &language.text("answer-cancel")).clicked() {
                    verdict = Verdict::Close;
                }
                if go {
                    verdict = Verdict::Ask(Command::Connect);
                }
            });
            verdict
        })
    }

    fn fields(&mut self, ui: &mut Ui, language: Language) {
        let label = |ui: &mut Ui, key: &str| {
            let name = language.text(key);
            ui.label(RichText::new(&name).family(theme::medium()));
            name
        };
        let edit = |text| TextEdit::singleline(text).desired_width(f32::INFINITY).margin(Margin::symmetric(10, 7));
        let name = label(ui, "connect-address");
        let response = ui.add(edit(&mut self.address).hint_text("cti.example.com:8097")).accessible_name(name);
        focus(&response, &mut self.focused);
        let mut changed = response.changed();
        text::help(ui, &language.text("connect-address.help"));
        let name = label(ui, "connect-token");
        ui.add(edit(&mut self.token).password(true)).accessible_name(name);
        text::help(ui, &language.text("connect-token.help"));
        ui.add(Checkbox::new(&mut self.keeps, language.text("connect-keep")));
        ui.add_space(6.0);
        let name = label(ui, "connect-trust");
        let before = self.way;
        let shown = ComboBox::from_id_salt("trust").width(360.0).selected_text(language.text(WAYS[self.way.min(2)])).show_ui(ui, |ui| {
            for (place, key) in WAYS.iter().enumerate() {
                ui.selectable_value(&mut self.way, place, language.text(key));
            }
        });
        let _ = shown.response.accessible_name(name);
        changed |= before != self.way;
        if self.way == 1 {
            let name = label(ui, "connect-file");
            changed |= ui.add(edit(&mut self.authority).hint_text("/home/me/site-authority.pem")).accessible_name(name).changed();
        }
        if changed {
            // What was said of another service, or of another way to trust it, counts no more.
            (self.wrong, self.presented, self.accepted) = (None, None, None);
        }
    }

    fn outcome(&self, ui: &mut Ui, language: Language) {
        let palette = theme::palette(ui);
        if self.connecting.is_some() {
            text::muted(ui, &language.text("connect-working"));
        }
        if let Some(wrong) = &self.wrong {
            ui.add_space(6.0);
            let said = ui.add(Label::new(RichText::new(wrong).color(palette.error)).wrap());
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Assertive));
        }
        if let Some((presented, new)) = &self.presented {
            ui.add(Label::new(RichText::new(&presented.fingerprint).monospace().size(12.0)).wrap().selectable(true));
            text::help(ui, &language.text(if *new { "connect-compare" } else { "connect-replaced" }));
        }
    }
}

impl Drop for Connect {
    fn drop(&mut self) {
        self.token.zeroize();
    }
}
