//! Channel Selection: the kinds of interaction that SAP is told of (guide, "Configure channel selection").

use super::{Card, Context, Page, PageId, action_items, form};
use crate::{
    command::Command,
    icon,
    widget::{button, text},
};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Channels)
}

struct Channels;

impl Page for Channels {
    fn card(&self) -> Card {
        Card { id: PageId("channels"), icon: icon::CHATS_CIRCLE, sections: &["channels"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "group-phone", &["channels.phone.enabled"]);
        form::group(ui, context, "group-chat", &["channels.chat.enabled", "channels.chat.address_extension"]);
        let extension = context.model.config().channels.chat.address_extension.trim_start_matches('@').to_owned();
        let example = if extension.is_empty() {
            context.text("chat-example-none")
        } else {
            context
                .language
                .text_with("chat-example", [("agent", format!("ANNA@{extension}").into()), ("customer", format!("Max@{extension}").into())])
        };
        text::help(ui, &example);
        form::group(ui, context, "", &["channels.chat.close_after"]);
        form::group(ui, context, "group-action-item", &["channels.action_item.enabled"]);
        if button::plain(ui, None, &context.text("channels-routes")).clicked() {
            context.send(Command::Show(action_items::ID));
        }
    }
}
