//! The toolbar, drawn: workmode, buttons, calls, the data of the one that is worked with, and the telephone outside.

use super::{Agent, Button, Call, Outcome, Session, Wish, place};
use crate::{
    icon,
    page::Context,
    theme,
    widget::{button, text},
};
use egui::{ComboBox, Frame, Grid, Label, Margin, RichText, Stroke, TextEdit, TextStyle, TextWrapMode, Ui};
use shared::config::SwitchKind;

/// A number that nobody has (reserved for such use by the regulator in Germany).
const CALLER: &str = "+493023125000";

/// ICI's number of the workmode in which calls come.
const READY: &str = "2";

/// What was typed.
pub(super) struct Desk {
    number: String,
    caller: String,
    /// Whom the caller calls; empty for the agent himself.
    called: String,
}

impl Default for Desk {
    fn default() -> Self {
        Self { number: String::new(), caller: CALLER.to_owned(), called: String::new() }
    }
}

impl Desk {
    /// Draws it, and asks for what was pressed.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, session: &mut Session) {
        if let Some(why) = session.toolbar().ended() {
            let said = context.language.text_with("toolbar-ended", [("why", why.to_owned().into())]);
            place::note(ui, icon::WARNING, theme::palette(ui).warning, &said);
        }
        let Some(agent) = session.toolbar().agent().cloned() else {
            if session.end().is_none() {
                text::muted(ui, &context.text("try-logging-on"));
            }
            return;
        };
        text::section(ui, &context.text("toolbar"));
        let mut wish = None;
        let mut select = None;
        let palette = theme::palette(ui);
        let frame =
            Frame::new().fill(palette.surface).stroke(Stroke::new(1.0, palette.border)).corner_radius(8).inner_margin(Margin::same(16));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            workmode(ui, context, session, &agent, &mut wish);
            ui.scope(|ui| self.buttons(ui, context, session, &mut wish));
            ui.separator();
            calls(ui, context, session, &mut select);
            if let Some(call) = session.toolbar().selected() {
                data(ui, context, session, call, &mut wish);
            }
            outcome(ui, context, session);
        });
        self.caller(ui, context, session, &agent, &mut wish);
        if let Some(item) = select {
            session.select(&item);
        }
        if let Some(wish) = wish {
            session.ask(&wish);
        }
    }

    fn buttons(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session, wish: &mut Option<Wish>) {
        let toolbar = session.toolbar();
        let mut press = |ui: &mut Ui, button: Button, number: &str| {
            let wanted = toolbar.press(button, number).filter(|_| !session.is_busy());
            if self::button::enabled(ui, wanted.is_some(), None, &context.text(button.key())).clicked() {
                *wish = wanted;
            }
        };
        // A button goes to the next line as a whole; its text is never broken.
        ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
        for buttons in Button::PLAIN.chunks(5) {
            ui.horizontal_wrapped(|ui| {
                for button in buttons {
                    press(ui, *button, "");
                }
            });
        }
        ui.horizontal_wrapped(|ui| {
            let name = context.text("toolbar-number");
            let edit = TextEdit::singleline(&mut self.number).hint_text(&name).desired_width(200.0).margin(Margin::symmetric(10, 7));
            let _ = ui.add(edit).accessible_name(&name);
            let colleagues = colleagues(context, session);
            if !colleagues.is_empty() {
                let name = context.language.text_with("field-suggestions", [("field", name.into())]);
                let caret = self::button::icon(ui, icon::CARET_DOWN, &name, false);
                egui::Popup::menu(&caret).show(|ui| {
                    for (number, user) in colleagues {
                        if ui.button(format!("{number} – {user}")).clicked() {
                            self.number = number;
                        }
                    }
                });
            }
            for button in Button::WITH_NUMBER {
                press(ui, button, &self.number);
            }
        });
    }

    /// Somebody outside.
    fn caller(&mut self, ui: &mut Ui, context: &Context<'_>, session: &Session, agent: &Agent, wish: &mut Option<Wish>) {
        text::section(ui, &context.text("caller"));
        text::muted(ui, &context.text("caller.help"));
        if agent.workmode.id != READY {
            place::note(ui, icon::INFO, theme::palette(ui).warning, &context.text("caller-not-ready"));
        }
        ui.horizontal_wrapped(|ui| {
            let name = context.text("caller-number");
            let edit = TextEdit::singleline(&mut self.caller).desired_width(180.0).margin(Margin::symmetric(10, 7));
            let _ = ui.add(edit).accessible_name(name);
            let direct = context.language.text_with("caller-direct", [("user", agent.user.as_str().into())]);
            let shown = if self.called.is_empty() { direct.clone() } else { self.called.clone() };
            let combo = ComboBox::from_id_salt("caller").width(200.0).truncate().selected_text(shown).show_ui(ui, |ui| {
                if ui.selectable_label(self.called.is_empty(), &direct).clicked() {
                    self.called.clear();
                }
                for queue in &agent.queues {
                    if ui.selectable_label(self.called == queue.id, &queue.description).clicked() {
                        self.called.clone_from(&queue.id);
                    }
                }
            });
            let _ = combo.response.accessible_name(context.text("caller-called"));
            let number: String = self.caller.split_whitespace().collect();
            let can = !session.is_busy() && !number.is_empty() && session.toolbar().ended().is_none();
            if button::enabled(ui, can, Some(icon::PHONE_CALL), &context.text("caller-call")).clicked() {
                let command = format!("callin {number} {}", self.called).trim_end().to_owned();
                *wish = Some(Wish { command, item: None });
            }
            if button::enabled(ui, !session.is_busy(), None, &context.text("caller-hang-up")).clicked() {
                *wish = Some(Wish { command: "callend".to_owned(), item: None });
            }
        });
    }
}

/// Extensions of the built-in switch's other users, as far as the draft tells them.
fn colleagues(context: &Context<'_>, session: &Session) -> Vec<(String, String)> {
    let switch = &context.model.config().switch;
    if switch.kind != SwitchKind::Embedded {
        return Vec::new();
    }
    let own = session.toolbar().agent().map(|agent| agent.user.as_str());
    let others = switch.embedded.users.iter().filter(|user| Some(user.name.as_str()) != own);
    others.map(|user| (user.extension.clone(), user.name.clone())).collect()
}

fn workmode(ui: &mut Ui, context: &Context<'_>, session: &Session, agent: &Agent, wish: &mut Option<Wish>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&agent.user).family(theme::semibold()).size(15.0));
        let numbers: Vec<&str> = agent.addresses.iter().map(|(_, address)| address.as_str()).collect();
        ui.label(RichText::new(numbers.join(", ")).color(theme::palette(ui).muted));
        let combo =
            ComboBox::from_id_salt("workmode").width(220.0).truncate().selected_text(&agent.workmode.description).show_ui(ui, |ui| {
                for mode in &agent.workmodes {
                    let chosen = ui.selectable_label(mode.id == agent.workmode.id, format!("{} – {}", mode.id, mode.description)).clicked();
                    if chosen && !session.is_busy() {
                        *wish = session.toolbar().workmode(&mode.id);
                    }
                }
            });
        let _ = combo.response.accessible_name(context.text("toolbar-workmode"));
    });
}

fn calls(ui: &mut Ui, context: &Context<'_>, session: &Session, select: &mut Option<String>) {
    let toolbar = session.toolbar();
    if toolbar.calls().is_empty() {
        text::muted(ui, &context.text("toolbar-no-calls"));
    }
    let selected = toolbar.selected().map(|call| call.item.as_str());
    for call in toolbar.calls() {
        let glyph = match call.status.as_str() {
            "alerting" => icon::PHONE_CALL,
            "held" => icon::PAUSE,
            "conferenced" => icon::USERS,
            _ => icon::PHONE,
        };
        let said = format!("{} · {}", other_side(call), status(context, call));
        if button::row(ui, glyph, &said, selected == Some(&call.item), |_, _| {}).clicked() {
            *select = Some(call.item.clone());
        }
    }
}

fn other_side(call: &Call) -> String {
    let numbers = if call.is_outbound && call.remote_numbers.is_empty() { &call.dialed_numbers } else { &call.remote_numbers };
    if numbers.is_empty() { call.item.clone() } else { numbers.join(", ") }
}

fn status(context: &Context<'_>, call: &Call) -> String {
    context.language.find(&format!("call-status-{}", call.status), None).unwrap_or_else(|| call.status.clone())
}

/// What SAP knows of a call.
fn data(ui: &mut Ui, context: &Context<'_>, session: &Session, call: &Call, wish: &mut Option<Wish>) {
    ui.add_space(4.0);
    Grid::new("call").num_columns(2).spacing([24.0, 4.0]).min_row_height(20.0).show(ui, |ui| {
        let direction = context.text(if call.is_outbound { "call-outbound" } else { "call-inbound" });
        for (key, value) in [
            ("call-item", call.item.clone()),
            ("call-status", status(context, call)),
            ("call-direction", direction),
            ("call-remote", call.remote_numbers.join(", ")),
            ("call-dialed", call.dialed_numbers.join(", ")),
            ("call-queue", call.queue.clone()),
            ("call-consultation", call.consultation_for.clone()),
        ] {
            if !value.is_empty() {
                name(ui, context, key);
                ui.add(Label::new(value).wrap().selectable(true));
                ui.end_row();
            }
        }
        for party in &call.participants {
            name(ui, context, "call-party");
            ui.horizontal(|ui| {
                ui.label(&party.description);
                let drop = session.toolbar().drop_party(&party.id).filter(|_| !session.is_busy());
                if drop.is_some() {
                    let said = context.language.text_with("toolbar-drop-party", [("party", party.description.as_str().into())]);
                    if ui.small_button(said).clicked() {
                        *wish = drop;
                    }
                }
            });
            ui.end_row();
        }
    });
    if !call.attached_data.is_empty() {
        place::label(ui, &context.text("call-data"));
        let mut shown = call.attached_data.as_str();
        let edit = TextEdit::multiline(&mut shown).font(TextStyle::Monospace).desired_width(f32::INFINITY).desired_rows(3);
        let _ = ui.add(edit.margin(Margin::symmetric(10, 7))).accessible_name(context.text("call-data"));
    }
}

fn name(ui: &mut Ui, context: &Context<'_>, key: &str) {
    ui.label(RichText::new(context.text(key)).color(theme::palette(ui).muted));
}

fn outcome(ui: &mut Ui, context: &Context<'_>, session: &Session) {
    let palette = theme::palette(ui);
    match session.outcome() {
        Some(Outcome::Done(Some((operation, took)))) => {
            let values = [("operation", operation.as_str().into()), ("took", format!("{took:.1}").into())];
            place::note(ui, icon::CHECK_CIRCLE, palette.ok, &context.language.text_with("toolbar-done", values));
        }
        Some(Outcome::Failed(why)) => place::note(ui, icon::WARNING_CIRCLE, palette.error, why),
        Some(Outcome::Done(None)) | None => {}
    }
}
