//! Delivery & Limits: how events reach SAP, and how much, how many, how long.

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    widget::{table::Table, text},
};
use egui::Ui;
use shared::config::duration;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Delivery { rewrite: Table::new("delivery.rewrite", &[("host", 1.0), ("to", 1.0)]) })
}

struct Delivery {
    rewrite: Table,
}

impl Page for Delivery {
    fn card(&self) -> Card {
        Card { id: PageId("delivery"), icon: icon::PAPER_PLANE_TILT, sections: &["delivery", "limits"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        text::section(ui, &context.text("group-delivery"));
        text::muted(ui, &story(context));
        form::group(
            ui,
            context,
            "",
            &[
                "delivery.attempt",
                "delivery.pause",
                "delivery.pause_max",
                "delivery.unreachable_after",
                "delivery.expire",
                "delivery.lane_capacity",
            ],
        );
        form::group(
            ui,
            context,
            "group-events-https",
            &["delivery.authority", "delivery.certificate", "delivery.key", "delivery.always_https", "delivery.https_port"],
        );
        self.rewrite.show(ui, context);
        form::group(
            ui,
            context,
            "group-limits",
            &[
                "limits.sessions",
                "limits.interactions",
                "limits.mailbox",
                "limits.switch_deadline",
                "limits.connections",
                "limits.connections_per_address",
                "limits.requests_per_second",
                "limits.body",
                "limits.header_time",
                "limits.body_time",
                "limits.attached_data",
            ],
        );
    }
}

/// What these settings mean together, for a SAP that is away.
fn story(context: &Context<'_>) -> String {
    let config = context.model.config();
    let delivery = &config.delivery;
    let lost = config.agents.lost_workmode;
    let status = config.workmodes.status(lost).unwrap_or_default();
    let values = [
        ("attempt", duration::format(delivery.attempt).into()),
        ("pause", duration::format(delivery.pause).into()),
        ("longest", duration::format(delivery.pause_max).into()),
        ("unreachable", duration::format(delivery.unreachable_after).into()),
        ("expire", duration::format(delivery.expire).into()),
        ("workmode", format!("{lost} – {status}").into()),
    ];
    context.language.text_with("delivery-story", values)
}
