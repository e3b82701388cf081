//! Secrets: where each password is kept, and whether it can be read from here. A secret itself never comes onto this page.

use super::{Context, Page, PageId, form};
use crate::{
    icon,
    jobs::Job,
    theme,
    widget::{button, setting, text},
};
use egui::{RichText, Ui};
use shared::{
    SettingPath, definition,
    secret::{SecretRef, store},
    setting_path::Step,
};
use std::collections::HashMap;
use toml::Value;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::<Secrets>::default()
}

#[derive(Default)]
struct Secrets {
    tests: HashMap<SettingPath, Test>,
}

/// A test of one reference.
struct Test {
    /// What was tested: another reference needs another test.
    reference: String,
    job: Option<Job<Result<(), String>>>,
    result: Option<Result<(), String>>,
}

impl Page for Secrets {
    fn id(&self) -> PageId {
        PageId("secrets")
    }

    fn icon(&self) -> char {
        icon::KEY
    }

    fn sections(&self) -> &'static [&'static str] {
        &[]
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        text::muted(ui, &context.text("secrets-places"));
        let mut owner = "";
        for path in references(context) {
            let page = owner_of(&path);
            if page != owner {
                text::section(ui, &context.text(page));
                owner = page;
            }
            let _ = setting::show(ui, context, &path);
            let Some(Value::String(written)) = context.model.draft().get(&path).cloned() else { continue };
            let Ok(reference) = written.parse::<SecretRef>() else { continue };
            if self.tests.get(&path).is_some_and(|test| test.reference != written) {
                self.tests.remove(&path);
            }
            self.test(ui, context, &path, reference);
        }
    }
}

impl Secrets {
    fn test(&mut self, ui: &mut Ui, context: &Context<'_>, path: &SettingPath, reference: SecretRef) {
        if let Some(test) = self.tests.get_mut(path)
            && let Some(job) = &mut test.job
        {
            test.result = job.poll().pop().or(test.result.take());
            if job.has_ended() {
                test.job = None;
            }
        }
        let running = self.tests.get(path).is_some_and(|test| test.job.is_some());
        ui.horizontal_wrapped(|ui| {
            let pressed = button::enabled(ui, !running, Some(icon::STETHOSCOPE), &context.text("secrets-test"))
                .on_hover_text(setting::name(context, path))
                .clicked();
            if pressed {
                let written = reference.to_string();
                let job = context.jobs.start("secret test", move |reporter| {
                    reporter.say(store::resolve(&reference).map(drop).map_err(|error| error.to_string()));
                });
                let (job, result) = match job {
                    Ok(job) => (Some(job), None),
                    Err(error) => (None, Some(Err(error.to_string()))),
                };
                self.tests.insert(path.clone(), Test { reference: written, job, result });
            }
            let palette = theme::palette(ui);
            let (said, colour) = match self.tests.get(path) {
                Some(Test { result: Some(Ok(())), .. }) => (context.text("secrets-readable"), palette.ok),
                Some(Test { result: Some(Err(error)), .. }) => (error.clone(), palette.error),
                Some(_) => (context.text("secrets-testing"), palette.muted),
                None => return,
            };
            let label = ui.label(RichText::new(said).color(colour));
            ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
        });
    }
}

/// The page whose secret it is: its name tells one password from another.
fn owner_of(path: &SettingPath) -> &'static str {
    match path.steps().first() {
        Some(Step::Key(key)) if key == "switch" => "page-switch",
        Some(Step::Key(key)) if key == "sld" => "page-sld",
        Some(Step::Key(key)) if key == "genesys_cloud" => "page-genesys-cloud",
        _ => "page-web-service",
    }
}

/// Every place for a reference; in lists one for each row.
fn references(context: &Context<'_>) -> Vec<SettingPath> {
    let mut found = Vec::new();
    for (path, _) in definition::leaves().into_iter().filter(|(_, setting)| setting.is_secret()) {
        let Some(at) = path.steps().iter().position(|step| matches!(step, Step::Index(_))) else {
            found.push(path);
            continue;
        };
        let list = path.steps()[..at].iter().fold(SettingPath::default(), |list, step| match step {
            Step::Key(key) => list.key(key),
            Step::Index(index) => list.index(*index),
        });
        let rows = context.model.draft().get(&list).and_then(Value::as_array).map_or(0, Vec::len);
        found.extend((0..rows).map(|row| list.index(row).key(path.name())));
    }
    found
}
