//! Rows that can be chosen, moved by drag or Alt+Up and Alt+Down, edited by Return or a double click, and removed by Delete.
//!
//! What happened is given back; nothing is changed here.

use crate::{icon, theme};
use egui::{
    Align2, EventFilter, FontId, Frame, Id, Key, Margin, Modifiers, Rect, Response, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};

/// A column.
pub struct Column {
    /// Its title.
    pub title: String,
    /// Its share of the width.
    pub share: f32,
}

/// A row.
pub struct Row {
    /// A text for each column.
    pub cells: Vec<String>,
    /// Has it an error?
    pub is_wrong: bool,
}

/// What a person has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Chosen a row.
    Select(usize),
    /// Asked to edit it.
    Edit(usize),
    /// Asked to remove it.
    Remove(usize),
    /// Moved it.
    Move {
        /// From here.
        from: usize,
        /// To here.
        to: usize,
    },
}

/// Room for the handle before the first column.
const HANDLE: f32 = 32.0;

/// Draws the rows; `empty` is what stands there when there are none.
pub fn show(ui: &mut Ui, id: Id, columns: &[Column], rows: &[Row], selected: Option<usize>, empty: &str) -> Option<Deed> {
    let palette = theme::palette(ui);
    let frame = Frame::new().stroke(Stroke::new(1.0, palette.border)).corner_radius(6).inner_margin(Margin::same(1));
    frame
        .show(ui, |ui| {
            // Gaps between rows would let the background through their lines.
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.set_width(ui.available_width());
            if columns.len() > 1 {
                header(ui, columns, HANDLE);
            }
            if rows.is_empty() {
                let (_, rect) = ui.allocate_space(vec2(ui.available_width(), theme::ROW));
                let at = pos2(rect.left() + 16.0, rect.center().y);
                let font = TextStyle::Body.resolve(ui.style());
                ui.painter().text(at, Align2::LEFT_CENTER, empty, font, palette.muted);
                return None;
            }
            let top = ui.cursor().top();
            let mut deed = None;
            for (index, row) in rows.iter().enumerate() {
                let done = one(ui, id, columns, row, index, rows.len(), selected == Some(index), top);
                deed = deed.or(done);
            }
            deed
        })
        .inner
}

/// Gives a row the focus, after it was moved, added or edited.
pub fn focus(ui: &Ui, id: Id, index: usize) {
    ui.memory_mut(|memory| memory.request_focus(id.with(index)));
}

/// Titles, behind so much room at the left.
pub(super) fn header(ui: &mut Ui, columns: &[Column], left: f32) {
    let palette = theme::palette(ui);
    let width = ui.available_width();
    let room = Rect::from_min_size(ui.cursor().min, vec2(width, theme::ROW));
    // Where there is little room, a title takes two lines rather than an end that nobody sees.
    let titles = columns.iter().zip(spread(room, columns, left)).map(|(column, cell)| {
        let mut job = LayoutJob::simple(column.title.clone(), FontId::new(12.0, theme::medium()), palette.muted, cell.width());
        job.wrap.max_rows = 2;
        ui.painter().layout_job(job)
    });
    let titles: Vec<_> = titles.collect();
    let highest = titles.iter().map(|title| title.size().y).fold(0.0, f32::max);
    let (_, rect) = ui.allocate_space(vec2(width, theme::ROW.max(highest + 12.0)));
    for (title, cell) in titles.into_iter().zip(spread(rect, columns, left)) {
        let at = pos2(cell.left(), cell.center().y - title.size().y / 2.0);
        ui.painter().galley(at, title, palette.muted);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.border));
}

#[expect(clippy::too_many_arguments, reason = "one row of a loop, with what the loop knows")]
fn one(ui: &mut Ui, id: Id, columns: &[Column], row: &Row, index: usize, count: usize, selected: bool, top: f32) -> Option<Deed> {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), theme::ROW));
    let response = ui.interact(rect, id.with(index), Sense::click_and_drag());
    let name = name(columns, row);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, &name));
    paint(ui, rect, &response, columns, row, selected, index + 1 < count);
    by_pointer(ui, &response, rect, index, count, top).or_else(|| by_key(ui, id, &response, index, count)).or_else(|| {
        let chosen = response.clicked() || (response.gained_focus() && !selected);
        chosen.then(|| {
            response.request_focus();
            Deed::Select(index)
        })
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a place between the first and the last row"
)]
fn by_pointer(ui: &Ui, response: &Response, rect: Rect, index: usize, count: usize, top: f32) -> Option<Deed> {
    if response.double_clicked() {
        return Some(Deed::Edit(index));
    }
    if !response.dragged() && !response.drag_stopped() {
        return None;
    }
    let pointer = ui.input(|input| input.pointer.latest_pos())?;
    let to = ((pointer.y - top) / theme::ROW).floor().clamp(0.0, count.saturating_sub(1) as f32) as usize;
    if response.drag_stopped() {
        return (to != index).then_some(Deed::Move { from: index, to });
    }
    let line = top + theme::ROW * if to > index { to as f32 + 1.0 } else { to as f32 };
    ui.painter().hline(rect.x_range(), line, Stroke::new(2.0, theme::palette(ui).accent));
    None
}

fn by_key(ui: &Ui, id: Id, response: &Response, index: usize, count: usize) -> Option<Deed> {
    if !response.has_focus() {
        return None;
    }
    // Otherwise the arrow keys would move the focus out of the rows.
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let above = index.checked_sub(1);
    let below = (index + 1 < count).then_some(index + 1);
    if pressed(Modifiers::ALT, Key::ArrowUp) {
        return above.map(|to| Deed::Move { from: index, to });
    }
    if pressed(Modifiers::ALT, Key::ArrowDown) {
        return below.map(|to| Deed::Move { from: index, to });
    }
    for (key, neighbour) in [(Key::ArrowUp, above), (Key::ArrowDown, below)] {
        if pressed(Modifiers::NONE, key) {
            let neighbour = neighbour?;
            focus(ui, id, neighbour);
            return Some(Deed::Select(neighbour));
        }
    }
    if pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::NONE, Key::F2) {
        return Some(Deed::Edit(index));
    }
    pressed(Modifiers::NONE, Key::Delete).then_some(Deed::Remove(index))
}

fn paint(ui: &Ui, rect: Rect, response: &Response, columns: &[Column], row: &Row, selected: bool, lined: bool) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    let palette = theme::palette(ui);
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, 0.0, palette.accent_soft);
    } else if response.hovered() {
        painter.rect_filled(rect, 0.0, palette.hover);
    }
    if lined {
        painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.border));
    }
    let (glyph, colour) = if row.is_wrong { (icon::WARNING_CIRCLE, palette.error) } else { (icon::DOTS_SIX_VERTICAL, palette.muted) };
    let at = pos2(rect.left() + HANDLE / 2.0, rect.center().y);
    painter.text(at, Align2::CENTER_CENTER, glyph, FontId::new(15.0, theme::icons()), colour);
    let font = TextStyle::Body.resolve(ui.style());
    let colour = if selected { palette.accent_text } else { palette.text };
    for (text, cell) in row.cells.iter().zip(spread(rect, columns, HANDLE)) {
        // What does not fit ends in dots, so that nobody takes it for the whole; the editor shows all of it.
        let mut job = LayoutJob::simple_singleline(text.clone(), font.clone(), colour);
        job.wrap = TextWrapping::truncate_at_width(cell.width());
        let galley = painter.layout_job(job);
        painter.galley(pos2(cell.left(), cell.center().y - galley.size().y / 2.0), galley, colour);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 4.0, Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
    }
}

/// Where the cells of a row are, behind so much room at the left.
pub(super) fn spread(rect: Rect, columns: &[Column], left: f32) -> Vec<Rect> {
    let whole: f32 = columns.iter().map(|column| column.share).sum();
    let room = rect.width() - left - 12.0;
    let mut left = rect.left() + left;
    let mut cells = Vec::new();
    for column in columns {
        let width = room * column.share / whole;
        cells.push(Rect::from_min_max(pos2(left, rect.top()), pos2(left + width - 8.0, rect.bottom())));
        left += width;
    }
    cells
}

/// With more than one column each text is said with its column's title.
fn name(columns: &[Column], row: &Row) -> String {
    if columns.len() == 1 {
        return row.cells.join(", ");
    }
    let said = row.cells.iter().zip(columns).filter(|(cell, _)| !cell.is_empty());
    said.map(|(cell, column)| format!("{} {cell}", column.title)).collect::<Vec<_>>().join(", ")
}
