//! Remote Attributes and Dialed Attributes: where the numbers of caller and callee are looked up, and a box to try it (guide, "Configure
//! remote attributes", "Configure dialed attributes").

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    widget::{list::List, try_it::TryIt},
};
use egui::Ui;

/// The caller's number.
pub(super) fn remote() -> Box<dyn Page> {
    Box::new(Attributes {
        card: Card { id: PageId("remote-attributes"), icon: icon::PHONE_CALL, sections: &["attributes.remote"] },
        list: List::new("attributes.remote"),
        try_it: TryIt::default(),
        order: |config| &config.remote,
    })
}

/// The number that was dialled.
pub(super) fn dialed() -> Box<dyn Page> {
    Box::new(Attributes {
        card: Card { id: PageId("dialed-attributes"), icon: icon::HASH, sections: &["attributes.dialed"] },
        list: List::new("attributes.dialed"),
        try_it: TryIt::default(),
        order: |config| &config.dialed,
    })
}

struct Attributes {
    card: Card,
    list: List,
    try_it: TryIt,
    order: fn(&shared::config::Attributes) -> &Vec<String>,
}

impl Page for Attributes {
    fn card(&self) -> Card {
        self.card
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.card.id);
        self.list.show(ui, context);
        let order = (self.order)(&context.model.config().attributes).clone();
        self.try_it.show(ui, context, &order);
    }
}
