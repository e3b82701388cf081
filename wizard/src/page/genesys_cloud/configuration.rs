//! Configuration (guide, "Configure Genesys Cloud for PureConnect"): turning the bridge on and off, each with the guide's question first, and the
//! organisation that it works for.

use super::settings::{CONNECTION, OURS};
use crate::{
    command::{Action, Command},
    icon,
    page::{Context, form},
    widget::{button, modal, setting, text},
};
use egui::{Id, Label, Ui};
use shared::SettingPath;

const ENABLED: &str = "genesys_cloud.enabled";

/// What is remembered between frames.
#[derive(Default)]
pub(super) struct Configuration {
    /// What the check box was to become.
    asked: Option<bool>,
    focused: bool,
}

impl Configuration {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        self.switch(ui, context);
        form::group(ui, context, "group-cloud-connection", &CONNECTION);
        if button::plain(ui, Some(icon::PLUGS_CONNECTED), &context.text("action-test-connection")).clicked() {
            context.send(Command::Do(Action::TestConnection));
        }
        text::help(ui, &context.text("cloud-test-help"));
        form::group(ui, context, "group-cloud-site", &OURS);
        self.question(ui, context);
    }

    /// The check box: what it would write is put back until the question is answered.
    fn switch(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let Ok(path) = ENABLED.parse::<SettingPath>() else { return };
        let _ = setting::check_box_asking(ui, context, &path, |_, wanted| (self.asked, self.focused) = (Some(wanted), false));
    }

    fn question(&mut self, ui: &Ui, context: &mut Context<'_>) {
        let Some(wanted) = self.asked else { return };
        let kind = if wanted { "cloud-enable" } else { "cloud-disable" };
        let (title, said) = (context.text(&format!("{kind}-title")), context.text(&format!("{kind}-text")));
        let (mut yes, mut over) = (false, false);
        let ((), escape) = modal::show(ui.ctx(), Id::unique("turn the bridge on or off"), &title, 520.0, |ui| {
            ui.add(Label::new(said).wrap());
            modal::buttons(ui, |ui| {
                yes = button::primary(ui, true, &context.text("answer-yes")).clicked();
                let no = button::plain(ui, None, &context.text("answer-no"));
                modal::focus(&no, &mut self.focused);
                over = no.clicked();
            });
        });
        if yes && let Ok(path) = ENABLED.parse() {
            setting::turn(context, &path, wanted);
        }
        if yes || over || escape {
            self.asked = None;
        }
    }
}
