//! The pages, in the order of the guide. Adding one is one file and one line in [`all`].

use crate::{command::Command, controls::Controls, jobs::Jobs, language::Language, model::Model, running::Directory};
use egui::Ui;
use shared::SettingPath;

mod action_items;
mod agents;
mod attributes;
mod channels;
mod delivery;
mod flags;
mod form;
mod genesys_cloud;
mod ici;
mod live;
mod log_to_text;
mod logging;
mod review;
mod secrets;
mod sld;
mod switch;
pub mod try_it;
mod web_connector;
mod web_service;
pub mod welcome;
mod workmodes;

#[cfg(test)]
pub(crate) mod tests;

/// Which page: its name in texts (`page-NAME`), on the command line (`--page NAME`) and for pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageId(pub &'static str);

/// What all know of a page without drawing it.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// Which.
    pub id: PageId,
    /// The glyph in the navigation.
    pub icon: char,
    /// Sections of the file that it edits, for its mark and for the search.
    pub sections: &'static [&'static str],
}

/// A page of the wizard, with what it remembers between frames.
pub trait Page {
    /// Which, and what of the file it edits.
    fn card(&self) -> Card;
    /// Which.
    fn id(&self) -> PageId {
        self.card().id
    }
    /// Draws it.
    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>);
    /// Another page is shown now: what only this one needs in the background ends.
    fn leave(&mut self) {}
    /// A setting of this page is to be seen: what hides it is opened.
    fn reveal(&mut self, _path: &SettingPath) {}
}

/// What a page works with.
pub struct Context<'a> {
    /// The document.
    pub model: &'a mut Model,
    /// Work in the background.
    pub jobs: &'a Jobs,
    /// The names that the running service's switch has; none when it cannot be reached.
    pub names: &'a Directory,
    /// The texts.
    pub language: Language,
    /// What controls remember beside the draft.
    pub controls: &'a mut Controls,
    /// A setting that is to get the focus as soon as it is drawn.
    pub wanted: &'a mut Option<SettingPath>,
    /// What is to be done; run after the frame.
    pub commands: &'a mut Vec<Command>,
}

impl Context<'_> {
    /// A text.
    pub fn text(&self, key: &str) -> String {
        self.language.text(key)
    }

    /// Asks for something to be done.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }
}

/// All pages, in the order in which *Next* goes through them.
pub fn all() -> Vec<Box<dyn Page>> {
    vec![
        welcome::page(),
        switch::page(),
        workmodes::page(),
        ici::page(),
        flags::page(),
        attributes::remote(),
        attributes::dialed(),
        channels::page(),
        action_items::page(),
        sld::page(),
        web_service::page(),
        web_connector::page(),
        agents::page(),
        delivery::page(),
        secrets::page(),
        logging::page(),
        log_to_text::page(),
        genesys_cloud::page(),
        try_it::page(),
        review::page(),
        live::page(),
    ]
}

/// The page that edits a setting: the one with the nearest section.
pub fn page_of(pages: &[Box<dyn Page>], path: &SettingPath) -> Option<PageId> {
    let depth =
        |page: &dyn Page| sections(page).into_iter().filter(|section| path.is_within(section)).map(|section| section.steps().len()).max();
    pages.iter().filter_map(|page| Some((depth(page.as_ref())?, page.id()))).max_by_key(|(depth, _)| *depth).map(|(_, id)| id)
}

/// The sections of a page as paths.
pub fn sections(page: &dyn Page) -> Vec<SettingPath> {
    page.card().sections.iter().filter_map(|section| section.parse().ok()).collect()
}
