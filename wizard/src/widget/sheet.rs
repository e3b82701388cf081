//! A long list that is only read: thousands of rows, of which no more are drawn than are seen. One is chosen by pointer or by the arrow keys,
//! and opened by Return or a double click. What is in a row is asked for when it is drawn.

use super::rows::{Column, header, spread};
use crate::theme;
use egui::{
    Align2, Color32, EventFilter, FontId, Frame, Id, Key, Margin, Modifiers, Rect, Role, ScrollArea, Sense, Stroke, TextStyle, Ui,
    WidgetInfo, pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};

/// Room for a sign before the text of a cell.
const SIGN: f32 = 24.0;
/// Rows that a page's key goes over.
const PAGE: usize = 8;

/// What stands in a column.
pub struct Cell {
    /// The text.
    pub text: String,
    /// A sign before it, which is painted and not read out.
    pub sign: Option<(char, Color32)>,
}

/// What a person has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Chosen a row.
    Choose(usize),
    /// Asked to open it.
    Open(usize),
}

/// What is drawn.
pub struct Sheet<'a> {
    /// Tells it from others on the page.
    pub id: Id,
    /// Height of what is seen at once, in points; fewer rows take less.
    pub height: f32,
    /// Titles with shares of the width.
    pub columns: &'a [Column],
    /// How many rows there are.
    pub count: usize,
    /// The row that is chosen.
    pub chosen: Option<usize>,
    /// What stands there when there are no rows.
    pub empty: &'a str,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, sign: None }
    }
}

impl Sheet<'_> {
    /// Draws it; `row` gives what is in a row.
    pub fn show(&self, ui: &mut Ui, row: impl Fn(usize) -> Vec<Cell>) -> Option<Deed> {
        let palette = theme::palette(ui);
        let frame = Frame::new().stroke(Stroke::new(1.0, palette.border)).corner_radius(6).inner_margin(Margin::same(1));
        frame
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.set_width(ui.available_width());
                header(ui, self.columns, 12.0);
                if self.count == 0 {
                    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), theme::ROW));
                    let response = ui.interact(rect, self.id.with("empty"), Sense::hover());
                    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.empty));
                    let at = pos2(rect.left() + 12.0, rect.center().y);
                    ui.painter().text(at, Align2::LEFT_CENTER, self.empty, TextStyle::Body.resolve(ui.style()), palette.muted);
                    return None;
                }
                self.rows(ui, row)
            })
            .inner
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "places between the first and the last row"
    )]
    fn rows(&self, ui: &mut Ui, row: impl Fn(usize) -> Vec<Cell>) -> Option<Deed> {
        let whole = theme::ROW * self.count as f32;
        let height = whole.min(self.height);
        let area = ScrollArea::vertical().id_salt(self.id).max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
        let shown = area.show_viewport(ui, |ui, seen| {
            ui.set_height(whole);
            let room = ui.max_rect();
            let at = |index: usize| {
                let top = room.top() + theme::ROW * index as f32;
                Rect::from_min_max(pos2(room.left(), top), pos2(room.right(), top + theme::ROW))
            };
            let first = ((seen.min.y / theme::ROW).floor().max(0.0) as usize).min(self.count - 1);
            let last = ((seen.max.y / theme::ROW).ceil().max(0.0) as usize).clamp(first + 1, self.count);
            let chosen = self.chosen.filter(|chosen| *chosen < self.count);
            // The Tab key stops once; where the chosen one has been scrolled away, at the first that is seen.
            let stop = chosen.filter(|chosen| (first..last).contains(chosen)).unwrap_or(first);
            // One that is chosen keeps the focus while it is out of sight.
            let beside = chosen.filter(|chosen| !(first..last).contains(chosen));
            let mut deed = None;
            for index in (first..last).chain(beside) {
                let done = self.one(ui, at(index), index, index == stop || Some(index) == beside, &row(index));
                deed = deed.or(done);
            }
            if let Some((Deed::Choose(index), by_key)) = deed {
                // Not before all are drawn: one that does not stop the Tab key gives the focus away.
                ui.memory_mut(|memory| memory.request_focus(self.id.with(index)));
                if by_key {
                    ui.scroll_to_rect(at(index), None);
                }
            }
            deed.map(|(deed, _)| deed)
        });
        shown.inner
    }

    /// What was done, and whether by a key.
    fn one(&self, ui: &Ui, rect: Rect, index: usize, stops: bool, cells: &[Cell]) -> Option<(Deed, bool)> {
        let selected = self.chosen == Some(index);
        let sense = if stops { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(rect, self.id.with(index), sense);
        let said = cells.iter().zip(self.columns).filter(|(cell, _)| !cell.text.is_empty());
        let name = said.map(|(cell, column)| format!("{} {}", column.title, cell.text)).collect::<Vec<_>>().join(", ");
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, &name));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_position_in_set(index + 1);
            node.set_size_of_set(self.count);
        });
        self.paint(ui, rect, &response, index, cells);
        if response.double_clicked() {
            return Some((Deed::Open(index), false));
        }
        if response.clicked() || (response.gained_focus() && !selected) {
            return Some((Deed::Choose(index), false));
        }
        if !response.has_focus() {
            return None;
        }
        // Otherwise the arrow keys would move the focus out of the rows.
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let last = self.count - 1;
        let ways = [
            (Key::ArrowUp, index.saturating_sub(1)),
            (Key::ArrowDown, (index + 1).min(last)),
            (Key::PageUp, index.saturating_sub(PAGE)),
            (Key::PageDown, (index + PAGE).min(last)),
            (Key::Home, 0),
            (Key::End, last),
        ];
        for (key, to) in ways {
            if pressed(key) && to != index {
                return Some((Deed::Choose(to), true));
            }
        }
        pressed(Key::Enter).then_some((Deed::Open(index), true))
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &egui::Response, index: usize, cells: &[Cell]) {
        if !ui.is_rect_visible(rect) {
            return;
        }
        let palette = theme::palette(ui);
        let painter = ui.painter();
        let selected = self.chosen == Some(index);
        if selected {
            painter.rect_filled(rect, 0.0, palette.accent_soft);
        } else if response.hovered() {
            painter.rect_filled(rect, 0.0, palette.hover);
        }
        if index + 1 < self.count {
            painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.border));
        }
        let font = TextStyle::Body.resolve(ui.style());
        let colour = if selected { palette.accent_text } else { palette.text };
        for (cell, mut room) in cells.iter().zip(spread(rect, self.columns, 12.0)) {
            if let Some((glyph, colour)) = cell.sign {
                let at = pos2(room.left() + 8.0, room.center().y);
                painter.text(at, Align2::CENTER_CENTER, glyph, FontId::new(16.0, theme::icons()), colour);
                room.min.x += SIGN;
            }
            // What does not fit ends in dots; the details beneath the list say all of it.
            let mut job = LayoutJob::simple_singleline(cell.text.clone(), font.clone(), colour);
            job.wrap = TextWrapping::truncate_at_width(room.width());
            let galley = painter.layout_job(job);
            painter.galley(pos2(room.left(), room.center().y - galley.size().y / 2.0), galley, colour);
        }
        if response.has_focus() {
            painter.rect_stroke(rect, 4.0, Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        }
    }
}
