//! How the window is drawn: menus, status line, navigation, the page with its buttons, and the title.

use super::Wizard;
use crate::{
    command::{Action, Command},
    icon,
    model::Mark,
    page, theme,
    widget::{button, text},
};
use egui::{CentralPanel, FontId, Frame, Id, Margin, Panel, RichText, ScrollArea, Stroke, Ui, ViewportCommand};

impl Wizard {
    pub(super) fn menu(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        let frame = Frame::new().fill(palette.navigation).inner_margin(Margin::symmetric(12, 2));
        let entries: [(&str, &[Action]); 4] = [
            (
                "menu-file",
                &[
                    Action::New,
                    Action::Open,
                    Action::ConnectService,
                    Action::Save,
                    Action::SaveAs,
                    Action::Import,
                    Action::Export,
                    Action::Backups,
                    Action::Revert,
                    Action::Quit,
                ],
            ),
            (
                "menu-actions",
                &[Action::Undo, Action::Redo, Action::Search, Action::TestConnection, Action::Examine, Action::SwitchConfiguration],
            ),
            (
                "menu-view",
                &[
                    Action::Light,
                    Action::Dark,
                    Action::SystemTheme,
                    Action::ZoomIn,
                    Action::ZoomOut,
                    Action::ZoomReset,
                    Action::English,
                    Action::German,
                ],
            ),
            ("menu-help", &[Action::Shortcuts, Action::About]),
        ];
        Panel::top("menu").frame(frame).show_separator_line(false).show(ui, |ui| {
            egui::MenuBar::new().ui(ui, |ui| {
                for (menu, actions) in entries {
                    ui.menu_button(self.language.text(menu), |ui| {
                        for action in actions {
                            let shortcut = ui.ctx().format_shortcut(&action.shortcut());
                            let item = egui::Button::new(self.language.text(action.key())).shortcut_text(shortcut);
                            let mut item = ui.add_enabled(self.can(*action), item);
                            if let Some(tip) = self.language.find(&format!("{}.tip", action.key()), None) {
                                item = item.on_hover_text(tip);
                            }
                            if self.is_near_only(*action) {
                                item = item.on_disabled_hover_text(self.language.text("far-not-here"));
                            }
                            if item.clicked() {
                                commands.push(Command::Do(*action));
                                ui.close();
                            }
                        }
                    });
                }
            });
        });
    }

    pub(super) fn status_line(&self, ui: &mut Ui) {
        let palette = theme::palette(ui);
        let frame = Frame::new().fill(palette.navigation).inner_margin(Margin::symmetric(16, 0));
        // Two lines where there is little room: what was said last is worth more than the version, which *About* tells as well.
        let is_narrow = theme::navigation(ui.ctx().content_rect().width()) < theme::NAVIGATION;
        Panel::bottom("status").exact_size(if is_narrow { 44.0 } else { 30.0 }).frame(frame).show(ui, |ui| {
            // From the right: the version keeps its place, and a long sentence is cut off before it.
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if !is_narrow {
                    ui.label(RichText::new(concat!("Jackfield ", env!("CARGO_PKG_VERSION"))).size(12.0).color(palette.muted));
                    ui.add_space(16.0);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| self.status_text(ui));
            });
        });
    }

    fn status_text(&self, ui: &mut Ui) {
        let palette = theme::palette(ui);
        let errors = self.model.findings().iter().filter(|finding| finding.is_error()).count();
        let (glyph, colour) =
            if errors > 0 || self.went_wrong { (icon::WARNING_CIRCLE, palette.error) } else { (icon::CHECK_CIRCLE, palette.ok) };
        text::glyph(ui, glyph, 15.0, colour);
        let said =
            if errors > 0 { self.language.text_with("status-errors", [("count", errors.to_string().into())]) } else { self.status.clone() };
        // What does not fit into the line, or into two, is told when the pointer rests on it, and whole to a screen reader.
        let lines = (ui.available_height() / ui.text_style_height(&egui::TextStyle::Small)).clamp(1.0, 2.0);
        let mut job = egui::text::LayoutJob::simple(said.clone(), FontId::proportional(12.0), palette.text, ui.available_width());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 1 or 2")]
        let most = lines as usize;
        job.wrap.max_rows = most;
        let galley = ui.painter().layout_job(job);
        let status = ui.label(galley).accessible_name(said);
        ui.ctx().accesskit_node_builder(status.id, |node| node.set_live(egui::accesskit::Live::Polite));
    }

    pub(super) fn navigation(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        let frame = Frame::new().fill(palette.navigation).inner_margin(Margin::symmetric(12, 12));
        let width = theme::navigation(ui.ctx().content_rect().width());
        Panel::left("navigation").exact_size(width).resizable(false).frame(frame).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for page in &self.pages {
                    let id = page.id();
                    let mark = self.model.mark(&page::sections(page.as_ref()));
                    let name = self.language.text(&format!("page-{}", id.0));
                    let mut response = button::row(ui, page.card().icon, &name, id == self.page, |ui, rect| paint_mark(ui, rect, mark));
                    if width < theme::NAVIGATION {
                        response = response.on_hover_text(&name);
                    }
                    if mark != Mark::Untouched {
                        let said = self.language.text(if mark == Mark::Wrong { "mark-wrong" } else { "mark-changed" });
                        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(said));
                    }
                    if id == self.page && self.turned {
                        response.scroll_to_me(None);
                        self.turned = false;
                    }
                    if response.clicked() {
                        commands.push(Command::Show(id));
                    }
                }
            });
        });
    }

    pub(super) fn body(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let palette = theme::palette(ui);
        let bar = Frame::new().fill(palette.background).inner_margin(Margin::symmetric(32, 16));
        Panel::bottom("steps").exact_size(64.0).frame(bar).show_separator_line(true).show(ui, |ui| {
            ui.horizontal(|ui| {
                if button::enabled(ui, self.can(Action::Previous), None, &self.language.text(Action::Previous.key())).clicked() {
                    commands.push(Command::Do(Action::Previous));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    // Behind the last page nothing is left to be done: the review before it has saved.
                    if self.can(Action::Next) && button::primary(ui, true, &self.language.text(Action::Next.key())).clicked() {
                        commands.push(Command::Do(Action::Next));
                    }
                });
            });
        });
        // The scroll bar has a strip of its own beside the page.
        let frame = Frame::new().fill(palette.background).inner_margin(Margin { left: 32, right: 8, top: 32, bottom: 0 });
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().id_salt(self.page.0).auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(theme::CONTENT.min(ui.available_width() - 24.0));
                let Some(page) = self.pages.iter_mut().find(|page| page.id() == self.page) else { return };
                self.controls.file = self.model.file().cloned();
                let mut context = page::Context {
                    model: &mut self.model,
                    jobs: &self.jobs,
                    names: self.names.known(),
                    language: self.language,
                    controls: &mut self.controls,
                    wanted: &mut self.wanted,
                    commands,
                };
                page.show(ui, &mut context);
                ui.add_space(24.0);
            });
        });
    }

    pub(super) fn name_window(&self, context: &egui::Context) {
        let file = self.file_name();
        let star = if self.model.is_changed() { "*" } else { "" };
        let title = format!("{file}{star} – Jackfield");
        context.accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(title.clone()));
        let memory = Id::unique("window title");
        if context.data(|data| data.get_temp::<String>(memory)).as_ref() != Some(&title) {
            context.data_mut(|data| data.insert_temp(memory, title.clone()));
            context.send_viewport_cmd(ViewportCommand::Title(title));
        }
    }
}

fn paint_mark(ui: &Ui, rect: egui::Rect, mark: Mark) {
    let palette = theme::palette(ui);
    // Beside the name; where there is none, at the sign's corner.
    let at = if rect.width() < theme::SLIM_NAVIGATION {
        rect.right_top() + egui::vec2(-8.0, 8.0)
    } else {
        rect.right_center() - egui::vec2(16.0, 0.0)
    };
    match mark {
        Mark::Untouched => {}
        Mark::Changed => {
            ui.painter().circle(at, 3.5, palette.accent, Stroke::NONE);
        }
        Mark::Wrong => {
            let font = FontId::new(16.0, theme::icons());
            ui.painter().text(at, egui::Align2::CENTER_CENTER, icon::WARNING_CIRCLE, font, palette.error);
        }
    }
}
