//! Tabs: one is chosen, by pointer, by the arrow keys, or by a screen reader. They take as many lines as they need.

use crate::{icon, model::Mark, theme};
use egui::{Align2, EventFilter, FontId, Id, Key, Modifiers, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};

/// Room beside a name.
const BESIDE: f32 = 12.0;
/// Room for a mark behind the name.
const MARK: f32 = 18.0;

/// A tab.
pub struct Tab {
    /// Its name.
    pub name: String,
    /// How what is on it stands.
    pub mark: Mark,
    /// What that means, for a screen reader; empty where it is untouched.
    pub said: String,
}

/// Draws them; the one that is chosen now, when that is another one than before.
pub fn show(ui: &mut Ui, id: Id, tabs: &[Tab], chosen: usize) -> Option<usize> {
    let mut next = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
        ui.horizontal_wrapped(|ui| {
            for (place, tab) in tabs.iter().enumerate() {
                next = next.or(one(ui, id, tab, place, chosen, tabs.len()));
            }
        });
    });
    if let Some(next) = next {
        // Not before all are drawn: one that does not stop the Tab key gives the focus away.
        ui.memory_mut(|memory| memory.request_focus(id.with(next)));
    }
    let palette = theme::palette(ui);
    let line = ui.cursor().top() - ui.spacing().item_spacing.y + 1.0;
    ui.painter().hline(ui.max_rect().x_range(), line, Stroke::new(1.0, palette.border));
    next
}

fn one(ui: &mut Ui, id: Id, tab: &Tab, place: usize, chosen: usize, count: usize) -> Option<usize> {
    let palette = theme::palette(ui);
    let is_chosen = place == chosen;
    let font = if is_chosen { FontId::new(14.0, theme::medium()) } else { TextStyle::Body.resolve(ui.style()) };
    let colour = if is_chosen { palette.accent_text } else { palette.text };
    let galley = ui.painter().layout_no_wrap(tab.name.clone(), font, colour);
    let mark = if tab.mark == Mark::Untouched { 0.0 } else { MARK };
    let (_, rect) = ui.allocate_space(vec2(galley.size().x + 2.0 * BESIDE + mark, theme::CONTROL));
    // The Tab key stops once, at the chosen one; from there the arrow keys go on.
    let sense = if is_chosen { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(rect, id.with(place), sense);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_chosen, &tab.name));
    if !tab.said.is_empty() {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(tab.said.clone()));
    }
    if response.hovered() && !is_chosen {
        ui.painter().rect_filled(rect, 6.0, palette.hover);
    }
    let at = pos2(rect.left() + BESIDE, rect.center().y - galley.size().y / 2.0);
    let right = at.x + galley.size().x;
    ui.painter().galley(at, galley, colour);
    let at = pos2(right + MARK - 6.0, rect.center().y);
    match tab.mark {
        Mark::Untouched => {}
        Mark::Changed => drop(ui.painter().circle(at, 3.5, palette.accent, Stroke::NONE)),
        Mark::Wrong => {
            let font = FontId::new(15.0, theme::icons());
            ui.painter().text(at, Align2::CENTER_CENTER, icon::WARNING_CIRCLE, font, palette.error);
        }
    }
    if is_chosen {
        ui.painter().hline(rect.x_range().shrink(BESIDE - 4.0), rect.bottom(), Stroke::new(2.0, palette.accent));
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let steps =
            [(Key::ArrowRight, (place + 1) % count), (Key::ArrowLeft, (place + count - 1) % count), (Key::Home, 0), (Key::End, count - 1)];
        for (key, to) in steps {
            if to != place && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                return Some(to);
            }
        }
    }
    (response.clicked() && !is_chosen).then_some(place)
}
