//! The wizard: what it holds, and the one place where commands are run. How the window is drawn is in `draw`, what concerns files in `file`,
//! `save`, `disk` and `ask_path`.

mod ask_path;
mod disk;
mod draw;
mod far;
mod file;
mod focus;
mod focus_back;
mod names;
mod save;
#[cfg(test)]
mod tests;

use crate::{
    command::{self, Action, Command},
    connection::{Question, Test},
    controls::Controls,
    dialog::{About, Connection, Dialog, Examine, Search, Shortcuts, Verdict},
    document::{Text, Writing},
    jobs::{Job, Jobs},
    language::Language,
    model::Model,
    page::{self, Page, PageId},
    preferences::{Preferences, Theme},
    probe,
    screenshot::{Screenshots, Step},
    search, theme,
    widget::{modal, setting},
};
use egui::Ui;
use shared::{Draft, SettingPath, file::Version};
use std::path::PathBuf;

/// The wizard.
pub struct Wizard {
    model: Model,
    pages: Vec<Box<dyn Page>>,
    page: PageId,
    language: Language,
    jobs: Jobs,
    wanted: Option<SettingPath>,
    status: String,
    /// What the status line says is a problem.
    went_wrong: bool,
    preferences: Preferences,
    dialog: Option<Dialog>,
    /// Files that are being read or written.
    work: Vec<Job<file::Report>>,
    /// Looks whether another hand changes the file.
    watch: Option<Job<disk::Seen>>,
    /// The system's file dialog.
    browsing: Option<Job<Option<PathBuf>>>,
    /// What another hand wrote into the file, until that is decided.
    disk: Option<Text>,
    /// About which content the person has been asked.
    asked: Option<Version>,
    /// What could not be written, for the way with an administrator's rights.
    failed: Option<Writing>,
    after_save: Option<Command>,
    /// A change on another machine that waits to be kept.
    waiting: Option<far::Waiting>,
    /// The service there is being asked about what is on the screen.
    checking: bool,
    /// The service's program, where it is not the installed one.
    program: Option<PathBuf>,
    /// The page was turned: its entry in the navigation is brought into view.
    turned: bool,
    controls: Controls,
    focus_back: focus_back::Returning,
    closing: bool,
    focus: focus::Follower,
    names: names::Names,
    screenshots: Option<Screenshots>,
}

impl Wizard {
    /// A wizard with an empty document; `context` gets fonts and styles.
    pub fn new(context: &egui::Context, language: Language) -> Self {
        theme::install(context);
        let waker = context.clone();
        let pages = page::all();
        let page = pages.first().map_or(PageId(""), |page| page.id());
        Self {
            model: Model::new(None, Draft::default()),
            pages,
            page,
            language,
            jobs: Jobs::new(move || waker.request_repaint()),
            wanted: None,
            status: language.text("status-ready"),
            went_wrong: false,
            preferences: Preferences::default(),
            dialog: None,
            work: Vec::new(),
            watch: None,
            browsing: None,
            disk: None,
            asked: None,
            failed: None,
            after_save: None,
            waiting: None,
            checking: false,
            program: None,
            turned: true,
            controls: Controls::default(),
            focus_back: focus_back::Returning::default(),
            closing: false,
            focus: focus::Follower::default(),
            names: names::Names::default(),
            screenshots: None,
        }
    }

    /// With what its user is used to.
    #[must_use]
    pub fn with_preferences(mut self, context: &egui::Context, preferences: Preferences) -> Self {
        context.set_theme(egui::ThemePreference::from(preferences.theme));
        if let Some(zoom) = preferences.zoom.filter(|zoom| command::ZOOM.contains(zoom)) {
            context.set_zoom_factor(zoom);
        }
        self.preferences = preferences;
        self
    }

    /// With the system's file dialog, where there is one.
    #[must_use]
    pub fn with_file_dialogs(mut self, file_dialogs: bool) -> Self {
        self.controls.browsing.possible = file_dialogs;
        self
    }

    /// Asks the running service for the names of its switch, where there is one.
    #[must_use]
    pub fn with_names_of_the_service(mut self) -> Self {
        self.names.asks = true;
        self
    }

    /// With this program of the service instead of the installed one.
    #[must_use]
    pub fn with_program(self, program: PathBuf) -> Self {
        Self { program: Some(program), ..self }
    }

    /// Begins on this page, as `--page` names it; `false` when there is none.
    pub fn begin_on(&mut self, name: &str) -> bool {
        let page = self.pages.iter().map(|page| page.id()).find(|page| page.0 == name);
        if let Some(page) = page {
            (self.page, self.turned) = (page, true);
        }
        page.is_some()
    }

    /// Shows every page in light and dark, writes the pictures into a folder, and ends.
    pub fn take_pictures(&mut self, folder: PathBuf) {
        self.screenshots = Some(Screenshots::new(folder, self.pages.iter().map(|page| page.id())));
    }

    /// The document.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What the status line says.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// Draws one frame and runs what it asked for.
    pub fn frame(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        self.take_reports(&context);
        page::welcome::remember(&context, self.preferences.recent.clone());
        self.take_picture(&context);
        self.focus.follow(&context);
        // What is shown above the page owns the keys, whether the app or a table on the page has opened it.
        let covered = self.focus_back.begin(&context) || self.dialog.is_some();
        let mut commands = if covered { Vec::new() } else { command::pressed(&context) };
        if context.input(|input| input.viewport().close_requested()) && !self.closing {
            context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            commands.push(Command::Do(Action::Quit));
        }
        self.menu(ui, &mut commands);
        self.far_bar(ui, &mut commands);
        self.status_line(ui);
        self.navigation(ui, &mut commands);
        self.body(ui, &mut commands);
        self.show_dialog(&context, &mut commands);
        // egui says for a frame too long that something lies above the page: a key that was pressed then is the page's.
        if covered && !modal::is_drawn(&context) {
            commands.extend(command::pressed(&context));
        }
        for command in commands {
            self.run(&context, command);
        }
        self.focus_back.end(&context, self.wanted.is_some());
        self.name_window(&context);
    }

    fn show_dialog(&mut self, context: &egui::Context, commands: &mut Vec<Command>) {
        let Some(dialog) = &mut self.dialog else { return };
        match dialog.show(context, self.language) {
            Verdict::Stay => {}
            Verdict::Ask(command) => commands.push(command),
            Verdict::Close => {
                self.close_dialog();
                self.after_save = None;
            }
            Verdict::Run(command) => {
                self.close_dialog();
                commands.push(command);
            }
        }
    }

    fn close_dialog(&mut self) {
        self.dialog = None;
        self.browsing = None;
    }

    fn can(&self, action: Action) -> bool {
        match action {
            action if self.is_near_only(action) => false,
            Action::Undo => self.model.can_undo(),
            Action::Redo => self.model.can_redo(),
            Action::Revert => self.model.is_changed(),
            Action::Backups => self.model.file().is_some(),
            Action::Previous => self.neighbour(-1).is_some(),
            Action::Next => self.neighbour(1).is_some(),
            _ => true,
        }
    }

    fn run(&mut self, context: &egui::Context, command: Command) {
        match command {
            Command::Show(page) => self.show(page),
            Command::Find(path) => {
                if let Some(page) = page::page_of(&self.pages, &path) {
                    self.show(page);
                    self.wanted = Some(path);
                }
            }
            Command::Examine(question) => {
                let test = self.test(question);
                if let Some(Dialog::Examine(dialog)) = &mut self.dialog {
                    dialog.begin(test);
                }
            }
            Command::Connect => self.connect(),
            Command::ForgetCertificate(address) => self.preferences.forget_certificate(&address),
            Command::Provision => self.save_now(),
            Command::Keep => self.decide(true),
            Command::GoBack => self.decide(false),
            Command::Do(action) if self.can(action) => self.act(context, action),
            Command::Do(_) => {}
            command => self.run_file(context, command),
        }
    }

    fn act(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::Undo => {
                let path = self.model.undo();
                self.reveal("status-undone", path);
            }
            Action::Redo => {
                let path = self.model.redo();
                self.reveal("status-redone", path);
            }
            Action::Previous => self.step(-1),
            Action::Next => self.step(1),
            Action::Light => self.dress(context, Theme::Light),
            Action::Dark => self.dress(context, Theme::Dark),
            Action::SystemTheme => self.dress(context, Theme::System),
            Action::ZoomIn => self.zoom(context, command::zoomed(context.zoom_factor(), 0.1)),
            Action::ZoomOut => self.zoom(context, command::zoomed(context.zoom_factor(), -0.1)),
            Action::ZoomReset => self.zoom(context, 1.0),
            Action::English => self.speak(Language::English),
            Action::German => self.speak(Language::German),
            Action::Search | Action::SearchToo => {
                let pages: Vec<_> = self.pages.iter().map(|page| page.id()).collect();
                let entries = search::index(self.language, &pages, |path| page::page_of(&self.pages, path));
                self.dialog = Some(Dialog::Search(Search::new(entries)));
            }
            // The log generator is a configuration of its own in the guide's wizard; here it is one page more, and back.
            Action::SwitchConfiguration => {
                let generator = PageId("log-to-text");
                self.show(if self.page == generator { PageId("switch") } else { generator });
            }
            Action::TestConnection => {
                let test = self.test(Question::Everything);
                self.dialog = Some(Dialog::Connection(Connection::new(test)));
            }
            Action::Examine => {
                let (users, stations) = self.names.people(&self.model);
                self.dialog = Some(Dialog::Examine(Examine::new(users, stations)));
            }
            Action::Shortcuts => self.dialog = Some(Dialog::Shortcuts(Shortcuts::default())),
            Action::About => self.dialog = Some(Dialog::About(About::default())),
            action => self.act_on_file(context, action),
        }
    }

    fn test(&self, question: Question) -> Test {
        if let Some(service) = self.model.service() {
            return Test::there(&self.jobs, service.as_ref().clone(), &self.model);
        }
        Test::start(&self.jobs, self.program.clone().or_else(probe::service_program), &self.model, question)
    }

    fn dress(&mut self, context: &egui::Context, theme: Theme) {
        context.set_theme(egui::ThemePreference::from(theme));
        self.preferences.theme = theme;
        self.preferences.store();
    }

    fn zoom(&mut self, context: &egui::Context, zoom: f32) {
        context.set_zoom_factor(zoom);
        self.preferences.zoom = Some(zoom);
        self.preferences.store();
        self.say("status-zoom", [("percent", format!("{:.0}", zoom * 100.0))]);
    }

    fn speak(&mut self, language: Language) {
        self.language = language;
        self.preferences.language = Some(language.tag().to_owned());
        self.preferences.store();
        self.status = language.text("status-ready");
    }

    /// An undone edit is shown where it was made.
    fn reveal(&mut self, key: &str, path: Option<SettingPath>) {
        let Some(path) = path else { return };
        if let Some(page) = page::page_of(&self.pages, &path) {
            self.show(page);
            if let Some(page) = self.pages.iter_mut().find(|other| other.id() == page) {
                page.reveal(&path);
            }
        }
        let name = self.language.find(&setting::key(&path), None).unwrap_or_else(|| path.to_string());
        self.say(key, [("setting", name)]);
    }

    fn show(&mut self, page: PageId) {
        self.model.settle();
        if page != self.page
            && let Some(left) = self.pages.iter_mut().find(|page| page.id() == self.page)
        {
            left.leave();
        }
        self.page = page;
        self.turned = true;
        self.names.ask(&self.jobs, &self.model);
    }

    fn step(&mut self, by: isize) {
        if let Some(page) = self.neighbour(by) {
            self.show(page);
        }
    }

    fn neighbour(&self, by: isize) -> Option<PageId> {
        let here = self.pages.iter().position(|page| page.id() == self.page)?;
        self.pages.get(here.checked_add_signed(by)?).map(|page| page.id())
    }

    fn say<const N: usize>(&mut self, key: &str, values: [(&str, String); N]) {
        self.went_wrong = false;
        self.status = self.language.text_with(key, values.map(|(name, value)| (name, value.into())));
    }

    fn take_picture(&mut self, context: &egui::Context) {
        let Some(screenshots) = &mut self.screenshots else { return };
        match screenshots.step(context) {
            Step::Show(theme, page) => {
                context.set_theme(theme);
                self.show(page);
            }
            Step::Wait => {}
            Step::Done => {
                self.screenshots = None;
                self.run(context, Command::Close);
            }
        }
    }
}

impl eframe::App for Wizard {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }
}
