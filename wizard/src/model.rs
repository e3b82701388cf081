//! What the wizard edits: a draft of the file, with undo, findings and the state that is on the disk. Knows no egui, so that tests drive it
//! without a window.

use crate::{document::Text, remote::Service};
use shared::{
    Checked, Config, Draft, Finding, SettingPath, check,
    config::SCHEMA,
    file::{Version, overlay},
    locked,
};
use std::{path::PathBuf, sync::Arc};

/// Most steps that can be undone; a step is a copy of the draft, a few kilobytes.
const UNDO_STEPS: usize = 500;

/// The document in hand.
pub struct Model {
    file: Option<PathBuf>,
    /// The file's text as it was last read or written; empty for a new one.
    base: Arc<str>,
    /// The version of that text; `None` while there is no file.
    version: Option<Version>,
    draft: Arc<Draft>,
    saved: Arc<Draft>,
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// What the last edit touched: typing on in the same field is one step.
    typing: Option<SettingPath>,
    findings: Vec<Finding>,
    config: Config,
    far: Option<Far>,
}

/// What is known of a document that lies on another machine.
struct Far {
    /// The service whose file it is.
    service: Arc<Service>,
    /// What the file there means, as long as it has no errors: settings that may not be changed from here are compared with it.
    there: Option<Config>,
    /// The draft that the service was asked about last.
    asked: Option<Arc<Draft>>,
    /// What it has said of a draft.
    said: Option<(Arc<Draft>, Vec<Finding>)>,
}

/// One step of undo: the draft before it, and what it changed.
struct Step {
    draft: Arc<Draft>,
    path: SettingPath,
}

/// How a page's settings stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As on the disk.
    Untouched,
    /// Changed since the last save.
    Changed,
    /// With an error.
    Wrong,
}

impl Model {
    /// A document that was read from `file`; `None` for a new one.
    pub fn new(file: Option<PathBuf>, draft: Draft) -> Self {
        let draft = Arc::new(draft);
        let mut model = Self {
            file,
            base: "".into(),
            version: None,
            saved: Arc::clone(&draft),
            draft,
            undo: Vec::new(),
            redo: Vec::new(),
            typing: None,
            findings: Vec::new(),
            config: Config::built_in(),
            far: None,
        };
        model.judge();
        model
    }

    /// The document of a service on another machine.
    pub fn connected(service: Arc<Service>, text: &Text) -> Self {
        let mut model = Self::new(None, Draft::clone(&text.draft));
        model.far = Some(Far { service, there: None, asked: None, said: None });
        model.stands_on(text);
        model
    }

    /// The document of a file that was read.
    pub fn opened(file: PathBuf, text: &Text) -> Self {
        let mut model = Self::new(Some(file), Draft::clone(&text.draft));
        model.stands_on(text);
        model
    }

    /// Where it is saved; `None` while it has no place.
    pub fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// The service on another machine whose file this is; `None`: a file of this machine.
    pub fn service(&self) -> Option<&Arc<Service>> {
        self.far.as_ref().map(|far| &far.service)
    }

    /// Should the service be asked about the draft? What has errors it need not see, and what is being typed not yet.
    pub fn wants_judgement(&self) -> bool {
        let fresh = |far: &Far| far.asked.as_ref().is_none_or(|asked| !Arc::ptr_eq(asked, &self.draft));
        self.far.as_ref().is_some_and(fresh) && self.typing.is_none() && self.is_changed() && !self.has_errors()
    }

    /// The service is being asked about the draft as it is now.
    pub fn was_asked(&mut self) {
        if let Some(far) = &mut self.far {
            far.asked = Some(Arc::clone(&self.draft));
        }
    }

    /// What the service has found in a draft; it counts as long as that is the one in hand.
    pub fn service_says(&mut self, draft: &Arc<Draft>, findings: Vec<Finding>) {
        if let Some(far) = &mut self.far {
            far.said = Some((Arc::clone(draft), findings));
        }
        self.judge();
    }

    /// The file's text as it was last read or written; empty for a new one.
    pub fn base(&self) -> &Arc<str> {
        &self.base
    }

    /// The version of the file that this was made from; `None` while there is no file.
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The draft as it is now.
    pub fn draft(&self) -> &Arc<Draft> {
        &self.draft
    }

    /// The draft as it was last read or saved.
    pub fn saved(&self) -> &Arc<Draft> {
        &self.saved
    }

    /// The last complete configuration: that of the draft, as far as it has no errors.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Everything that is wrong or doubtful now.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Findings of one setting and of what lies below it.
    pub fn findings_at<'a>(&'a self, path: &'a SettingPath) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.path.is_within(path))
    }

    /// May it be saved?
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// Does it differ from what is on the disk?
    pub fn is_changed(&self) -> bool {
        self.draft.values() != self.saved.values()
    }

    /// How the settings below these paths stand.
    pub fn mark(&self, sections: &[SettingPath]) -> Mark {
        let below = |path: &SettingPath| sections.iter().any(|section| path.is_within(section));
        if self.findings.iter().any(|finding| finding.is_error() && below(&finding.path)) {
            Mark::Wrong
        } else if sections.iter().any(|section| self.draft.get(section) != self.saved.get(section)) {
            Mark::Changed
        } else {
            Mark::Untouched
        }
    }

    /// Writes a setting, or takes it out so that its default counts (`None`).
    ///
    /// One call after the other for the same setting is one step of undo until [`Self::settle`].
    pub fn set(&mut self, path: &SettingPath, value: Option<toml::Value>) {
        if self.draft.get(path) == value.as_ref() {
            return;
        }
        let mut draft = Draft::clone(&self.draft);
        match value {
            Some(value) => {
                draft.set(path, value);
            }
            None => {
                draft.unset(path);
            }
        }
        let goes_on = self.typing.as_ref() == Some(path);
        self.take(draft, path.clone(), goes_on);
        self.typing = Some(path.clone());
    }

    /// Changes several settings as one step of undo; `path` is what the step is about.
    pub fn change(&mut self, path: &SettingPath, change: impl FnOnce(&mut Draft)) {
        let mut draft = Draft::clone(&self.draft);
        change(&mut draft);
        if draft.values() != self.draft.values() {
            self.take(draft, path.clone(), false);
        }
        self.typing = None;
    }

    /// The next edit begins a step of its own: the field has lost the focus, or the page was left.
    pub fn settle(&mut self) {
        self.typing = None;
    }

    /// Can something be undone?
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Can something be done again?
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Takes the last step back; says what it was about.
    pub fn undo(&mut self) -> Option<SettingPath> {
        let step = self.undo.pop()?;
        let before = std::mem::replace(&mut self.draft, step.draft);
        self.redo.push(Step { draft: before, path: step.path.clone() });
        self.settle();
        self.judge();
        Some(step.path)
    }

    /// Does the last undone step again; says what it was about.
    pub fn redo(&mut self) -> Option<SettingPath> {
        let step = self.redo.pop()?;
        let before = std::mem::replace(&mut self.draft, step.draft);
        self.undo.push(Step { draft: before, path: step.path.clone() });
        self.settle();
        self.judge();
        Some(step.path)
    }

    /// Back to what is on the disk, as one step of undo.
    pub fn revert(&mut self) {
        let saved = Draft::clone(&self.saved);
        self.change(&SettingPath::default(), |draft| *draft = saved);
    }

    /// Before it is saved: a document without any setting says at least which layout it has, for the service refuses an empty file, by which
    /// nobody means the defaults. It is no step of undo.
    pub fn never_empty(&mut self) {
        if self.to_toml().trim().is_empty() {
            let mut draft = Draft::clone(&self.draft);
            draft.set(&SettingPath::default().key("schema"), toml::Value::Integer(SCHEMA.into()));
            self.draft = Arc::new(draft);
            self.judge();
        }
    }

    /// A draft was written to `file`, which has `text` now. What was edited in the meantime counts as changed.
    pub fn was_saved(&mut self, file: PathBuf, text: &Text) {
        self.file = Some(file);
        self.stands_on(text);
        self.settle();
    }

    /// The service has taken the draft, and is reached here from now on.
    pub fn was_saved_there(&mut self, service: Arc<Service>, text: &Text) {
        if let Some(far) = &mut self.far {
            far.service = service;
        }
        self.stands_on(text);
        self.settle();
    }

    /// The file on the disk has another text now, which becomes the document's, as one step of undo: nothing that was edited is lost.
    pub fn reload(&mut self, disk: &Text) {
        let draft = Draft::clone(&disk.draft);
        self.change(&SettingPath::default(), |mine| *mine = draft);
        self.stands_on(disk);
    }

    /// The file on the disk was changed by another hand; what is edited here stays, and is saved over that.
    pub fn keep_mine(&mut self, disk: &Text) {
        self.stands_on(disk);
    }

    /// The draft as it would be saved: laid over the file's text, so that comments and order stay.
    pub fn to_toml(&self) -> String {
        overlay::overlay(&self.base, self.draft.values()).unwrap_or_else(|_| toml::to_string(self.draft.values()).unwrap_or_default())
    }

    fn stands_on(&mut self, text: &Text) {
        self.base = Arc::clone(&text.text);
        self.version = Some(text.version);
        self.saved = Arc::clone(&text.draft);
        if let Some(far) = &mut self.far {
            far.there = check(&text.draft).ok().map(|checked| checked.config);
            self.judge();
        }
    }

    fn take(&mut self, draft: Draft, path: SettingPath, goes_on: bool) {
        let before = std::mem::replace(&mut self.draft, Arc::new(draft));
        if !goes_on {
            if self.undo.len() == UNDO_STEPS {
                self.undo.remove(0);
            }
            self.undo.push(Step { draft: before, path });
        }
        self.redo.clear();
        self.judge();
    }

    fn judge(&mut self) {
        match check(&self.draft) {
            Ok(Checked { config, warnings }) => {
                self.config = config;
                self.findings = warnings;
            }
            Err(findings) => self.findings = findings,
        }
        self.judge_from_afar();
    }

    /// What may not be changed from here, and what only the service can know.
    fn judge_from_afar(&mut self) {
        let Some(far) = &self.far else { return };
        if let Some(there) = far.there.as_ref().filter(|_| !self.findings.iter().any(Finding::is_error)) {
            self.findings.extend(locked::judge(there, &self.config, &self.draft));
        }
        let said = far.said.iter().filter(|(draft, _)| Arc::ptr_eq(draft, &self.draft)).flat_map(|(_, findings)| findings);
        let new: Vec<_> = said.filter(|said| !self.findings.iter().any(|known| known.path == said.path)).cloned().collect();
        self.findings.extend(new);
    }
}

#[cfg(test)]
mod sequences;

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SettingPath {
        text.parse().unwrap()
    }

    fn model(text: &str) -> Model {
        Model::new(None, Draft::parse(text).unwrap())
    }

    #[test]
    fn typing_on_in_a_field_is_one_step_of_undo() {
        let mut model = model("[service]\nlisten = \"127.0.0.1:1\"\n");
        let listen = path("service.listen");
        for port in ["127.0.0.1:8", "127.0.0.1:80", "127.0.0.1:809"] {
            model.set(&listen, Some(port.into()));
        }
        assert_eq!(model.undo(), Some(listen.clone()));
        assert_eq!(model.draft().get(&listen).and_then(|value| value.as_str()), Some("127.0.0.1:1"));
        assert!(!model.can_undo());
        assert!(!model.is_changed());
        model.redo();
        assert_eq!(model.draft().get(&listen).and_then(|value| value.as_str()), Some("127.0.0.1:809"));
    }

    #[test]
    fn an_error_marks_its_page_and_forbids_saving() {
        let mut model = model("");
        let listen = path("service.listen");
        model.set(&listen, Some("nonsense".into()));
        assert!(model.has_errors());
        assert_eq!(model.mark(&[path("service")]), Mark::Wrong);
        assert_eq!(model.mark(&[path("log")]), Mark::Untouched);
        model.set(&listen, Some("127.0.0.1:9000".into()));
        assert!(!model.has_errors());
        assert_eq!(model.mark(&[path("service")]), Mark::Changed);
    }
}
