//! SLD Registration: only where SAP's System Landscape Directory is to know of the service (guide, "Perform the SLD registration").

mod preview;

use super::{Card, Context, Page, PageId, form};
use crate::{icon, widget::map::Map, widget::text};
use egui::Ui;
use preview::Preview;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Sld { attributes: Map::new("sld.attributes"), preview: Preview::default() })
}

struct Sld {
    attributes: Map,
    preview: Preview,
}

impl Page for Sld {
    fn card(&self) -> Card {
        Card { id: PageId("sld"), icon: icon::IDENTIFICATION_CARD, sections: &["sld"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "", &["sld.server", "sld.port", "sld.user_id", "sld.password", "sld.uri", "sld.template"]);
        text::section(ui, &context.text("group-attributes"));
        self.attributes.show(ui, context);
        self.preview.show(ui, context);
    }
}
