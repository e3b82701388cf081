//! How agents are logged on at the switch: which way, what that means, and what it needs.

use super::{
    super::{Context, form},
    import::Import,
};
use crate::{
    icon, theme,
    widget::{button, facts, list::List, setting, text},
};
use egui::Ui;
use shared::SettingPath;
use toml::Value;

/// What each way needs; the others' settings are hidden, unless something is written or wrong there or it is looked for.
const PASSWORDS: [&str; 1] = ["agents.stored_password.secrets"];
const TOKENS: [&str; 4] = ["agents.sso_token.url", "agents.sso_token.authorization", "agents.sso_token.deadline", "agents.sso_token.keep"];
/// What does not work through the super user's session.
const NOT_BY_SUPER_USER: [&str; 4] = ["accept", "dial", "consult", "conference"];

pub(super) struct LogIn {
    command: List,
    /// Which were looked for: they stay, or the field that was found would go again.
    looked_for: [bool; 2],
    import: Option<Import>,
}

impl LogIn {
    pub(super) fn new() -> Self {
        Self { command: List::new("agents.sso_token.command"), looked_for: [false; 2], import: None }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::group(ui, context, "group-log-in", &["agents.log_in"]);
        let way = "agents.log_in".parse().ok().and_then(|path: SettingPath| setting::effective(context, &path));
        let way = way.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        explain(ui, context, &way);
        for (looked_for, section) in self.looked_for.iter_mut().zip(["agents.stored_password", "agents.sso_token"]) {
            *looked_for |= wanted(context, section);
        }
        if way == "stored_password" || self.looked_for[0] || concerned(context, "agents.stored_password") {
            form::group(ui, context, "group-stored-password", &PASSWORDS);
            setting::findings_of(ui, context, "agents.stored_password");
            if button::plain(ui, Some(icon::DOWNLOAD_SIMPLE), &context.text("import-open")).clicked() {
                self.import = Some(Import::new(context));
            }
        }
        if let Some(import) = &mut self.import
            && import.show(ui, context)
        {
            self.import = None;
        }
        if way == "sso_token" || self.looked_for[1] || concerned(context, "agents.sso_token") {
            text::section(ui, &context.text("group-sso-token"));
            self.command.show(ui, context);
            form::group(ui, context, "", &TOKENS);
            setting::findings_of(ui, context, "agents.sso_token");
        }
    }
}

/// What the chosen way means, and what it costs.
fn explain(ui: &mut Ui, context: &Context<'_>, way: &str) {
    let key = format!("log-in-{}", way.replace('_', "-"));
    let Some(said) = context.language.find(&key, None) else { return };
    ui.add_space(4.0);
    let palette = theme::palette(ui);
    facts::line(ui, icon::INFO, palette.muted, &said);
    if way == "super_user" {
        for what in NOT_BY_SUPER_USER {
            facts::line(ui, icon::WARNING, palette.warning, &context.text(&format!("log-in-not-{what}")));
        }
    }
}

fn concerned(context: &Context<'_>, section: &str) -> bool {
    let Ok(path) = section.parse::<SettingPath>() else { return false };
    context.model.draft().get(&path).is_some() || context.model.findings().iter().any(|finding| finding.path.is_within(&path))
}

fn wanted(context: &Context<'_>, section: &str) -> bool {
    let Ok(path) = section.parse::<SettingPath>() else { return false };
    context.wanted.as_ref().is_some_and(|wanted| wanted.is_within(&path))
}
