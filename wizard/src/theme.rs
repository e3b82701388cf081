//! How the wizard looks: one palette for light and one for dark, three weights of one font, and spacing that is the same everywhere.
//!
//! The four things that keep it from looking like a debug panel: a real font with weights, a visible border on every control, one accent
//! colour for primary, selected and focused things only, and even spacing.

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2,
    epaint::text::FontTweak, style::WidgetVisuals, vec2,
};
use std::sync::Arc;

/// Colours of one theme. Text stands at 16:1 on the background, muted text at 6:1, borders of controls at 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each field is named after what it colours")]
pub struct Palette {
    pub accent: Color32,
    pub accent_hover: Color32,
    pub on_accent: Color32,
    pub accent_soft: Color32,
    /// Accent as text on `accent_soft`.
    pub accent_text: Color32,
    pub background: Color32,
    pub surface: Color32,
    pub navigation: Color32,
    pub border: Color32,
    pub strong_border: Color32,
    pub text: Color32,
    pub muted: Color32,
    pub error: Color32,
    pub warning: Color32,
    pub ok: Color32,
    pub hover: Color32,
    pub press: Color32,
    pub field: Color32,
}

const LIGHT: Palette = Palette {
    accent: Color32::from_rgb(0x1f, 0x5f, 0xbf),
    accent_hover: Color32::from_rgb(0x1a, 0x51, 0xa3),
    on_accent: Color32::WHITE,
    accent_soft: Color32::from_rgb(0xe3, 0xec, 0xf9),
    accent_text: Color32::from_rgb(0x1f, 0x5f, 0xbf),
    background: Color32::WHITE,
    surface: Color32::from_rgb(0xf7, 0xf8, 0xfa),
    navigation: Color32::from_rgb(0xf3, 0xf4, 0xf6),
    border: Color32::from_rgb(0xdf, 0xe2, 0xe7),
    strong_border: Color32::from_rgb(0x8c, 0x95, 0xa3),
    text: Color32::from_rgb(0x1c, 0x21, 0x28),
    muted: Color32::from_rgb(0x59, 0x63, 0x6e),
    error: Color32::from_rgb(0xb4, 0x23, 0x18),
    warning: Color32::from_rgb(0x8a, 0x5a, 0x00),
    ok: Color32::from_rgb(0x1a, 0x7f, 0x37),
    hover: Color32::from_rgb(0xec, 0xee, 0xf1),
    press: Color32::from_rgb(0xe1, 0xe4, 0xe8),
    field: Color32::WHITE,
};

const DARK: Palette = Palette {
    accent: Color32::from_rgb(0x4c, 0x8d, 0xeb),
    accent_hover: Color32::from_rgb(0x6a, 0xa1, 0xf0),
    on_accent: Color32::from_rgb(0x0b, 0x12, 0x20),
    accent_soft: Color32::from_rgb(0x22, 0x32, 0x4a),
    accent_text: Color32::from_rgb(0x6a, 0xa1, 0xf0),
    background: Color32::from_rgb(0x1b, 0x1e, 0x23),
    surface: Color32::from_rgb(0x22, 0x26, 0x2c),
    navigation: Color32::from_rgb(0x16, 0x19, 0x1d),
    border: Color32::from_rgb(0x34, 0x3a, 0x42),
    strong_border: Color32::from_rgb(0x6e, 0x78, 0x85),
    text: Color32::from_rgb(0xe4, 0xe7, 0xeb),
    muted: Color32::from_rgb(0x9d, 0xa7, 0xb3),
    error: Color32::from_rgb(0xff, 0x8a, 0x80),
    warning: Color32::from_rgb(0xe3, 0xb3, 0x41),
    ok: Color32::from_rgb(0x57, 0xc2, 0x67),
    hover: Color32::from_rgb(0x2b, 0x30, 0x38),
    press: Color32::from_rgb(0x35, 0x3b, 0x44),
    field: Color32::from_rgb(0x15, 0x18, 0x1c),
};

/// Height of buttons and fields.
pub const CONTROL: f32 = 32.0;
/// Height of a row in navigation and tables.
pub const ROW: f32 = 36.0;
/// Width of the navigation.
pub const NAVIGATION: f32 = 244.0;
/// Its width where it shows signs only.
pub const SLIM_NAVIGATION: f32 = 64.0;
/// Widest line of a form; longer ones are hard to read.
pub const CONTENT: f32 = 760.0;
/// Margin around a page.
pub const PAGE: f32 = 32.0;

/// The colours in force.
pub fn palette(ui: &egui::Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The three weights and the icons, as font families.
pub fn medium() -> FontFamily {
    FontFamily::Name("medium".into())
}

/// Titles and section headings.
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Icons (`crate::icon`).
pub fn icons() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// Gives a context its fonts and both styles; once, before the first frame.
pub fn install(context: &Context) {
    context.set_fonts(fonts());
    for (theme, palette) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        context.style_mut_of(theme, |style| dress(style, palette));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8], tweak: FontTweak| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
    };
    add("inter", include_bytes!("../../assets/fonts/Inter-Regular.ttf"), FontTweak::default());
    add("inter-medium", include_bytes!("../../assets/fonts/Inter-Medium.ttf"), FontTweak::default());
    add("inter-semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"), FontTweak::default());
    let icon_tweak = FontTweak { scale: 1.05, y_offset_factor: 0.03, ..FontTweak::default() };
    add("phosphor", include_bytes!("../../assets/fonts/Phosphor.ttf"), icon_tweak);
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let mut family = |family: FontFamily, first: &str| {
        let names = std::iter::once(first.to_owned()).chain(fallback.iter().cloned()).collect();
        fonts.families.insert(family, names);
    };
    family(FontFamily::Proportional, "inter");
    family(medium(), "inter-medium");
    family(semibold(), "inter-semibold");
    family(icons(), "phosphor");
    fonts
}

fn dress(style: &mut Style, palette: &Palette) {
    let body = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, body(12.0)),
        (TextStyle::Body, body(14.0)),
        (TextStyle::Button, body(14.0)),
        (TextStyle::Monospace, FontId::new(13.0, FontFamily::Monospace)),
        (TextStyle::Heading, FontId::new(22.0, semibold())),
    ]
    .into();
    style.animation_time = 0.08;

    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 8.0);
    spacing.button_padding = vec2(12.0, 6.0);
    spacing.interact_size = vec2(40.0, CONTROL);
    spacing.icon_width = 18.0;
    spacing.icon_width_inner = 10.0;
    spacing.text_edit_width = 360.0;
    spacing.combo_width = 200.0;
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(20);
    spacing.tooltip_width = 360.0;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;

    let visuals = &mut style.visuals;
    visuals.override_text_color = Some(palette.text);
    visuals.weak_text_color = Some(palette.muted);
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.background;
    visuals.window_stroke = Stroke::new(1.0, palette.border);
    visuals.faint_bg_color = palette.surface;
    visuals.extreme_bg_color = palette.field;
    visuals.text_edit_bg_color = Some(palette.field);
    visuals.code_bg_color = palette.surface;
    visuals.error_fg_color = palette.error;
    visuals.warn_fg_color = palette.warning;
    visuals.hyperlink_color = palette.accent_text;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.35);
    // Selected text, and the border of the field that is typed into: as wide as the focus ring of everything else.
    visuals.selection.stroke = Stroke::new(2.0, palette.text);
    // A blinking caret would repaint the window for as long as a field has the focus.
    visuals.text_cursor.blink = false;
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.window_shadow = shadow(8, 28, visuals.dark_mode);
    visuals.popup_shadow = shadow(4, 14, visuals.dark_mode);

    let widget = |fill, weak, border: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: weak,
        bg_stroke: border,
        corner_radius: CornerRadius::same(6),
        fg_stroke: Stroke::new(1.5, palette.text),
        expansion: 0.0,
    };
    let border = Stroke::new(1.0, palette.strong_border);
    visuals.widgets.noninteractive = widget(palette.background, palette.background, Stroke::new(1.0, palette.border));
    visuals.widgets.inactive = widget(palette.field, palette.background, border);
    visuals.widgets.hovered = widget(palette.hover, palette.hover, border);
    // A focused widget is drawn as active: this border is the focus ring, everywhere.
    visuals.widgets.active = widget(palette.field, palette.hover, Stroke::new(2.0, palette.accent));
    visuals.widgets.open = widget(palette.press, palette.press, border);
}

fn shadow(down: i8, blur: u8, dark: bool) -> Shadow {
    Shadow { offset: [0, down], blur, spread: 0, color: Color32::from_black_alpha(if dark { 110 } else { 38 }) }
}

/// The smallest window that every page fits into: what a screen of 1280 × 860 has at a scaling of 200 %, with room for a title bar.
pub fn smallest_window() -> Vec2 {
    vec2(600.0, 390.0)
}

/// How wide the navigation is in a window of this width: where there is little room, for instance at a zoom of 200 %, it shows signs only.
pub fn navigation(window: f32) -> f32 {
    if window < 780.0 { SLIM_NAVIGATION } else { NAVIGATION }
}
