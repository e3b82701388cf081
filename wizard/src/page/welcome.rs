//! Welcome: begin, open, and what is configured at a glance.

use super::{Card, Context, Page, PageId, form};
use crate::{
    command::{Action, Command},
    icon, theme,
    widget::{button, text},
};
use egui::{Id, RichText, Ui, WidgetInfo};
use shared::{Config, config::SwitchKind};
use std::path::PathBuf;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Welcome)
}

struct Welcome;

/// Files that were opened before, newest first; whoever opens a file tells it with [`remember`].
pub fn recent(context: &egui::Context) -> Vec<PathBuf> {
    context.data(|data| data.get_temp(Id::unique("recent files"))).unwrap_or_default()
}

/// Sets the files that were opened before, newest first.
pub fn remember(context: &egui::Context, files: Vec<PathBuf>) {
    context.data_mut(|data| data.insert_temp(Id::unique("recent files"), files));
}

impl Page for Welcome {
    fn card(&self) -> Card {
        Card { id: PageId("welcome"), icon: icon::HOUSE, sections: &[] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        ui.horizontal_wrapped(|ui| {
            if button::plain(ui, Some(icon::FILE_PLUS), &context.text(Action::New.key())).clicked() {
                context.send(Command::Do(Action::New));
            }
            if button::plain(ui, Some(icon::FOLDER_OPEN), &context.text(Action::Open.key())).clicked() {
                context.send(Command::Do(Action::Open));
            }
            if button::plain(ui, Some(icon::PLUGS_CONNECTED), &context.text(Action::ConnectService.key())).clicked() {
                context.send(Command::Do(Action::ConnectService));
            }
        });
        let recent = recent(ui.ctx());
        if !recent.is_empty() {
            text::section(ui, &context.text("welcome-recent"));
            for file in recent {
                let name = RichText::new(file.display().to_string()).color(theme::palette(ui).accent_text);
                if ui.link(name).clicked() {
                    context.send(Command::OpenFile(file));
                }
            }
        }
        text::section(ui, &context.text("welcome-glance"));
        for (page, said) in glance(context, context.model.config()) {
            let name = context.text(&format!("page-{page}"));
            ui.scope(|ui| {
                ui.spacing_mut().interact_size.y = 24.0;
                ui.horizontal_top(|ui| {
                    let link = egui::Link::new(RichText::new(&name).color(theme::palette(ui).accent_text));
                    let left = egui::Layout::left_to_right(egui::Align::Min);
                    let response = ui.allocate_ui_with_layout(egui::vec2(200.0, 20.0), left, |ui| {
                        ui.set_min_width(200.0);
                        ui.add(link)
                    });
                    let response = response.inner;
                    response.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, &name));
                    if response.clicked() {
                        context.send(Command::Show(PageId(page)));
                    }
                    ui.add(egui::Label::new(said).wrap());
                });
            });
        }
    }
}

/// One line for each of the main pages.
fn glance(context: &Context<'_>, config: &Config) -> Vec<(&'static str, String)> {
    let text = |key: &str| context.text(key);
    let count = |count: usize| count.to_string();
    let switch = match (config.switch.kind, &config.switch.server) {
        (SwitchKind::Embedded, _) => context.language.text_with(
            "glance-embedded",
            [
                ("users", count(config.switch.embedded.users.len()).into()),
                ("workgroups", count(config.switch.embedded.workgroups.len()).into()),
            ],
        ),
        (SwitchKind::Icws, Some(server)) => format!("{server}:{}", config.switch.port()),
        (SwitchKind::Icws, None) => text("glance-no-server"),
    };
    let kinds = [
        (config.channels.phone.enabled, "group-phone"),
        (config.channels.chat.enabled, "group-chat"),
        (config.channels.action_item.enabled, "group-action-item"),
    ];
    let channels: Vec<String> = kinds.iter().filter(|(on, _)| *on).map(|(_, key)| text(key)).collect();
    let errors = context.model.findings().iter().filter(|finding| finding.is_error()).count();
    let state = if errors > 0 {
        context.language.text_with("status-errors", [("count", count(errors).into())])
    } else {
        text(if context.model.is_changed() { "glance-unsaved" } else { "glance-saved" })
    };
    let workmodes = context.language.text_with("glance-workmodes", [("count", count(config.workmodes.mapped.len() + 3).into())]);
    let scheme = if config.service.tls.as_ref().is_some_and(|tls| tls.listen.is_none()) { "https" } else { "http" };
    vec![
        ("switch", switch),
        ("workmodes", workmodes),
        ("channels", if channels.is_empty() { text("glance-none") } else { channels.join(", ") }),
        ("sld", config.sld.server.clone().unwrap_or_else(|| text("glance-none"))),
        ("web-service", format!("{scheme}://{}{}", config.service.listen, config.service.path)),
        ("genesys-cloud", text(if config.genesys_cloud.enabled { "glance-on" } else { "glance-none" })),
        ("review", state),
    ]
}
