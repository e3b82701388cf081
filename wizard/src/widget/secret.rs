//! The control for a secret: where it is, whether it can be read from there, and buttons to set, test and remove it. The secret itself is
//! typed in a dialog and goes to where it is kept on a thread; only the reference comes into the document, and so into undo and the file.

mod keeping;
mod typed;
mod words;

use super::{
    button, modal,
    setting::{self, Width},
    text,
};
use crate::{
    icon,
    jobs::Job,
    page::Context,
    probe,
    service_unit::{self, Reach, Unit},
    theme,
};
use egui::{Id, Label, Response, RichText, Ui};
use keeping::{Keeping, Outcome};
use shared::{
    SettingPath,
    secret::{SecretRef, keep, store},
};
use std::{collections::HashMap, time::Duration};
use toml::Value;
pub(crate) use words::problem;
use words::{Found, Tone};

/// To take a secret out of a key store, that may ask for its password first.
const DEADLINE: Duration = Duration::from_secs(30);

/// A page with this much room has the buttons beside the field, in points; a row's dialog has them beneath.
const WIDE: f32 = 690.0;

/// What the controls of secrets remember.
pub struct Secrets {
    looks: HashMap<SettingPath, Look>,
    keeping: Option<Keeping>,
    removing: Option<Removing>,
    /// How the installed service is found; tests put one of their own here.
    pub unit: fn() -> Option<Unit>,
}

/// A look at what a reference names.
struct Look {
    /// What was looked at: another reference needs another look.
    reference: String,
    job: Option<Job<Found>>,
    found: Option<Found>,
}

/// A question about a secret that is to be removed.
struct Removing {
    path: SettingPath,
    reference: SecretRef,
    job: Option<Job<Result<(), store::SecretError>>>,
    wrong: Option<String>,
    focused: bool,
}

/// The control: a field for the reference, buttons, and how it stands.
pub fn field(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) -> Response {
    let reference =
        |context: &Context<'_>| context.model.draft().get(path).and_then(Value::as_str).and_then(|text| text.parse::<SecretRef>().ok());
    // What a key store of this machine holds is of no use to a service on another one.
    if context.model.service().is_some() {
        let response = setting::field(ui, context, path, Width::Wide);
        text::help(ui, &context.text("locked-secret"));
        return response;
    }
    let is_wide = ui.available_width() > WIDE;
    let before = reference(context);
    let response = setting::field_with(ui, context, path, Width::Wide, |ui, context, _| {
        if is_wide {
            buttons(ui, context, path, before.as_ref());
        }
        None
    });
    let reference = reference(context);
    if !is_wide {
        buttons(ui, context, path, reference.as_ref());
    }
    state(ui, context, path, reference.as_ref(), response.has_focus());
    dialogs(ui, context, path);
    response
}

fn buttons(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, reference: Option<&SecretRef>) {
    let name = setting::name(context, path);
    let of = |context: &Context<'_>, key: &str| context.language.text_with(key, [("field", name.as_str().into())]);
    ui.horizontal_wrapped(|ui| {
        let (key, spoken) = if reference.is_some() { ("secret-replace", "secret-replace-for") } else { ("secret-set", "secret-set-for") };
        if button::plain(ui, Some(icon::KEY), &context.text(key)).accessible_name(of(context, spoken)).clicked() {
            let unit = (context.controls.secrets.unit)();
            let keeping = Keeping::new(context, path, reference.cloned(), unit, probe::session_bus());
            context.controls.secrets.keeping = Some(keeping);
        }
        let Some(reference) = reference else { return };
        let running = context.controls.secrets.looks.get(path).is_some_and(|look| look.job.is_some());
        let test = button::enabled(ui, !running, Some(icon::STETHOSCOPE), &context.text("secrets-test"));
        if test.accessible_name(of(context, "secret-test-for")).clicked() {
            look(context, path, reference);
        }
        if button::plain(ui, Some(icon::TRASH), &context.text("rows-remove")).accessible_name(of(context, "secret-remove-for")).clicked() {
            let removing = Removing { path: path.clone(), reference: reference.clone(), job: None, wrong: None, focused: false };
            context.controls.secrets.removing = Some(removing);
        }
    });
}

/// How it stands. A keyring is asked only when the person wants it, because it may ask the person for its password.
fn state(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, reference: Option<&SecretRef>, typing: bool) {
    let Some(reference) = reference else { return };
    let written = reference.to_string();
    let looks = &mut context.controls.secrets.looks;
    if looks.get(path).is_some_and(|look| look.reference != written) {
        looks.remove(path);
    }
    if let Some(look) = looks.get_mut(path)
        && let Some(job) = &mut look.job
    {
        look.found = job.poll().pop().or(look.found.take());
        if job.has_ended() {
            look.job = None;
        }
    }
    if !looks.contains_key(path) && !typing && !matches!(reference, SecretRef::Keyring(_)) {
        look(context, path, reference);
    }
    let palette = theme::palette(ui);
    let (tone, said) = match context.controls.secrets.looks.get(path) {
        None => (Tone::Neutral, context.text("secret-untested")),
        Some(Look { found: Some(found), .. }) => words::verdict(context.language, found),
        Some(_) => (Tone::Neutral, context.text("secrets-testing")),
    };
    let (glyph, colour) = match tone {
        Tone::Good => (icon::CHECK_CIRCLE, palette.ok),
        Tone::Neutral => (icon::INFO, palette.muted),
        Tone::Doubtful => (icon::WARNING, palette.warning),
        Tone::Bad => (icon::WARNING_CIRCLE, palette.error),
    };
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 16.0;
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.horizontal_top(|ui| {
            ui.add(Label::new(RichText::new(glyph).family(theme::icons()).size(14.0).color(colour)).selectable(false));
            let label = ui.add(Label::new(RichText::new(said).size(12.0).color(colour)).wrap());
            ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
        });
    });
}

fn look(context: &mut Context<'_>, path: &SettingPath, reference: &SecretRef) {
    let (asked, unit) = (reference.clone(), context.controls.secrets.unit);
    let job = context.jobs.start("secret test", move |reporter| {
        let service = unit().map_or(Reach::NoService, |unit| unit.reach(&asked));
        reporter.say(Found { here: store::resolve(&asked).map(drop), service });
    });
    // Without a thread nothing is found out, and the button can be pressed again.
    let look = Look { reference: reference.to_string(), job: job.ok(), found: None };
    context.controls.secrets.looks.insert(path.clone(), look);
}

fn dialogs(ui: &Ui, context: &mut Context<'_>, path: &SettingPath) {
    if let Some(mut keeping) = context.controls.secrets.keeping.take_if(|keeping| keeping.path == *path) {
        match keeping.show(ui, context) {
            None => context.controls.secrets.keeping = Some(keeping),
            Some(Outcome::Cancelled) => {}
            Some(Outcome::Kept(reference)) => {
                context.model.settle();
                setting::put(context, path, Some(Value::from(reference.to_string())));
                context.model.settle();
                context.controls.secrets.looks.remove(path);
                look(context, path, &reference);
            }
        }
    }
    if let Some(mut removing) = context.controls.secrets.removing.take_if(|removing| removing.path == *path)
        && !removing.show(ui, context)
    {
        context.controls.secrets.removing = Some(removing);
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self { looks: HashMap::new(), keeping: None, removing: None, unit: service_unit::installed }
    }
}

impl Removing {
    /// Draws it; is it over?
    fn show(&mut self, ui: &Ui, context: &mut Context<'_>) -> bool {
        let mut over = false;
        if let Some(job) = &mut self.job {
            match job.poll().pop() {
                Some(Ok(())) => {
                    self.take_out(context);
                    return true;
                }
                Some(Err(error)) => self.wrong = Some(words::problem(context.language, &error)),
                None => {}
            }
            if job.has_ended() {
                self.job = None;
            }
        }
        let name = setting::name(context, &self.path);
        let title = context.language.text_with("secret-remove-title", [("field", name.into())]);
        let ((), escape) = modal::show(ui.ctx(), Id::unique(("remove secret", &self.path)), &title, 480.0, |ui| {
            let ours = matches!(self.reference, SecretRef::Keyring(_) | SecretRef::File(_));
            let key = if ours { "secret-remove-text" } else { "secret-remove-reference-text" };
            let text = context.language.text_with(key, [("place", self.reference.to_string().into())]);
            ui.add(Label::new(text).wrap());
            if let Some(wrong) = &self.wrong {
                ui.add(Label::new(RichText::new(wrong).size(12.0).color(theme::palette(ui).error)).wrap());
            }
            modal::buttons(ui, |ui| {
                let busy = self.job.is_some();
                let reference = button::enabled(ui, !busy, None, &context.text("secret-remove-reference"));
                modal::focus(&reference, &mut self.focused);
                if reference.clicked() {
                    self.take_out(context);
                    over = true;
                }
                if ours && button::enabled(ui, !busy, None, &context.text("secret-remove-both")).clicked() {
                    let reference = self.reference.clone();
                    self.wrong = None;
                    self.job = context.jobs.start("remove secret", move |reporter| reporter.say(keep::forget(&reference, DEADLINE))).ok();
                }
                if button::plain(ui, None, &context.text("answer-cancel")).clicked() {
                    over = true;
                }
            });
        });
        over || escape
    }

    fn take_out(&self, context: &mut Context<'_>) {
        context.model.settle();
        setting::put(context, &self.path, None);
        context.model.settle();
        context.controls.secrets.looks.remove(&self.path);
    }
}
