//! Workmodes: the three that SAP knows, and those of the site's own (guide, "Configure workmodes").

use super::{Card, Context, Page, PageId, form};
use crate::{icon, widget::table::Table};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Workmodes { mapped: Table::new("workmodes.mapped", &[("id", 1.0), ("status", 3.0), ("user_selectable", 1.5)]) })
}

struct Workmodes {
    mapped: Table,
}

impl Page for Workmodes {
    fn card(&self) -> Card {
        Card { id: PageId("workmodes"), icon: icon::CLOCK, sections: &["workmodes"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "group-standard-workmodes", &["workmodes.logout", "workmodes.ready", "workmodes.not_ready"]);
        ui.add_space(12.0);
        self.mapped.show(ui, context);
    }
}
