//! Which service is tried, and as whom.

use super::{LogOn, Session, Trial};
use crate::{
    icon,
    page::Context,
    theme,
    widget::{button, suggest, text},
};
use egui::{RichText, TextEdit, Ui};
use shared::{Config, address::reachable, secret::SecretRef};
use std::path::PathBuf;

/// What was typed; `None` where the draft's own counts.
pub(super) struct Place {
    program: Option<PathBuf>,
    url: Option<String>,
    user: Option<String>,
    /// Where the last log-on went.
    asked: String,
    problem: Option<String>,
}

/// The program's exit codes (`sysexits.h`): what it needs is not there, or it does not understand its command line.
const UNAVAILABLE: i32 = 69;
const USAGE: i32 = 64;

impl Place {
    /// With the program that plays the parts.
    pub(super) fn new(program: Option<PathBuf>) -> Self {
        Self { program, url: None, user: None, asked: String::new(), problem: None }
    }

    /// Draws it, and starts and ends what is asked for.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>, trial: &mut Option<Trial>, session: &mut Option<Session>) {
        let Some(program) = self.program.clone() else {
            note(ui, icon::WARNING_CIRCLE, theme::palette(ui).error, &context.text("try-no-program"));
            return;
        };
        let is_on = session.as_ref().is_some_and(|session| session.end().is_none());
        text::section(ui, &context.text("try-service"));
        self.service(ui, context, trial, session, &program, is_on);
        text::section(ui, &context.text("try-agent"));
        let ready = trial.as_ref().is_none_or(|trial| trial.places().is_some());
        self.agent(ui, context, is_on);
        ui.horizontal(|ui| {
            let can = ready && !is_on && !self.user(context).trim().is_empty();
            if button::primary(ui, can, &context.text("try-log-on")).clicked() {
                self.log_on(context, trial.as_ref(), session, program);
            }
            if button::enabled(ui, is_on, None, &context.text("try-log-off")).clicked()
                && let Some(session) = session
            {
                session.log_off();
            }
        });
        let ended = session.as_ref().filter(|session| session.end().is_some_and(|why| !why.is_empty()));
        if let Some(why) = self.problem.as_deref() {
            note(ui, icon::WARNING_CIRCLE, theme::palette(ui).error, why);
        } else if let Some(session) = ended {
            let key = match session.exit_code() {
                Some(UNAVAILABLE) => "try-unreachable",
                Some(USAGE) => "try-other-version",
                _ => "try-ended",
            };
            let values = [("url", self.asked.clone().into()), ("version", env!("CARGO_PKG_VERSION").into())];
            note(ui, icon::WARNING_CIRCLE, theme::palette(ui).error, &context.language.text_with(key, values));
            let why = session.end().unwrap_or_default();
            ui.add(egui::Label::new(RichText::new(why).monospace().size(12.0)).wrap().selectable(true));
        }
    }

    fn service(
        &mut self,
        ui: &mut Ui,
        context: &mut Context<'_>,
        trial: &mut Option<Trial>,
        session: &mut Option<Session>,
        program: &std::path::Path,
        is_on: bool,
    ) {
        let palette = theme::palette(ui);
        match trial {
            None => {
                label(ui, &context.text("try-url"));
                let mut url = self.url.clone().unwrap_or_else(|| url(context.model.config()));
                let edit = TextEdit::singleline(&mut url).desired_width(f32::INFINITY).margin(egui::Margin::symmetric(10, 7));
                if ui.add_enabled(!is_on, edit).accessible_name(context.text("try-url")).changed() {
                    self.url = (!url.is_empty()).then_some(url);
                }
                text::help(ui, &context.text("try-running"));
                if button::enabled(ui, !is_on, Some(icon::PLAY), &context.text("try-start")).clicked() {
                    let file = context.model.file().cloned();
                    *trial = Some(Trial::start(context.jobs, program.to_owned(), context.model.draft(), file.as_deref()));
                }
                text::help(ui, &context.text("try-start.help"));
            }
            Some(running) => {
                match (running.places(), running.failure()) {
                    (_, Some(why)) => {
                        note(ui, icon::WARNING_CIRCLE, palette.error, &context.text("try-trial-failed"));
                        ui.add(egui::Label::new(RichText::new(why).monospace().size(12.0)).wrap().selectable(true));
                    }
                    (Some((url, _)), None) => {
                        let said = context.language.text_with("try-trial-runs", [("url", url.into())]);
                        note(ui, icon::CHECK_CIRCLE, palette.ok, &said);
                        if running.is_stale(context.model.draft()) {
                            note(ui, icon::WARNING, palette.warning, &context.text("try-trial-stale"));
                        }
                    }
                    (None, None) => text::muted(ui, &context.text("try-trial-starting")),
                }
                text::help(ui, &context.text("try-start.help"));
                if button::plain(ui, Some(icon::STOP), &context.text("try-stop")).clicked() {
                    if let Some(session) = session {
                        session.log_off();
                    }
                    *trial = None;
                }
            }
        }
    }

    fn agent(&mut self, ui: &mut Ui, context: &Context<'_>, is_on: bool) {
        label(ui, &context.text("try-user"));
        let users = users(context);
        let mut user = self.user(context);
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut user).desired_width(240.0).margin(egui::Margin::symmetric(10, 7));
            if ui.add_enabled(!is_on, edit).accessible_name(context.text("try-user")).changed() {
                self.user = Some(user);
            }
            if !users.is_empty() && !is_on {
                let name = context.language.text_with("field-suggestions", [("field", context.text("try-user").into())]);
                let caret = button::icon(ui, icon::CARET_DOWN, &name, false);
                egui::Popup::menu(&caret).show(|ui| {
                    for name in users {
                        if ui.button(&name).clicked() {
                            self.user = Some(name);
                        }
                    }
                });
            }
        });
        text::help(ui, &context.text("try-user.help"));
    }

    fn user(&self, context: &Context<'_>) -> String {
        self.user.clone().unwrap_or_else(|| users(context).into_iter().next().unwrap_or_default())
    }

    fn log_on(&mut self, context: &Context<'_>, trial: Option<&Trial>, session: &mut Option<Session>, program: PathBuf) {
        let config = context.model.config();
        let (url, admin, admin_token) = if let Some((url, admin)) = trial.and_then(Trial::places) {
            (url.to_owned(), admin.to_owned(), None)
        } else {
            let url = self.url.clone().unwrap_or_else(|| url(config));
            let token = config.admin.token.as_ref().map(SecretRef::to_string);
            (url, format!("http://{}", reachable(config.admin.listen)), token)
        };
        let who = LogOn { program, url: url.trim().to_owned(), user: self.user(context).trim().to_owned(), admin, admin_token };
        self.asked.clone_from(&who.url);
        match Session::log_on(context.jobs, who) {
            Ok(begun) => (*session, self.problem) = (Some(begun), None),
            Err(error) => self.problem = Some(error.to_string()),
        }
    }
}

/// Where a program on this machine reaches the service that has this configuration.
fn url(config: &Config) -> String {
    let scheme = if config.service.tls.as_ref().is_some_and(|tls| tls.listen.is_none()) { "https" } else { "http" };
    format!("{scheme}://{}{}", reachable(config.service.listen), config.service.path)
}

/// The switch's users, as far as the draft or the running service tells them.
fn users(context: &Context<'_>) -> Vec<String> {
    "switch.user_id".parse().map(|path| suggest::of(context, &path)).unwrap_or_default()
}

/// A label above its field.
pub(super) fn label(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(text).family(theme::medium()));
    ui.add_space(-4.0);
}

/// A sign and a sentence.
pub(super) fn note(ui: &mut Ui, glyph: char, colour: egui::Color32, said: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.horizontal_top(|ui| {
            ui.add(egui::Label::new(RichText::new(glyph).family(theme::icons()).size(15.0).color(colour)).selectable(false));
            ui.add(egui::Label::new(RichText::new(said).color(colour)).wrap());
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_one_that_can_be_called() {
        let mut config = Config::built_in();
        config.service.listen = "0.0.0.0:8095".parse().unwrap();
        assert_eq!(url(&config), "http://127.0.0.1:8095/SapIciWebConnector/IcSapWebService.asmx");
    }
}
