//! Welcome: begin, open, and what is configured at a glance.

use super::{Context, Page, PageId};
use crate::{
    command::{Action, Command},
    icon,
    widget::{button, setting, text},
};
use egui::Ui;

/// The page.
#[derive(Default)]
pub struct Welcome;

impl Page for Welcome {
    fn id(&self) -> PageId {
        PageId("welcome")
    }

    fn icon(&self) -> char {
        icon::HOUSE
    }

    fn sections(&self) -> &'static [&'static str] {
        &[]
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        text::title(ui, &context.text("page-welcome"), &context.text("page-welcome.purpose"));
        ui.horizontal(|ui| {
            if button::plain(ui, Some(icon::FILE_PLUS), &context.text(Action::New.key())).clicked() {
                context.send(Command::Do(Action::New));
            }
            if button::plain(ui, Some(icon::FOLDER_OPEN), &context.text(Action::Open.key())).clicked() {
                context.send(Command::Do(Action::Open));
            }
        });
        let _ = setting::at(ui, context, "service.listen");
        let _ = setting::at(ui, context, "flags.reformat_make_call_number");
    }
}
