//! A setting that may not be changed over the network: what is there, and why it is only shown.

use super::setting;
use crate::{page::Context, theme, widget::text};
use egui::{Response, RichText, TextEdit, Ui};
use shared::{SettingPath, locked::Locked};

/// Why the setting is only shown; `None`: it may be edited.
pub fn why(context: &Context<'_>, path: &SettingPath) -> Option<Locked> {
    context.model.service()?;
    Locked::at(path).filter(|locked| *locked != Locked::Secret)
}

/// The setting, to be read.
pub fn show(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, locked: Locked) -> Response {
    let name = setting::name(context, path);
    ui.add_space(4.0);
    ui.label(RichText::new(&name).family(theme::medium()));
    ui.add_space(-4.0);
    let mut value = setting::effective(context, path).as_ref().map(setting::plain).unwrap_or_default();
    let edit = TextEdit::singleline(&mut value).desired_width(360.0).margin(egui::Margin::symmetric(10, 7));
    let response = ui.add_enabled(false, edit).accessible_name(&name);
    let said = context.text(if locked == Locked::Command { "locked-command" } else { "locked-file" });
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(said.clone()));
    setting::wanted(context, path, &response);
    text::help(ui, &said);
    response
}
