//! SLD Registration: only where SAP's System Landscape Directory is to know of the service (guide, "Perform the SLD registration").

mod deeds;
mod preview;
mod save;
mod status;

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon, theme,
    widget::{facts, map::Map, setting, table::Table, text},
};
use deeds::Deeds;
use egui::Ui;
use preview::Preview;
use status::StatusPanel;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    let columns = &[("server", 2.2), ("port", 0.8), ("tls", 0.7), ("uri", 1.2), ("user_id", 1.3)];
    Box::new(Sld {
        attributes: Map::new("sld.attributes"),
        destinations: Table::new("sld.destinations", columns),
        preview: Preview::default(),
        deeds: Deeds::default(),
        status: StatusPanel::default(),
    })
}

struct Sld {
    attributes: Map,
    destinations: Table,
    preview: Preview,
    deeds: Deeds,
    status: StatusPanel,
}

impl Page for Sld {
    fn card(&self) -> Card {
        Card { id: PageId("sld"), icon: icon::IDENTIFICATION_CARD, sections: &["sld"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        facts::line(ui, icon::WARNING, theme::palette(ui).warning, &context.text("sld-unproved"));
        form::group(ui, context, "", &["sld.server", "sld.port", "sld.user_id", "sld.password", "sld.uri", "sld.template"]);
        form::group(ui, context, "group-tls", &["sld.tls", "sld.authority", "sld.proxy", "sld.content_type"]);
        form::group(ui, context, "group-sld-when", &["sld.when", "sld.interval"]);
        text::section(ui, &context.text("group-attributes"));
        self.attributes.show(ui, context);
        text::section(ui, &context.text("group-sld-destinations"));
        self.destinations.show(ui, context);
        setting::findings_of(ui, context, "sld");
        self.preview.show(ui, context);
        self.deeds.show(ui, context);
        self.status.show(ui, context);
    }

    fn leave(&mut self) {
        (self.deeds, self.status) = (Deeds::default(), StatusPanel::default());
    }
}
