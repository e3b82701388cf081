//! Web Service: where SAP reaches Jackfield and who may call, the listener for administrators, and the store.

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    widget::{list::List, setting, table::Table, text},
};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(WebService {
        networks: List::new("service.access.networks"),
        users: Table::new("service.access.users", &[("name", 1.0), ("password", 2.0)]),
        event_hosts: List::new("service.event_hosts"),
    })
}

struct WebService {
    networks: List,
    users: Table,
    event_hosts: List,
}

impl Page for WebService {
    fn card(&self) -> Card {
        Card { id: PageId("web-service"), icon: icon::PLUGS_CONNECTED, sections: &["service", "admin", "store"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "group-address", &["service.listen", "service.path", "service.public_url"]);
        form::group(
            ui,
            context,
            "group-tls",
            &[
                "service.tls.certificate",
                "service.tls.key",
                "service.tls.listen",
                "service.tls.versions",
                "service.tls.client_certificates",
                "service.tls.client_authority",
                "service.tls.warn_days",
            ],
        );
        setting::findings_of(ui, context, "service.tls");
        text::section(ui, &context.text("group-access"));
        self.networks.show(ui, context);
        self.users.show(ui, context);
        text::section(ui, &context.text("group-events"));
        self.event_hosts.show(ui, context);
        form::group(ui, context, "group-admin", &["admin.listen", "admin.token"]);
        form::group(ui, context, "group-admin-tls", &["admin.tls.listen", "admin.tls.certificate", "admin.tls.key"]);
        setting::findings_of(ui, context, "admin.tls");
        form::group(ui, context, "group-store", &["store.path"]);
    }
}
