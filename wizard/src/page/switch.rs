//! CIC Server Settings: which switch, and how to reach it; or the one that is built in, with its users, stations, statuses and workgroups
//! (guide, "Configure CIC server settings").

use super::{Card, Context, Page, PageId, form};
use crate::{
    command::{Action, Command},
    icon,
    widget::{button, list::List, setting, table::Table, text},
};
use egui::Ui;
use shared::SettingPath;
use toml::Value;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Switch {
        users: Table::new("switch.embedded.users", &[("name", 2.0), ("extension", 1.0), ("first_name", 1.5), ("last_name", 1.5)]),
        choices: List::new("switch.stations"),
        stations: List::new("switch.embedded.stations"),
        statuses: Table::new("switch.embedded.statuses", &[("name", 2.0), ("acd", 1.0), ("do_not_disturb", 1.0), ("selectable", 1.0)]),
        texts: Table::new("switch.embedded.texts", &[("status", 2.0), ("language", 1.0), ("text", 2.0)]),
        workgroups: Table::new("switch.embedded.workgroups", &[("name", 1.5), ("extension", 1.0), ("members", 3.0)]),
        skills: List::new("switch.embedded.skills"),
        codes: List::new("switch.embedded.wrap_up_codes"),
        dial_groups: List::new("switch.embedded.dial_groups"),
        looked_for: [false; 2],
    })
}

struct Switch {
    /// Stations of a CIC server.
    choices: List,
    users: Table,
    stations: List,
    statuses: Table,
    texts: Table,
    workgroups: Table,
    skills: List,
    dial_groups: List,
    codes: List,
    /// Which of the two groups was looked for: it stays, or the field that was found would go again.
    looked_for: [bool; 2],
}

/// The last one is a list, with rows of its own.
const SERVER: [&str; 10] = [
    "switch.server",
    "switch.backup",
    "switch.port",
    "switch.tls",
    "switch.authority",
    "switch.proxy",
    "switch.user_id",
    "switch.password",
    "switch.log_ons_per_second",
    "switch.stations",
];
const BUILT_IN: [&str; 1] = ["switch.embedded"];
const CALLS: [&str; 4] =
    ["switch.embedded.offering", "switch.embedded.outside_answers", "switch.embedded.answer_after", "switch.embedded.wrap_up"];

impl Page for Switch {
    fn card(&self) -> Card {
        Card { id: PageId("switch"), icon: icon::HARD_DRIVES, sections: &["switch"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        form::group(ui, context, "", &["switch.kind"]);
        if button::plain(ui, Some(icon::STETHOSCOPE), &context.text(Action::TestConnection.key())).clicked() {
            context.send(Command::Do(Action::TestConnection));
        }
        text::help(ui, &context.text("action-test-connection.tip"));
        let kind = "switch.kind".parse().ok().and_then(|path: SettingPath| setting::effective(context, &path));
        let embedded = kind.as_ref().and_then(Value::as_str) != Some("icws");
        // What does not count for this kind is hidden, unless something is written or wrong there or it is looked for.
        for (looked_for, sections) in self.looked_for.iter_mut().zip([&SERVER[..], &BUILT_IN]) {
            *looked_for |= wanted(context, sections);
        }
        if !embedded || self.looked_for[0] || concerned(context, &SERVER) {
            form::group(ui, context, "group-server", &SERVER[..SERVER.len() - 1]);
            self.choices.show(ui, context);
        }
        if embedded || self.looked_for[1] || concerned(context, &BUILT_IN) {
            text::section(ui, &context.text("group-embedded"));
            text::muted(ui, &context.text("group-embedded.help"));
            for table in [&mut self.users, &mut self.statuses, &mut self.texts, &mut self.workgroups] {
                table.show(ui, context);
            }
            for list in [&mut self.stations, &mut self.skills, &mut self.codes, &mut self.dial_groups] {
                list.show(ui, context);
            }
            form::group(ui, context, "group-calls", &CALLS);
        }
    }
}

fn concerned(context: &Context<'_>, sections: &[&str]) -> bool {
    paths(sections).any(|path| context.model.draft().get(&path).is_some() || context.model.findings_at(&path).next().is_some())
}

fn wanted(context: &Context<'_>, sections: &[&str]) -> bool {
    context.wanted.as_ref().is_some_and(|wanted| paths(sections).any(|path| wanted.is_within(&path)))
}

fn paths(sections: &[&str]) -> impl Iterator<Item = SettingPath> {
    sections.iter().filter_map(|section| section.parse().ok())
}
