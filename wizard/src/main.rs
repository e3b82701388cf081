//! `jackfield-wizard [FILE]`.

use clap::Parser;
use std::{
    any::Any,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};
use wizard::{
    app::Wizard,
    language::Language,
    page,
    preferences::{Preferences, Theme},
    probe, theme,
};

/// Configure Jackfield by clicking.
#[derive(Parser)]
#[command(name = "jackfield-wizard", version, after_help = HELP)]
struct Line {
    /// The configuration file [default: `$JACKFIELD_CONFIG`, else the standard one if it is there].
    file: Option<PathBuf>,
    /// Begin on this page, for example `workmodes`.
    #[arg(long, value_name = "NAME")]
    page: Option<String>,
    /// Write a picture of every page, light and dark, into this folder, and end.
    #[arg(long, value_name = "DIR")]
    screenshot: Option<PathBuf>,
    /// The language [default: the one chosen last, else the system's].
    #[arg(long, value_parser = ["en", "de"])]
    language: Option<String>,
    /// The theme [default: the one chosen last, else the system's].
    #[arg(long, value_enum)]
    theme: Option<Theme>,
}

const HELP: &str = "Exit codes:
  0   done
  64  the command line
  69  there is no display, or a library for windows is missing";

/// The command line is wrong (`sysexits.h`).
const USAGE: u8 = 64;
/// Something it needs is not there.
const UNAVAILABLE: u8 = 69;

/// Has the window been drawn? Until then a panic is a library that is missing.
static DRAWN: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    let mut preferences = Preferences::standard().map(|file| Preferences::load(&file)).unwrap_or_default();
    let language = line.language.as_deref().and_then(Language::by_tag).or_else(|| preferences.language());
    let language = language.unwrap_or_else(Language::of_the_system);
    if line.screenshot.is_some() {
        // Pictures look the same whoever takes them.
        preferences = Preferences::default();
    }
    if let Some(theme) = line.theme {
        preferences.theme = theme;
    }
    if let Some(name) = &line.page
        && !page::all().iter().any(|page| page.id().0 == name)
    {
        let names: Vec<_> = page::all().iter().map(|page| page.id().0).collect();
        say(&language.text_with("start-no-page", [("name", name.into()), ("names", names.join(", ").into())]));
        return USAGE.into();
    }
    if !probe::display() {
        say(&language.text("start-no-display"));
        return UNAVAILABLE.into();
    }
    // A wizard that was killed leaves the folder of its trial behind. Without a thread it stays until the next start.
    let _ = std::thread::Builder::new().name("sweep".to_owned()).spawn(page::try_it::sweep);
    match catch_unwind(AssertUnwindSafe(|| run(line, language, preferences))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => cannot_start(language, &error.to_string()),
        Err(panic) if DRAWN.load(Ordering::Relaxed) => resume_unwind(panic),
        // winit panics where libxkbcommon-x11 is missing; the others are errors.
        Err(panic) => cannot_start(language, &words(panic.as_ref())),
    }
}

fn run(line: Line, language: Language, preferences: Preferences) -> eframe::Result {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Jackfield")
        .with_app_id("jackfield-wizard")
        .with_inner_size([1040.0, 784.0])
        .with_min_inner_size(theme::smallest_window());
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icons/jackfield.png")) {
        viewport = viewport.with_icon(icon);
    }
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if DRAWN.load(Ordering::Relaxed) {
            hook(panic);
        }
    }));
    eframe::run_native(
        "jackfield-wizard",
        options,
        Box::new(move |creation| {
            let context = &creation.egui_ctx;
            let mut wizard = Wizard::new(context, language)
                .with_preferences(context, preferences)
                .with_file_dialogs(probe::file_dialogs())
                .with_names_of_the_service();
            if let Some(page) = &line.page {
                wizard.begin_on(page);
            }
            if let Some(file) = line.file.or_else(installed) {
                wizard.open(std::path::absolute(&file).unwrap_or(file));
            }
            if let Some(folder) = line.screenshot {
                wizard.take_pictures(folder);
            }
            DRAWN.store(true, Ordering::Relaxed);
            Ok(Box::new(wizard))
        }),
    )
}

/// The file that the service would read, if it is there.
fn installed() -> Option<PathBuf> {
    let location = shared::file::locate(None);
    (location.named || location.path.exists()).then_some(location.path)
}

fn cannot_start(language: Language, why: &str) -> ExitCode {
    // winit begins with the place in its own source, which tells an administrator nothing.
    let why = why.rsplit_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")).map_or(why, |(_, rest)| rest);
    say(&language.text_with("start-failed", [("why", why.to_owned().into())]));
    UNAVAILABLE.into()
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Says something on standard error. Never fails: when nobody listens, nobody is told.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
