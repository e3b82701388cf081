//! Browser Client Applications, Dial Groups and Custom Attributes: lists of the file, with what the guide says of each.

use super::{available::Available, settings};
use crate::{
    page::{Context, form},
    widget::{list::List, table::Table, text},
};
use egui::Ui;

/// What is remembered between frames.
pub(super) struct Lists {
    clients: List,
    dial_groups: List,
    attributes: Table,
    receivers: List,
    available: Available,
}

impl Lists {
    pub(super) fn new() -> Self {
        Self {
            clients: List::new("genesys_cloud.browser_clients"),
            dial_groups: List::new("genesys_cloud.dial_groups"),
            receivers: List::new("genesys_cloud.events.snmp.receivers"),
            available: Available::default(),
            attributes: Table::new("genesys_cloud.custom_attributes", &[("attribute", 1.0), ("field", 1.0)]),
        }
    }

    pub(super) fn clients(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        text::muted(ui, &context.text("cloud-clients-help"));
        self.clients.show(ui, context);
        form::group(ui, context, "", &["genesys_cloud.browser_grant"]);
        form::group(ui, context, "group-sso", &settings::SIGN_ON);
    }

    pub(super) fn dial_groups(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        text::muted(ui, &context.text("cloud-dial-groups-help"));
        self.dial_groups.show(ui, context);
        self.available.show(ui, context, &mut self.dial_groups);
    }

    pub(super) fn receivers(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        self.receivers.show(ui, context);
        form::group(ui, context, "", &settings::TRAPS);
    }

    pub(super) fn attributes(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        text::muted(ui, &context.text("cloud-attributes-help"));
        self.attributes.show(ui, context);
    }
}
