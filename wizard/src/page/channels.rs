//! Channel Selection: the kinds of interaction that SAP is told of (guide, "Configure channel selection").

use super::{Context, Page, PageId, form};
use crate::{icon, widget::table::Table, widget::text};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Channels {
        routes: Table::new(
            "channels.action_item.routes",
            &[("attribute", 1.5), ("compare", 1.0), ("value", 2.0), ("workgroup", 1.5), ("interaction", 1.2)],
        ),
    })
}

struct Channels {
    routes: Table,
}

impl Page for Channels {
    fn id(&self) -> PageId {
        PageId("channels")
    }

    fn icon(&self) -> char {
        icon::CHATS_CIRCLE
    }

    fn sections(&self) -> &'static [&'static str] {
        &["channels"]
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "group-phone", &["channels.phone.enabled"]);
        form::group(ui, context, "group-chat", &["channels.chat.enabled", "channels.chat.address_extension", "channels.chat.close_after"]);
        let extension = context.model.config().channels.chat.address_extension.trim_start_matches('@').to_owned();
        let example = if extension.is_empty() {
            context.text("chat-example-none")
        } else {
            context
                .language
                .text_with("chat-example", [("agent", format!("ANNA@{extension}").into()), ("customer", format!("Max@{extension}").into())])
        };
        text::help(ui, &example);
        form::group(
            ui,
            context,
            "group-action-item",
            &["channels.action_item.enabled", "channels.action_item.interaction", "channels.action_item.workgroup"],
        );
        self.routes.show(ui, context);
    }
}
