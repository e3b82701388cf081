//! Genesys Cloud: the bridge and what it sends (guide *Genesys Cloud for CIC*, "Genesys Cloud for PureConnect configuration").

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    widget::{list::List, table::Table, text},
};
use egui::Ui;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(GenesysCloud {
        workgroups: List::new("genesys_cloud.workgroups"),
        leave_out: List::new("genesys_cloud.leave_out"),
        languages: List::new("genesys_cloud.treat_as_language"),
        clients: List::new("genesys_cloud.browser_clients"),
        dial_groups: List::new("genesys_cloud.dial_groups"),
        attributes: Table::new("genesys_cloud.custom_attributes", &[("attribute", 1.0), ("field", 1.0)]),
    })
}

struct GenesysCloud {
    workgroups: List,
    leave_out: List,
    languages: List,
    clients: List,
    dial_groups: List,
    attributes: Table,
}

const CONNECTION: [&str; 10] = [
    "genesys_cloud.region",
    "genesys_cloud.host",
    "genesys_cloud.organization",
    "genesys_cloud.client_id",
    "genesys_cloud.client_secret",
    "genesys_cloud.site",
    "genesys_cloud.requests_per_minute",
    "genesys_cloud.quoted_filters",
    "genesys_cloud.peer_ids",
    "genesys_cloud.admin_user",
];
const REMOVAL: [&str; 5] = [
    "genesys_cloud.deletion",
    "genesys_cloud.user_grace",
    "genesys_cloud.object_grace",
    "genesys_cloud.most_removals",
    "genesys_cloud.most_removals_percent",
];
const STARS: [&str; 4] = ["genesys_cloud.stars.two", "genesys_cloud.stars.three", "genesys_cloud.stars.four", "genesys_cloud.stars.five"];
const CONDUIT: [&str; 10] = [
    "genesys_cloud.conduit.enabled",
    "genesys_cloud.conduit.sink",
    "genesys_cloud.conduit.organization_id",
    "genesys_cloud.conduit.stream",
    "genesys_cloud.conduit.region",
    "genesys_cloud.conduit.endpoint",
    "genesys_cloud.conduit.framing",
    "genesys_cloud.conduit.flush_after",
    "genesys_cloud.conduit.flush_records",
    "genesys_cloud.conduit.flush_bytes",
];
const CREDENTIALS: [&str; 8] = [
    "genesys_cloud.conduit.access_key",
    "genesys_cloud.conduit.secret_key",
    "genesys_cloud.conduit.profile",
    "genesys_cloud.conduit.profile_file",
    "genesys_cloud.conduit.role",
    "genesys_cloud.conduit.external_id",
    "genesys_cloud.conduit.web_identity_token",
    "genesys_cloud.conduit.sts_endpoint",
];
const WAITING: [&str; 3] = ["genesys_cloud.conduit.retention", "genesys_cloud.conduit.most_waiting", "genesys_cloud.conduit.keep_when_off"];

impl Page for GenesysCloud {
    fn card(&self) -> Card {
        Card { id: PageId("genesys-cloud"), icon: icon::GLOBE, sections: &["genesys_cloud"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "", &["genesys_cloud.enabled"]);
        form::group(ui, context, "group-cloud-connection", &CONNECTION);
        let sync = ["genesys_cloud.sync_users", "genesys_cloud.sync_platform_objects", "genesys_cloud.interval"];
        form::group(ui, context, "group-cloud-sync", &sync);
        self.workgroups.show(ui, context);
        self.leave_out.show(ui, context);
        form::group(ui, context, "group-cloud-removal", &REMOVAL);
        form::group(ui, context, "group-cloud-skills", &STARS);
        self.languages.show(ui, context);
        text::section(ui, &context.text("group-cloud-around"));
        self.clients.show(ui, context);
        form::group(ui, context, "", &["genesys_cloud.browser_grant"]);
        self.dial_groups.show(ui, context);
        self.attributes.show(ui, context);
        form::group(ui, context, "group-conduit", &CONDUIT);
        form::group(ui, context, "group-conduit-credentials", &CREDENTIALS);
        form::group(ui, context, "group-conduit-backlog", &WAITING);
    }
}
