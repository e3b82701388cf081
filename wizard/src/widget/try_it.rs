//! A box to try an order of attributes: paste those of a call, see which one wins and the number that SAP gets, by the service's own rule.

use crate::{icon, page::Context, theme, widget::text};
use egui::{FontId, RichText, TextEdit, TextStyle, Ui};
use shared::rules::{attribute_order, phone_number};

/// The box, with what was pasted.
#[derive(Default)]
pub struct TryIt {
    pasted: String,
}

/// What becomes of one attribute of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The call does not have it.
    Missing,
    /// It is blank.
    Blank,
    /// Its value counts.
    Wins,
    /// The search has ended before it.
    NotReached,
}

impl TryIt {
    /// Draws it for an order of attributes.
    pub fn show(&mut self, ui: &mut Ui, context: &Context<'_>, order: &[String]) {
        text::section(ui, &context.text("try-it"));
        text::muted(ui, &context.text("try-it.help"));
        let edit = TextEdit::multiline(&mut self.pasted)
            .font(TextStyle::Monospace)
            .desired_rows(4)
            .desired_width(f32::INFINITY)
            .hint_text(order.first().map(|name| format!("{name}=sip:+493023125000@example.com")).unwrap_or_default())
            .margin(egui::Margin::symmetric(10, 7));
        let _ = ui.add(edit).accessible_name(context.text("try-it-attributes"));
        if self.pasted.trim().is_empty() {
            return;
        }
        let pairs = pairs(&self.pasted);
        let palette = theme::palette(ui);
        for (name, verdict) in verdicts(order, &pairs) {
            let (key, glyph, colour) = match verdict {
                Verdict::Missing => ("try-it-missing", icon::X, palette.muted),
                Verdict::Blank => ("try-it-blank", icon::X, palette.muted),
                Verdict::Wins => ("try-it-wins", icon::CHECK, palette.ok),
                Verdict::NotReached => ("try-it-not-reached", icon::CARET_RIGHT, palette.muted),
            };
            ui.scope(|ui| {
                ui.spacing_mut().interact_size.y = 18.0;
                ui.horizontal(|ui| {
                    ui.painter().text(
                        ui.cursor().left_top() + egui::vec2(8.0, 9.0),
                        egui::Align2::CENTER_CENTER,
                        glyph,
                        FontId::new(14.0, theme::icons()),
                        colour,
                    );
                    ui.add_space(20.0);
                    ui.label(RichText::new(context.language.text_with(key, [("name", name.into())])).color(colour));
                });
            });
        }
        let raw = attribute_order::first_valid(order, |name| value_of(&pairs, name)).map(|(_, raw)| raw);
        let result = match raw {
            Some(raw) => context.language.text_with("try-it-number", [("raw", raw.into()), ("number", phone_number::to_sap(raw).into())]),
            None => context.text("try-it-nothing"),
        };
        ui.label(RichText::new(result).family(theme::medium()));
    }
}

/// What becomes of each attribute.
pub fn verdicts<'a>(order: &'a [String], pairs: &[(&str, &str)]) -> Vec<(&'a str, Verdict)> {
    let winner = attribute_order::first_valid(order, |name| value_of(pairs, name)).map(|(name, _)| name);
    let mut found = false;
    let verdict = |name: &'a String| {
        let verdict = match value_of(pairs, name) {
            _ if found => Verdict::NotReached,
            _ if winner == Some(name.as_str()) => {
                found = true;
                Verdict::Wins
            }
            Some(_) => Verdict::Blank,
            None => Verdict::Missing,
        };
        (name.as_str(), verdict)
    };
    order.iter().map(verdict).collect()
}

/// `name=value`, or the name and its value as tools and logs list them: with a colon or a tab between, the value in quotes.
pub fn pairs(pasted: &str) -> Vec<(&str, &str)> {
    let split = pasted.lines().filter_map(|line| line.split_once(['=', ':', '\t']));
    split.map(|(name, value)| (name.trim().trim_matches('"'), value.trim().trim_matches('"'))).collect()
}

fn value_of<'a>(pairs: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_understood_as_tools_list_them() {
        let pasted = "A=sip:1@x\nB: sip:2\nC\t3\n\"D\" = \"4\"\nnonsense\n";
        assert_eq!(pairs(pasted), [("A", "sip:1@x"), ("B", "sip:2"), ("C", "3"), ("D", "4")]);
    }

    #[test]
    fn the_first_attribute_with_a_value_wins() {
        let order = ["A", "B", "C", "D"].map(ToOwned::to_owned);
        let pairs = pairs("B = \nc=5\nD=6\nnonsense");
        let verdicts: Vec<_> = verdicts(&order, &pairs).into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(verdicts, [Verdict::Missing, Verdict::Blank, Verdict::Wins, Verdict::NotReached]);
    }
}
