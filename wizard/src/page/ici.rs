//! ICI Settings: how SAP's Integrated Communication Interface is served (guide, "Configure ICI settings").

use super::{Card, Context, Page, PageId, form};
use crate::{icon, widget::setting};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Ici)
}

struct Ici;

impl Page for Ici {
    fn card(&self) -> Card {
        Card { id: PageId("ici"), icon: icon::SLIDERS, sections: &["ici"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "", &["ici.remoting_port"]);
        let _ = setting::workmode(ui, context, "ici.login_status", Some("workmode-of-the-switch"));
        let _ = setting::workmode(ui, context, "ici.reject_workmode", Some("workmode-stays"));
        form::group(ui, context, "", &["ici.log_interval", "ici.profile"]);
    }
}
