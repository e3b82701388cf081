//! A box to try the routes: type or paste what SAP would send with an action item, and see which route decides and which workgroup gets it, by
//! the service's own rule.

use crate::{
    icon,
    page::Context,
    theme,
    widget::{facts, text, try_it},
};
use egui::{RichText, TextEdit, TextStyle, Ui};
use shared::rules::routing::{AsWhat, Decision, Route, Table};

/// What a person types first, with what it is called in a route.
const FIELDS: [(&str, &str); 3] = [("to", "route-to"), ("from", "route-from"), ("subject", "route-subject")];

/// The box, with what was typed.
#[derive(Default)]
pub(super) struct TryRoute {
    fields: [String; FIELDS.len()],
    others: String,
}

/// What becomes of one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It does not fit.
    Passes,
    /// It decides.
    Wins,
    /// A route above it has decided, and this one would fit as well.
    TooLate,
    /// A route above it has decided.
    NotReached,
}

impl TryRoute {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>) {
        text::section(ui, &context.text("try-it"));
        text::muted(ui, &context.text("route-try"));
        for ((_, key), typed) in FIELDS.iter().zip(&mut self.fields) {
            let name = context.text(key);
            ui.add_space(4.0);
            ui.label(RichText::new(name.as_str()).family(theme::medium()));
            ui.add_space(-4.0);
            let hint = context.text(&format!("{key}-hint"));
            let edit = TextEdit::singleline(typed).hint_text(hint).desired_width(360.0).margin(egui::Margin::symmetric(10, 7));
            let _ = ui.add(edit).accessible_name(name);
        }
        let name = context.text("route-others");
        ui.add_space(4.0);
        ui.label(RichText::new(name.as_str()).family(theme::medium()));
        ui.add_space(-4.0);
        let edit = TextEdit::multiline(&mut self.others)
            .font(TextStyle::Monospace)
            .desired_rows(3)
            .desired_width(f32::INFINITY)
            .hint_text("ACTION_ITEM_ATTR_COUNTRY=CH")
            .margin(egui::Margin::symmetric(10, 7));
        let _ = ui.add(edit).accessible_name(name);
        let attributes = self.attributes();
        if attributes.is_empty() {
            return;
        }
        let table = context.model.config().channels.action_item.routing();
        let palette = theme::palette(ui);
        for (at, (route, fate)) in table.routes.iter().zip(fates(&table, &attributes)).enumerate() {
            let (key, glyph, colour) = match fate {
                Fate::Passes => ("route-passes", icon::X, palette.muted),
                Fate::Wins => ("route-wins", icon::CHECK, palette.ok),
                Fate::TooLate => ("route-too-late", icon::CARET_RIGHT, palette.muted),
                Fate::NotReached => ("route-not-reached", icon::CARET_RIGHT, palette.muted),
            };
            let values = [("number", (at + 1).to_string().into()), ("route", said(context, route).into())];
            facts::line(ui, glyph, colour, &context.language.text_with(key, values));
        }
        let decision = table.decide(&attributes);
        ui.label(RichText::new(result(context, decision.as_ref())).family(theme::medium()));
    }

    /// As SAP would send them; what is empty is not sent.
    fn attributes(&self) -> Vec<(String, String)> {
        let typed = FIELDS.iter().zip(&self.fields).map(|((name, _), value)| (*name, value.trim()));
        let all = typed.chain(try_it::pairs(&self.others)).filter(|(name, value)| !name.is_empty() && !value.is_empty());
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn fates(table: &Table, attributes: &[(String, String)]) -> Vec<Fate> {
    let winner = table.decide(attributes).and_then(|decision| decision.route).map(|(at, _)| at);
    let fate = |(at, route): (usize, &Route)| match winner {
        Some(winner) if at == winner => Fate::Wins,
        Some(winner) if at > winner && route.fits(attributes).is_some() => Fate::TooLate,
        Some(winner) if at > winner => Fate::NotReached,
        _ => Fate::Passes,
    };
    table.routes.iter().enumerate().map(fate).collect()
}

/// The route in a few words.
fn said(context: &Context<'_>, route: &Route) -> String {
    use shared::rules::routing::Compare::{Contains, Exact, Prefix};
    let word = match route.compare {
        Exact => "channels-action-item-routes-compare-exact",
        Prefix => "channels-action-item-routes-compare-prefix",
        Contains => "channels-action-item-routes-compare-contains",
    };
    format!("{} {} {}", route.attribute, context.text(word), route.value)
}

fn result(context: &Context<'_>, decision: Option<&Decision<'_>>) -> String {
    let Some(Decision { workgroup, as_what, route }) = decision else {
        return context.text("route-nowhere");
    };
    let kind = match as_what {
        AsWhat::Email => "channels-action-item-interaction-email",
        AsWhat::GenericObject => "channels-action-item-interaction-generic-object",
    };
    let kind = ("kind", context.text(kind).into());
    let workgroup = ("workgroup", (*workgroup).to_owned().into());
    match route {
        Some((at, name)) => {
            let values = [workgroup, kind, ("number", (at + 1).to_string().into()), ("name", (*name).to_owned().into())];
            context.language.text_with("route-decided", values)
        }
        None => context.language.text_with("route-rest", [workgroup, kind]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rules::routing::Compare;

    fn route(attribute: &str, value: &str) -> Route {
        let (attribute, value) = (attribute.to_owned(), value.to_owned());
        Route { attribute, compare: Compare::Contains, value, workgroup: "Sales".to_owned(), as_what: AsWhat::Email }
    }

    #[test]
    fn every_route_is_told_what_becomes_of_it() {
        let table =
            Table { routes: vec![route("to", "x"), route("subject", "urgent"), route("from", "vip"), route("to", "sales")], rest: None };
        let mut typed = TryRoute { others: "ACTION_ITEM_ATTR_SUBJECT = very urgent\n".to_owned(), ..TryRoute::default() };
        typed.fields[0] = " sales@example.com ".to_owned();
        let attributes = typed.attributes();
        assert_eq!(attributes.len(), 2, "{attributes:?}");
        assert_eq!(fates(&table, &attributes), [Fate::Wins, Fate::TooLate, Fate::NotReached, Fate::TooLate]);
        typed.fields[0] = "info@nowhere.org".to_owned();
        assert_eq!(fates(&table, &typed.attributes()), [Fate::Passes, Fate::Wins, Fate::NotReached, Fate::NotReached]);
        typed.others.clear();
        assert_eq!(fates(&table, &typed.attributes()), [Fate::Passes; 4]);
    }
}
