//! What the directory would be told, as it stands on the screen: the same template and the same rules as the service's own (`shared::sld`).

use super::save::Save;
use crate::{
    icon,
    jobs::Job,
    page::Context,
    theme,
    widget::{button, finding, text},
};
use egui::{RichText, TextEdit, TextStyle, Ui};
use shared::{Finding, config::Sld, machine, sld};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The largest template that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The preview, with the template that was read for it.
#[derive(Default)]
pub(super) struct Preview {
    template: Option<Template>,
    /// This machine's name, looked up once.
    computer: Option<String>,
    /// Which destination, where there are several.
    chosen: usize,
    save: Save,
}

/// A template of the site's own.
struct Template {
    path: PathBuf,
    job: Option<Job<Result<String, String>>>,
    text: Option<Result<String, String>>,
}

impl Preview {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        text::section(ui, &context.text("sld-preview"));
        text::muted(ui, &context.text("sld-preview.help"));
        let Some(settings) = settings(context) else {
            text::muted(ui, &context.text("sld-preview-wrong"));
            return;
        };
        let all = settings.all();
        self.choose(ui, &all.iter().map(|(_, destination)| sld::url(destination)).collect::<Vec<_>>());
        let (address, uri, path) = match all.get(self.chosen) {
            Some((_, destination)) => (sld::url(destination), destination.uri.clone(), destination.template.clone()),
            None => (context.text("sld-preview-no-server"), settings.uri.clone(), settings.template.clone()),
        };
        ui.add(egui::Label::new(RichText::new(format!("POST {address}")).monospace()).wrap().selectable(true));
        let Some(template) = self.template(ui, context, path.as_deref(), sld::Interface::of(&uri)) else { return };
        let computer = self.computer.get_or_insert_with(machine::name);
        let (payload, findings) = match sld::payload(&template, &settings.attributes, computer) {
            Ok(payload) => (Some(payload.text), payload.warnings),
            Err(findings) => (None, findings),
        };
        for found in &findings {
            show_finding(ui, context, found);
        }
        let Some(payload) = payload else { return };
        ui.add_space(4.0);
        let mut shown = payload.as_str();
        let edit = TextEdit::multiline(&mut shown)
            .font(TextStyle::Monospace)
            .desired_width(f32::INFINITY)
            .desired_rows(6)
            .margin(egui::Margin::symmetric(10, 7));
        let _ = ui.add(edit).accessible_name(context.text("sld-preview"));
        if button::plain(ui, Some(icon::COPY), &context.text("sld-preview-copy")).clicked() {
            ui.ctx().copy_text(payload.clone());
        }
        self.save.show(ui, context, &payload);
    }

    /// Which destination is shown, where there are several.
    fn choose(&mut self, ui: &mut Ui, urls: &[String]) {
        self.chosen = self.chosen.min(urls.len().saturating_sub(1));
        if urls.len() > 1 {
            ui.horizontal_wrapped(|ui| {
                for (index, url) in urls.iter().enumerate() {
                    if ui.selectable_label(index == self.chosen, url).clicked() {
                        self.chosen = index;
                    }
                }
            });
        }
    }

    /// The template's text; nothing while it is read or when it cannot be.
    fn template(&mut self, ui: &mut Ui, context: &Context<'_>, path: Option<&Path>, interface: sld::Interface) -> Option<String> {
        let Some(path) = path else {
            self.template = None;
            return Some(interface.template().to_owned());
        };
        if self.template.as_ref().is_none_or(|template| template.path != path) {
            self.template = Some(Template::read(context, path));
        }
        let template = self.template.as_mut()?;
        template.poll();
        let mut again = false;
        ui.horizontal_wrapped(|ui| {
            let said = match &template.text {
                None => context.text("sld-preview-reading"),
                Some(Ok(_)) => context.language.text_with("sld-preview-read", [("file", path.display().to_string().into())]),
                Some(Err(why)) => context
                    .language
                    .text_with("sld-preview-unreadable", [("file", path.display().to_string().into()), ("why", why.as_str().into())]),
            };
            let palette = theme::palette(ui);
            let colour = if matches!(template.text, Some(Err(_))) { palette.error } else { palette.muted };
            ui.add(egui::Label::new(RichText::new(said).color(colour)).wrap());
            again = template.job.is_none() && button::plain(ui, Some(icon::ARROWS_CLOCKWISE), &context.text("sld-preview-again")).clicked();
        });
        let text = template.text.clone();
        if again {
            self.template = Some(Template::read(context, path));
        }
        text?.ok()
    }
}

impl Template {
    fn read(context: &Context<'_>, path: &Path) -> Self {
        let file = path.to_owned();
        let started = context.jobs.start("template", move |reporter| reporter.say(read(&file).map_err(|error| error.to_string())));
        let (job, text) = match started {
            Ok(job) => (Some(job), None),
            Err(error) => (None, Some(Err(error.to_string()))),
        };
        Self { path: path.to_owned(), job, text }
    }

    fn poll(&mut self) {
        let Some(job) = &mut self.job else { return };
        if let Some(text) = job.poll().pop() {
            self.text = Some(text);
        }
        if job.has_ended() {
            self.job = None;
        }
    }
}

/// The section as it stands in the draft: the complete configuration waits for a draft without errors.
fn settings(context: &Context<'_>) -> Option<Sld> {
    let section = context.model.draft().get(&"sld".parse().ok()?).cloned();
    section.map_or(Some(Sld::default()), |section| section.try_into().ok())
}

fn read(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    // A pipe or a device would never end.
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("this is no file"));
    }
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 256 KiB"));
    }
    Ok(text)
}

/// A finding with the attribute that it is about, which a translation does not name.
fn show_finding(ui: &mut Ui, context: &Context<'_>, found: &Finding) {
    let name = found.path.name();
    let before = if name == "template" { String::new() } else { format!("{name}: ") };
    finding::show(ui, context, &before, found);
}
