//! Action Items: to which workgroup an e-mail of SAP's response management goes, by an ordered table instead of the two handlers that the
//! guide has administrators program ("Configure handlers for action item routing"), and a box to try it.

mod try_route;

use super::{Card, Context, Page, PageId, form};
use crate::{
    command::Command,
    icon, theme,
    widget::{button, facts, table::Table},
};
use egui::Ui;
use try_route::TryRoute;

/// Which.
pub(super) const ID: PageId = PageId("action-items");

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    let columns = &[("attribute", 1.4), ("compare", 1.1), ("value", 2.0), ("workgroup", 1.3), ("interaction", 1.6)];
    Box::new(ActionItems { routes: Table::new("channels.action_item.routes", columns), try_route: TryRoute::default() })
}

struct ActionItems {
    routes: Table,
    try_route: TryRoute,
}

impl Page for ActionItems {
    fn card(&self) -> Card {
        let sections = &["channels.action_item.interaction", "channels.action_item.workgroup", "channels.action_item.routes"];
        Card { id: ID, icon: icon::SIGNPOST, sections }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, ID);
        if !context.model.config().channels.action_item.enabled {
            facts::line(ui, icon::INFO, theme::palette(ui).muted, &context.text("action-items-off"));
            if button::plain(ui, None, &context.text("action-items-channels")).clicked() {
                context.send(Command::Show(PageId("channels")));
            }
        }
        self.routes.show(ui, context);
        form::group(ui, context, "group-rest", &["channels.action_item.workgroup", "channels.action_item.interaction"]);
        self.try_route.show(ui, context);
    }
}
