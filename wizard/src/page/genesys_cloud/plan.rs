//! The plan: what a complete run would do, and why, before anything is written; to be saved, or carried out exactly as it is.

use super::{desk::Desk, details::Details, export::Export, health, words};
use crate::{
    icon,
    page::Context,
    running::bridge::{Order, Plan, Report, Step},
    theme,
    widget::{
        button, facts,
        rows::Column,
        sheet::{Cell, Deed, Sheet},
        text,
    },
};
use egui::{Color32, Id, Ui};
use serde_json::Value;

/// Height of the list, in points.
const HEIGHT: f32 = 360.0;

/// What is remembered between frames.
#[derive(Default)]
pub(super) struct PlanTab {
    made: Option<Made>,
    shown: Option<Class>,
    chosen: Option<usize>,
    export: Export,
}

/// A plan, with the text that `jackfield bridge apply` takes.
struct Made {
    plan: Plan,
    text: String,
    rows: Vec<Row>,
}

/// A row: a step, or what cannot be done.
#[derive(Clone, Copy)]
enum Row {
    Step(usize, Class),
    Problem(usize),
}

/// What a step comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Create,
    Change,
    Delete,
    Problem,
}

impl PlanTab {
    /// Another plan has been made.
    pub(super) fn take(&mut self, (plan, value): (Plan, Value)) {
        let steps = plan.steps.iter().enumerate().map(|(place, step)| Row::Step(place, Class::of(step)));
        let rows = steps.chain((0..plan.problems.len()).map(Row::Problem)).collect();
        (self.shown, self.chosen) = (None, None);
        self.made = Some(Made { text: format!("{value:#}\n"), rows, plan });
    }

    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, report: &Report, desk: &mut Desk) {
        text::muted(ui, &context.text("cloud-plan-help"));
        health::held(ui, context, report, desk);
        ui.horizontal_wrapped(|ui| {
            let is_free = !desk.is_busy();
            if button::enabled(ui, is_free, Some(icon::LIST_CHECKS), &context.text("cloud-plan-make")).clicked() {
                desk.order(Order::Plan);
            }
            let Some(made) = &self.made else { return };
            if button::plain(ui, Some(icon::FLOPPY_DISK), &context.text("cloud-plan-save")).clicked() {
                self.export.open("jackfield-plan", "json", made.text.clone().into_bytes());
            }
            if button::enabled(ui, is_free && !made.plan.steps.is_empty(), Some(icon::PLAY), &context.text("cloud-plan-apply")).clicked() {
                let text = context.language.text_with("cloud-plan-apply-text", made.figures(context));
                let (title, yes) = (context.text("cloud-plan-apply-title"), context.text("cloud-plan-apply-yes"));
                desk.ask(Order::Apply(made.plan.id.clone()), title, text, yes);
            }
        });
        desk.show(ui, context, report.progress.as_ref(), |order| {
            matches!(order, Order::Plan | Order::Apply(_) | Order::Allow | Order::Reject)
        });
        if let Some(made) = &self.made {
            made.summary(ui, context);
            let is_choosable = !made.rows.is_empty();
            if is_choosable {
                self.classes(ui, context);
                self.list(ui, context);
            }
        }
        self.export.show(ui, context);
    }

    /// Which steps are listed.
    fn classes(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(made) = &self.made else { return };
        let mut next = self.shown;
        ui.horizontal_wrapped(|ui| {
            let all = (None, "cloud-plan-all", made.rows.len());
            let classes = Class::ALL.map(|class| (Some(class), class.key(), made.count(class)));
            for (class, key, count) in std::iter::once(all).chain(classes) {
                let name = context.language.text_with(key, [("count", count.to_string().into())]);
                if ui.selectable_label(self.shown == class, name).clicked() {
                    next = class;
                }
            }
        });
        if next != self.shown {
            (self.shown, self.chosen) = (next, None);
        }
    }

    fn list(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(made) = &self.made else { return };
        let rows: Vec<Row> = made.rows.iter().copied().filter(|row| self.shown.is_none_or(|class| row.class() == class)).collect();
        let columns = [("cloud-action", 1.3), ("cloud-record", 2.0), ("cloud-why", 2.6)]
            .map(|(key, share)| Column { title: context.text(key), share });
        let empty = context.text("cloud-plan-none-of-these");
        let sheet = Sheet {
            id: Id::unique("steps of the plan"),
            height: HEIGHT,
            columns: &columns,
            count: rows.len(),
            chosen: self.chosen,
            empty: &empty,
        };
        let palette = theme::palette(ui);
        let colours = [palette.ok, palette.accent, palette.warning, palette.error];
        let deed = sheet.show(ui, |place| rows.get(place).map(|row| made.cells(context, *row, colours)).unwrap_or_default());
        if let Some(Deed::Choose(place) | Deed::Open(place)) = deed {
            self.chosen = Some(place);
        }
        if let Some(row) = self.chosen.and_then(|place| rows.get(place)) {
            made.details(context, *row).show(ui);
        }
    }
}

// === impl Made ===

impl Made {
    fn count(&self, class: Class) -> usize {
        self.rows.iter().filter(|row| row.class() == class).count()
    }

    fn figures(&self, context: &Context<'_>) -> Vec<(&'static str, std::borrow::Cow<'static, str>)> {
        let minutes = self.plan.seconds.div_ceil(60);
        let time = context.language.text_with("cloud-minutes", [("minutes", minutes.to_string().into())]);
        let count = |class| self.count(class).to_string().into();
        vec![
            ("creates", count(Class::Create)),
            ("changes", count(Class::Change)),
            ("deletes", count(Class::Delete)),
            ("problems", count(Class::Problem)),
            ("unchanged", self.plan.unchanged.to_string().into()),
            ("calls", self.plan.calls.to_string().into()),
            ("time", time.into()),
        ]
    }

    fn summary(&self, ui: &mut Ui, context: &Context<'_>) {
        let palette = theme::palette(ui);
        let key = if self.plan.steps.is_empty() { "cloud-plan-nothing" } else { "cloud-plan-figures" };
        facts::line(ui, icon::INFO, palette.muted, &context.language.text_with(key, self.figures(context)));
        if let Some(held) = &self.plan.held {
            let values = [("removals", held.removals.to_string().into()), ("of", held.of.to_string().into())];
            facts::line(ui, icon::WARNING, palette.warning, &context.language.text_with("cloud-plan-held", values));
        }
    }

    fn step(&self, row: Row) -> Option<&Step> {
        match row {
            Row::Step(place, _) => self.plan.steps.get(place),
            Row::Problem(_) => None,
        }
    }

    fn cells(&self, context: &Context<'_>, row: Row, [create, change, delete, problem]: [Color32; 4]) -> Vec<Cell> {
        let sign = match row.class() {
            Class::Create => (icon::PLUS, create),
            Class::Change => (icon::PENCIL_SIMPLE, change),
            Class::Delete => (icon::TRASH, delete),
            Class::Problem => (icon::WARNING_CIRCLE, problem),
        };
        let texts = match (self.step(row), row) {
            (Some(step), _) => {
                [words::action(context, &step.action.word), words::record(context, &step.record), words::reason(context, &step.reason)]
            }
            (None, Row::Problem(place)) => match self.plan.problems.iter().nth(place) {
                Some((record, reason)) => {
                    [context.text("cloud-plan-cannot"), words::record(context, record), words::reason(context, reason)]
                }
                None => return Vec::new(),
            },
            (None, Row::Step(..)) => return Vec::new(),
        };
        let [action, record, why] = texts;
        vec![Cell { text: action, sign: Some(sign) }, record.into(), why.into()]
    }

    /// A step with before and after.
    fn details(&self, context: &Context<'_>, row: Row) -> Details {
        let cells = self.cells(context, row, [Color32::TRANSPARENT; 4]);
        let text = |place: usize| cells.get(place).map(|cell: &Cell| cell.text.clone()).unwrap_or_default();
        let mut details = Details::of(text(1));
        details.add(context, "cloud-action", text(0));
        details.add(context, "cloud-why", text(2));
        if let Some(step) = self.step(row) {
            let names = |ids: &[String]| ids.iter().map(|id| words::split(id).1).collect::<Vec<_>>().join(", ");
            details.add(context, "cloud-members", names(&step.action.users));
            details.add(context, "cloud-codes", names(&step.action.codes));
            details.changes(context, &step.changes);
        }
        details
    }
}

// === impl Row, Class ===

impl Row {
    fn class(self) -> Class {
        match self {
            Self::Step(_, class) => class,
            Self::Problem(_) => Class::Problem,
        }
    }
}

impl Class {
    const ALL: [Self; 4] = [Self::Create, Self::Change, Self::Delete, Self::Problem];

    fn of(step: &Step) -> Self {
        match step.action.word.as_str() {
            "create" | "restore" | "adopt" => Self::Create,
            "delete" | "deactivate" | "retire" | "forget" => Self::Delete,
            _ => Self::Change,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Create => "cloud-plan-creates",
            Self::Change => "cloud-plan-changes",
            Self::Delete => "cloud-plan-deletes",
            Self::Problem => "cloud-plan-problems",
        }
    }
}
