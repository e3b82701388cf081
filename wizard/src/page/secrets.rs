//! Secrets: where each password is kept, whether it can be read from here and by the service, and the way to set it. A secret itself never
//! comes onto this page.

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    widget::{setting, text},
};
use egui::Ui;
use shared::{SettingPath, definition, setting_path::Step};
use toml::Value;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Secrets)
}

struct Secrets;

impl Page for Secrets {
    fn card(&self) -> Card {
        Card { id: PageId("secrets"), icon: icon::KEY, sections: &[] }
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
        }
    }
}

/// The page whose secret it is: its name tells one password from another.
fn owner_of(path: &SettingPath) -> &'static str {
    match path.steps().first() {
        Some(Step::Key(key)) if key == "switch" => "page-switch",
        Some(Step::Key(key)) if key == "agents" => "page-agents",
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
