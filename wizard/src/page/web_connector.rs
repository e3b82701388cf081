//! Web Connector: SAP's side of the service on another machine, and the way between the two (guide, "Install the SAP ICI Web Connector").

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    widget::{list::List, text},
};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(WebConnector { networks: List::new("remoting.networks") })
}

struct WebConnector {
    networks: List,
}

impl Page for WebConnector {
    fn card(&self) -> Card {
        Card { id: PageId("web-connector"), icon: icon::DESKTOP, sections: &["remoting", "connector"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        text::section(ui, &context.text("group-remoting"));
        form::group(ui, context, "", &["remoting.address"]);
        self.networks.show(ui, context);
        form::group(ui, context, "group-secure-remoting", &["remoting.certificate", "remoting.key", "remoting.authority"]);
        form::group(ui, context, "group-connector", &["connector.server", "connector.deadline", "connector.connections"]);
    }
}
