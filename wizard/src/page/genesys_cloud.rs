//! Genesys Cloud: the tabs of the guide's dialog (*Genesys Cloud for CIC*, "Genesys Cloud for PureConnect configuration"), and those that it has
//! not: the plan, all records at once, and conversation events. What settings are on which tab is here; what a running bridge tells is asked by
//! `watch`, and what it is told to do goes through `desk`.

mod available;
mod configuration;
mod desk;
mod details;
mod export;
mod health;
mod history;
mod lists;
mod options;
mod plan;
mod records;
mod settings;
mod watch;
mod web_page;
mod words;

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    model::Mark,
    running::bridge::Subject,
    widget::tabs::{self, Tab as Shown},
};
use configuration::Configuration;
use desk::Desk;
use egui::{Id, Ui};
use health::Health;
use history::History;
use lists::Lists;
use options::Options;
use plan::PlanTab;
use records::Records;
use settings::Tab;
use shared::SettingPath;
use watch::Watch;
use web_page::WebPage;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(GenesysCloud {
        tab: Tab::Configuration,
        configuration: Configuration::default(),
        options: Options::new(),
        lists: Lists::new(),
        plan: PlanTab::default(),
        records: Records::default(),
        health: Health::default(),
        history: History::default(),
        web_page: WebPage::default(),
        watch: Watch::default(),
        desk: Desk::default(),
    })
}

struct GenesysCloud {
    tab: Tab,
    configuration: Configuration,
    options: Options,
    lists: Lists,
    plan: PlanTab,
    records: Records,
    health: Health,
    history: History,
    web_page: WebPage,
    watch: Watch,
    desk: Desk,
}

impl Page for GenesysCloud {
    fn card(&self) -> Card {
        Card { id: PageId("genesys-cloud"), icon: icon::GLOBE, sections: &["genesys_cloud"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        if let Some(wanted) = context.wanted.clone() {
            self.reveal(&wanted);
        }
        self.tabs(ui, context);
        // What a service was told to do goes on whichever tab is shown.
        self.desk.poll();
        if let Some(plan) = self.desk.take_plan() {
            self.plan.take(plan);
        }
        match self.tab {
            Tab::Configuration => self.configuration.show(ui, context),
            Tab::Options => self.options.show(ui, context, &mut self.watch, &mut self.desk),
            Tab::Events => {
                settings::events(ui, context);
                self.lists.receivers(ui, context);
            }
            Tab::Clients => self.lists.clients(ui, context),
            Tab::DialGroups => self.lists.dial_groups(ui, context),
            Tab::Attributes => self.lists.attributes(ui, context),
            Tab::Plan => {
                if let Some((place, seen)) = self.watch.show(ui, context, Subject::Health) {
                    self.plan.show(ui, context, &seen.report, &mut self.desk);
                    self.desk.question(ui, context, &place);
                }
            }
            Tab::Records => {
                if let Some((place, seen)) = self.watch.show(ui, context, Subject::Records) {
                    self.records.show(ui, context, &place, &seen, &mut self.desk);
                    self.desk.question(ui, context, &place);
                }
            }
            Tab::Health => {
                if let Some((place, seen)) = self.watch.show(ui, context, Subject::Health) {
                    self.health.show(ui, context, &seen.report, &mut self.desk);
                    self.desk.question(ui, context, &place);
                }
            }
            Tab::History => {
                if let Some((_, seen)) = self.watch.show(ui, context, Subject::History) {
                    self.history.show(ui, context, &seen.history);
                }
            }
            Tab::WebPage => self.web_page.show(ui, context),
        }
    }

    fn leave(&mut self) {
        // An order that was given goes on, and what came of it is shown to who comes back.
        self.watch = Watch::default();
    }

    fn reveal(&mut self, path: &SettingPath) {
        if let Some(tab) = Tab::of(path) {
            self.tab = tab;
        }
    }
}

impl GenesysCloud {
    fn tabs(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let shown: Vec<Shown> = Tab::ALL
            .iter()
            .map(|tab| {
                let mark = context.model.mark(&tab.sections());
                let said = match mark {
                    Mark::Untouched => String::new(),
                    Mark::Changed => context.text("mark-changed"),
                    Mark::Wrong => context.text("mark-wrong"),
                };
                Shown { name: context.text(tab.key()), mark, said }
            })
            .collect();
        let chosen = Tab::ALL.iter().position(|tab| *tab == self.tab).unwrap_or_default();
        if let Some(tab) = tabs::show(ui, Id::unique("tabs of Genesys Cloud"), &shown, chosen).and_then(|next| Tab::ALL.get(next)) {
            self.tab = *tab;
        }
        ui.add_space(6.0);
    }
}
