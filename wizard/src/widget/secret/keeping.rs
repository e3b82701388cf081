//! The dialog that stores a secret: what it is, and where it is kept. It stays open until the secret is kept, so that nothing that was typed
//! is lost when that fails.

use super::{typed::Typed, words};
use crate::{
    icon,
    jobs::Job,
    page::Context,
    service_unit::Unit,
    theme,
    widget::{button, modal, path, setting, text},
};
use egui::{Id, Key, Label, Modifiers, RichText, TextEdit, Ui};
use shared::{
    SettingPath,
    definition::PathKind,
    password_hash,
    secret::{SecretRef, keep, store::SecretError},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// A key store may ask the person for its own password first.
const DEADLINE: Duration = Duration::from_mins(1);

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Keyring,
    File,
    Credential,
    Variable,
}

const PLACES: [(Place, &str); 4] = [
    (Place::Keyring, "secret-in-keyring"),
    (Place::File, "secret-in-file"),
    (Place::Credential, "secret-in-credential"),
    (Place::Variable, "secret-in-variable"),
];

/// The dialog in hand.
pub(super) struct Keeping {
    pub(super) path: SettingPath,
    typed: Typed,
    place: Place,
    /// What it is called there, for each of [`PLACES`].
    names: [String; 4],
    unit: Option<Unit>,
    job: Option<Job<Result<(), SecretError>>>,
    wrong: Option<String>,
    focused: bool,
}

/// How it ended.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// The secret is there, or will be put there by its administrator.
    Kept(SecretRef),
    /// Nothing was changed.
    Cancelled,
}

impl Keeping {
    /// Asks for the secret of a setting; what is written there already is where it is kept again.
    pub(super) fn new(
        context: &Context<'_>,
        path: &SettingPath,
        written: Option<SecretRef>,
        unit: Option<Unit>,
        has_keyring: bool,
    ) -> Self {
        let name = proposal(path);
        let folder = context.controls.file.as_deref().and_then(Path::parent).map_or_else(default_folder, Path::to_path_buf);
        let file = folder.join("secrets").join(&name);
        let variable = format!("JACKFIELD_{}", name.replace('-', "_").to_uppercase());
        let mut names = [name.clone(), file.display().to_string(), name, variable];
        // A service of the whole machine cannot read a person's keyring.
        let mut place = if has_keyring && unit.is_none() { Place::Keyring } else { Place::File };
        if let Some(written) = written {
            let (where_to, name) = match written {
                SecretRef::Keyring(name) => (Place::Keyring, name),
                SecretRef::File(path) => (Place::File, path.display().to_string()),
                SecretRef::Credential(name) => (Place::Credential, name),
                SecretRef::Env(name) => (Place::Variable, name),
            };
            place = where_to;
            names[index(place)] = name;
        }
        Self { path: path.clone(), typed: Typed::new(), place, names, unit, job: None, wrong: None, focused: false }
    }

    /// Draws it; says how it ended in the frame in which it does.
    pub(super) fn show(&mut self, ui: &Ui, context: &mut Context<'_>) -> Option<Outcome> {
        let mut outcome = self.poll(context);
        let name = setting::name(context, &self.path);
        let title = context.language.text_with("secret-title", [("field", name.as_str().into())]);
        let (chosen, escape) =
            modal::show(ui.ctx(), Id::unique(("secret", &self.path)), &title, 520.0, |ui| self.content(ui, context, &name));
        outcome = outcome.or(chosen);
        if escape && outcome.is_none() {
            outcome = Some(Outcome::Cancelled);
        }
        outcome
    }

    fn content(&mut self, ui: &mut Ui, context: &mut Context<'_>, name: &str) -> Option<Outcome> {
        let busy = self.job.is_some();
        let stores = matches!(self.place, Place::Keyring | Place::File);
        ui.add_enabled_ui(!busy, |ui| {
            ui.label(RichText::new(context.text("secret-where")).family(theme::medium()));
            ui.scope(|ui| {
                ui.spacing_mut().icon_spacing = 10.0;
                ui.spacing_mut().item_spacing.y = 0.0;
                for (place, key) in PLACES {
                    if ui.radio(self.place == place, context.text(key)).clicked() {
                        self.place = place;
                        self.wrong = None;
                    }
                }
            });
            text::help(ui, &context.text(&format!("{}.help", key(self.place))));
            if self.place == Place::Keyring && self.unit.is_some() {
                coloured(ui, theme::palette(ui).warning, &context.text("secret-keyring-doubt"));
            }
            ui.add_space(6.0);
            self.name_of_the_place(ui, context);
        });
        let mut enter = false;
        if stores {
            ui.add_space(4.0);
            ui.label(RichText::new(name).family(theme::medium()));
            let response = self.typed.show(ui, context, name, !busy);
            modal::focus(&response, &mut self.focused);
            if response.changed() {
                self.wrong = None;
            }
            enter = response.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            text::help(ui, &context.text("secret-typed.help"));
        } else {
            self.recipe(ui, context);
        }
        if busy {
            text::help(ui, &context.text("secret-storing"));
        }
        if let Some(wrong) = &self.wrong {
            coloured(ui, theme::palette(ui).error, wrong);
        }
        let mut outcome = None;
        modal::buttons(ui, |ui| {
            let verb = context.text(if stores { "secret-store" } else { "secret-refer" });
            let can = !busy && (!stores || !self.typed.is_empty());
            if button::primary(ui, can, &verb).clicked() || (enter && can) {
                outcome = self.decide(context, stores);
            }
            if button::plain(ui, None, &context.text("answer-cancel")).clicked() {
                outcome = Some(Outcome::Cancelled);
            }
        });
        outcome
    }

    fn name_of_the_place(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let label = context.text(&format!("{}-name", key(self.place)));
        ui.label(RichText::new(&label).family(theme::medium()));
        let is_file = self.place == Place::File;
        let width = if is_file { 350.0 } else { 320.0 };
        let name = &mut self.names[index(self.place)];
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(name).desired_width(width).margin(egui::Margin::symmetric(10, 7));
            if ui.add(edit).accessible_name(&label).changed() {
                self.wrong = None;
            }
            // The path of the secret's file is none of the settings, so its dialog has a place of its own.
            if is_file && let Some(picked) = path::button(ui, context, &self.path.key("file"), PathKind::NewFile, &label, name) {
                *name = picked;
            }
        });
    }

    /// What an administrator does where this program can store nothing.
    fn recipe(&self, ui: &mut Ui, context: &Context<'_>) {
        let name = &self.names[index(self.place)];
        let source = if password_hash::is_kept_for(&self.path) { "jackfield access hash" } else { "systemd-ask-password -n" };
        let lines = match self.place {
            Place::Credential => format!(
                "{source} | sudo systemd-creds encrypt --name={name} - /etc/jackfield/{name}.cred\n\
                 sudo systemctl edit jackfield\n[Service]\nLoadCredentialEncrypted={name}:/etc/jackfield/{name}.cred"
            ),
            _ => format!(
                "sudo touch /etc/jackfield/environment\nsudo chmod 600 /etc/jackfield/environment\nsudoedit /etc/jackfield/environment\n\
                 {name}=…\nsudo systemctl edit jackfield\n[Service]\nEnvironmentFile=/etc/jackfield/environment"
            ),
        };
        ui.add_space(4.0);
        text::help(ui, &context.text("secret-recipe"));
        egui::Frame::new().fill(theme::palette(ui).surface).corner_radius(6).inner_margin(10).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(RichText::new(&lines).monospace().size(12.0)).wrap());
        });
        if button::plain(ui, Some(icon::COPY), &context.text("secret-copy")).clicked() {
            ui.ctx().copy_text(lines);
        }
    }

    fn decide(&mut self, context: &Context<'_>, stores: bool) -> Option<Outcome> {
        let name = self.names[index(self.place)].trim().to_owned();
        let text = match self.place {
            Place::Keyring => format!("keyring:{name}"),
            Place::File => format!("file:{}", crate::browse::absolute(&name).display()),
            Place::Credential => format!("credential:{name}"),
            Place::Variable => format!("env:{name}"),
        };
        let Some(reference) = text.parse::<SecretRef>().ok().filter(|_| !name.is_empty()) else {
            self.wrong = Some(context.text("secret-name-wrong"));
            return None;
        };
        if !stores {
            return Some(Outcome::Kept(reference));
        }
        let secret = self.typed.secret();
        let owner = self.unit.as_ref().and_then(|unit| unit.owner);
        self.wrong = None;
        // Of a password that others show us only the hash is kept.
        let keep = if password_hash::is_kept_for(&self.path) { password_hash::keep } else { keep::keep };
        let work = move |reporter: &crate::jobs::Reporter<_>| reporter.say(keep(&reference, &secret, owner, DEADLINE));
        match context.jobs.start("store secret", work) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.wrong = Some(crate::problem::system(context.language, &error)),
        }
        None
    }

    fn poll(&mut self, context: &Context<'_>) -> Option<Outcome> {
        let job = self.job.as_mut()?;
        let come = job.poll().pop();
        if come.is_none() && !job.has_ended() {
            return None;
        }
        self.job = None;
        match come {
            Some(Ok(())) => {
                let name = self.names[index(self.place)].trim();
                let reference = if self.place == Place::Keyring {
                    SecretRef::Keyring(name.to_owned())
                } else {
                    SecretRef::File(crate::browse::absolute(name))
                };
                return Some(Outcome::Kept(reference));
            }
            Some(Err(error)) => self.wrong = Some(words::problem(context.language, &error)),
            None => self.wrong = Some(context.text("secret-lost")),
        }
        self.focused = false;
        None
    }
}

fn index(place: Place) -> usize {
    PLACES.iter().position(|(known, _)| *known == place).unwrap_or_default()
}

fn key(place: Place) -> &'static str {
    PLACES[index(place)].1
}

fn coloured(ui: &mut Ui, colour: egui::Color32, text: &str) {
    let label = ui.add(Label::new(RichText::new(text).size(12.0).color(colour)).wrap());
    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(egui::accesskit::Live::Polite));
}

/// A name that tells one secret from another: `switch.password` becomes `switch-password`, that of a row gets its number.
fn proposal(path: &SettingPath) -> String {
    let steps = path.steps().iter().map(|step| match step {
        shared::setting_path::Step::Key(key) => key.replace('_', "-"),
        shared::setting_path::Step::Index(index) => (index + 1).to_string(),
    });
    steps.collect::<Vec<_>>().join("-")
}

fn default_folder() -> PathBuf {
    shared::file::locate(None).path.parent().map(Path::to_path_buf).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proposed_name_tells_one_secret_from_another() {
        let name = |path: &str| proposal(&path.parse().unwrap());
        assert_eq!(name("switch.password"), "switch-password");
        assert_eq!(name("service.access.users[1].password"), "service-access-users-2-password");
        assert_eq!(name("genesys_cloud.client_secret"), "genesys-cloud-client-secret");
    }
}
