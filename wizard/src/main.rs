//! `jackfield-wizard [FILE]`.

use wizard::{app::Wizard, language::Language, theme};

fn main() -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Jackfield")
        .with_app_id("jackfield-wizard")
        .with_inner_size([1040.0, 720.0])
        .with_min_inner_size(theme::smallest_window());
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "jackfield-wizard",
        options,
        Box::new(|creation| Ok(Box::new(Wizard::new(&creation.egui_ctx, Language::of_the_system())))),
    )
}
